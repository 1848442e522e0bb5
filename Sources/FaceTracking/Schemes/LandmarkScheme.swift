import Base
import Glibc

/// Meaning of the points of a landmark set.
package struct LandmarkScheme: Sendable, Equatable {
    /// "ibug68", "wflw98", "fgnet68", "helen194"; "points29" and the like for counts that have no name here.
    package let name: String
    package let count: Int
    /// Entry i is the point that point i becomes when the picture is flipped left to right; nil where unknown.
    package private(set) var mirror: [Int]?
    /// Indices by region, empty where unknown.
    package let regions: [FaceRegion: [Int]]
    /// Outer corners of the eyes, left in the picture first: their distance is the unit of errors. Nil where unknown.
    package var normalizer: Pair?
    /// Points of both eyes, left in the picture first, whose centroids give the roll. Nil where unknown.
    package let eyes: (left: Range<Int>, right: Range<Int>)?
    /// A name for each point; empty where they have none.
    package var pointNames: [String] = []
    /// Runs of points that lines join in drawings; a closed one ends with its first point.
    package var lines: [[Int]] = []
    /// Where the points of an average face lie in the crop (crop units), which is placed to match them. Nil where it is placed by the
    /// box around the points.
    package var template: [Point]?

    package struct Pair: Sendable, Equatable {
        package let first: Int
        package let second: Int

        package init(first: Int, second: Int) { (self.first, self.second) = (first, second) }
    }

    /// `mirror` must undo itself.
    package init(
        name: String, count: Int, mirror: [Int]? = nil, regions: [FaceRegion: [Int]] = [:],
        normalizer: (Int, Int)? = nil, eyes: (left: Range<Int>, right: Range<Int>)? = nil, lines: [[Int]] = []
    ) {
        precondition(count > 0, "a scheme of \(count) points")
        (self.name, self.count, self.regions, self.eyes, self.lines) = (name, count, regions, eyes, lines)
        self.normalizer = normalizer.map { Pair(first: $0.0, second: $0.1) }
        if let mirror { setMirror(mirror) }
    }

    /// `map` must be a mirror map of so many points: check `isMirrorMap` first.
    package mutating func setMirror(_ map: [Int]) {
        precondition(Self.isMirrorMap(map, count: count), "the mirror map of \(name) does not undo itself")
        mirror = map
    }

    /// Whether a map has an entry for each point and undoes itself.
    package static func isMirrorMap(_ map: [Int], count: Int) -> Bool {
        map.count == count && map.allSatisfy(map.indices.contains) && map.indices.allSatisfy { map[map[$0]] == $0 }
    }

    /// Whether the points have the same meaning; descriptions may differ.
    package static func == (one: LandmarkScheme, other: LandmarkScheme) -> Bool {
        one.name == other.name && one.count == other.count
    }

    /// Roll of the face in radians: 0 where it is upright, positive where it leans clockwise. By the eyes, or else the
    /// normalizer pair; 0 in schemes that have neither.
    package func roll(of points: [Point]) -> Double {
        precondition(points.count == count, "\(points.count) points in scheme \(name) of \(count)")
        let across: Point
        if let eyes {
            across = points[eyes.right].centroid - points[eyes.left].centroid
        } else if let normalizer {
            across = points[normalizer.second] - points[normalizer.first]
        } else {
            return 0
        }
        return across == .zero ? 0 : atan2(across.y, across.x)
    }

    /// The unit of errors: distance of the normalizer pair, or else the geometric mean of the box's sides.
    package func referenceLength(of points: [Point]) -> Double {
        precondition(points.count == count, "\(points.count) points in scheme \(name) of \(count)")
        if let normalizer { return (points[normalizer.first] - points[normalizer.second]).length }
        let box = Box(around: points)
        return (box.width * box.height).squareRoot()
    }

    /// The unit of errors, for readers: "the outer-eye distance".
    package var unitName: String {
        guard let normalizer else { return "the size of the box around the points" }
        if eyes != nil { return "the outer-eye distance" }
        let ends = [normalizer.first, normalizer.second].map { pointNames.isEmpty ? "point \($0)" : pointNames[$0] }
        return "the distance of \(ends[0]) and \(ends[1])"
    }

    /// Distance of each found landmark from the true one, in reference lengths of the truth.
    package func errors(of found: [Point], truth: [Point]) -> [Double] {
        let unit = referenceLength(of: truth)
        return zip(found, truth).map { ($0 - $1).length / unit }
    }

    /// Mean distance of found landmarks from the true ones, in reference lengths of the truth.
    package func meanError(of found: [Point], truth: [Point]) -> Double {
        found.meanDistance(from: truth) / referenceLength(of: truth)
    }

    /// The points as they stand after the unit square they lie in is flipped left to right: x → 1 − x, and renumbered.
    /// Nil where the mirror map is unknown.
    package func mirrored(_ points: [Point]) -> [Point]? {
        precondition(points.count == count, "\(points.count) points in scheme \(name) of \(count)")
        return mirror.map { $0.map { Point(1 - points[$0].x, points[$0].y) } }
    }
}

/// Parts of the face for which errors are reported separately.
package enum FaceRegion: String, Sendable, CaseIterable {
    case jaw, brows, nose, eyes, mouth
}
