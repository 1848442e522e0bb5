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
                remedy: "use a model that landmarkd wrote; copy it again if it may be truncated")
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

/// How a value is stored, little-endian.
enum SafetensorsType: String {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"

    var byteCount: Int { self == .float32 ? 4 : 2 }

    /// The values stored in `bytes`, at any alignment.
    func floats(of bytes: ArraySlice<UInt8>) -> [Float] {
        switch self {
        case .float32: Self.words(of: bytes, as: Float.self)
        case .float16: Self.words(of: bytes, as: Float16.self).map { Float($0) }
        case .bfloat16: Self.words(of: bytes, as: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
        }
    }

    /// Appends `values`; nil where one is not finite in this type (`bfloat16` is only read).
    func append(_ values: [Float], to bytes: inout [UInt8]) -> Void? {
        switch self {
        case .float32:
            guard values.allSatisfy(\.isFinite) else { return nil }
            values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        case .float16:
            let halves = values.map { Float16($0) }
            guard halves.allSatisfy(\.isFinite) else { return nil }
            halves.withUnsafeBytes { bytes.append(contentsOf: $0) }
        case .bfloat16: preconditionFailure("bfloat16 is only read")
        }
        return ()
    }

    private static func words<Word: BitwiseCopyable>(of bytes: ArraySlice<UInt8>, as type: Word.Type) -> [Word] {
        let count = bytes.count / MemoryLayout<Word>.size
        return [Word](unsafeUninitializedCapacity: count) { words, initialized in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(words).copyMemory(from: $0) }
            initialized = count
        }
    }
}
