import Base
import FaceTracking

/// One JSON object a frame:
/// `{"stream":…,"frame":…,"time":…,"faces":[{"id":…,"confidence":…,"box":[x,y,w,h],"points":[[x,y],…],"point_confidence":[…]}]}`.
public final class JSONLinesWriter: TrackOutput {
    private let file: RowFile
    private let stream: String

    /// `stream` names the source in each object. Path and errors as with `CSVWriter`.
    public init(path: String, stream: String) throws(LandmarkdError) {
        file = try RowFile(path: path)
        self.stream = stream
    }

    public var partialPath: String? { file.partialPath }

    public func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError) {
        file.text.appendStart(of: result, stream: stream)
        file.text.append(",\"faces\":")
        file.text.append(result.faces)
        file.text.append("}\n")
        try file.endRow(time: result.time)
    }

    public func finish() throws(LandmarkdError) { try file.finish() }

    public func interrupt() throws(LandmarkdError) { try file.interrupt() }
}
