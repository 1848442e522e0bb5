import Base
import Results

/// Where one live output writes to. Bound to one thread.
protocol LiveSink: AnyObject {
    /// Takes a result, opening what is not open. Throws where that fails; the sink is as good as new afterwards.
    func write(_ result: StreamResult) throws(LandmarkdError)

    /// Hands on all that was held back.
    func flush() throws(LandmarkdError)

    /// Finishes what is open; the next result reopens it.
    func close() throws(LandmarkdError)

    /// Results that were taken, but lost since.
    var lost: Int { get }
}

/// Standard output: a line for each result, at once.
final class StandardOutputSink: LiveSink {
    private let rows: any RowFormat
    private let path: String
    private let descriptor: Int32
    /// A line was cut by a failure: the next one must not be glued to it.
    private var isCut = false
    let lost = 0

    init(_ rows: any RowFormat, descriptor: Int32 = 1) {
        (self.rows, self.descriptor, path) = (rows, descriptor, "standard output")
    }

    func write(_ result: StreamResult) throws(LandmarkdError) {
        var text = TextBuffer()
        if isCut { text.append("\n") }
        rows.append(result, to: &text)
        isCut = true
        try writeAll(text.bytes, to: descriptor, path: path)
        isCut = false
    }

    func flush() {}

    func close() {}
}
