import Base
import FaceTracking

/// Mean displacement of each landmark from the truth: what is left of errors when those of many faces are averaged.
///
/// Right and down in the face's own upright frame, in % of the reference length.
package struct LandmarkShift: Sendable, Equatable {
    package let shifts: [Point]

    init(_ pairs: [(found: [Point], truth: [Point])], scheme: LandmarkScheme) {
        var sums = [Point](repeating: .zero, count: scheme.count)
        for (found, truth) in pairs {
            let unit = 100 / scheme.referenceLength(of: truth)
            let upright = SimilarityMap(scale: unit, angle: -scheme.roll(of: truth))
            for i in sums.indices { sums[i] += upright(found[i] - truth[i]) }
        }
        shifts = sums.map { $0 / Double(max(1, pairs.count)) }
    }

    /// The landmarks that are shifted farthest, farthest first.
    func farthest(_ count: Int) -> [Int] {
        Array(shifts.indices.sorted { shifts[$0].length > shifts[$1].length }.prefix(count))
    }

    func text(_ index: Int) -> String {
        func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + decimal(value, 2) }
        return "\(index) \(signed(shifts[index].x)) \(signed(shifts[index].y))"
    }

    var json: JSON { .array(shifts.map { [.decimal($0.x, 3), .decimal($0.y, 3)] }) }
}

/// A face with its true landmarks and those that were found, in pixels of its picture.
package struct JudgedFace: Sendable {
    package let truth: [Point]
    package let found: [Point]
    /// Found in the mirrored picture, then mirrored back: equal to `found` for a network without a left-right bias. Nil where it was not
    /// tried.
    package let mirrored: [Point]?

    package init(truth: [Point], found: [Point], mirrored: [Point]? = nil) {
        (self.truth, self.found, self.mirrored) = (truth, found, mirrored)
    }
}

/// Details that mean errors hide: openings of eyes and mouths, turned faces, and biased landmarks.
package struct EvaluationDetails: Sendable {
    package let openings: [OpeningSummary]
    package let yaw: [YawClass]
    package let shift: LandmarkShift
    /// Distance of what is found in mirrored pictures from what is found in the pictures, mean over landmarks in % of the reference
    /// length; nil where mirrored pictures were not tried.
    package let mirrorDifference: Double?
    /// Half the mean difference of the two: the network's left-right bias, which annotations cannot explain.
    package let asymmetry: LandmarkShift?
    private let corners: [Int]

    package init(_ faces: [JudgedFace], scheme: LandmarkScheme) {
        openings = FaceOpening.Part.allCases.compactMap { OpeningSummary($0, of: faces, scheme: scheme) }
        yaw = YawClass.classes(of: faces, scheme: scheme)
        shift = LandmarkShift(faces.map { ($0.found, $0.truth) }, scheme: scheme)
        corners = scheme.openings.filter { $0.part == .eyes }.flatMap { [$0.corners.left, $0.corners.right] }
        let tried = faces.filter { $0.mirrored != nil }
        guard !tried.isEmpty else {
            (mirrorDifference, asymmetry) = (nil, nil)
            return
        }
        let differences = tried.map { face in
            face.found.meanDistance(from: face.mirrored ?? []) / scheme.referenceLength(of: face.truth)
        }
        mirrorDifference = 100 * differences.reduce(0, +) / Double(tried.count)
        asymmetry = LandmarkShift(
            tried.map { face in
                let halves = zip(face.found, face.mirrored ?? []).map { ($0 - $1) / 2 }
                return (zip(face.truth, halves).map { $0 + $1 }, face.truth)
            }, scheme: scheme)
    }

    /// Members of the object of `landmarkd evaluate --json`.
    var json: JSON {
        [
            "landmark_shift_percent": shift.json,
            "openings": openings.isEmpty ? nil : .object(openings.map { ($0.part.rawValue, $0.json) }),
            "yaw": yaw.isEmpty ? nil : .array(yaw.map(\.json)),
            "mirror_difference_percent": mirrorDifference.map { .decimal($0, 4) },
            "asymmetry_percent": asymmetry?.json,
        ]
    }

    /// Lines for readers.
    var text: String {
        var lines = openings.map(\.text)
        if !yaw.isEmpty {
            lines.append("by yaw, estimated from the true landmarks: " + yaw.map(\.text).joined(separator: "; "))
        }
        lines.append(
            "mean shift of landmarks, right and down in % of the eye distance: "
                + (corners.isEmpty ? "" : "eye corners " + corners.map(shift.text).joined(separator: ", ") + "; ")
                + "farthest " + shift.farthest(4).map(shift.text).joined(separator: ", "))
        if let mirrorDifference, let asymmetry {
            lines.append(
                "mirrored pictures: landmarks differ by \(decimal(mirrorDifference, 2)) % on average; left-right bias, half the mean "
                    + "difference: largest " + asymmetry.farthest(4).map(asymmetry.text).joined(separator: ", "))
        }
        return lines.map { "  " + $0 }.joined(separator: "\n")
    }
}
