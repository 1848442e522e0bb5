/// The checked header: every entry's type, shape and bytes fit each other and the file.
struct SafetensorsHeader {
    struct Entry {
        let name: String
        let type: SafetensorsType
        let shape: [Int]
        /// Where its values lie in the file.
        let bytes: Range<Int>
    }

    private(set) var metadata: [String: String] = [:]
    /// Sorted by place; they cover the file after the header without gaps.
    private(set) var entries: [Entry] = []

    init(bytes: [UInt8]) throws(SafetensorsFault) {
        let text = try Self.text(of: bytes)
        let json: SafetensorsJSON
        do {
            json = try SafetensorsJSON.parse(bytes[text])
        } catch {
            throw SafetensorsFault("header, byte \(error.offset): \(error.why)")
        }
        guard case .object(let members) = json else { throw SafetensorsFault("header: not an object") }
        for member in members {
            if member.key == "__metadata__" {
                metadata = try Self.strings(member.value)
            } else {
                entries.append(try Self.entry(member, data: text.upperBound..<bytes.count))
            }
        }
        try arrange(data: text.upperBound..<bytes.count)
    }

    /// The header's place, from the length before it.
    private static func text(of bytes: [UInt8]) throws(SafetensorsFault) -> Range<Int> {
        guard bytes.count >= 8 else { throw SafetensorsFault("\(bytes.count) bytes are too few for a header") }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= SafetensorsLimits.headerBytes else {
            throw SafetensorsFault("header of \(length) bytes: at most \(SafetensorsLimits.headerBytes) expected")
        }
        guard Int(length) <= bytes.count - 8 else {
            throw SafetensorsFault("header of \(length) bytes in a file of \(bytes.count)")
        }
        return 8..<(8 + Int(length))
    }

    private static func strings(_ json: SafetensorsJSON) throws(SafetensorsFault) -> [String: String] {
        guard case .object(let members) = json else { throw SafetensorsFault("metadata: not an object") }
        var strings: [String: String] = [:]
        for member in members {
            guard case .string(let value) = member.value else {
                throw SafetensorsFault("metadata '\(member.key)': not a string")
            }
            strings[member.key] = value
        }
        return strings
    }

    private static func entry(_ member: SafetensorsJSON.Member, data: Range<Int>) throws(SafetensorsFault) -> Entry {
        func fault(_ why: String) -> SafetensorsFault { SafetensorsFault("tensor '\(member.key)': \(why)") }
        guard case .object(let fields) = member.value else { throw fault("not an object") }
        func field(_ key: String) -> SafetensorsJSON? { fields.first { $0.key == key }?.value }
        guard fields.count == 3, case .string(let typeName) = field("dtype"),
            let shape = field("shape")?.integers, let offsets = field("data_offsets")?.integers, offsets.count == 2
        else { throw fault("dtype, shape and data_offsets expected") }
        guard let type = SafetensorsType(rawValue: typeName) else {
            throw fault("type '\(typeName)': F32, F16 or BF16 expected")
        }
        guard shape.count <= SafetensorsLimits.dimensions, let size = byteCount(shape, type) else {
            throw fault("shape \(shape) is absurd")
        }
        guard offsets[0] <= offsets[1], offsets[1] <= data.count else {
            throw fault("offsets \(offsets) outside the \(data.count) bytes after the header")
        }
        guard offsets[1] - offsets[0] == size else {
            throw fault("offsets \(offsets) for \(size) bytes of shape \(shape)")
        }
        let start = data.lowerBound + offsets[0]
        return Entry(name: member.key, type: type, shape: shape, bytes: start..<(start + size))
    }

    /// Bytes of such an array; nil where they are more than a file may have.
    private static func byteCount(_ shape: [Int], _ type: SafetensorsType) -> Int? {
        var size = type.byteCount
        for dimension in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
            guard !overflow, product <= SafetensorsLimits.fileBytes else { return nil }
            size = product
        }
        return size
    }

    private mutating func arrange(data: Range<Int>) throws(SafetensorsFault) {
        entries.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
        var end = data.lowerBound
        for entry in entries {
            guard entry.bytes.lowerBound == end else {
                throw SafetensorsFault(
                    "tensor '\(entry.name)': \(entry.bytes.lowerBound < end ? "overlaps" : "leaves a gap after") the one before"
                )
            }
            end = entry.bytes.upperBound
        }
        guard end == data.upperBound else {
            throw SafetensorsFault("\(data.upperBound - end) bytes after the last tensor")
        }
    }
}

extension SafetensorsJSON {
    /// The numbers of an array of numbers.
    fileprivate var integers: [Int]? {
        guard case .array(let elements) = self else { return nil }
        var integers: [Int] = []
        for element in elements {
            guard case .integer(let integer) = element else { return nil }
            integers.append(integer)
        }
        return integers
    }
}
