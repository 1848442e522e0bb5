import Base
import FaceTracking

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

    /// Counts a face with this number of points, or of the scheme of that name, as one of another scheme.
    mutating func countOther(_ scheme: String) {
        others[LandmarkScheme.named(scheme)?.name ?? "points\(scheme)", default: 0] += 1
    }

    package static func += (total: inout Annotations, more: Annotations) {
        total.faces += more.faces
        total.others.merge(more.others, uniquingKeysWith: +)
        total.warnings += more.warnings
    }
}

extension Annotations {
    /// Error of a run that finds no face to train on: what was found, and which key to write.
    ///
    /// - Parameter sets: names of the sets that were asked for; none means all.
    func noTrainingFaces(
        _ scheme: LandmarkScheme, in folders: [String], sets: [String], split: FaceSplit
    ) -> LandmarkdError {
        let places = folders.joined(separator: ", ")
        func error(_ cause: String, _ remedy: String) -> LandmarkdError {
            LandmarkdError(.unusableData, "no face is left to train on: \(places): \(cause)", remedy: remedy)
        }
        guard !faces.isEmpty else {
            guard let most = others.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else {
                return error("no face is annotated", "give folders with annotated pictures")
            }
            return error(
                "\(otherSchemesText); none of \(scheme.count) points (\(scheme.name))",
                "write 'scheme: \(most.key)' in the recipe (--recipe FILE), or give --scheme \(most.key) to augment")
        }
        let wanted = sets.isEmpty ? faces : faces.filter { sets.contains($0.set) }
        guard !wanted.isEmpty else {
            let known = Dictionary(grouping: faces, by: \.set).sorted { $0.key < $1.key }
            let counts = known.map { "\($0.value.count) of \($0.key)" }.joined(separator: ", ")
            return error(
                "faces: \(counts); none of the sets \(sets.joined(separator: ", "))",
                "write 'sets: [\(known.map(\.key).joined(separator: ", "))]' in the recipe, or leave the key out")
        }
        guard wanted.contains(where: { $0.split == .train }) else {
            return error(
                "all \(wanted.count) faces are for evaluation (split test)",
                "write train into the column split, or give a list whose name does not say test")
        }
        return error(
            "all \(wanted.count { $0.split == .train }) faces are held back for validation "
                + "(\(decimal(split.validation, 2)) of the groups)",
            "write 'validation_share: 0' in the recipe, or annotate more pictures")
    }

    /// "found 60 faces with 10 points (points10)", of all other schemes.
    package var otherSchemesText: String {
        let counts = others.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { name, count in
            let points = LandmarkScheme.named(name)?.count ?? 0
            return "\(count) \(count == 1 ? "face" : "faces") with \(points) points (\(name))"
        }
        return counts.isEmpty ? "found no face" : "found " + counts.joined(separator: ", ")
    }
}

/// A warning about annotated data that does not stop a run.
package struct DataWarning: Sendable, Equatable {
    /// Warnings of one kind are shown together.
    package enum Kind: Int, Sendable, CaseIterable {
        /// Several pictures could be the annotated one.
        case ambiguousPicture
        /// Most points lie outside the picture.
        case outsidePicture
        /// EXIF turns the picture, and nothing shows which way up it was annotated.
        case turnedPicture
        /// The points belong to the picture as stored, before EXIF turns it.
        case storedOrientation
        /// Some points are not labelled.
        case incompleteFace
        /// Several lists have the same face.
        case repeatedFaces
        /// The length that errors are measured in is 0.
        case noUnit
        /// A file that could be a list is broken.
        case brokenList
    }

    package let kind: Kind
    /// What, where and what was done about it, in one line.
    package let text: String

    package init(_ kind: Kind, _ text: String) { (self.kind, self.text) = (kind, text) }
}

extension Sequence<DataWarning> {
    /// Lines for a reader: the first three of each kind, and how many more there are.
    package var lines: [String] {
        DataWarning.Kind.allCases.flatMap { kind in
            let texts = filter { $0.kind == kind }.map(\.text)
            let more = texts.count - 3
            return texts.prefix(3) + (more > 0 ? ["… and \(more) more like this"] : [])
        }
    }
}
