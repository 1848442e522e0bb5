import Base
import FaceTracking

/// How the results of frames become lines of text.
package protocol RowFormat: Sendable {
    /// Stands at the start of each file, with its line end; empty where there is none.
    var header: String { get }

    /// Adds the lines of one frame of a recording.
    func append(_ result: FrameResult, to text: inout TextBuffer)

    /// The same of a live stream.
    func append(_ live: StreamResult, to text: inout TextBuffer)
}

/// Rows in the columns of OpenFace: `frame,face_id,timestamp,confidence,success,x_0…,y_0…`, one for each face. Points that have names
/// are called by them: `x_chin`.
///
/// A frame in which nobody is followed has one row with face 0, success 0 and zeros. Where the model cannot tell confidence, it is
/// empty. Times have 6 digits after the
/// point, coordinates and confidence 3.
package struct CSVRows: RowFormat {
    package let header: String
    private let pointCount: Int
    private let emptyFace: TrackedFace

    package init(pointCount: Int) { self.init(points: (0..<pointCount).map { "\($0)" }) }

    package init(_ scheme: LandmarkScheme) {
        self.init(points: scheme.pointNames.isEmpty ? (0..<scheme.count).map { "\($0)" } : scheme.pointNames)
    }

    private init(points: [String]) {
        pointCount = points.count
        let names = points.map { "x_\($0)" } + points.map { "y_\($0)" }
        header = (["frame", "face_id", "timestamp", "confidence", "success"] + names).joined(separator: ",") + "\n"
        emptyFace = TrackedFace(
            id: 0, confidence: 0, box: Box(low: .zero, high: .zero),
            points: [Point](repeating: .zero, count: pointCount), pointConfidence: [])
    }

    package func append(_ live: StreamResult, to text: inout TextBuffer) { append(live.result, to: &text) }

    package func append(_ result: FrameResult, to text: inout TextBuffer) {
        if result.faces.isEmpty { append(emptyFace, of: result, to: &text) }
        for face in result.faces { append(face, of: result, to: &text) }
    }

    private func append(_ face: TrackedFace, of result: FrameResult, to text: inout TextBuffer) {
        precondition(face.points.count == pointCount, "CSV: \(face.points.count) points for \(pointCount) columns")
        text.append(result.frame)
        text.append(",")
        text.append(face.id)
        text.append(",")
        text.append(result.time, decimals: 6)
        text.append(",")
        if let confidence = face.confidence { text.append(confidence, decimals: 3) }
        text.append(face.id > 0 ? ",1" : ",0")
        for point in face.points { append(coordinate: point.x, to: &text) }
        for point in face.points { append(coordinate: point.y, to: &text) }
        text.append("\n")
    }

    private func append(coordinate: Double, to text: inout TextBuffer) {
        text.append(",")
        text.append(coordinate, decimals: 3)
    }
}

/// One JSON object a frame:
/// `{"stream":…,"frame":…,"time":…,"faces":[{"id":…,"confidence":…,"box":[x,y,w,h],"points":[[x,y],…],"point_confidence":[…]}]}`.
package struct JSONRows: RowFormat {
    /// Names the source in each object.
    package let stream: String
    package let header = ""

    package init(stream: String) { self.stream = stream }

    package func append(_ result: FrameResult, to text: inout TextBuffer) {
        text.appendStart(of: result, stream: stream)
        text.append(",\"faces\":")
        text.append(result.faces)
        text.append("}\n")
    }

    package func append(_ live: StreamResult, to text: inout TextBuffer) {
        text.append(live)
        text.append("\n")
    }
}
