/// Finds where a JPEG ends by walking its segments, byte for byte as they come.
///
/// The bytes FF D9 alone do not tell: a segment may hold a whole small picture. Source: ITU-T T.81, annex B.
struct JPEGScanner {
    enum Finding: Equatable {
        case needsMore
        /// The index behind the picture's last byte.
        case end(Int)
        /// The picture was cut off: at this index another one begins.
        case nextPicture(Int)
    }

    /// Where to look for the next marker. What lies before it is coded data, or of no use: decoders step over it too.
    private var position = 0

    /// `bytes` begin with the picture, and are those of the call before and more.
    mutating func scan(_ bytes: [UInt8]) -> Finding {
        while position + 1 < bytes.count {
            guard let mark = bytes[position...].firstIndex(of: 0xFF) else {
                position = bytes.count
                break
            }
            position = mark
            guard mark + 1 < bytes.count else { break }
            switch bytes[mark + 1] {
            case 0xFF: position += 1  // fill
            case 0x00, 0x01, 0xD0...0xD7: position += 2  // coded FF, temporary, restart
            case 0xD8 where mark > 0: return .nextPicture(mark)
            case 0xD8: position += 2
            case 0xD9: return .end(mark + 2)
            default:
                guard mark + 3 < bytes.count else { return .needsMore }
                // The length counts its own two bytes; a wrong one is stepped over.
                position += 2 + max(2, Int(bytes[mark + 2]) << 8 | Int(bytes[mark + 3]))
            }
        }
        return .needsMore
    }
}
