import Base
import FaceTracking

/// Annotated faces and their pictures, held in memory; a picture that several faces share is held once.
package struct FaceSet: Sendable {
    /// Points and sizes are those of the held pictures.
    package internal(set) var faces: [AnnotatedFace]
    package let pictures: PictureSet
    /// Index into `pictures` for each face.
    package internal(set) var pictureIndex: [Int]
    package internal(set) var scheme: LandmarkScheme
    /// Doubts about how annotations and pictures go together.
    package let warnings: [DataWarning]

    /// Decodes the faces' pictures. Faces most of whose points lie outside their picture are left out.
    ///
    /// Throws `noInput` where a picture is missing, `unusableData` where it is damaged or another size than its
    /// annotation says, or where no face is left.
    package init(_ faces: [AnnotatedFace], longerSide: Int = PictureSet.longerSide) throws(LandmarkdError) {
        // Some readers find out a scheme's mirror map from the faces, others do not: the one that has it counts for all.
        guard let scheme = faces.first(where: { $0.scheme.mirror != nil })?.scheme ?? faces.first?.scheme else {
            throw LandmarkdError(
                .unusableData, "no face is left to use",
                remedy: "check the sets, the split and the scheme that were asked for")
        }
        precondition(faces.allSatisfy { $0.scheme.name == scheme.name }, "faces of several schemes in one set")
        var files: [String] = []
        var places: [String: Int] = [:]
        for face in faces where places[face.file] == nil {
            places[face.file] = files.count
            files.append(face.file)
        }
        let pictures = try PictureSet(files, longerSide: longerSide)
        let pictureIndex = faces.map { places[$0.file]! }
        var held: [(face: AnnotatedFace, picture: Int)] = []
        var warnings: [DataWarning] = []
        for (face, index) in zip(faces, pictureIndex) {
            let fitted = try face.fitted(
                to: pictures.frames[index], original: pictures.originalSizes[index], warnings: &warnings)
            if var fitted {
                fitted.scheme = scheme
                held.append((fitted, index))
            }
        }
        guard !held.isEmpty else {
            throw LandmarkdError(
                .unusableData, "no face is left to use: \(warnings.first?.text ?? "there was none")",
                remedy: "give the pictures that were annotated")
        }
        (self.faces, self.pictureIndex) = (held.map(\.face), held.map(\.picture))
        (self.pictures, self.scheme, self.warnings) = (pictures, scheme, warnings)
    }

    package var count: Int { faces.count }

    /// The faces whose errors can be measured in the scheme's unit, and a warning for each other one.
    package func withUnit() -> (faces: FaceSet?, warnings: [DataWarning]) {
        let doubts = faces.map(\.unitWarning)
        let kept = faces.indices.filter { doubts[$0] == nil }
        guard kept.count < faces.count else { return (self, []) }
        var set = self
        (set.faces, set.pictureIndex) = (kept.map { faces[$0] }, kept.map { pictureIndex[$0] })
        return (kept.isEmpty ? nil : set, doubts.compactMap(\.self))
    }

    /// Says more of what the points mean; `scheme` must be of the same points.
    package mutating func describe(_ scheme: LandmarkScheme) {
        precondition(scheme == self.scheme, "faces of \(self.scheme.name) described as \(scheme.name)")
        self.scheme = scheme
        for index in faces.indices { faces[index].scheme = scheme }
    }

    package func frame(of face: Int) -> Frame { pictures.frames[pictureIndex[face]] }
}
