/// What a server sent too much of.
enum OversizedPart: Error {
    case header
    case picture
}

/// Cuts the body of an HTTP answer into JPEGs, in all the ways in which cameras send them and browsers show them: a multipart
/// answer with or without boundary, length and type of each part, or bare JPEGs one after the other.
///
/// A picture ends where its own bytes say so. Boundaries and lengths serve to step over parts that hold no picture, and over
/// what follows a picture in its part, and to end pictures that do not say where they end.
struct PictureCutter {
    static let largestPicture = 32 << 20
    static let longestHeader = 64 << 10
    private static let longestLine = 8 << 10
    private static let longestBoundary = 100

    private enum State {
        /// Between pictures: boundaries, headers of parts, empty lines.
        case lines
        /// Behind the header of a part.
        case body
        /// In a picture, which begins at the buffer's first byte.
        case picture(JPEGScanner)
        /// In so many bytes that hold no picture.
        case skipping(Int)
    }

    private var buffer: [UInt8] = []
    /// Bytes of the buffer that are done with.
    private var start = 0
    private var state = State.lines
    private var boundary: PartBoundary
    private var header = PartHeader()
    private var headerBytes = 0
    private var unreadable = 0

    /// `boundary`: as the answer's header names it.
    init(boundary: String? = nil) { self.boundary = PartBoundary(boundary) }

    /// Bytes that have come of a picture whose rest has not.
    var unfinishedBytes: Int {
        if case .picture = state { return buffer.count - start }
        return 0
    }

    /// Parts since the last call that should have held a picture, but hold something else.
    mutating func takeUnreadable() -> Int {
        defer { unreadable = 0 }
        return unreadable
    }

    /// More of the body.
    mutating func append(_ bytes: [UInt8]) {
        compact()
        buffer += bytes
    }

    /// The next whole picture, as far as its bytes show; nil where more of the body must come first.
    mutating func next() throws(OversizedPart) -> [UInt8]? {
        while true {
            switch state {
            case .lines: guard try readLine() else { return nil }
            case .body: guard beginBody() else { return nil }
            case .skipping(let count): guard skip(count) else { return nil }
            case .picture(var scanner):
                let finding = scanner.scan(buffer)
                state = .picture(scanner)
                switch finding {
                case .end(let end): return take(end, tail: max(0, (header.length ?? end) - end))
                case .nextPicture(let place): return take(endOfCutOff(before: place))
                case .needsMore:
                    if let length = lengthOfUnended { return take(length) }
                    guard buffer.count <= Self.largestPicture else { throw .picture }
                    return nil
                }
            }
        }
    }

    private mutating func compact() {
        buffer.removeFirst(start)
        start = 0
    }

    /// The picture in the first `end` bytes; `tail`: bytes of its part that follow it.
    private mutating func take(_ end: Int, tail: Int = 0) -> [UInt8] {
        let picture = Array(buffer[..<end])
        (start, headerBytes, header) = (end, 0, PartHeader())
        state = tail > 0 && tail <= Self.largestPicture ? .skipping(tail) : .lines
        return picture
    }

    /// Where a picture without an end of its own ends, given that the next one begins at `place`.
    private func endOfCutOff(before place: Int) -> Int {
        boundary.place(in: buffer[max(0, place - Self.longestLine)..<place]) ?? place
    }

    /// The promised length of a picture without an end of its own, once a boundary follows there.
    private var lengthOfUnended: Int? {
        guard let length = header.length, 4...Self.largestPicture ~= length, length < buffer.count,
            let place = boundary.place(in: buffer[length..<min(buffer.count, length + Self.longestBoundary)]),
            place <= length + 2
        else { return nil }
        return length
    }
}

extension PictureCutter {
    /// Takes a line, or begins a picture; false where more must come first.
    private mutating func readLine() throws(OversizedPart) -> Bool {
        let unread = buffer[start...]
        // The end of a line, or the first byte of a picture.
        let mark = unread.indices.first { isPicture(at: $0) != false || buffer[$0] == 0x0A }
        guard let mark else {
            // No line is that long: what came is of no use.
            if unread.count > Self.longestLine { try count(header: unread.count) }
            if unread.count > Self.longestLine { start = buffer.count }
            return false
        }
        guard buffer[mark] == 0x0A else {
            guard isPicture(at: mark) == true else { return false }
            start = mark
            beginPicture()
            return true
        }
        try count(header: mark + 1 - start)
        start = mark + 1
        let line = unread[..<mark].last == 0x0D ? unread[..<mark].dropLast() : unread[..<mark]
        if line.isEmpty {
            if header.isBegun { state = .body }
        } else if boundary.matches(line) || line.starts(with: "--".utf8) {
            // Some cameras announce another boundary than they write.
            header = PartHeader()
        } else {
            header.add(line)
        }
        return true
    }

    private mutating func count(header bytes: Int) throws(OversizedPart) {
        headerBytes += bytes
        guard headerBytes <= Self.longestHeader else { throw .header }
    }

    /// Whether a JPEG begins there; nil where more bytes are needed. Parts of text or sound hold none, if only they have an end.
    private func isPicture(at index: Int) -> Bool? {
        guard buffer[index] == 0xFF, !(header.isForeign && boundary.isKnown) else { return false }
        let mark: [UInt8] = [0xFF, 0xD8, 0xFF]
        let there = buffer[index..<min(index + 3, buffer.count)]
        guard mark.starts(with: there) else { return false }
        return there.count == 3 ? true : nil
    }

    private mutating func beginPicture() {
        compact()
        state = .picture(JPEGScanner())
    }

    /// Decides what the body of a part is; false where more must come first.
    private mutating func beginBody() -> Bool {
        // Some cameras send an empty line too many.
        while !header.isForeign, start < buffer.count, buffer[start] == 0x0D || buffer[start] == 0x0A { start += 1 }
        guard start < buffer.count else { return false }
        switch isPicture(at: start) {
        case nil: return false
        case true?: beginPicture()
        case false?:
            let length = header.length ?? 0
            let isEmpty = buffer[start...].starts(with: "--".utf8)
            if header.promisesPicture, !isEmpty {
                unreadable += 1
                // Lines in it are no header of this part: it is counted once.
                header = PartHeader()
            }
            state = length > 0 && length <= Self.largestPicture ? .skipping(length) : .lines
        }
        return true
    }

    /// Steps over bytes of a part, up to a boundary where it comes before the promised end; false where more must come first.
    private mutating func skip(_ count: Int) -> Bool {
        let there = buffer[start..<min(start + count, buffer.count)]
        if let place = boundary.place(in: there) {
            start = place
        } else if there.count < count {
            // A boundary may have begun.
            let done = max(0, there.count - Self.longestBoundary)
            start += done
            state = .skipping(count - done)
            return false
        } else {
            start += count
        }
        (state, header, headerBytes) = (.lines, PartHeader(), 0)
        return true
    }
}

/// Finds where a JPEG ends by walking its segments, byte for byte as they come.
///
/// The bytes FF D9 alone do not mark the end: a segment may hold a whole small picture. Source: ITU-T T.81, annex B.
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
