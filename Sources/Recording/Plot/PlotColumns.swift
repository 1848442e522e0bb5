import Base
import FaceTracking

/// The columns of a table that a plot shows, by the names that landmarkd and OpenFace give them. All but the first four may be missing.
struct PlotColumns {
    /// Radians in a table, degrees in a plot.
    static let pitch = ["pose_Rx"]
    static let yaw = ["pose_Ry"]
    static let roll = ["pose_Rz"]
    /// The person's own, as everywhere.
    static let leftEye = ["eye_ratio_left"]
    static let rightEye = ["eye_ratio_right"]
    /// 1 while a blink lasts; OpenFace's action unit 45.
    static let blink = ["blink", "AU45_c"]

    let frame: Int
    let face: Int
    let time: Int
    let success: Int
    let confidence: Int?
    /// Pitch, yaw, roll.
    let pose: [Int]
    /// Left, right.
    let eyes: [Int]
    let blink: Int?
    /// Places of x and y of the landmarks of both eyes by number, where there are no columns for their opening.
    let eyePoints: [Int: (x: Int, y: Int)]

    /// The greatest place that is needed.
    var last: Int {
        let points = eyePoints.values.flatMap { [$0.x, $0.y] }
        return ([frame, face, time, success] + pose + eyes + points + [confidence, blink].compactMap(\.self)).max() ?? 0
    }

    /// From the names in a table's first row, blanks around them ignored as OpenFace writes them.
    ///
    /// Throws `.unusableData` where it is no such table.
    init(header: ArraySlice<UInt8>, of path: String) throws(LandmarkdError) {
        let names = csvCells(header).map { cell in
            String(String(decoding: cell, as: UTF8.self).drop { $0 == " " }.prefix { $0 != " " && $0 != "\t" })
        }
        let places = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        func place(_ candidates: [String]) -> Int? { candidates.compactMap { places[$0] }.first }
        guard let frame = places["frame"], let face = places["face_id"], let time = places["timestamp"],
            let success = places["success"]
        else {
            let missing = ["frame", "face_id", "timestamp", "success"].filter { places[$0] == nil }
            throw LandmarkdError(
                .unusableData, "\(path):1: no column “\(missing.joined(separator: "”, “"))”",
                remedy: "give a CSV table that landmarkd track or OpenFace wrote")
        }
        (self.frame, self.face, self.time, self.success) = (frame, face, time, success)
        confidence = places["confidence"]
        let pose = [Self.pitch, Self.yaw, Self.roll].compactMap { place($0) }
        self.pose = pose.count == 3 ? pose : []
        let eyes = [Self.leftEye, Self.rightEye].compactMap { place($0) }
        self.eyes = eyes.count == 2 ? eyes : []
        blink = place(Self.blink)
        // Other schemes have other eyes: their points are named or not 68.
        let isKnown = places["x_67"] != nil && places["x_68"] == nil
        var eyePoints: [Int: (x: Int, y: Int)] = [:]
        for index in 36...47 where self.eyes.isEmpty && isKnown {
            if let x = places["x_\(index)"], let y = places["y_\(index)"] { eyePoints[index] = (x, y) }
        }
        self.eyePoints = eyePoints.count == 12 ? eyePoints : [:]
    }
}
