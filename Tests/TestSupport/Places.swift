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

/// A path inside the folder `shared` that lies beside the package, or beside one of the folders around it; nil where
/// there is none.
public func sharedFile(_ path: String) -> String? {
    var folder = URL(fileURLWithPath: packageFolder)
    while folder.path != "/" {
        folder.deleteLastPathComponent()
        let candidate = folder.appendingPathComponent("shared/\(path)").path
        if FileManager.default.fileExists(atPath: candidate) { return candidate }
    }
    return nil
}
