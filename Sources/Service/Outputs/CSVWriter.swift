import Base
import FaceTracking

/// Rows in the columns of OpenFace: `frame,face_id,timestamp,confidence,success,x_0…,y_0…`, one for each face.
///
/// A frame in which nobody is followed has one row with face 0, success 0 and zeros. Times have 6 digits after the
/// point, coordinates and confidence 3.
public final class CSVWriter: TrackOutput {
    private let file: RowFile
    private let pointCount: Int
    private let emptyFace: TrackedFace

    /// Writes to `PATH.partial`, or to standard output where `path` is "-". Throws `.cannotCreate`, `.noPermission`.
    public init(path: String, pointCount: Int) throws(LandmarkdError) {
        self.pointCount = pointCount
        file = try RowFile(path: path)
        emptyFace = TrackedFace(
            id: 0, confidence: 0, box: Box(low: .zero, high: .zero),
            points: [Point](repeating: .zero, count: pointCount), pointConfidence: [])
        file.text.append(Self.header(pointCount: pointCount))
    }

    public var partialPath: String? { file.partialPath }

    public func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError) {
        if result.faces.isEmpty { appendRow(result, emptyFace) }
        for face in result.faces { appendRow(result, face) }
        try file.endRow(time: result.time)
    }

    public func finish() throws(LandmarkdError) { try file.finish() }

    public func interrupt() throws(LandmarkdError) { try file.interrupt() }

    static func header(pointCount: Int) -> String {
        let indices = 0..<pointCount
        let names = indices.map { "x_\($0)" } + indices.map { "y_\($0)" }
        return (["frame", "face_id", "timestamp", "confidence", "success"] + names).joined(separator: ",") + "\n"
    }

    private func appendRow(_ result: FrameResult, _ face: TrackedFace) {
        precondition(face.points.count == pointCount, "CSV: \(face.points.count) points for \(pointCount) columns")
        file.text.append(result.frame)
        file.text.append(",")
        file.text.append(face.id)
        file.text.append(",")
        file.text.append(result.time, decimals: 6)
        file.text.append(",")
        file.text.append(face.confidence, decimals: 3)
        file.text.append(face.id > 0 ? ",1" : ",0")
        for point in face.points { appendCoordinate(point.x) }
        for point in face.points { appendCoordinate(point.y) }
        file.text.append("\n")
    }

    private func appendCoordinate(_ value: Double) {
        file.text.append(",")
        file.text.append(value, decimals: 3)
    }
}
