import Base
import Glibc

/// Bytes that a container's own sizes promise beyond the end of the file: what was cut off; nil where nothing is missing
/// or the format does not say.
///
/// Demuxers take a cut-off AVI, Matroska or GIF for one that ends: only the sizes at its front show it. Known: MP4 and MOV
/// (boxes), AVI (RIFF), Matroska and WebM (EBML), GIF (its closing byte).
func missingBytes(_ path: String) -> Int? {
    guard FileIdentity(path: path)?.isRegular == true else { return nil }
    let descriptor = openForReading(path)
    guard descriptor >= 0 else { return nil }
    defer { _ = close(descriptor) }
    let file = ByteReader(descriptor: descriptor)
    let front = file.bytes(at: 0, count: 12)
    guard front.count == 12 else { return nil }
    let promised: Int?
    if front.starts(with: Array("RIFF".utf8)) {
        promised = 8 + front[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    } else if front.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
        promised = matroskaEnd(file)
    } else if front.starts(with: Array("GIF8".utf8)) {
        promised = file.bytes(at: file.size - 1, count: 1) == [0x3B] ? nil : file.size + 1
    } else if ["ftyp", "moov", "mdat", "wide", "free", "skip"].contains(where: { front[4..<8].elementsEqual($0.utf8) })
    {
        promised = boxesEnd(file)
    } else {
        return nil
    }
    guard let promised, promised > file.size else { return nil }
    return promised - file.size
}

/// Small reads at any place of an open file.
private struct ByteReader {
    let descriptor: Int32
    let size: Int

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Fewer than `count` at the end of the file.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = offset < 0 ? 0 : pread(descriptor, &bytes, count, off_t(offset))
        return Array(bytes.prefix(max(0, got)))
    }
}

/// Where the last of an MP4's boxes ends: 4 bytes of size (1: 8 more bytes hold it, 0: to the end of the file), 4 of name.
private func boxesEnd(_ file: ByteReader) -> Int? {
    var offset = 0
    while offset < file.size {
        let head = file.bytes(at: offset, count: 16)
        guard head.count >= 8 else { return offset + 8 }
        // Whatever else somebody appended to the boxes promises nothing.
        guard head[4..<8].allSatisfy({ 0x20...0x7E ~= $0 || $0 == 0xA9 }) else { return nil }
        var size = head[..<4].reduce(0) { $0 << 8 | Int($1) }
        if size == 0 { return nil }
        if size == 1 {
            guard head.count == 16, head[8] < 0x40 else { return nil }
            size = head[8...].reduce(0) { $0 << 8 | Int($1) }
        }
        guard size >= 8, size < Int.max - offset else { return nil }
        offset += size
    }
    return offset
}

/// Where the segment after the EBML header ends; nil where it was written live, without a size.
private func matroskaEnd(_ file: ByteReader) -> Int? {
    guard let header = ebmlSize(file, at: 4) else { return nil }
    let segment = 4 + header.length + header.value
    guard file.bytes(at: segment, count: 4) == [0x18, 0x53, 0x80, 0x67], let body = ebmlSize(file, at: segment + 4)
    else { return nil }
    return segment + 4 + body.length + body.value
}

/// A size of 1 to 8 bytes, whose number is given by the first byte's leading zeros; nil where all value bits are set (unknown).
private func ebmlSize(_ file: ByteReader, at offset: Int) -> (value: Int, length: Int)? {
    let bytes = file.bytes(at: offset, count: 8)
    guard let first = bytes.first, first > 0 else { return nil }
    let length = first.leadingZeroBitCount + 1
    guard bytes.count >= length else { return nil }
    let mask = 1 << (7 * length) - 1
    let value = bytes[..<length].reduce(0) { $0 << 8 | Int($1) } & mask
    return value == mask ? nil : (value, length)
}
