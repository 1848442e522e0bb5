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
    /// The points were set by a program: they are used for training, but not for evaluation.
    package var isMachineMade = false

    package init(
        file: String, set: String, split: Split, group: String, points: [Point], scheme: LandmarkScheme,
        size: PixelSize? = nil, source: String
    ) {
        precondition(points.count == scheme.count, "\(points.count) points in scheme \(scheme.name)")
        (self.file, self.set, self.split, self.group) = (file, set, split, group)
        (self.points, self.scheme, self.size, self.source) = (points, scheme, size, source)
    }

    /// Warning if no error of this face can be measured; nil where the scheme's unit has a length.
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

    /// From the text in a file; nil where it is not the size of a picture.
    init?(_ width: some StringProtocol, _ height: some StringProtocol) {
        guard let width = Int(width), let height = Int(height), 1...100_000 ~= width, 1...100_000 ~= height else {
            return nil
        }
        self.init(width: width, height: height)
    }

    /// The same, turned by a quarter.
    var turned: PixelSize { PixelSize(width: height, height: width) }
}

extension AnnotatedFace {
    /// The face in its decoded picture: points in pixels as displayed, at the size held in memory. Nil, with a warning, where
    /// most points lie outside the picture.
    ///
    /// Throws `unusableData` where the annotation is of a picture of another size, or a point lies far outside.
    func fitted(
        to frame: Frame, original: PixelSize, warnings: inout [DataWarning]
    ) throws(LandmarkdError) -> AnnotatedFace? {
        var face = try oriented(frame.orientation, displayed: original, &warnings)
        try face.checkPoints(inside: original)
        let (width, height) = (Double(original.width), Double(original.height))
        let outside = face.points.count { !(-0.5...width - 0.5 ~= $0.x && -0.5...height - 0.5 ~= $0.y) }
        guard 2 * outside <= points.count else {
            let text = "\(source): \(outside) of \(points.count) points lie outside \(file) (\(original)): left out"
            warnings.append(DataWarning(.outsidePicture, text))
            return nil
        }
        face.size = PixelSize(width: frame.displayWidth, height: frame.displayHeight)
        let factor = Point(Double(frame.displayWidth) / width, Double(frame.displayHeight) / height)
        if factor != Point(1, 1) { face.points = face.points.map { ($0 + 0.5) * factor - 0.5 } }
        return face
    }

    /// The face with its points in the picture as displayed. Annotations are taken to be so unless the size that they state is that
    /// of the picture as stored.
    private func oriented(
        _ orientation: Orientation, displayed: PixelSize, _ warnings: inout [DataWarning]
    ) throws(LandmarkdError) -> AnnotatedFace {
        let stored = orientation.quarterTurns.isMultiple(of: 2) ? displayed : displayed.turned
        if let size, size != displayed {
            guard size == stored else {
                throw LandmarkdError(
                    .unusableData, "\(source): the picture \(file) is \(displayed), not \(size)",
                    remedy: "fetch the picture that was annotated, or remove this row")
            }
            let text =
                "\(source): its size is that of \(file) as stored; its points are turned as EXIF turns the picture"
            warnings.append(DataWarning(.storedOrientation, text))
            var face = self
            face.points = points.map { orientation.displayed($0, in: stored) }
            return face
        }
        let isCertain = size != nil && displayed != stored
        if orientation != Orientation(), !isCertain {
            let text = "\(file): EXIF turns this picture; \(source) is taken to mean it as displayed"
            warnings.append(DataWarning(.turnedPicture, text))
        }
        return self
    }

    /// Throws where a point is further outside the picture than the picture's own size: the points belong to another picture,
    /// or are in another unit.
    func checkPoints(inside size: PixelSize) throws(LandmarkdError) {
        let limit = Point(Double(size.width), Double(size.height))
        for (i, p) in points.enumerated() where any(p .< -limit) || any(p .> 2 * limit) {
            throw LandmarkdError(
                .unusableData,
                "\(source): point \(i) at (\(p.x), \(p.y)) is far outside the \(size) picture",
                remedy: "correct this row or remove it; coordinates are pixels of \(file)")
        }
    }
}

extension PixelSize: CustomStringConvertible {
    package var description: String { "\(width)×\(height)" }
}

extension Orientation {
    /// A place in a stored picture of this size, in pixels of the picture as displayed.
    func displayed(_ place: Point, in stored: PixelSize) -> Point {
        let (right, bottom) = (Double(stored.width - 1), Double(stored.height - 1))
        let place = mirrored ? Point(right - place.x, place.y) : place
        return switch quarterTurns {
        case 1: Point(bottom - place.y, place.x)
        case 2: Point(right - place.x, bottom - place.y)
        case 3: Point(place.y, right - place.x)
        default: place
        }
    }
}
