import Glibc

/// How every output of the program reaches the path that the user named.
///
/// A regular file, or one that does not exist yet, grows beside its name as `NAME.partial` and takes the name once it is
/// whole. Symbolic links are followed: the file behind the link is replaced, and the link stays. Whatever else stands at
/// the path – a device, a named pipe, a socket, a descriptor of this process (`/dev/stdout`, `/dev/fd/63`) – is opened
/// and written to as it is, and never replaced.
package struct OutputFile: Sendable {
    /// As the user named it, for messages.
    package let path: String
    /// Where the output is until it is whole; nil where it is written in place.
    package let partialPath: String?
    private let place: Place

    private enum Place {
        /// A regular file or nothing yet, links followed.
        case file(String)
        case pipe(String)
        case socket(String)
        case device(String)
        /// One of this process's own.
        case descriptor(Int32)
    }

    /// Opens nothing yet. `partialEnding` follows the name until the file is whole.
    ///
    /// Throws `.cannotCreate` where the path is a folder, or links that lead in a circle.
    package init(_ path: String, partialEnding: String = ".partial") throws(LandmarkdError) {
        (self.path, place) = (path, try Self.place(of: path))
        partialPath = if case .file(let file) = place { file + partialEnding } else { nil }
    }

    /// Whether the output is written in place.
    package var isSpecial: Bool { partialPath == nil }

    /// Whether both lead to the same file.
    package func isSame(as other: OutputFile) -> Bool {
        guard case .file(let file) = place, case .file(let otherFile) = other.place else { return false }
        if let identity = FileIdentity(path: file) { return identity == FileIdentity(path: otherFile) }
        return Self.folder(file) == Self.folder(otherFile) && file.fileName.pathBytes == otherFile.fileName.pathBytes
    }

    /// Opens for writing what `partialPath` says, or what is there; the caller closes it.
    ///
    /// `exclusively`: fails where the partial file exists. `patiently`: waits for a pipe's reader until the program is
    /// asked to end. Throws `.cannotCreate`, `.noPermission` or `.interrupted`, and `.tryLater` where another program is
    /// writing the same file.
    package func open(exclusively: Bool = false, patiently: Bool = true) throws(LandmarkdError) -> Int32 {
        switch place {
        case .file: try openPartial(exclusively ? O_EXCL : 0)
        case .pipe(let pipe): try openPipe(pipe, patiently: patiently)
        case .socket(let socket): try connect(socket)
        case .device(let device): try checked(Self.open(device, 0))
        case .descriptor(let number): try checked(fcntl(number, F_DUPFD_CLOEXEC, 3))
        }
    }

    /// Renames the complete file; does nothing where the output was written in place.
    ///
    /// Throws `.cannotCreate`, also where `mayReplace` is false and the name is taken meanwhile.
    package func commit(mayReplace: Bool = true) throws(LandmarkdError) {
        guard case .file(let file) = place, let partialPath else { return }
        guard Self.rename(partialPath, file, mayReplace: mayReplace) else {
            throw LandmarkdError(
                .cannotCreate, "\(path): renaming \(partialPath): \(systemFault())", remedy: "rename it by hand")
        }
    }

    /// Removes the partial file, if there is one.
    package func discard() { _ = partialPath?.withSystemPath { unlink($0) } }

    private static func rename(_ old: String, _ new: String, mayReplace: Bool) -> Bool {
        old.withSystemPath { old in
            new.withSystemPath { new in
                if mayReplace { return Glibc.rename(old, new) == 0 }
                // A second name is given only where nothing has it.
                if link(old, new) == 0 { return unlink(old) == 0 }
                // Some file systems have no second names.
                return [EPERM, EOPNOTSUPP].contains(errno) && access(new, F_OK) != 0 && Glibc.rename(old, new) == 0
            }
        }
    }
}

// MARK: - What stands at a path

extension OutputFile {
    private static func place(of path: String) throws(LandmarkdError) -> Place {
        var place = path
        if path.isEmpty { throw cannotCreate("an empty name", ENOENT) }
        for _ in 0..<40 {
            if let number = ownDescriptor(place) { return .descriptor(number) }
            var status = stat()
            guard place.withSystemPath({ lstat($0, &status) }) == 0 else { return .file(place) }
            switch status.st_mode & S_IFMT {
            case S_IFREG: return .file(place)
            case S_IFLNK:
                // A descriptor of another process cannot be followed by its name.
                if folder(place).map(isDescriptorFolder) == true { return .device(place) }
                guard let target = linkTarget(place) else { return .file(place) }
                place = target.hasPrefix("/") ? target : place.folderPart + target
            case S_IFIFO: return .pipe(place)
            case S_IFSOCK: return .socket(place)
            case S_IFDIR: throw cannotCreate(path, EISDIR)
            default: return .device(place)
            }
        }
        throw cannotCreate(path, ELOOP)
    }

