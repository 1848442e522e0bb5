import Base
import FaceTracking

/// `annotations.csv`: a row per face, `file,set,split,group,width,height,points,x0,y0,x1,y1,…`, coordinates from 0.
///
/// `file` is relative to the table's folder; `points` names the scheme; rows whose split is `drop` are left out.
/// Throws `noInput` where the table cannot be read, `unusableData` with file and line where a row cannot be used.
package func readAnnotationTable(_ path: String, scheme: LandmarkScheme) throws(LandmarkdError) -> Annotations {
    try readAnnotationTable(TextFile(path), scheme: scheme)
}

func readAnnotationTable(_ text: TextFile, scheme: LandmarkScheme) throws(LandmarkdError) -> Annotations {
    let folder = text.name.contains("/") ? text.name[...text.name.lastIndex(of: "/")!] : ""
    var found = Annotations()
    for line in text.lines() {
        let fields = line.text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        if line.number == 1, fields[0].elementsEqual("file".utf8) { continue }
        func fault(_ what: String, remedy: String = "correct this row or remove it") -> LandmarkdError {
            LandmarkdError(.unusableData, "\(text.name):\(line.number): \(what)", remedy: remedy)
        }
        guard fields.count > 7 else {
            throw fault(
                "\(fields.count) fields where at least 9 belong",
                remedy: "rows are file,set,split,group,width,height,points,x0,y0,…")
        }
        let words = fields[..<7].map { String(pathBytes: trimmed($0)) }
        if words[2] == "drop" { continue }
        guard let split = AnnotatedFace.Split(rawValue: words[2]) else {
            throw fault("split “\(words[2])” is neither train, test nor drop")
        }
        guard let rowScheme = LandmarkScheme.named(words[6]) else {
            throw fault("points “\(words[6])” is neither a number nor a known scheme")
        }
        guard fields.count - 7 == 2 * rowScheme.count else {
            throw fault("\(fields.count - 7) coordinates where \(2 * rowScheme.count) belong (\(rowScheme.name))")
        }
        guard rowScheme == scheme else {
            found.otherSchemes += 1
            continue
        }
        guard let width = Int(words[4]), let height = Int(words[5]), 1...100_000 ~= width, 1...100_000 ~= height else {
            throw fault("picture of “\(words[4])” × “\(words[5])” pixels")
        }
        guard !words[0].isEmpty else { throw fault("no file is named") }
        var points: [Point] = []
        points.reserveCapacity(scheme.count)
        for i in 0..<scheme.count {
            let x = try text.number(fields[7 + 2 * i], line: line.number)
            points.append(Point(x, try text.number(fields[8 + 2 * i], line: line.number)))
        }
        let face = AnnotatedFace(
            file: words[0].hasPrefix("/") ? words[0] : folder + words[0], set: words[1], split: split, group: words[3],
            points: points, scheme: scheme, size: PixelSize(width: width, height: height),
            source: "\(text.name):\(line.number)")
        try face.checkPoints(inside: PixelSize(width: width, height: height))
        found.faces.append(face)
    }
    return found
}
