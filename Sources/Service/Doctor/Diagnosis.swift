import Base

/// One thing that was looked at, and what was found.
package struct Finding: Sendable {
    package enum Level: String, Sendable {
        case ok
        /// Works, but probably not as wanted.
        case warning
        /// Does not work.
        case fault
    }

    package let level: Level
    /// "settings", "models", "processor", "camera", "port", "disk", "unit".
    package let part: String
    /// What was found, and where: "/dev/video0: busy: held by ffmpeg (process 4711)".
    package let text: String
    /// What to do about it.
    package let remedy: String?
    /// Exit code of a fault.
    let exitCode: ExitCode?
}

/// What `landmarkd doctor` found.
package struct Diagnosis: Sendable {
    package private(set) var findings: [Finding] = []

    mutating func ok(_ part: String, _ text: String) { add(.ok, part, text, nil) }

    mutating func warn(_ part: String, _ text: String, remedy: String?) { add(.warning, part, text, remedy) }

    mutating func fault(_ part: String, _ error: LandmarkdError) {
        add(.fault, part, error.cause, error.remedy, error.exitCode)
    }

    private mutating func add(
        _ level: Finding.Level, _ part: String, _ text: String, _ remedy: String?, _ code: ExitCode? = nil
    ) {
        findings.append(
            Finding(level: level, part: part, text: text.shown, remedy: remedy?.shown, exitCode: code))
    }

    /// Exit code of the first fault; nil where there is none.
    package var exitCode: ExitCode? { findings.lazy.compactMap(\.exitCode).first }

    /// For people: a line each, with its remedy, and a count.
    package var text: String {
        let lines = findings.map { finding in
            padded(finding.level.rawValue, 9) + padded(finding.part, 11) + finding.text
                + (finding.remedy.map { "\n" + padded("", 20) + "remedy: \($0)" } ?? "")
        }
        func count(_ level: Finding.Level) -> Int { findings.count { $0.level == level } }
        return (lines + ["faults: \(count(.fault)), warnings: \(count(.warning))"]).joined(separator: "\n")
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.utf8.count))
    }

    /// One object: `healthy`, `exit_code`, `findings` [{`level, part, text, remedy`}].
    package var json: JSON {
        [
            "healthy": .boolean(exitCode == nil), "exit_code": .integer(Int(exitCode?.rawValue ?? 0)),
            "findings": .array(
                findings.map { finding in
                    [
                        "level": .string(finding.level.rawValue), "part": .string(finding.part),
                        "text": .string(finding.text), "remedy": finding.remedy.map { .string($0) },
                    ]
                }),
        ]
    }
}
