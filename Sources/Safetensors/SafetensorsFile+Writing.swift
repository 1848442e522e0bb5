import Base

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
