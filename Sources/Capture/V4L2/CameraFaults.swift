import Base
import Glibc

/// The error of a call on a camera that failed with errno `code`; `own`: our descriptor of it, if it is open.
func cameraFault(_ path: String, _ doing: String, _ code: Int32, own: Int32? = nil) -> LandmarkdError {
    switch code {
    case ENOENT, ENOTDIR, ENODEV, ENXIO:
        let why = own == nil ? "\(doing): no camera there" : "the camera was unplugged"
        return LandmarkdError(
            .unavailable, "\(path): \(why)", remedy: "plug it in, or name another one: landmarkd devices lists them")
    case EACCES:
        return LandmarkdError(.noPermission, "\(path): \(doing): \(systemFault(code))", remedy: permissionRemedy(path))
    case EPERM:
        return LandmarkdError(
            .noPermission, "\(path): \(doing): \(systemFault(code))",
            remedy: "allow the device in the service's unit: DeviceAllow=char-video4linux rw")
    case EBUSY:
        return LandmarkdError(
            .tryLater, "\(path): \(doing): busy: held by \(holdersText(path, own: own))",
            remedy: "end that program, or name another camera")
    case ENOTTY:
        return LandmarkdError(
            .unavailable, "\(path): \(doing): not a camera", remedy: "name a camera: landmarkd devices lists them")
    default:
        return LandmarkdError(
            .unavailable, "\(path): \(doing): \(systemFault(code))",
            remedy: "unplug the camera and plug it in again; the kernel's log (dmesg) may say more")
    }
}

/// A node that a group may read and write wants its user in that group.
private func permissionRemedy(_ path: String) -> String {
    var status = stat()
    let both = UInt32(S_IRGRP | S_IWGRP)
    guard stat(path, &status) == 0, status.st_mode & both == both, let group = groupName(status.st_gid) else {
        return "let this user read and write it: chmod, or a udev rule"
    }
    return "add the user to the group '\(group)': usermod --append --groups \(group) \(userName()) and log in again; "
        + "a service: SupplementaryGroups=\(group)"
}

private func groupName(_ number: gid_t) -> String? {
    var (entry, found) = (group(), UnsafeMutablePointer<group>?.none)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16384) { buffer in
        getgrgid_r(number, &entry, buffer.baseAddress!, buffer.count, &found)
        return found.map { String(cString: $0.pointee.gr_name) }
    }
}

private func userName() -> String {
    var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16384) { buffer in
        getpwuid_r(geteuid(), &entry, buffer.baseAddress!, buffer.count, &found)
        return found.map { String(cString: $0.pointee.pw_name) } ?? "USER"
    }
}

/// A program that has a file open.
struct DeviceHolder: Equatable {
    let process: Int32
    let name: String
}

/// Programs that have `path` open, as far as this user may see; our own descriptor `own` does not count.
///
/// Reads links only, and asks nothing of the files, which might hang.
func deviceHolders(_ path: String, own: Int32? = nil, processes: String = "/proc") -> [DeviceHolder] {
    guard let target = realPath(path) else { return [] }
    let numbers = ((try? names(inFolder: processes)) ?? []).compactMap { Int32($0) }
    return numbers.sorted().compactMap { process in
        let folder = "\(processes)/\(process)"
        let descriptors = (try? names(inFolder: "\(folder)/fd")) ?? []  // another user's are not ours to see
        let holds = descriptors.contains { name in
            !(process == getpid() && Int32(name) == own) && linkTarget("\(folder)/fd/\(name)") == target
        }
        return holds ? DeviceHolder(process: process, name: firstLine("\(folder)/comm") ?? "?") : nil
    }
}

/// "ffmpeg (process 4711)", "this program, for another stream".
func holdersText(_ path: String, own: Int32? = nil) -> String {
    let holders = deviceHolders(path, own: own)
    var names = holders.filter { $0.process != getpid() }.map { "\($0.name) (process \($0.process))" }
    if names.count < holders.count { names.insert("this program, for another stream", at: 0) }
    if names.count > 3 { names = names.prefix(2) + ["\(names.count - 2) more"] }
    return names.isEmpty ? "a program that this user may not see" : names.joined(separator: " and ")
}

/// The path without links; nil where it leads nowhere.
func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
}

private func linkTarget(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(PATH_MAX)) { buffer in
        let count = buffer.withMemoryRebound(to: CChar.self) { readlink(path, $0.baseAddress!, $0.count) }
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}

/// Contents of a file in /proc, which reports no size.
private func firstLine(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
        let count = retrying { read(descriptor, buffer.baseAddress!, buffer.count) }
        return count < 0 ? nil : String(decoding: buffer[..<count].prefix { $0 != 10 }, as: UTF8.self)
    }
}
