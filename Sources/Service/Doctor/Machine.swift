import Base
import Capture
import Glibc

/// Whether this user may open cameras, which belong to the group `video`.
struct CameraRights: CustomStringConvertible {
    let user: String
    let mayOpenCameras: Bool

    init() {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        user = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16384) { buffer in
            getpwuid_r(geteuid(), &entry, buffer.baseAddress!, buffer.count, &found)
            return found.map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
        }
        mayOpenCameras = geteuid() == 0 || Self.groups().contains { Self.name(of: $0) == "video" }
    }

    var description: String {
        geteuid() == 0
            ? "user root may open every camera"
            : "user \(user) is \(mayOpenCameras ? "" : "not ")in the group video, to which cameras belong"
    }

    private static func groups() -> [gid_t] {
        var list = [gid_t](repeating: 0, count: 65536)
        let count = getgroups(Int32(list.count), &list)
        return Array(list.prefix(max(0, Int(count)))) + [getegid()]
    }

    private static func name(of number: gid_t) -> String? {
        var (entry, found) = (group(), UnsafeMutablePointer<group>?.none)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65536) { buffer in
            getgrgid_r(number, &entry, buffer.baseAddress!, buffer.count, &found)
            return found.map { String(cString: $0.pointee.gr_name) }
        }
    }
}

extension Doctor {
    /// Whether the port can be listened at; tries it where no program of ours does so already.
    func examinePort(_ http: HTTPSettings, _ diagnosis: inout Diagnosis) {
        do throws(LandmarkdError) {
            try tryListening(http)
            diagnosis.ok("port", "\(http.listen): free")
        } catch {
            if error.exitCode == .tryLater, let holder = listener(port: http.port) {
                if holder.hasPrefix("landmarkd ") {
                    return diagnosis.ok("port", "\(http.listen): \(holder) answers there")
                }
                return diagnosis.fault(
                    "port",
                    LandmarkdError(
                        .unavailable, "http.listen: \(http.listen): \(holder) listens there",
                        remedy: "end that program, or set another port"))
            }
            diagnosis.fault("port", error)
        }
    }

    /// Throws `.tryLater` where somebody listens there.
    private func tryListening(_ http: HTTPSettings) throws(LandmarkdError) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        let remedy = "use an address of this machine, such as 127.0.0.1:8068"
        let code = getaddrinfo(http.host, "\(http.port)", &hints, &list)
        guard code == 0, let first = list?.pointee else {
            throw LandmarkdError(
                .unavailable, "http.listen: \(http.listen): \(String(cString: gai_strerror(code)))", remedy: remedy)
        }
        defer { freeaddrinfo(list) }
        let made = socket(first.ai_family, first.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), first.ai_protocol)
        defer { if made >= 0 { close(made) } }
        var on: Int32 = 1
        setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard made >= 0, bind(made, first.ai_addr, first.ai_addrlen) == 0, listen(made, 1) == 0 else {
            let fault = errno
            let kind: ExitCode = fault == EADDRINUSE ? .tryLater : fault == EACCES ? .noPermission : .unavailable
            throw LandmarkdError(
                kind, "http.listen: \(http.listen): listening: \(systemFault(fault))",
                remedy: fault == EADDRINUSE
                    ? "end the program that listens there, or set another port"
                    : fault == EACCES
                        ? "set a port above 1023, or give the service CAP_NET_BIND_SERVICE" : remedy)
        }
    }

    /// The program that listens at a port, as far as this user may see: "nginx (process 12)".
    private func listener(port: Int) -> String? {
        let hex = String(port, radix: 16, uppercase: true)
        let ending = ":" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        var sockets: Set<String> = []
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            for line in (systemText(table) ?? "").split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                // Local address, state (0A: listening), inode.
                guard fields.count > 9, fields[1].hasSuffix(ending), fields[3] == "0A" else { continue }
                sockets.insert("socket:[\(fields[9])]")
            }
        }
        return sockets.lazy.compactMap { programHolding($0) }.first
    }
}

// MARK: - Disks

extension Doctor {
    /// Space where outputs are written.
    func examineDisks(_ settings: ServiceSettings, _ diagnosis: inout Diagnosis) {
        var seen: Set<String> = []
        for stream in settings.streams {
            for output in stream.outputs {
                guard let path = output.path else { continue }
                let folder = path.folderPart.isEmpty ? "." : path.folderPart
                // A missing folder is among the warnings on settings.
                guard FileIdentity(path: folder)?.isFolder == true, seen.insert(folder).inserted else { continue }
                examineDisk(folder, keeps: output.keep?.bytes, &diagnosis)
            }
        }
    }

    private func examineDisk(_ folder: String, keeps: Int?, _ diagnosis: inout Diagnosis) {
        var status = statvfs()
        guard folder.withSystemPath({ statvfs($0, &status) }) == 0 else {
            return diagnosis.fault(
                "disk", LandmarkdError(.cannotCreate, "\(folder): \(systemFault())", remedy: "check the folder"))
        }
        let free = Double(status.f_bavail) * Double(status.f_frsize)
        let all = Double(status.f_blocks) * Double(status.f_frsize)
        func size(_ bytes: Double) -> String {
            bytes < 1e9 ? "\(decimal(bytes / 1e6, 0)) MB" : "\(decimal(bytes / 1e9, 1)) GB"
        }
        let text = "\(folder): \(size(free)) of \(size(all)) are free"
        if free < 50e6 {
            diagnosis.fault(
                "disk", LandmarkdError(.cannotCreate, text, remedy: "make room, or set 'keep' for the outputs there"))
        } else if free < 1e9 {
            diagnosis.warn("disk", text, remedy: "make room, or set 'keep' for the outputs there")
        } else if let keeps, Double(keeps) > all {
            diagnosis.warn("disk", "\(text), but 'keep' allows \(size(Double(keeps)))", remedy: "set a smaller 'keep'")
        } else {
            diagnosis.ok("disk", text)
        }
    }
}

// MARK: - Files of /proc

/// Text of a file in /proc, which reports no size; nil where it cannot be read.
func systemText(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < 1 << 26 {
        let count = retrying { read(descriptor, &block, block.count) }
        guard count > 0 else { break }
        bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// The program that has a descriptor whose link is `target`: "nginx (process 12)".
private func programHolding(_ target: String) -> String? {
    for process in ((try? names(inFolder: "/proc")) ?? []).compactMap({ Int32($0) }).sorted() {
        let folder = "/proc/\(process)"
        for name in (try? names(inFolder: "\(folder)/fd")) ?? [] where linkText("\(folder)/fd/\(name)") == target {
            let program = systemText("\(folder)/comm")?.split(separator: "\n").first ?? "?"
            return "\(program) (process \(process))"
        }
    }
    return nil
}

private func linkText(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: 256)
    let count = readlink(path, &bytes, bytes.count - 1)
    return count < 0 ? nil : String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
