import Foundation

/// A device that takes nothing ("full") or anything ("null"), as a test may risk it: a node of the test's own where root
/// may make one, else a link to the system's, which others cannot harm. False where neither can be had.
public func makeDevice(_ kind: String, at path: String) -> Bool {
    guard geteuid() == 0 else { return symlink("/dev/\(kind)", path) == 0 }
    // 1:3 and 1:7 of Linux's memory devices.
    guard mknod(path, S_IFCHR | 0o666, kind == "full" ? 0x107 : 0x103) == 0 else { return false }
    let descriptor = open(path, O_WRONLY)  // not where the file system is mounted without devices
    defer { close(descriptor) }
    return descriptor >= 0
}

/// Why a test cannot have such a device; nil where it can.
public let lacksDevices: String? = {
    guard let folder = try? TemporaryFolder() else { return "no temporary folder" }
    return makeDevice("full", at: folder.path("full")) ? nil : "device nodes cannot be made here"
}()

/// Kind bits of what stands at a path itself, links not followed: `S_IFLNK`, `S_IFIFO` …; 0 where there is nothing.
public func kind(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
}
