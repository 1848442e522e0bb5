/// What the names of files tell of a face: its collection, its side of the split, and its photograph.
struct FaceOrigin {
    let set: String
    let split: AnnotatedFace.Split
    let group: String

    /// The set is the first folder of the picture's path, or `collection` where it has none. Faces are for judging where a folder
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
        split = isTest || list.map(isJudging) == true ? .test : .train
        group = photograph((parts.last ?? picture).fileStem, set: set)
    }
}

/// Whether a list's name says that it is for judging: "labels_test.xml", "person_keypoints_val2017.json".
func isJudging(list: String) -> Bool {
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
