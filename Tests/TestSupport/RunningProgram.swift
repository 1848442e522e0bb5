import Foundation

/// A program that a test started; its outputs go to files, so that it never blocks on us.
public final class RunningProgram {
    /// What a finished program left: its exit status (128 + signal where one ended it) and both outputs.
    public struct Result: Sendable {
        public let status: Int32
        public let output: String
        public let errors: String
    }

    private let process = Process()
    private let place: TemporaryFolder

    /// Starts a program found along PATH (or by its path). `environment` adds to ours; standard input is empty.
    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], folder: String? = nil
    ) throws {
        place = try TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.create(place.path("output"))
        process.standardError = try Self.create(place.path("errors"))
        try process.run()
    }

    /// Its process number.
    public var identifier: Int32 { process.processIdentifier }

    public func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// What the program has written to standard error so far.
    public var errorsSoFar: String { (try? String(contentsOfFile: place.path("errors"), encoding: .utf8)) ?? "" }

    /// Waits for the end.
    public func finish() throws -> Result {
        process.waitUntilExit()
        let status = process.terminationStatus
        return Result(
            status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
            output: try String(contentsOfFile: place.path("output"), encoding: .utf8),
            errors: try String(contentsOfFile: place.path("errors"), encoding: .utf8))
    }

    private static func create(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
}

/// Runs a program to its end.
public func run(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], folder: String? = nil
) throws -> RunningProgram.Result {
    try RunningProgram(program, arguments, environment: environment, folder: folder).finish()
}

/// Whether a program can be found along PATH.
public func hasProgram(_ name: String) -> Bool {
    let folders = (environment("PATH") ?? "").split(separator: ":")
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
}