    private static func linkTarget(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { buffer in
            let count = path.withSystemPath { readlink($0, buffer.baseAddress!, Int(PATH_MAX)) }
            guard count > 0 else { return nil }
            buffer[count] = 0
            return String(systemPath: buffer.baseAddress!)
        }
    }

    /// The folder of a path, all links resolved; nil where it does not exist.
    package static func folder(_ path: String) -> String? {
        let folder = path.folderPart.isEmpty ? "." : path.folderPart
        guard let resolved = folder.withSystemPath({ realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return String(systemPath: resolved)
    }

    private static func isDescriptorFolder(_ folder: String) -> Bool {
        folder.hasPrefix("/proc/") && folder.hasSuffix("/fd")
    }

    /// The number of this process's descriptor that the path names: 63 of "/dev/fd/63".
    static func ownDescriptor(_ path: String) -> Int32? {
        guard let number = Int32(path.fileName), number >= 0, let folder = folder(path), isDescriptorFolder(folder),
            folder.hasPrefix("/proc/\(getpid())/")
        else { return nil }
        return number
    }
}

// MARK: - Opening

extension OutputFile {
    private static func open(_ path: String, _ flags: Int32) -> Int32 {
        path.withSystemPath { Glibc.open($0, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags, 0o666) }
    }

    private func openPartial(_ flag: Int32) throws(LandmarkdError) -> Int32 {
        guard let partialPath else { throw Self.cannotCreate(path, EINVAL) }
        while true {
            let descriptor = Self.open(partialPath, O_CREAT | O_NOFOLLOW | flag)
            var status = stat()
            guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                let code = errno
                if descriptor >= 0 { close(descriptor) }
                guard descriptor >= 0 || code == ELOOP || code == ENXIO else { throw Self.cannotCreate(path, code) }
                throw LandmarkdError(
                    .cannotCreate, "\(partialPath): creating: what has this name is not a regular file",
                    remedy: "remove it")
            }
            if try takes(descriptor, status, of: partialPath) { return descriptor }
            close(descriptor)
        }
    }

    /// Empties an open partial file once it is ours alone; false where it has been renamed or removed meanwhile.
    ///
    /// The lock ends with the descriptor, also where the program is killed. File systems without locks go without.
    private func takes(_ descriptor: Int32, _ status: stat, of partialPath: String) throws(LandmarkdError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(descriptor)
            throw LandmarkdError(
                .tryLater, "\(path): another program is writing it (\(partialPath) is locked)",
                remedy: "wait until that program has ended, or end it")
        }
        var current = stat()
        guard partialPath.withSystemPath({ lstat($0, &current) }) == 0, current.st_ino == status.st_ino,
            current.st_dev == status.st_dev
        else { return false }
        guard ftruncate(descriptor, 0) == 0 else {
            let code = errno
            close(descriptor)
            throw Self.cannotCreate(path, code)
        }
        return true
    }

    private func openPipe(_ pipe: String, patiently: Bool) throws(LandmarkdError) -> Int32 {
        while true {
            let descriptor = Self.open(pipe, 0)
            signal(SIGPIPE, SIG_IGN)  // a closed reader is reported like a full disk
            guard descriptor < 0, errno == ENXIO, patiently else { return try checked(descriptor) }
            if Interruption.isAsked {
                throw LandmarkdError(
                    .interrupted, "\(path): interrupted while nobody read from this pipe", remedy: "start its reader")
            }
            usleep(20_000)
        }
    }

    private func connect(_ path: String) throws(LandmarkdError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = path.pathBytes
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Self.cannotCreate(self.path, ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let descriptor = try checked(
            socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        signal(SIGPIPE, SIG_IGN)  // a closed reader is reported like a full disk
        guard connected == 0 else {
            let code = errno
            close(descriptor)
            throw Self.cannotCreate(self.path, code)
        }
        return descriptor
    }

    private func checked(_ descriptor: Int32) throws(LandmarkdError) -> Int32 {
        if descriptor < 0 { throw Self.cannotCreate(path, errno) }
        return descriptor
    }

    private static func cannotCreate(_ path: String, _ code: Int32) -> LandmarkdError {
        let remedy =
            switch code {
            case EISDIR: "name a file, not a folder"
            case ENXIO, ECONNREFUSED: "start the program that reads from it"
            case EBADF: "open this descriptor for writing"
            default: "name a folder that exists and that you may write to"
            }
        return LandmarkdError(
            code == EACCES || code == EPERM ? .noPermission : .cannotCreate, "\(path): creating: \(systemFault(code))",
            remedy: remedy)
    }
}
