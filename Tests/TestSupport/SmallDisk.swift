import Foundation

/// Why there can be no small disk here; nil where there can.
public let lacksSmallDisk: String? = {
    guard geteuid() == 0 else { return "needs root" }
    return (try? withSmallDisk { _ in }) == nil ? "needs the right to mount" : nil
}()

/// Lends the folder of a disk of its own that is nearly full: 8 KiB are free, and 32 more once its file `ballast` is removed.
public func withSmallDisk<Value>(_ body: (_ folder: String) throws -> Value) throws -> Value {
    let place = try TemporaryFolder()
    let folder = place.path("disk")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let mounted = try run("mount", ["-t", "tmpfs", "-o", "size=40k", "landmarkd-test", folder])
    guard mounted.status == 0 else { throw SmallDiskFault(description: mounted.errors) }
    defer { _ = try? run("umount", ["-l", folder]) }
    try Data(count: 32 << 10).write(to: URL(fileURLWithPath: "\(folder)/ballast"))
    return try body(folder)
}

struct SmallDiskFault: Error, CustomStringConvertible {
    let description: String
}
