import Base
import Capture
import Glibc

/// A likely mistake in settings that are valid.
package struct SettingsWarning: Sendable, Equatable, CustomStringConvertible {
    /// What and where: "streams.door.outputs: /srv/door.csv: the folder /srv is missing".
    package let cause: String
    /// What to do about it.
    package let remedy: String

    init(cause: String, remedy: String) { (self.cause, self.remedy) = (cause.shown, remedy.shown) }

    package var description: String { "\(cause)\n  remedy: \(remedy)" }
}

extension ServiceSettings {
    /// Warnings about settings with which a stream would deliver nothing, or write where nobody looks. Opens none of the files and folders.
    func warnings() throws(LandmarkdError) -> [SettingsWarning] {
        var warnings: [SettingsWarning] = []
        for stream in streams {
            let isFile = try sourceOpener(of: stream).kind == .file
            if isFile { warnings += Self.warnings(ofSource: stream.source, "streams.\(stream.name).source") }
            for path in stream.outputs.compactMap(\.path) {
                warnings += Self.warnings(ofOutput: path, "streams.\(stream.name).outputs")
            }
        }
        return warnings
    }

    private static func warnings(ofSource path: String, _ key: String) -> [SettingsWarning] {
        var warnings: [SettingsWarning] = []
        if let option = hidingOption(path) {
            warnings.append(
                SettingsWarning(
                    cause: "\(key): \(path): the service does not see this file: its unit has \(option)",
                    remedy: "move it to /var/lib/landmarkd, or start 'landmarkd serve' without the unit"))
        }
        guard path.withSystemPath({ access($0, F_OK) }) != 0 else { return warnings }
        let fault = systemFault()
        let remedy = placeholder(in: path).map { "write out '\($0)': placeholders are for outputs only" }
        return warnings + [SettingsWarning(cause: "\(key): \(path): \(fault)", remedy: remedy ?? "check the path")]
    }

    private static func warnings(ofOutput path: String, _ key: String) -> [SettingsWarning] {
        if let placeholder = placeholder(in: path) {
            let isNear = closestName(to: String(placeholder.dropFirst().dropLast()), among: ["stream"]) != nil
            return [
                SettingsWarning(
                    cause: "\(key): \(path): '\(placeholder)' stands for nothing, and is kept as it is",
                    remedy: isNear
                        ? "did you mean '{stream}'?" : "only '{stream}' stands for something: the stream's name")
            ]
        }
        var warnings: [SettingsWarning] = []
        if let option = hidingOption(path) {
            warnings.append(
                SettingsWarning(
                    cause: "\(key): \(path): nobody else sees what the service writes there: its unit has \(option)",
                    remedy: "write to /var/lib/landmarkd, or start 'landmarkd serve' without the unit"))
        }
        let folder = folder(of: path)
        guard FileIdentity(path: folder)?.isFolder != true else { return warnings }
        let place = path.hasPrefix("/") ? "" : ", seen from the current folder"
        warnings.append(
            SettingsWarning(
                cause: "\(key): \(path): there is no folder \(folder)\(place)",
                remedy: "create it, writable for the user of the service, or name another one"))
        return warnings
    }

    /// "{strem}" of "a/{strem}.csv"; `{stream}` has been replaced before.
    private static func placeholder(in path: String) -> String? {
        path.firstMatch(of: /\{[A-Za-z_ -]*\}/).map { String($0.output) }
    }

    /// The sandbox option of landmarkd.service that hides an absolute path; nil where none does.
    private static func hidingOption(_ path: String) -> String? {
        func lies(in folders: String...) -> Bool { folders.contains { path.hasPrefix("\($0)/") } }
        if lies(in: "/home", "/root", "/run/user") { return "ProtectHome=yes" }
        return lies(in: "/tmp", "/var/tmp") ? "PrivateTmp=yes" : nil
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
