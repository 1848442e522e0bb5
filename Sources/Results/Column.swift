import Base
import FaceTracking

/// A column of tables: the one place that says what its numbers mean. `landmarkd columns`, README, the manual and `docs/columns.md` are
/// made of it.
package struct Column: Sendable, Equatable {
    /// As in the header; of a series, its first and last: "x_0 … x_67".
    package let name: String
    /// Empty for numbers without a unit.
    package let unit: String
    package let range: String
    package let meaning: String

    init(_ name: String, _ unit: String, _ range: String, _ meaning: String) {
        (self.name, self.unit, self.range, self.meaning) = (name, unit, range, meaning)
    }

    /// Columns that every table begins with.
    package static let always: [Column] = [
        Column(
            "frame", "", "from 1",
            "number of the decoded frame, without gaps; a frame that failed to decode has a row with success 0"),
        Column(
            "face_id", "", "from 0",
            "number of the face: constant while it is followed, never used again; 0 in a row without a face"),
        Column("timestamp", "s", "from 0", "time from the first frame, by the clock of the file"),
        Column(
            "confidence", "", "0 to 1",
            "probability that the landmarks are right: off by at most 0.08 of the eye distance on average; "
                + "empty where the model was not calibrated"),
        Column("success", "", "0 or 1", "1 where a face is followed"),
    ]
}

/// Columns, and members of a face in JSON, that are chosen together by `--columns`.
package enum ColumnGroup: String, Sendable, CaseIterable {
    case pose
    case eyes
    case mouth
    case points
    case pointConfidence = "point_confidence"

    /// What tables have where nothing is chosen.
    package static let standard: [ColumnGroup] = [.pose, .eyes, .mouth, .points]

    /// Groups by their names, such as "pose,eyes"; in the order of tables, whatever the order they are named in.
    ///
    /// Throws `.usage` where a name is none of a group.
    package static func list(_ text: String) throws(LandmarkdError) -> [ColumnGroup] {
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let names = allCases.map(\.rawValue)
        for word in words where !names.contains(word) {
            let known = "the groups are \(names.joined(separator: ", "))"
            throw LandmarkdError(
                .usage, "'\(word)' is no group of columns",
                remedy: closestName(to: word, among: names).map { "did you mean '\($0)'? \(known)" } ?? known)
        }
        return allCases.filter { words.contains($0.rawValue) }
    }

    /// Whether it can be computed from landmarks of this scheme.
    package func isKnown(in scheme: LandmarkScheme) -> Bool {
        switch self {
        case .pose: scheme == .ibug68
        case .eyes, .mouth: scheme.brows != nil && !scheme.openings.isEmpty
        case .points, .pointConfidence: true
        }
    }

    package var columns: [Column] {
        switch self {
        case .pose: Self.poseColumns
        case .eyes: Self.eyeColumns
        case .mouth: Self.mouthColumns
        case .points:
            [
                Column(
                    "x_0 … x_67", "pixels", "the picture",
                    "landmarks in the picture as displayed, after rotation; a whole number is the centre of a pixel. "
                        + "Points that a model names are called by their names: x_chin"),
                Column("y_0 … y_67", "pixels", "the picture", "the same, downwards"),
            ]
        case .pointConfidence:
            [
                Column(
                    "confidence_0 … confidence_67", "", "0 to 1",
                    "probability that the landmark is off by at most 0.08 of the eye distance; empty where the model does not give it"
                )
            ]
        }
    }

    /// Header's names, for landmarks with these names.
    func names(points: [String]) -> [String] {
        switch self {
        case .pose, .eyes, .mouth: columns.map(\.name)
        case .points: points.map { "x_\($0)" } + points.map { "y_\($0)" }
        case .pointConfidence: points.map { "confidence_\($0)" }
        }
    }

    private static let poseColumns = [
        Column(
            "pose_Tx", "mm", "", "centre of the head's landmarks from the camera, to the right of the picture"),
        Column("pose_Ty", "mm", "", "the same, downwards"),
        Column("pose_Tz", "mm", "from 20", "the same, away from the camera; true to scale if --focal-length is"),
        Column(
            "pose_Rx", "rad", "-π to π",
            "pitch: positive where the face looks down. The rotation matrix is Rx · Ry · Rz, in the camera's coordinates"
        ),
        Column("pose_Ry", "rad", "-π/2 to π/2", "yaw: positive where the face turns to the left of the picture"),
        Column("pose_Rz", "rad", "-π to π", "roll: positive where the head leans clockwise in the picture"),
    ]

    private static let eyeColumns = [
        Column(
            "eye_ratio_right", "", "from 0",
            "mean distance of the lids over the width of the eye; the person's right eye, left in the picture"),
        Column("eye_ratio_left", "", "from 0", "the same of the left eye"),
        Column(
            "eye_open_right", "", "0 to 1",
            "0: as shut as in this person's blinks, 1: as open as this eye usually is, learned while the face is followed; "
                + "empty before that is known"),
        Column("eye_open_left", "", "0 to 1", "the same of the left eye"),
        Column(
            "blink", "", "0 or 1",
            "1 while the lids are down in a blink, as far as is known by this frame; --blinks lists whole blinks"),
    ]

    private static let mouthColumns = [
        Column("mouth_opening", "", "from 0", "mean distance of the inner lips over the width of the mouth"),
        Column("mouth_width", "", "from 0", "distance of the corners of the mouth, in outer-eye distances"),
        Column(
            "brow_height_right", "", "",
            "mean distance of the brow from the line through its eye's corners, in outer-eye distances; the person's right"
        ),
        Column("brow_height_left", "", "", "the same of the left brow"),
    ]
}

extension Column {
    /// Columns of the table of blinks.
    package static let blinks: [Column] = [
        Column("face_id", "", "from 1", "number of the face, as in the table"),
        Column("start_frame", "", "from 1", "last frame before the lids went down"),
        Column("peak_frame", "", "from 1", "frame in which the eyes were most shut"),
        Column("end_frame", "", "from 1", "first frame in which the lids were up again"),
        Column("start", "s", "from 0", "time of start_frame"),
        Column("peak", "s", "from 0", "time of peak_frame"),
        Column("end", "s", "from 0", "time of end_frame"),
        Column("depth", "", "0 to 1", "part of the eyes' opening before the blink that was lost at the peak"),
    ]

    /// All columns as a table of text for a terminal, a group after the other.
    package static var overview: String {
        let parts =
            [("in every table", always)]
            + ColumnGroup.allCases.map { group in
                let isStandard = ColumnGroup.standard.contains(group)
                return ("--columns \(group.rawValue)\(isStandard ? ", by default" : "")", group.columns)
            } + [("in the table of blinks (--blinks)", blinks)]
        let width = parts.flatMap(\.1).map(\.name.count).max() ?? 0
        return parts.map { title, columns in
            let lines = columns.map { column in
                let space = String(repeating: " ", count: width - column.name.count + 2)
                return "  \(column.name)\(space)\(column.text)"
            }
            return "\(title):\n\(lines.joined(separator: "\n"))"
        }.joined(separator: "\n\n")
    }

    private var text: String {
        let limits = [unit, range].filter { !$0.isEmpty }.joined(separator: ", ")
        return limits.isEmpty ? meaning : "[\(limits)] \(meaning)"
    }
}
