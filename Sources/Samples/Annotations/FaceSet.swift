import Base
import FaceTracking

/// Annotated faces and their pictures, held in memory; a picture that several faces share is held once.
package struct FaceSet: Sendable {
    /// Points and sizes are those of the held pictures.
    package let faces: [AnnotatedFace]
    package let pictures: PictureSet
    /// Index into `pictures` for each face.
    package let pictureIndex: [Int]
    package let scheme: LandmarkScheme

    /// Decodes the faces' pictures.
    ///
    /// Throws `noInput` where a picture is missing, `unusableData` where it is damaged or another size than its
    /// annotation says, or where there are no faces at all.
    package init(_ faces: [AnnotatedFace], longerSide: Int = PictureSet.longerSide) throws(LandmarkdError) {
        guard let scheme = faces.first?.scheme else {
            throw LandmarkdError(
                .unusableData, "no face is left to use",
                remedy: "check the sets, the split and the scheme that were asked for")
        }
        precondition(faces.allSatisfy { $0.scheme == scheme }, "faces of several schemes in one set")
        var files: [String] = []
        var places: [String: Int] = [:]
        for face in faces where places[face.file] == nil {
            places[face.file] = files.count
            files.append(face.file)
        }
        let pictures = try PictureSet(files, longerSide: longerSide)
        let pictureIndex = faces.map { places[$0.file]! }
        var held: [AnnotatedFace] = []
        for (face, index) in zip(faces, pictureIndex) {
            held.append(try face.moved(to: pictures.frames[index], from: pictures.originalSizes[index]))
        }
        (self.faces, self.pictures, self.pictureIndex, self.scheme) = (held, pictures, pictureIndex, scheme)
    }

    package var count: Int { faces.count }

    package func frame(of face: Int) -> Frame { pictures.frames[pictureIndex[face]] }
}

extension AnnotatedFace {
    /// The face in a shrunk picture.
    func moved(to frame: Frame, from original: PixelSize) throws(LandmarkdError) -> AnnotatedFace {
        if let size, size != original {
            throw LandmarkdError(
                .unusableData,
                "\(source): the picture \(file) is \(original.width)×\(original.height), not \(size.width)×\(size.height)",
                remedy: "fetch the picture that was annotated, or remove this row")
        }
        try checkPoints(inside: original)
        var face = self
        face.size = PixelSize(width: frame.displayWidth, height: frame.displayHeight)
        let factor = Point(
            Double(frame.displayWidth) / Double(original.width), Double(frame.displayHeight) / Double(original.height))
        if factor != Point(1, 1) { face.points = points.map { ($0 + 0.5) * factor - 0.5 } }
        return face
    }
}
