import Base

extension AnnotatedFace {
    /// The face in its picture as it was decoded: points in pixels as displayed, at the size that is held. Nil, with a warning, where
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

    /// Throws where a point lies further outside the picture than the picture is large: another picture's points, then,
    /// or the wrong unit.
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
