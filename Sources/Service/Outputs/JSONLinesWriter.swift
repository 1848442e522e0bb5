import Base
import FaceTracking

/// One JSON object a frame:
/// `{"stream":…,"frame":…,"time":…,"faces":[{"id":…,"confidence":…,"box":[x,y,w,h],"points":[[x,y],…],"point_confidence":[…]}]}`.
public final class JSONLinesWriter: TrackOutput {
    private let file: RowFile
    private let start: String

    /// `stream` names the source in each object. Path and errors as with `CSVWriter`.
    public init(path: String, stream: String) throws(LandmarkdError) {
        file = try RowFile(path: path)
        start = "{\"stream\":\(stream.jsonQuoted),\"frame\":"
    }

    public var partialPath: String? { file.partialPath }

    public func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError) {
        file.text.append(start)
        file.text.append(result.frame)
        file.text.append(",\"time\":")
        file.text.append(result.time, decimals: 6)
        file.text.append(",\"faces\":[")
        appendList(result.faces, appendFace)
        file.text.append("]}\n")
        try file.endRow(time: result.time)
    }

    public func finish() throws(LandmarkdError) { try file.finish() }

    public func interrupt() throws(LandmarkdError) { try file.interrupt() }

    private func appendFace(_ face: TrackedFace) {
        file.text.append("{\"id\":")
        file.text.append(face.id)
        file.text.append(",\"confidence\":")
        appendNumber(face.confidence)
        file.text.append(",\"box\":[")
        appendList([face.box.low.x, face.box.low.y, face.box.width, face.box.height], appendNumber)
        file.text.append("],\"points\":[")
        appendList(face.points) { point in
            file.text.append("[")
            appendList([point.x, point.y], appendNumber)
            file.text.append("]")
        }
        file.text.append("],\"point_confidence\":[")
        appendList(face.pointConfidence, appendNumber)
        file.text.append("]}")
    }

    private func appendNumber(_ value: Double) { file.text.append(value, decimals: 3) }

    private func appendList<Element>(_ elements: [Element], _ append: (Element) -> Void) {
        for (index, element) in elements.enumerated() {
            if index > 0 { file.text.append(",") }
            append(element)
        }
    }
}
