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
    // A list that is broken from its beginning on cannot be told from other files of its ending.
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

/// `set` is the first folder inside the root; pictures in folders called test or testset are for judging.
private func readPointsFolder(
    _ root: String, _ files: [String], _ pictures: inout PictureIndex, scheme: LandmarkScheme
) throws(LandmarkdError) -> Annotations {
    var found = Annotations()
    for file in files where splitEnding(file).ending == "pts" {
        let source = root + "/" + file
        let points = try readPointsFile(source)
        guard points.count == scheme.count, scheme.name != "fgnet68" else {
            found.countOther("\(points.count)")
            continue
        }
        guard let picture = pictures.beside(file) else {
            throw LandmarkdError(
                .noInput, "\(source): no picture of this name beside it",
                remedy: "fetch the picture or remove the .pts file")
        }
        let collection = root.split(separator: "/").last ?? "points"
        let origin = FaceOrigin(picture: file, collection: String(collection))
        found.faces.append(
            AnnotatedFace(
                file: picture, set: origin.set, split: origin.split, group: origin.group, points: points,
                scheme: scheme,
                size: nil, source: source))
    }
    found.warnings += pictures.warnings
    return found
}

/// Pictures named in a list `testnames.txt` are for judging, all others for training. Nil where no text file is one of
/// HELEN's annotations: the picture's name in the first line, then 194 lines `x , y`.
private func readHelenFolder(
    _ root: String, _ files: [String], _ pictures: inout PictureIndex, scheme: LandmarkScheme
) throws(LandmarkdError) -> Annotations? {
    var found = Annotations()
    var judged: Set<String> = []
    for file in files where file.hasSuffix("testnames.txt") {
        for line in try TextFile(root + "/" + file).lines() {
            judged.insert(String(pathBytes: line.text))
        }
    }
    for file in files where splitEnding(file).ending == "txt" && !file.hasSuffix("names.txt") {
        let source = root + "/" + file
        let text = try TextFile(source)
        guard text.lines().dropFirst().first?.text.contains(UInt8(ascii: ",")) ?? false else { continue }
        let (name, points) = try readHelenFile(text)
        guard scheme == .helen194 else {
            found.countOther("\(points.count)")
            continue
        }
        guard let picture = pictures.named(name, in: file) else {
            throw LandmarkdError(
                .noInput, "\(source):1: no picture “\(name)” in \(root)",
                remedy: "fetch the picture or remove this file")
        }
        found.faces.append(
            AnnotatedFace(
                file: picture, set: "helen194", split: judged.contains(name) ? .test : .train,
                group: "helen_\(name)", points: points, scheme: scheme, size: nil, source: source))
    }
    guard !found.faces.isEmpty || found.otherSchemes > 0 else { return nil }
    found.warnings += pictures.warnings
    return withMirrorMap(found)
}

/// HELEN's faces with the mirror map that their own shapes give, if it runs along the contour as it must.
private func withMirrorMap(_ annotations: Annotations) -> Annotations {
    let contour = Array(0...40)
    guard let map = mirrorMap(fromShapes: annotations.faces.map(\.points)), Array(map[0...40]) == contour.reversed()
    else { return annotations }
    var annotations = annotations
    for i in annotations.faces.indices where annotations.faces[i].scheme.mirror == nil {
        annotations.faces[i].scheme.setMirror(map)
    }
    return annotations
}
