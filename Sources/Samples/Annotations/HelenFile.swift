import Base
import FaceTracking

/// One of HELEN's own annotation files: the picture's name, then 194 lines `x , y`.
///
/// Throws `noInput` or `unusableData` with file and line.
package func readHelenFile(_ path: String) throws(LandmarkdError) -> (picture: String, points: [Point]) {
    try readHelenFile(TextFile(path))
}

func readHelenFile(_ text: TextFile) throws(LandmarkdError) -> (picture: String, points: [Point]) {
    let lines = text.lines()
    var points: [Point] = []
    for line in lines.dropFirst() {
        let fields = line.text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count == 2 else {
            throw LandmarkdError(
                .unusableData, "\(text.name):\(line.number): \(fields.count) fields where x , y belong",
                remedy: "correct this line, or remove the file")
        }
        let x = try text.coordinate(fields[0], line: line.number)
        points.append(Point(x, try text.coordinate(fields[1], line: line.number)))
    }
    guard let first = lines.first, points.count == LandmarkScheme.helen194.count else {
        throw LandmarkdError(
            .unusableData, "\(text.name):\(lines.last?.number ?? 1): \(points.count) points where 194 belong",
            remedy: "the file is cut off or not one of HELEN's: fetch it again or remove it")
    }
    return (String(pathBytes: first.text), points)
}
