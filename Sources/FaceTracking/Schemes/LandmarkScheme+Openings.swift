import Base

/// An eye or the mouth: what opens and shuts, and how wide it is open.
package struct FaceOpening: Sendable {
    package enum Part: String, Sendable, CaseIterable { case eyes, mouth }

    package let part: Part
    /// The ends, left in the picture first; their distance is the unit.
    package let corners: (left: Int, right: Int)
    /// Landmarks that lie opposite each other on the upper and the lower edge, left in the picture first.
    package let lids: [(upper: Int, lower: Int)]

    /// Mean distance of the edges over the distance of the corners; 0 where the corners coincide.
    package func width(of points: [Point]) -> Double {
        let unit = (points[corners.right] - points[corners.left]).length
        guard unit > 0 else { return 0 }
        let sum = lids.reduce(0) { $0 + (points[$1.lower] - points[$1.upper]).length }
        return sum / Double(lids.count) / unit
    }
}

extension LandmarkScheme {
    /// The tip of the nose in schemes where it is known.
    package var noseTip: Int? { ["ibug68": 30, "wflw98": 54, "fgnet68": 67][name] }

    /// The eyes and the mouth of schemes whose lids and inner lips are known; none of others.
    package var openings: [FaceOpening] {
        switch name {
        case "ibug68":
            [
                FaceOpening(part: .eyes, corners: (36, 39), lids: [(37, 41), (38, 40)]),
                FaceOpening(part: .eyes, corners: (42, 45), lids: [(43, 47), (44, 46)]),
                FaceOpening(part: .mouth, corners: (48, 54), lids: [(61, 67), (62, 66), (63, 65)]),
            ]
        case "wflw98":
            [
                FaceOpening(part: .eyes, corners: (60, 64), lids: [(61, 67), (62, 66), (63, 65)]),
                FaceOpening(part: .eyes, corners: (68, 72), lids: [(69, 75), (70, 74), (71, 73)]),
                FaceOpening(part: .mouth, corners: (76, 82), lids: [(89, 95), (90, 94), (91, 93)]),
            ]
        default: []
        }
    }
    /// Upper edges of the brows, left in the picture first, each from left to right; nil in schemes whose brows are not known.
    package var brows: (left: [Int], right: [Int])? {
        switch name {
        case "ibug68": (Array(17...21), Array(22...26))
        case "wflw98": (Array(33...37), Array(42...46))
        default: nil
        }
    }
}
