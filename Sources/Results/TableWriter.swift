import Base
import FaceTracking

/// The results of a recording as rows of text: a table, or one JSON object a frame.
///
/// Writes to `PATH.partial`, or to standard output where the path is "-".
package final class TableWriter: TrackOutput {
    private let file: RowFile
    private let rows: any RowFormat

    /// In the columns of OpenFace. Throws `.cannotCreate`, `.noPermission`.
    package convenience init(csv path: String, pointCount: Int) throws(LandmarkdError) {
        try self.init(path, CSVRows(pointCount: pointCount), nil)
    }

    /// The same with the names of the points, where they have such, in its columns. `groups`: nil for the standard ones.
    package convenience init(
        csv path: String, scheme: LandmarkScheme, groups: [ColumnGroup]? = nil, compression: Compression? = nil
    ) throws(LandmarkdError) {
        try self.init(path, CSVRows(scheme, groups: groups), compression)
    }

    /// `stream` names the source in each object; `groups`: nil for all. Throws `.cannotCreate`, `.noPermission`.
    package convenience init(
        jsonl path: String, stream: String, groups: [ColumnGroup]? = nil, compression: Compression? = nil
    ) throws(LandmarkdError) {
        try self.init(path, JSONRows(stream: stream, groups: groups), compression)
    }

    /// A path that ends with a compression's name is compressed whether asked or not.
    private init(
        _ path: String, _ rows: any RowFormat, _ compression: Compression?
    ) throws(LandmarkdError) {
        self.rows = rows
        file = try RowFile(path: path, compression: compression ?? Compression(nameOf: path))
        file.text.append(rows.header)
    }

    package var partialPath: String? { file.partialPath }

    package func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError) {
        rows.append(result, to: &file.text)
        try file.endRow()
    }

    package func finish() throws(LandmarkdError) { try file.finish() }

    package func interrupt() throws(LandmarkdError) { try file.interrupt() }
}

/// Takes the results of a recording, frame after frame. Thread-bound.
package protocol TrackOutput: AnyObject {
    /// Writes one frame's result; `frame` is nil where it failed to decode.
    ///
    /// Throws `.inputOutput` where writing fails; what is whole so far stays in `partialPath`.
    func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError)

    /// Everything is there: gives the file its name.
    func finish() throws(LandmarkdError)

    /// No more will come, but not all is there: keeps what is in `partialPath`.
    func interrupt() throws(LandmarkdError)

    /// Where it all is before `finish`; nil where it goes to standard output.
    var partialPath: String? { get }
}
