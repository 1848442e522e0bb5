/// What failed, why, and what to do about it: the one error type that leaves a module.
public struct LandmarkdError: Error, Sendable, CustomStringConvertible {
    public let exitCode: ExitCode
    /// What, where and why: "clip.mp4: opening: No such file or directory".
    public let cause: String
    /// What to do about it, as a command to the reader: "check the path".
    public let remedy: String?

    public init(_ exitCode: ExitCode, _ cause: String, remedy: String? = nil) {
        (self.exitCode, self.cause, self.remedy) = (exitCode, cause, remedy)
    }

    public var description: String { remedy.map { "\(cause)\n  remedy: \($0)" } ?? cause }
}

/// Exit codes of the program, from sysexits(3).
public enum ExitCode: Int32, Sendable {
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
}
