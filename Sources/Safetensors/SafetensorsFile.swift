import Base

/// Named arrays of floats and strings about them, as in a `.safetensors` file.
///
/// Layout: 8 bytes little-endian length of the header, the header as JSON, then the arrays without gaps.
/// Source: https://github.com/huggingface/safetensors, "Format".
package struct SafetensorsFile: Sendable {
    package typealias Tensor = (name: String, shape: [Int], values: [Float])

    package var metadata: [String: String]
    /// Row-major values (last index fastest), in the order of the file.
    package var tensors: [Tensor]

    package init(metadata: [String: String] = [:], tensors: [Tensor] = []) {
        (self.metadata, self.tensors) = (metadata, tensors)
    }

    /// Reads F32, F16 and BF16 arrays.
    ///
    /// Throws `.noInput` where there is no such file, `.unusableData` where it is broken or holds NaN or infinity.
    package init(path: String) throws(LandmarkdError) {
        try self.init(bytes: readFile(path, atMost: SafetensorsLimits.fileBytes), name: path)
    }

    /// The same from memory; `name` is the file's in messages. All sizes are checked before any value is read.
    package init(bytes: [UInt8], name: String) throws(LandmarkdError) {
        do throws(SafetensorsFault) {
            let header = try SafetensorsHeader(bytes: bytes)
            metadata = header.metadata
            tensors = []
            tensors.reserveCapacity(header.entries.count)
            for entry in header.entries {
                let values = entry.type.floats(of: bytes[entry.bytes])
                guard values.allSatisfy(\.isFinite) else {
                    throw SafetensorsFault("tensor '\(entry.name)': NaN or infinite")
                }
                tensors.append((entry.name, entry.shape, values))
            }
        } catch {
            throw LandmarkdError(
                .unusableData, "\(name): safetensors: \(error.why)",
                remedy: "use a model that landmarkd wrote; copy it again if it may have been cut off")
        }
    }

    /// The array of that name.
    package subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }
}

/// Why a file is no safetensors file of ours.
struct SafetensorsFault: Error {
    let why: String

    init(_ why: String) { self.why = why }
}

/// Larger is a mistake or an attack: the largest model here has a few megabytes.
enum SafetensorsLimits {
    static let fileBytes = 1 << 30
    static let headerBytes = 1 << 22
    static let dimensions = 8
}
