import Base
import Capture
import FaceTracking

/// A dlib data set in XML, as imglab and the trainer of its shape predictor use it: pictures, boxes in them, and in each box parts
/// with a name and a place in pixels from 0.
struct DlibDataset {
    struct Face {
        /// As the file gives it, from the file's folder.
        var picture: String
        /// Pixels, where the file states it.
        var size: PixelSize?
        var parts: [String: Point] = [:]
        var line: Int
    }

    private(set) var faces: [Face] = []

    /// Boxes marked as ignored, or without parts, are left out.
    ///
    /// Throws `unusableData` with file and line where the file is broken or is no such data set.
    init(_ text: TextFile) throws(LandmarkdError) {
        var parser = DlibParser(file: text.name)
        let elements = try XMLElements(text.contents, file: text.name)
        while let event = try elements.next() {
            switch event {
            case .start(let name, let attributes): try parser.start(name, attributes, line: elements.line)
            case .end(let name): if let face = parser.end(name) { faces.append(face) }
            }
        }
    }

    /// Names of all parts in the order of the points: text is compared byte by byte and numbers in it by their value, so that "10"
    /// comes after "2". The file itself has them in the order of their text, "0", "1", "10", …
    var partNames: [String] { Set(faces.flatMap(\.parts.keys)).sorted(by: isInNaturalOrder) }
}

/// Builds faces from a data set's elements.
private struct DlibParser {
    let file: String
    private var isInside = false
    private var picture: (path: String, size: PixelSize?)?
    private var face: DlibDataset.Face?
    private var isIgnored = false

    init(file: String) { self.file = file }

    mutating func start(_ name: String, _ attributes: [String: String], line: Int) throws(LandmarkdError) {
        guard isInside || name == "dataset" else {
            throw fault("<\(name)> where dlib's <dataset> belongs", line)
        }
        isInside = true
        switch name {
        case "image":
            guard let path = attributes["file"], !path.isEmpty else { throw fault("<image> without a file", line) }
            picture = (path, try size(attributes, line))
        case "box":
            guard let picture else { throw fault("<box> outside of an <image>", line) }
            face = DlibDataset.Face(picture: picture.path, size: picture.size, line: line)
            isIgnored = ["1", "true"].contains(attributes["ignore"] ?? "0")
        case "part": try addPart(attributes, line)
        default: break
        }
    }

    /// The face that ends here, unless it is ignored or has no parts.
    mutating func end(_ name: String) -> DlibDataset.Face? {
        if name == "image" { picture = nil }
        guard name == "box", let face else { return nil }
        self.face = nil
        return isIgnored || face.parts.isEmpty ? nil : face
    }

    private mutating func addPart(_ attributes: [String: String], _ line: Int) throws(LandmarkdError) {
        guard face != nil else { throw fault("<part> outside of a <box>", line) }
        guard let name = attributes["name"], !name.isEmpty else { throw fault("<part> without a name", line) }
        var place = Point.zero
        for (axis, key) in ["x", "y"].enumerated() {
            let text = attributes[key] ?? ""
            guard let value = decimalNumber(ArraySlice(text.utf8)), isCoordinate(value) else {
                throw fault("part “\(name)”: \(key) is “\(text.prefix(40))”, not a coordinate", line)
            }
            place[axis] = value
        }
        guard face?.parts.updateValue(place, forKey: name) == nil else {
            throw fault("part “\(name)” appears twice", line)
        }
    }

    private func size(_ attributes: [String: String], _ line: Int) throws(LandmarkdError) -> PixelSize? {
        guard let width = attributes["width"], let height = attributes["height"] else { return nil }
        guard let size = PixelSize(width, height) else {
            throw fault("picture of “\(width)” × “\(height)” pixels", line)
        }
        return size
    }

    private func fault(_ what: String, _ line: Int) -> LandmarkdError {
        LandmarkdError(
            .unusableData, "\(file):\(line): \(what)", remedy: "correct the file, or write it again with imglab")
    }
}

/// The faces of a dlib data set; those that lack a part which others have are left out.
///
/// - Parameter list: its path inside the folder that `pictures` indexes.
func readDlibDataset(
    _ text: TextFile, _ list: String, _ pictures: inout PictureIndex, scheme: LandmarkScheme
) throws(LandmarkdError) -> Annotations {
    let dataset = try DlibDataset(text)
    let names = dataset.partNames
    var found = Annotations()
    for face in dataset.faces {
        let source = "\(text.name):\(face.line)"
        let points = names.compactMap { face.parts[$0] }
        guard points.count == names.count else {
            let text = "\(source): \(points.count) of \(names.count) parts: left out"
            found.warnings.append(DataWarning(.incompleteFace, text))
            continue
        }
        guard points.count == scheme.count, scheme.name != "fgnet68" else {
            found.countOther("\(points.count)")
            continue
        }
        let origin = FaceOrigin(picture: face.picture, list: list, collection: list.fileStem)
        found.faces.append(
            AnnotatedFace(
                file: try listedPicture(face.picture, in: list, &pictures, source: source), set: origin.set,
                split: origin.split, group: origin.group, points: points, scheme: scheme, size: face.size,
                source: source))
    }
    guard !dataset.faces.isEmpty else {
        throw LandmarkdError(
            .unusableData, "\(text.name): no box in it has parts",
            remedy: "mark parts in imglab (--parts), or remove the file")
    }
    return found
}

/// Whether `one` comes before `other` where runs of digits count by their value.
func isInNaturalOrder(_ one: String, _ other: String) -> Bool {
    let (a, b) = (runs(of: one), runs(of: other))
    for (x, y) in zip(a, b) where x != y { return x < y }
    return a.count == b.count ? one < other : a.count < b.count
}

/// Runs of digits without their leading zeros, and what is between them.
private func runs(of text: String) -> [NameRun] {
    var runs: [NameRun] = []
    for byte in text.utf8 {
        let isDigit = UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        if runs.last?.isNumber == isDigit {
            runs[runs.count - 1].bytes.append(byte)
        } else {
            runs.append(NameRun(isNumber: isDigit, bytes: [byte]))
        }
    }
    return runs.map { run in
        run.isNumber ? NameRun(isNumber: true, bytes: Array(run.bytes.drop { $0 == UInt8(ascii: "0") })) : run
    }
}

private struct NameRun: Comparable {
    let isNumber: Bool
    var bytes: [UInt8]

    static func < (one: NameRun, other: NameRun) -> Bool {
        if one.isNumber != other.isNumber { return one.isNumber }
        if one.isNumber, one.bytes.count != other.bytes.count { return one.bytes.count < other.bytes.count }
        return one.bytes.lexicographicallyPrecedes(other.bytes)
    }
}
