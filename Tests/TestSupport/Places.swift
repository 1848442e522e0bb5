import Foundation

/// The package's folder.
public let packageFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// A path inside `Tests`.
public func testFile(_ path: String) -> String { "\(packageFolder)/Tests/\(path)" }

/// The program that was built with these tests: it lies beside them.
public func builtProgram(_ name: String) throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name).path
}

/// An environment variable.
public func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
