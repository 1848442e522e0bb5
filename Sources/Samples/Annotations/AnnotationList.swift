import Base
import FaceTracking

/// Formats in which one file lists the annotations of many pictures.
enum AnnotationList: CaseIterable {
    case wflw
    case dlib
    case coco

    var ending: String {
        switch self {
        case .wflw: "txt"
        case .dlib: "xml"
        case .coco: "json"
        }
    }

    /// The lists of this format among a folder's files, those for judging first: a face that is in several is for judging then.
    func lists(in files: [String], root: String) throws(LandmarkdError) -> [String] {
        var lists: [String] = []
        for file in files where splitEnding(file).ending == ending {
            if try isList(file, root: root) { lists.append(file) }
        }
        return lists.filter { isJudging(list: $0) } + lists.filter { !isJudging(list: $0) }
    }

    private func isList(_ file: String, root: String) throws(LandmarkdError) -> Bool {
        switch self {
        case .wflw: file.fileName.hasPrefix("list_98pt")
        case .dlib: try TextFile("\(root)/\(file)").contains("<dataset")
        case .coco: try TextFile("\(root)/\(file)").contains("\"keypoints\"")
        }
    }

    /// Why files that could be lists of this format by their ending cannot be read at all.
    func syntaxFaults(in files: some Sequence<String>, root: String) throws(LandmarkdError) -> [LandmarkdError] {
        var faults: [LandmarkdError] = []
        for file in files where splitEnding(file).ending == ending {
            let text = try TextFile("\(root)/\(file)")
            let fault =
                switch self {
                case .wflw: LandmarkdError?.none
                case .dlib: xmlFault(text)
                case .coco: jsonFault(text)
                }
            if let fault { faults.append(fault) }
        }
        return faults
    }

    /// The faces of all lists. A face that several of them have is taken once, from the first.
    func read(
        _ lists: [String], root: String, _ pictures: inout PictureIndex, scheme: LandmarkScheme
    ) throws(LandmarkdError) -> Annotations {
        var found = Annotations()
        var seen: Set<FaceKey> = []
        for list in lists {
            let text = try TextFile("\(root)/\(list)")
            var more =
                switch self {
                case .wflw: try readWFLWList(text, list, &pictures, scheme: scheme)
                case .dlib: try readDlibDataset(text, list, &pictures, scheme: scheme)
                case .coco: try readCOCOKeypoints(text, list, &pictures, scheme: scheme)
                }
            let all = more.faces
            more.faces = all.filter { seen.insert(FaceKey(file: $0.file, points: $0.points)).inserted }
            if more.faces.count < all.count {
                let text =
                    "\(root)/\(list): \(all.count - more.faces.count) faces are in an earlier list too; taken once"
                more.warnings.append(DataWarning(.repeatedFaces, text))
            }
            found += more
        }
        found.warnings += pictures.warnings
        return found
    }

    private struct FaceKey: Hashable {
        let file: String
        let points: [Point]
    }
}

/// The picture that a list names, or why it cannot be had.
func listedPicture(
    _ path: String, in list: String, _ pictures: inout PictureIndex, source: String
) throws(LandmarkdError) -> String {
    guard !path.isEmpty else {
        throw LandmarkdError(.unusableData, "\(source): no picture is named", remedy: "correct the list")
    }
    if let picture = pictures.find(path, in: list) { return picture }
    throw LandmarkdError(
        .noInput, "\(source): no picture “\(path)”",
        remedy: "give the folder that holds both the list and its pictures as --data")
}
