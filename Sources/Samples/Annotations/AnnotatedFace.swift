import Base
import FaceTracking

/// A face in a picture file and where its landmarks are.
package struct AnnotatedFace: Sendable {
    package enum Split: String, Sendable { case train, test }

    /// Path of the picture.
    package var file: String
    /// Name of the collection it is of: "lfpw".
    package var set: String
    package var split: Split
    /// Person or source photograph: pictures of one group never stand on both sides of a split.
    package var group: String
    /// In pixels of the picture as displayed, an integer is the centre of a pixel.
    package var points: [Point]
    package var scheme: LandmarkScheme
    /// Size of the picture as displayed that the points are in; nil until it is known.
    package var size: PixelSize?
    /// Where the points were read, for messages: "annotations.csv:12".
    package var source: String

    package init(
        file: String, set: String, split: Split, group: String, points: [Point], scheme: LandmarkScheme,
        size: PixelSize? = nil, source: String
    ) {
        precondition(points.count == scheme.count, "\(points.count) points in scheme \(scheme.name)")
        (self.file, self.set, self.split, self.group) = (file, set, split, group)
        (self.points, self.scheme, self.size, self.source) = (points, scheme, size, source)
    }
}

package struct PixelSize: Sendable, Equatable {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
}

/// What a reader found.
package struct Annotations: Sendable {
    package var faces: [AnnotatedFace]
    /// Faces left out because they are in another scheme than the one asked for.
    package var otherSchemes: Int

    package init(faces: [AnnotatedFace] = [], otherSchemes: Int = 0) {
        (self.faces, self.otherSchemes) = (faces, otherSchemes)
    }
}

extension AnnotatedFace {
    /// Throws where a point lies further outside the picture than the picture is large: another picture's points, then,
    /// or the wrong unit.
    func checkPoints(inside size: PixelSize) throws(LandmarkdError) {
        let limit = Point(Double(size.width), Double(size.height))
        for (i, p) in points.enumerated() where any(p .< -limit) || any(p .> 2 * limit) {
            throw LandmarkdError(
                .unusableData,
                "\(source): point \(i) at (\(p.x), \(p.y)) is far outside the \(size.width)×\(size.height) picture",
                remedy: "correct this row or remove it; coordinates are pixels of \(file)")
        }
    }
}
