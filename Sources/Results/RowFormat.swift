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

/// Rows in the columns of OpenFace: `frame,face_id,timestamp,confidence,success`, then the chosen groups, one row for each face. Points
/// that have names are called by them: `x_chin`.
///
/// A frame in which nobody is followed has one row with face 0, success 0 and zeros. What a model or a face does not have is empty.
/// Times have 6 digits after the point, angles 4, distances in space 1, all else 3.
package struct CSVRows: RowFormat {
    package let header: String
    private let groups: [ColumnGroup]
    private let pointCount: Int
    private let emptyFace: TrackedFace

    /// Without measures, which only known schemes have.
    package init(pointCount: Int) { self.init(points: (0..<pointCount).map { "\($0)" }, [.points]) }

    /// `groups`: nil for the standard ones, of which those are left out that cannot be computed from landmarks of the scheme.
    package init(_ scheme: LandmarkScheme, groups: [ColumnGroup]? = nil) {
        self.init(
            points: scheme.pointNames.isEmpty ? (0..<scheme.count).map { "\($0)" } : scheme.pointNames,
            groups ?? ColumnGroup.standard.filter { $0.isKnown(in: scheme) }, known: { $0.isKnown(in: scheme) })
    }

    /// `known`: whether the landmarks tell a group; else its cells are empty in rows without a face, too.
    private init(points: [String], _ groups: [ColumnGroup], known: (ColumnGroup) -> Bool = { _ in true }) {
        (pointCount, self.groups) = (points.count, groups)
        let names = Column.always.map(\.name) + groups.flatMap { $0.names(points: points) }
        header = names.joined(separator: ",") + "\n"
        let shut = EyeOpening(ratio: 0, relative: 0)
        emptyFace = TrackedFace(
            id: 0, confidence: 0, box: Box(low: .zero, high: .zero),
            points: [Point](repeating: .zero, count: pointCount),
            pointConfidence: [Double](repeating: 0, count: pointCount),
            measures: FaceMeasures(
                pose: known(.pose) ? HeadPose(translation: .zero, rotation: .zero) : nil,
                eyes: known(.eyes) ? EyeMeasures(right: shut, left: shut) : nil,
                mouth: known(.mouth) ? MouthMeasures(opening: 0, width: 0, rightBrow: 0, leftBrow: 0) : nil))
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
        for group in groups { append(group, of: face, to: &text) }
        text.append("\n")
    }

    private func append(_ group: ColumnGroup, of face: TrackedFace, to text: inout TextBuffer) {
        let measures = face.measures
        switch group {
        case .pose:
            for axis in 0..<3 { text.appendCell(measures?.pose?.translation[axis], decimals: 1) }
            for axis in 0..<3 { text.appendCell(measures?.pose?.rotation[axis], decimals: 4) }
        case .eyes:
            let eyes = measures?.eyes
            text.appendCell(eyes?.right.ratio)
            text.appendCell(eyes?.left.ratio)
            text.appendCell(eyes?.right.relative)
            text.appendCell(eyes?.left.relative)
            text.append(eyes.map { $0.isBlinking ? ",1" : ",0" } ?? ",")
        case .mouth:
            let mouth = measures?.mouth
            text.appendCell(mouth?.opening)
            text.appendCell(mouth?.width)
            text.appendCell(mouth?.rightBrow)
            text.appendCell(mouth?.leftBrow)
        case .points:
            for point in face.points { text.appendCell(point.x) }
            for point in face.points { text.appendCell(point.y) }
        case .pointConfidence:
            let known = face.pointConfidence.count == pointCount
            for index in 0..<pointCount { text.appendCell(known ? face.pointConfidence[index] : nil) }
        }
    }
}

extension TextBuffer {
    /// A comma and a number, which is missing where there is none.
    fileprivate mutating func appendCell(_ value: Double?, decimals: Int = 3) {
        append(",")
        if let value { append(value, decimals: decimals) }
    }
}

/// One JSON object a frame:
/// `{"stream":…,"frame":…,"time":…,"faces":[…]}`; the members of a face are those of `JSONField.face`.
package struct JSONRows: RowFormat {
    /// Names the source in each object.
    package let stream: String
    package let header = ""
    private let groups: [ColumnGroup]

    /// `groups`: which members a face has; nil for all.
    package init(stream: String, groups: [ColumnGroup]? = nil) {
        (self.stream, self.groups) = (stream, groups ?? ColumnGroup.allCases)
    }

    package func append(_ result: FrameResult, to text: inout TextBuffer) {
        text.appendStart(of: result, stream: stream)
        text.append(",\"faces\":")
        text.append(result.faces, groups)
        text.append("}\n")
    }

    package func append(_ live: StreamResult, to text: inout TextBuffer) {
        text.append(live, groups)
        text.append("\n")
    }
}
