/// Splits by group, so that no photograph and no person is on both sides.
package struct FaceSplit: Sendable {
    /// Note of a model file that says which share its training held back.
    package static let note = "validation_share"
    /// Share that the shipped models' training held back.
    package static let shippedShare = 0.06

    /// Share to hold back: as shipped, but with few groups enough of them to be meaningful, about ten, and at most a fifth.
    package static func share(groups: Int) -> Double { max(shippedShare, min(0.2, 10 / Double(max(1, groups)))) }

    /// Share of the groups that is held back for choosing settings, 0…1.
    package var validation: Double
    package var seed: UInt64

    package init(validation: Double = 0.08, seed: UInt64 = 1) {
        precondition(0...1 ~= validation, "validation share \(validation)")
        (self.validation, self.seed) = (validation, seed)
    }

    /// Whether the group is held back; depends only on the seed and the group's name.
    package func isHeldBack(_ group: String) -> Bool {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed  // FNV-1a
        for byte in group.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 33
        return Double(hash >> 11) * 0x1p-53 < validation
    }

    /// Divides the faces of the training split; those of the test split are in neither part.
    package func callAsFunction(_ faces: [AnnotatedFace]) -> (train: [AnnotatedFace], validation: [AnnotatedFace]) {
        let usable = faces.filter { $0.split == .train }
        return (usable.filter { !isHeldBack($0.group) }, usable.filter { isHeldBack($0.group) })
    }
}

/// What the names of files say about a face: its collection, its side of the split, and its photograph.
struct FaceOrigin {
    let set: String
    let split: AnnotatedFace.Split
    let group: String

    /// The set is the first folder of the picture's path, or `collection` where it has none. Faces are for evaluation where a folder
    /// of the path is called test or testset, or where the list's name says so.
    ///
    /// - Parameters:
    ///   - picture: as the annotation names it, from the data's folder.
    ///   - list: the list of annotations that names it; nil where each picture has a file of its own.
    init(picture: String, list: String? = nil, collection: String) {
        let parts = picture.split(whereSeparator: { $0 == "/" || $0 == "\\" }).map(String.init)
            .filter { $0 != "." && $0 != ".." }
        let isTest = parts.dropLast().contains { ["test", "testset"].contains($0.lowercased()) }
        set = parts.count > 1 && !picture.hasPrefix("/") ? parts[0] : collection
        split = isTest || list.map(isTestList) == true ? .test : .train
        group = photograph((parts.last ?? picture).fileStem, set: set)
    }
}

/// Whether a list's name says that it is for evaluation: "labels_test.xml", "person_keypoints_val2017.json".
func isTestList(_ list: String) -> Bool {
    let words = list.fileStem.lowercased().split { !$0.isLetter }
    return words.contains { ["test", "testset", "testing", "val", "valid", "validation"].contains($0) }
}

/// Name of the photograph that a 300-W picture was cut from: `_mirror` copies and AFW's `_1`, `_2` … belong together.
func photograph(_ name: String, set: String) -> String {
    var name = name[...]
    if name.hasSuffix("_mirror") { name = name.dropLast(7) }
    if set.lowercased() == "afw", let cut = name.lastIndex(of: "_"), Int(name[name.index(after: cut)...]) != nil {
        name = name[..<cut]
    }
    return "\(set)_\(name)"
}
