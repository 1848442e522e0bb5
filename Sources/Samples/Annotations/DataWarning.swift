/// A doubt about annotated data that does not stop a run.
package struct DataWarning: Sendable, Equatable {
    /// Warnings of one kind are shown together.
    package enum Kind: Int, Sendable, CaseIterable {
        /// Several pictures could be the annotated one.
        case ambiguousPicture
        /// Most points lie outside the picture.
        case outsidePicture
        /// EXIF turns the picture, and nothing tells which way round it was annotated.
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
