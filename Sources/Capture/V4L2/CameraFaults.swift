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
            remedy: "unplug the camera and plug it in again; the kernel's log (dmesg) may tell more")
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
