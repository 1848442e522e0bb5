import Base
import CZlib
import CZstd

/// How a file of rows is compressed, which the last ending of its name says.
package enum Compression: String, Sendable, CaseIterable {
    case gzip = "gz"
    case zstd = "zst"

    /// Nil where the name says none.
    package init?(nameOf path: String) { self.init(rawValue: path.fileEnding) }
}

/// Compresses a stream of bytes as it grows. The same calls give the same bytes.
///
/// What came before a `.flush` can be decompressed from what was returned so far, without what follows.
final class Compressor {  // thread-bound
    enum Step {
        /// Everything so far can be read.
        case flush
        /// Nothing follows.
        case end
    }

    private enum Stream {
        case gzip(UnsafeMutablePointer<z_stream>)
        case zstd(OpaquePointer)
    }

    private let stream: Stream
    private var block = [UInt8](repeating: 0, count: 1 << 16)

    init(_ kind: Compression) {
        switch kind {
        case .gzip:
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            stream.initialize(to: z_stream())
            guard lm_gzip_begin(stream) == Z_OK else { preconditionFailure("no memory for zlib") }
            self.stream = .gzip(stream)
        case .zstd:
            guard let context = ZSTD_createCCtx() else { preconditionFailure("no memory for zstd") }
            ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
            stream = .zstd(context)
        }
    }

    deinit {
        switch stream {
        case .gzip(let stream):
            deflateEnd(stream)
            stream.deallocate()
        case .zstd(let context): ZSTD_freeCCtx(context)
        }
    }

    /// The next bytes of the compressed stream.
    func compress(_ bytes: [UInt8], _ step: Step) -> [UInt8] {
        if bytes.isEmpty, step == .flush { return [] }
        return switch stream {
        case .gzip(let stream): deflated(bytes, stream, step == .end ? Z_FINISH : Z_SYNC_FLUSH)
        case .zstd(let context): compressed(bytes, context, step == .end ? ZSTD_e_end : ZSTD_e_flush)
        }
    }

    private func deflated(_ bytes: [UInt8], _ stream: UnsafeMutablePointer<z_stream>, _ flush: Int32) -> [UInt8] {
        var result: [UInt8] = []
        bytes.withUnsafeBufferPointer { input in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = uInt(input.count)
            repeat {
                block.withUnsafeMutableBufferPointer { output in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = uInt(output.count)
                    // Z_BUF_ERROR: nothing was left to do.
                    let code = deflate(stream, flush)
                    precondition(code != Z_STREAM_ERROR, "zlib's state is broken")
                }
                result += block[..<(block.count - Int(stream.pointee.avail_out))]
            } while stream.pointee.avail_out == 0
        }
        return result
    }

    private func compressed(_ bytes: [UInt8], _ context: OpaquePointer, _ step: ZSTD_EndDirective) -> [UInt8] {
        var result: [UInt8] = []
        bytes.withUnsafeBytes { input in
            var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
            var left = 1
            while left > 0 {
                block.withUnsafeMutableBytes { output in
                    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                    left = ZSTD_compressStream2(context, &target, &source, step)
                    precondition(ZSTD_isError(left) == 0, "zstd: \(String(cString: ZSTD_getErrorName(left)))")
                    result += output[..<target.pos]
                }
            }
        }
        return result
    }
}
