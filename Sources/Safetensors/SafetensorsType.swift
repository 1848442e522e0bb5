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
