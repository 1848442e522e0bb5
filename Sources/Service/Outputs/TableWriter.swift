import Base
import FaceTracking

/// The results of a recording as rows of text: a table, or one JSON object a frame.
///
/// Writes to `PATH.partial`, or to standard output where the path is "-".
public final class TableWriter: TrackOutput {
    private let file: RowFile
    private let rows: any RowFormat

    /// In the columns of OpenFace. Throws `.cannotCreate`, `.noPermission`.
    public convenience init(csv path: String, pointCount: Int) throws(LandmarkdError) {
        try self.init(path, CSVRows(pointCount: pointCount))
    }

    /// `stream` names the source in each object. Throws `.cannotCreate`, `.noPermission`.
    public convenience init(jsonl path: String, stream: String) throws(LandmarkdError) {
        try self.init(path, JSONRows(stream: stream))
    }

    private init(_ path: String, _ rows: any RowFormat) throws(LandmarkdError) {
        self.rows = rows
        file = try RowFile(path: path)
        file.text.append(rows.header)
    }

    public var partialPath: String? { file.partialPath }

    public func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError) {
        rows.append(result, to: &file.text)
        try file.endRow(time: result.time)
    }

    public func finish() throws(LandmarkdError) { try file.finish() }

    public func interrupt() throws(LandmarkdError) { try file.interrupt() }
}
