import Base
import FaceTracking

/// `set` is the first folder inside the root; pictures in folders called test or testset are for evaluation.
func readPointsFolder(
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

/// A `.pts` file of 300-W: `version: 1`, `n_points: 68`, and between braces a line `x y` per point, counted from 1.
///
/// Gives the points counted from 0. Throws `noInput` or `unusableData` with file and line.
package func readPointsFile(_ path: String) throws(LandmarkdError) -> [Point] {
    try readPointsFile(TextFile(path))
}

func readPointsFile(_ text: TextFile) throws(LandmarkdError) -> [Point] {
    var declared: Int?
    var points: [Point]?
    var last = 1
    for line in text.lines() {
        last = line.number
        func fault(_ what: String) -> LandmarkdError {
            LandmarkdError(
                .unusableData, "\(text.name):\(line.number): \(what)",
                remedy: "a .pts file has n_points: N, then { , N lines x y, } ; correct it or remove it and its picture"
            )
        }
        if line.text.elementsEqual("{".utf8) {
            points = []
        } else if line.text.elementsEqual("}".utf8) {
            break
        } else if points != nil {
            let fields = line.text.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") })
            guard fields.count == 2 else { throw fault("\(fields.count) numbers where x and y belong") }
            let x = try text.coordinate(fields[0], line: line.number)
            points!.append(Point(x - 1, try text.coordinate(fields[1], line: line.number) - 1))
        } else {
            let parts = line.text.split(separator: UInt8(ascii: ":"))
            guard parts.count == 2 else { throw fault("neither a heading nor {") }
            guard trimmed(parts[0]).elementsEqual("n_points".utf8) else { continue }
            guard let count = Int(String(decoding: trimmed(parts[1]), as: UTF8.self)), 1...1000 ~= count else {
                throw fault("n_points is not a number of 1 to 1000")
            }
            declared = count
        }
    }
    guard let points, !points.isEmpty, points.count == declared ?? points.count else {
        throw LandmarkdError(
            .unusableData, "\(text.name):\(last): \(points?.count ?? 0) points where \(declared ?? 1) belong",
            remedy: "the file is truncated: fetch it again, or remove it and its picture")
    }
    return points
}
