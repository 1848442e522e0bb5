import Base
import CFFmpeg
import Glibc

/// The output of a muxer: a file that grows under its partial name, or a pipe or device, written as it comes.
final class OutputStream {  // thread-bound
    private let file: OutputFile
    /// Descriptor of what is written in place; FFmpeg writes to it by the protocol "pipe". −1 for files, which FFmpeg opens itself.
    private let descriptor: Int32
    private var context: UnsafeMutablePointer<AVIOContext>?

    /// Throws `cannotCreate`, `noPermission` or `interrupted`.
    init(_ path: String) throws(LandmarkdError) {
        file = try OutputFile(path)
        let opened = try file.open()
        if !file.isSpecial { Glibc.close(opened) }
        descriptor = file.isSpecial ? opened : -1
        // Asked by FFmpeg while a pipe takes no more.
        var interrupt = AVIOInterruptCB(callback: { _ in Interruption.isAsked ? 1 : 0 }, opaque: nil)
        let code = address.withSystemPath { avio_open2(&context, $0, AVIO_FLAG_WRITE, &interrupt, nil) }
        if code < 0 {
            file.discard()
            throw LandmarkdError(
                .cannotCreate, "\(file.path): creating: \(ffmpegText(code))", remedy: "check the folder and its disk")
        }
    }

    deinit {
        avio_closep(&context)
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// FFmpeg's name for it.
    var address: String { file.partialPath.map { "file:" + $0 } ?? "pipe:\(descriptor)" }

    /// Whether a muxer can go back and correct what it has written.
    var isSeekable: Bool { !file.isSpecial }

    /// For messages: what is being written.
    var name: String { file.partialPath ?? file.path }

    var pointer: UnsafeMutablePointer<AVIOContext>? { context }

    /// Writes out the rest; FFmpeg's code.
    func close() -> Int32 { avio_closep(&context) }

    /// Gives the whole file its name.
    func commit() throws(LandmarkdError) { try file.commit() }

    /// Removes what is there of it.
    func discard() { file.discard() }
}
