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

extension SafetensorsFile {
    /// How values are stored; half precision keeps 11 significant bits and magnitudes up to 65504.
    package enum Precision: Sendable {
        case float32
        case float16
    }

    /// Writes the file whole or not at all; the same content gives the same bytes.
    ///
    /// Throws `.internalFault` where a value is not finite in `precision`, `.cannotCreate` and `.inputOutput` as
    /// `writeFile` does.
    package func write(to path: String, as precision: Precision) throws(LandmarkdError) {
        try writeFile(path, bytes(as: precision, name: path))
    }

    /// The file's bytes; `name` is the file's in messages.
    package func bytes(as precision: Precision, name: String) throws(LandmarkdError) -> [UInt8] {
        let type: SafetensorsType = precision == .float32 ? .float32 : .float16
        let header = header(type)
        let count = tensors.reduce(0) { $0 + $1.values.count }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.count + count * type.byteCount)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: header)
        for tensor in tensors {
            precondition(
                tensor.shape.reduce(1, *) == tensor.values.count,
                "tensor '\(tensor.name)': \(tensor.values.count) values for shape \(tensor.shape)")
            guard type.append(tensor.values, to: &bytes) != nil else {
                throw LandmarkdError(
                    .internalFault, "\(name): tensor '\(tensor.name)': NaN or infinite as \(type.rawValue)",
                    remedy: "train with a lower learning rate")
            }
        }
        return bytes
    }

    /// JSON, padded by spaces so that the values start at a multiple of 8 bytes.
    private func header(_ type: SafetensorsType) -> [UInt8] {
        var members: [JSON.Member] = []
        if !metadata.isEmpty {
            let strings = metadata.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
            members.append(("__metadata__", .object(strings)))
        }
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.values.count * type.byteCount
            members.append(
                (
                    tensor.name,
                    [
                        "dtype": .string(type.rawValue), "shape": .array(tensor.shape.map { .integer($0) }),
                        "data_offsets": [.integer(offset), .integer(end)],
                    ]
                ))
            offset = end
        }
        var text = Array(JSON.object(members).text.utf8)
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        return text
    }
}
