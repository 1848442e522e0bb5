import Base
import FaceTracking
import Glibc

/// Annotations of a folder in whichever of three layouts it has: our `annotations.csv`; 300-W's `.pts` files beside
/// their pictures; HELEN's own text files.
///
/// Throws `noInput` where the folder cannot be read, `unusableData` where it has none of them or one is faulty.
package func readAnnotations(folder: String, scheme: LandmarkScheme) throws(LandmarkdError) -> Annotations {
    let root = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    if FileIdentity(path: root + "/annotations.csv") != nil {
        return try readAnnotationTable(root + "/annotations.csv", scheme: scheme)
    }
    let files = try filesInTree(root)
    let pictures = Pictures(files)
    if files.contains(where: { splitEnding($0).ending == "pts" }) {
        return try readPointsFolder(root, files, pictures, scheme: scheme)
    }
    if files.contains(where: { splitEnding($0).ending == "txt" }) {
        return try readHelenFolder(root, files, pictures, scheme: scheme)
    }
    throw LandmarkdError(
        .unusableData, "\(root): no annotations in this folder",
        remedy: "give a folder with annotations.csv, with .pts files beside pictures, or with HELEN's text files")
}

/// Picture files of a tree, found by path or by name without ending.
private struct Pictures {
    private var byStem: [String: String] = [:]
    private var byName: [String: String] = [:]

    init(_ files: [String]) {
        for file in files {
            let (stem, ending) = splitEnding(file)
            guard ["jpg", "jpeg", "png", "bmp", "webp", "pgm", "ppm", "tif", "tiff"].contains(ending) else { continue }
            byStem[String(stem)] = file
            byName[String(stem.split(separator: "/").last ?? stem)] = file
        }
    }

    func beside(_ file: String) -> String? { byStem[String(splitEnding(file).stem)] }
    func named(_ name: String) -> String? { byName[name] ?? byName[String(splitEnding(name).stem)] }
}

/// `set` is the first folder inside the root; pictures in folders called test or testset are for judging.
private func readPointsFolder(
    _ root: String, _ files: [String], _ pictures: Pictures, scheme: LandmarkScheme
) throws(LandmarkdError) -> Annotations {
    var found = Annotations()
    for file in files where splitEnding(file).ending == "pts" {
        let source = root + "/" + file
        let points = try readPointsFile(source)
        guard points.count == scheme.count, scheme.name != "fgnet68" else {
            found.otherSchemes += 1
            continue
        }
        guard let picture = pictures.beside(file) else {
            throw LandmarkdError(
                .noInput, "\(source): no picture of this name beside it",
                remedy: "fetch the picture or remove the .pts file")
        }
        let parts = file.split(separator: "/").map(String.init)
        let isTest = parts.dropLast().contains { ["test", "testset"].contains($0.lowercased()) }
        let set = parts.count > 1 ? parts[0] : String(root.split(separator: "/").last ?? "points")
        found.faces.append(
            AnnotatedFace(
                file: root + "/" + picture, set: set, split: isTest ? .test : .train,
                group: photograph(String(splitEnding(parts.last!).stem), set: set), points: points, scheme: scheme,
                size: nil, source: source))
    }
    return found
}

/// Name of the photograph that a 300-W picture was cut from: `_mirror` copies and AFW's `_1`, `_2` … belong together.
private func photograph(_ name: String, set: String) -> String {
    var name = name[...]
    if name.hasSuffix("_mirror") { name = name.dropLast(7) }
    if set.lowercased() == "afw", let cut = name.lastIndex(of: "_"), Int(name[name.index(after: cut)...]) != nil {
        name = name[..<cut]
    }
    return "\(set)_\(name)"
}

/// Pictures named in a list `testnames.txt` are for judging, all others for training.
private func readHelenFolder(
    _ root: String, _ files: [String], _ pictures: Pictures, scheme: LandmarkScheme
) throws(LandmarkdError) -> Annotations {
    var found = Annotations()
    var judged: Set<String> = []
    for file in files where file.hasSuffix("testnames.txt") {
        for line in try TextFile(root + "/" + file).lines() {
            judged.insert(String(decoding: line.text, as: UTF8.self))
        }
    }
    for file in files where splitEnding(file).ending == "txt" && !file.hasSuffix("names.txt") {
        let source = root + "/" + file
        let text = try TextFile(source)
        guard text.lines().dropFirst().first?.text.contains(UInt8(ascii: ",")) ?? false else { continue }
        let (name, points) = try readHelenFile(text)
        guard scheme == .helen194 else {
            found.otherSchemes += 1
            continue
        }
        guard let picture = pictures.named(name) else {
            throw LandmarkdError(
                .noInput, "\(source):1: no picture “\(name)” in \(root)",
                remedy: "fetch the picture or remove this file")
        }
        found.faces.append(
            AnnotatedFace(
                file: root + "/" + picture, set: "helen194", split: judged.contains(name) ? .test : .train,
                group: "helen_\(name)", points: points, scheme: scheme, size: nil, source: source))
    }
    guard !found.faces.isEmpty || found.otherSchemes > 0 else {
        throw LandmarkdError(
            .unusableData, "\(root): none of its text files is one of HELEN's annotations",
            remedy: "such a file has the picture's name in its first line, then 194 lines x , y")
    }
    return withMirrorMap(found)
}

/// HELEN's faces with the mirror map that their own shapes give, if it runs along the contour as it must.
private func withMirrorMap(_ annotations: Annotations) -> Annotations {
    let contour = Array(0...40)
    guard let map = mirrorMap(fromShapes: annotations.faces.map(\.points)), Array(map[0...40]) == contour.reversed()
    else { return annotations }
    let known = LandmarkScheme.helen194
    let scheme = LandmarkScheme(name: known.name, count: known.count, mirror: map, regions: known.regions)
    var annotations = annotations
    for i in annotations.faces.indices { annotations.faces[i].scheme = scheme }
    return annotations
}
