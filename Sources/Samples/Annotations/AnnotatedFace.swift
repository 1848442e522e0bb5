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
    /// A program set the points: they are trained on, but judge nothing.
    package var isMachineMade = false

    package init(
        file: String, set: String, split: Split, group: String, points: [Point], scheme: LandmarkScheme,
        size: PixelSize? = nil, source: String
    ) {
        precondition(points.count == scheme.count, "\(points.count) points in scheme \(scheme.name)")
        (self.file, self.set, self.split, self.group) = (file, set, split, group)
        (self.points, self.scheme, self.size, self.source) = (points, scheme, size, source)
    }

    /// Why no error of this face can be measured; nil where the scheme's unit has a length.
    var unitWarning: DataWarning? {
        let length = scheme.referenceLength(of: points)
        guard !(length > 1e-6 && length < 1e9) else { return nil }
        return DataWarning(
            .noUnit, "\(source): \(scheme.unitName), the unit of errors, has no length: the face is not evaluated")
    }
}

package struct PixelSize: Sendable, Equatable {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

    /// Sides as a file writes them; nil where they are no sides of a picture.
    init?(_ width: some StringProtocol, _ height: some StringProtocol) {
        guard let width = Int(width), let height = Int(height), 1...100_000 ~= width, 1...100_000 ~= height else {
            return nil
        }
        self.init(width: width, height: height)
    }

    /// The same, turned by a quarter.
    var turned: PixelSize { PixelSize(width: height, height: width) }
}

/// What a reader found.
package struct Annotations: Sendable {
    package var faces: [AnnotatedFace]
    /// Faces left out because they are in another scheme than the one asked for, by the scheme's name.
    package var others: [String: Int]
    package var warnings: [DataWarning]

    package init(faces: [AnnotatedFace] = [], others: [String: Int] = [:], warnings: [DataWarning] = []) {
        (self.faces, self.others, self.warnings) = (faces, others, warnings)
    }

    /// Faces of all other schemes.
    package var otherSchemes: Int { others.values.reduce(0, +) }

    /// Counts a face of so many points, or of the scheme of that name, as one of another scheme.
    mutating func countOther(_ scheme: String) {
        others[LandmarkScheme.named(scheme)?.name ?? "points\(scheme)", default: 0] += 1
    }

    package static func += (total: inout Annotations, more: Annotations) {
        total.faces += more.faces
        total.others.merge(more.others, uniquingKeysWith: +)
        total.warnings += more.warnings
    }
}
