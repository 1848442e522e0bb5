import Base
import Results

/// Where one live output writes to. Bound to one thread.
protocol LiveSink: AnyObject {
    /// Takes a result, opening what is not open. Throws where that fails; the sink can be used again afterwards.
    func write(_ result: StreamResult) throws(LandmarkdError)

    /// Writes everything that was buffered.
    func flush() throws(LandmarkdError)

    /// Finishes what is open; the next result reopens it.
    func close() throws(LandmarkdError)

    /// Results that were taken, but lost since.
    var lost: Int { get }
}

/// Standard output: one line per result, written at once.
final class StandardOutputSink: LiveSink {
    private let rows: any RowFormat
    private let path: String
    private let descriptor: Int32
    /// A line was cut by a failure: the next one must start on a new line.
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
