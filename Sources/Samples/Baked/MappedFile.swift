import Base
import Glibc

/// A file's bytes as memory, read by the system as they are touched.
final class MappedFile: @unchecked Sendable {  // Sendable: read-only memory
    let bytes: UnsafeBufferPointer<UInt8>

    /// Throws `noInput` where the file cannot be opened, `inputOutput` where it cannot be mapped.
    init(_ path: String) throws(LandmarkdError) {
        let descriptor = openForReading(path)
        guard descriptor >= 0 else {
            throw LandmarkdError(.noInput, "\(path): opening: \(systemFault())", remedy: "check the path")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw LandmarkdError(.inputOutput, "\(path): asking for its size: \(systemFault())")
        }
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw LandmarkdError(.inputOutput, "\(path): mapping: \(systemFault())")
        }
        bytes = UnsafeBufferPointer(start: address.assumingMemoryBound(to: UInt8.self), count: size)
    }

    deinit {
        guard let base = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
}
