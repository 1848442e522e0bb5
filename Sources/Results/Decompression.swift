import Base
import CZlib
import CZstd

extension Compression {
    /// As the first bytes of a file tell it; nil for what is not compressed.
    init?(firstBytes bytes: [UInt8]) {
        if bytes.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else {
            return nil
        }
    }
}

/// The bytes of a file, decompressed where its first bytes are those of gzip or Zstandard. A file may consist of several compressed
/// parts, as `cat a.gz b.gz` and pigz make them. Thread-bound.
package final class DecompressedPieces: PieceSource {
    private let path: String
    private let source: any PieceSource
    private var decompressor: Decompressor?
    private var input: ArraySlice<UInt8>
    private var isSourceAtEnd: Bool

    /// Throws `.noInput` where the file cannot be read.
    package init(_ path: String) throws(LandmarkdError) {
        (self.path, source) = (path, try FilePieces(path))
        let first = try source.next()
        (input, isSourceAtEnd) = (first[...], first.isEmpty)
        decompressor = Compression(firstBytes: first).map { Decompressor($0) }
    }

    /// Throws `.unusableData` where the file is damaged or ends in the middle, `.inputOutput` where reading fails.
    package func next() throws(LandmarkdError) -> [UInt8] {
        guard let decompressor else { return try plain() }
        while true {
            if input.isEmpty, !isSourceAtEnd {
                input = try source.next()[...]
                isSourceAtEnd = input.isEmpty
            }
            if isSourceAtEnd, decompressor.isBetweenParts { return [] }
            guard let piece = decompressor.decompress(&input) else {
                throw LandmarkdError(
                    .unusableData, "\(path): the compressed file is damaged", remedy: "copy or write it again")
            }
            if !piece.isEmpty { return piece }
            if isSourceAtEnd {
                throw LandmarkdError(
                    .unusableData, "\(path): the compressed file is cut off",
                    remedy: "copy it again, or wait until it is whole")
            }
        }
    }

    private func plain() throws(LandmarkdError) -> [UInt8] {
        guard input.isEmpty else {
            defer { input = [] }
            return Array(input)
        }
        return try source.next()
    }
}

/// Decompresses a stream of bytes, a bounded piece at a time, however much a few bytes stand for.
private final class Decompressor {  // thread-bound
    private enum Stream {
        case gzip(UnsafeMutablePointer<z_stream>)
        case zstd(OpaquePointer)
    }

    private static let pieceSize = 1 << 16

    private let stream: Stream
    /// Whether all that was begun has ended: nothing more need come.
    private(set) var isBetweenParts = true

    init(_ kind: Compression) {
        switch kind {
        case .gzip:
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            stream.initialize(to: z_stream())
            guard lm_gzip_read(stream) == Z_OK else { preconditionFailure("no memory for zlib") }
            self.stream = .gzip(stream)
        case .zstd:
            guard let context = ZSTD_createDCtx() else { preconditionFailure("no memory for zstd") }
            stream = .zstd(context)
        }
    }

    deinit {
        switch stream {
        case .gzip(let stream):
            inflateEnd(stream)
            stream.deallocate()
        case .zstd(let context): ZSTD_freeDCtx(context)
        }
    }

    /// Takes bytes from the front of `input`; what they, and those before, stand for. Nil where they are no such stream.
    func decompress(_ input: inout ArraySlice<UInt8>) -> [UInt8]? {
        var taken: Int?
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { output, filled in
            taken = input.withUnsafeBufferPointer { input in
                switch stream {
                case .gzip(let stream): inflated(input, stream, output, &filled)
                case .zstd(let context): decompressed(input, context, output, &filled)
                }
            }
        }
        guard let taken else { return nil }
        input = input.dropFirst(taken)
        return piece
    }

    /// Bytes of the input that were taken; nil where they are wrong.
    private func inflated(
        _ input: UnsafeBufferPointer<UInt8>, _ stream: UnsafeMutablePointer<z_stream>,
        _ output: UnsafeMutableBufferPointer<UInt8>, _ filled: inout Int
    ) -> Int? {
        if isBetweenParts, inflateReset(stream) != Z_OK { return nil }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = uInt(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = uInt(output.count)
        let code = inflate(stream, Z_NO_FLUSH)
        filled = output.count - Int(stream.pointee.avail_out)
        isBetweenParts = code == Z_STREAM_END
        // Z_BUF_ERROR: more bytes are needed.
        guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(code) else { return nil }
        return input.count - Int(stream.pointee.avail_in)
    }

    private func decompressed(
        _ input: UnsafeBufferPointer<UInt8>, _ context: OpaquePointer,
        _ output: UnsafeMutableBufferPointer<UInt8>, _ filled: inout Int
    ) -> Int? {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let left = ZSTD_decompressStream(context, &target, &source)
        filled = target.pos
        isBetweenParts = left == 0
        return ZSTD_isError(left) == 0 ? source.pos : nil
    }
}
