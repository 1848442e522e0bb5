/// What failed, why, and what to do about it: the one error type that leaves a module.
package struct LandmarkdError: Error, Sendable, CustomStringConvertible {
    package let exitCode: ExitCode
    /// What, where and why: "clip.mp4: opening: No such file or directory".
    package let cause: String
    /// What to do about it, as a command to the reader: "check the path".
    package let remedy: String?

    /// Each is one line: what a file's name could do to a terminal or a log is escaped, as `shown` says.
    package init(_ exitCode: ExitCode, _ cause: String, remedy: String? = nil) {
        (self.exitCode, self.cause, self.remedy) = (exitCode, cause.shown, remedy?.shown)
    }

    package var description: String { remedy.map { "\(cause)\n  remedy: \($0)" } ?? cause }
}

/// Exit codes of the program, from sysexits(3).
package enum ExitCode: Int32, Sendable, CaseIterable {
    case usage = 64
    case unusableData = 65
    case noInput = 66
    case unavailable = 69
    case internalFault = 70
    case cannotCreate = 73
    case inputOutput = 74
    case tryLater = 75
    case noPermission = 77
    case wrongSettings = 78
    case interrupted = 130

    /// For readers; 0 means that all is done.
    package var meaning: String {
        switch self {
        case .usage: "wrong usage"
        case .unusableData: "unusable data or model"
        case .noInput: "input missing or unreadable"
        case .unavailable: "camera or service unavailable"
        case .internalFault: "internal error"
        case .cannotCreate: "output cannot be created"
        case .inputOutput: "reading or writing failed"
        case .tryLater: "busy, try later"
        case .noPermission: "no permission"
        case .wrongSettings: "wrong settings"
        case .interrupted: "interrupted; rows so far are kept"
        }
    }
}
