import Base
import Capture
import FaceTracking
import Glibc

/// Annotations of a folder, in the first of these layouts that it has: our `annotations.csv`; 300-W's `.pts` files beside their
/// pictures; WFLW's lists; dlib's XML; COCO's JSON; HELEN's own text files. A table or list can be named itself, too.
///
/// Throws `noInput` where the folder cannot be read, `unusableData` where it has none of them or one is faulty.
package func readAnnotations(folder: String, scheme: LandmarkScheme) throws(LandmarkdError) -> Annotations {
    let root = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    if FileIdentity(path: root)?.isRegular == true { return try readAnnotationFile(root, scheme: scheme) }
    if FileIdentity(path: root + "/annotations.csv") != nil {
        return try readAnnotationTable(root + "/annotations.csv", scheme: scheme)
    }
    let files = try filesInTree(root)
    var pictures = PictureIndex(root: root, files: files)
    if files.contains(where: { splitEnding($0).ending == "pts" }) {
        return try readPointsFolder(root, files, &pictures, scheme: scheme)
    }
    for format in AnnotationList.allCases {
        let lists = try format.lists(in: files, root: root)
        guard !lists.isEmpty else { continue }
        var found = try format.read(lists, root: root, &pictures, scheme: scheme)
        let faults = try format.syntaxFaults(in: files.filter { !lists.contains($0) }, root: root)
        found.warnings += faults.map { DataWarning(.brokenList, "\($0.cause): left out") }
        return found
    }
    if let found = try readHelenFolder(root, files, &pictures, scheme: scheme) { return found }
    // A list that is broken from its first line cannot be distinguished from other files of its ending.
    for format in AnnotationList.allCases {
        if let fault = try format.syntaxFaults(in: files, root: root).first { throw fault }
    }
    throw LandmarkdError(
        .unusableData, "\(root): no annotations in this folder",
        remedy:
            "give a folder with annotations.csv, .pts files beside pictures, WFLW's lists, dlib's XML, COCO's JSON or "
            + "HELEN's text files")
}

/// The annotations of one table or list; its pictures are looked for from the folder that it lies in.
private func readAnnotationFile(_ path: String, scheme: LandmarkScheme) throws(LandmarkdError) -> Annotations {
    let ending = splitEnding(path).ending
    if ending == "csv" { return try readAnnotationTable(path, scheme: scheme) }
    guard let format = AnnotationList.allCases.first(where: { $0.ending == ending }) else {
        throw LandmarkdError(
            .unusableData, "\(path): not a list of annotations of a known kind",
            remedy: "give a .csv table, dlib's .xml, COCO's .json, a WFLW list (.txt), or a folder")
    }
    let root = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var pictures = PictureIndex(root: root, files: try filesInTree(root))
    return try format.read([path.fileName], root: root, &pictures, scheme: scheme)
}

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

    /// The lists of this format among a folder's files, test lists first: a face in several lists then counts as a test face.
    func lists(in files: [String], root: String) throws(LandmarkdError) -> [String] {
        var lists: [String] = []
        for file in files where splitEnding(file).ending == ending {
            if try isList(file, root: root) { lists.append(file) }
        }
        return lists.filter { isTestList($0) } + lists.filter { !isTestList($0) }
    }

    private func isList(_ file: String, root: String) throws(LandmarkdError) -> Bool {
        switch self {
        case .wflw: file.fileName.hasPrefix("list_98pt")
        case .dlib: try TextFile("\(root)/\(file)").contains("<dataset")
        case .coco: try TextFile("\(root)/\(file)").contains("\"keypoints\"")
        }
    }

    /// Syntax errors of files whose ending is that of this format.
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

/// The picture that a list names; throws where there is none.
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
