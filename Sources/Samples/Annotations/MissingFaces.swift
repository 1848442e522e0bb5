import Base
import FaceTracking

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
                "all \(wanted.count) faces are for judging (split test)",
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
