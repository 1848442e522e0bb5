import Base
import Capture
import FaceTracking

/// `annotations.csv`: a row per face, with the columns `file,set,split,group,width,height,points,x0,y0,x1,y1,…`, coordinates from 0.
///
/// Columns are found by the names in the first row, in any order; a table without such a row has the columns above. Needed are `file`
/// and the coordinates. `file` is relative to the table's folder; `points` names the scheme, else the coordinates are counted; rows
/// whose split is `drop` are left out, those without one are for training. In `how`, anything but `manual` means that a program
/// set the points. Throws `noInput` where the table cannot be read, `unusableData` with file and line where a row cannot be used.
package func readAnnotationTable(_ path: String, scheme: LandmarkScheme) throws(LandmarkdError) -> Annotations {
    try readAnnotationTable(TextFile(path), scheme: scheme)
}

func readAnnotationTable(_ text: TextFile, scheme: LandmarkScheme) throws(LandmarkdError) -> Annotations {
    var found = Annotations()
    var columns = TableColumns()
    var usualCount: Int?
    for (index, line) in text.lines().enumerated() {
        let cells = csvCells(line.text)
        if index == 0, let named = try TableColumns(header: cells, of: text, line: line.number) {
            columns = named
            continue
        }
        let row = TableRow(cells: cells, columns: columns, text: text, line: line.number)
        switch try row.face(scheme, usualCount: &usualCount) {
        case .face(let face): found.faces.append(face)
        case .other(let name): found.countOther(name)
        case .dropped: break
        }
    }
    return found
}

/// Where the columns of a table are.
private struct TableColumns {
    static let names = ["file", "set", "split", "group", "width", "height", "points"]

    /// By name; columns missing from the table are absent.
    private(set) var places: [String: Int]
    /// Places of x and y of each point that the header names; further points follow at `next`.
    private var coordinates: [(x: Int, y: Int)] = []
    private let next: Int?
    /// Cells of the header.
    private let headerCount: Int?

    /// Whether only the length of the rows shows how many points they have.
    var leavesCountOpen: Bool { places["points"] == nil && next != nil }

    /// The columns of a table without a header.
    init() {
        places = Dictionary(uniqueKeysWithValues: Self.names.enumerated().map { ($1, $0) })
        (next, headerCount) = (Self.names.count, nil)
    }

    /// Nil where the row is no header. Throws `unusableData` where columns are missing.
    init?(header cells: [ArraySlice<UInt8>], of text: TextFile, line: Int) throws(LandmarkdError) {
        let names = cells.map { String(decoding: trimmed($0), as: UTF8.self).lowercased() }
        var places: [String: Int] = [:]
        for (place, name) in names.enumerated() where places[name] == nil { places[name] = place }
        func place(_ axis: String, _ point: Int) -> Int? { places["\(axis)\(point)"] ?? places["\(axis)_\(point)"] }
        let remedy = "the columns are \(Self.names.joined(separator: ",")),x0,y0,x1,y1,…"
        if cells.count == 1, names[0].contains(";") {
            throw LandmarkdError(
                .unusableData, "\(text.name):\(line): columns are separated by semicolons",
                remedy: "save it with commas")
        }
        guard places["file"] != nil else {
            guard place("x", 0) == nil, place("x", 1) == nil else {
                throw LandmarkdError(.unusableData, "\(text.name):\(line): no column “file”", remedy: remedy)
            }
            return nil
        }
        while let x = place("x", coordinates.count), let y = place("y", coordinates.count) {
            coordinates.append((x, y))
        }
        guard !coordinates.isEmpty || place("x", 1) == nil else {
            throw LandmarkdError(.unusableData, "\(text.name):\(line): no columns “x0” and “y0”", remedy: remedy)
        }
        if !coordinates.isEmpty, let fault = Self.coordinateFault(names, count: coordinates.count) {
            throw LandmarkdError(.unusableData, "\(text.name):\(line): \(fault)", remedy: remedy)
        }
        self.places = places
        next = coordinates.isEmpty ? cells.count : nil
        headerCount = cells.count
    }

    /// What is wrong with the coordinates that a header names: a gap would lose all points behind it.
    private static func coordinateFault(_ names: [String], count: Int) -> String? {
        var seen: Set<String> = []
        for name in names {
            let digits = name.dropFirst().drop { $0 == "_" }
            guard name.hasPrefix("x") || name.hasPrefix("y"), let number = wholeNumber(String(digits)) else { continue }
            let coordinate = "\(name.prefix(1))\(number)"
            guard seen.insert(coordinate).inserted else { return "two columns “\(coordinate)”" }
        }
        let stray = seen.compactMap { wholeNumber(String($0.dropFirst())) }.filter { $0 >= count }.min()
        return stray.map { "column “\(seen.contains("x\($0)") ? "x" : "y")\($0)” without those of point \(count)" }
    }

    /// What is wrong with the length of a row, if something is. Where a column states how many points a row has, it may be
    /// shorter than the header; else a short row was cut off, and is not one of another scheme.
    func lengthFault(_ cells: [ArraySlice<UInt8>]) -> String? {
        guard let headerCount, !coordinates.isEmpty else { return nil }
        let isTooLong = cells.dropFirst(headerCount).contains { !trimmed($0).isEmpty }
        let isCutOff = cells.count < headerCount && places["points"] == nil
        guard isTooLong || isCutOff else { return nil }
        return "\(cells.count) fields where the first row names \(headerCount)\(isCutOff ? ": the row is cut off" : "")"
    }

    /// Cells that a row of one point has.
    var fewest: Int {
        let first = coordinates.first.map { max($0.x, $0.y) } ?? (next ?? 0) + 1
        return max(first, Self.names.compactMap { places[$0] }.max() ?? 0) + 1
    }

    /// The cells of all coordinates of a row, x and y in turns, without the empty ones at the end.
    func coordinates(in cells: [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>] {
        var found: [ArraySlice<UInt8>] = []
        if let next {
            found = Array(cells.dropFirst(next))
        } else {
            for (x, y) in coordinates {
                found.append(x < cells.count ? cells[x] : [])
                found.append(y < cells.count ? cells[y] : [])
            }
        }
        while let last = found.last, trimmed(last).isEmpty { found.removeLast() }
        return found
    }
}

/// One row of a table.
private struct TableRow {
    enum Content {
        case face(AnnotatedFace)
        case other(String)
        case dropped
    }

    let cells: [ArraySlice<UInt8>]
    let columns: TableColumns
    let text: TextFile
    let line: Int

    /// `usualCount`: coordinates of the rows before, where nothing else states how many there are.
    func face(_ scheme: LandmarkScheme, usualCount: inout Int?) throws(LandmarkdError) -> Content {
        guard cells.count >= columns.fewest else {
            throw fault(
                "\(cells.count) fields where at least \(columns.fewest) belong",
                remedy: "rows are \(TableColumns.names.joined(separator: ",")),x0,y0,…, or as the first row says")
        }
        if let what = columns.lengthFault(cells) { throw fault(what) }
        let splitName = word("split") ?? "train"
        if splitName == "drop" { return .dropped }
        guard let split = AnnotatedFace.Split(rawValue: splitName) else {
            throw fault("split “\(splitName)” is neither train, test nor drop")
        }
        let numbers = columns.coordinates(in: cells)
        if columns.leavesCountOpen {
            let usual = usualCount ?? numbers.count
            guard numbers.count == usual else {
                throw fault(
                    "\(numbers.count) coordinates where the rows before have \(usual)",
                    remedy: "complete this row or remove it; rows of several schemes need a column 'points'")
            }
            usualCount = usual
        }
        let points = word("points") ?? "\((numbers.count + 1) / 2)"
        guard let rowScheme = LandmarkScheme.named(points) else {
            throw fault("points “\(points)” is neither a number nor a known scheme")
        }
        guard numbers.count == 2 * rowScheme.count else {
            throw fault("\(numbers.count) coordinates where \(2 * rowScheme.count) belong (\(rowScheme.name))")
        }
        guard rowScheme == scheme else { return .other(points) }
        return .face(try face(split, numbers, scheme))
    }

    private func face(
        _ split: AnnotatedFace.Split, _ numbers: [ArraySlice<UInt8>], _ scheme: LandmarkScheme
    ) throws(LandmarkdError) -> AnnotatedFace {
        let size = try size()
        let file = word("file") ?? ""
        guard !file.isEmpty else { throw fault("no file is named") }
        let points = try (0..<scheme.count).map { (index) throws(LandmarkdError) -> Point in
            let x = try text.coordinate(numbers[2 * index], line: line)
            return Point(x, try text.coordinate(numbers[2 * index + 1], line: line))
        }
        let folder = text.name.lastIndex(of: "/").map { String(text.name[...$0]) } ?? ""
        let collection = folder.fileName
        let origin = FaceOrigin(picture: file, collection: collection.isEmpty ? text.name.fileStem : collection)
        var face = AnnotatedFace(
            file: file.hasPrefix("/") ? file : folder + file, set: word("set") ?? origin.set, split: split,
            group: word("group") ?? origin.group, points: points, scheme: scheme, size: size,
            source: "\(text.name):\(line)")
        face.isMachineMade = !["", "manual"].contains(word("how") ?? "")
        if let size { try face.checkPoints(inside: size) }
        return face
    }

    private func size() throws(LandmarkdError) -> PixelSize? {
        guard let width = word("width"), let height = word("height") else { return nil }
        guard let size = PixelSize(width, height) else { throw fault("picture of “\(width)” × “\(height)” pixels") }
        return size
    }

    /// Text of a named cell; nil where there is no such column.
    private func word(_ name: String) -> String? {
        guard let place = columns.places[name], place < cells.count else { return nil }
        return String(pathBytes: trimmed(cells[place]))
    }

    private func fault(_ what: String, remedy: String = "correct this row or remove it") -> LandmarkdError {
        LandmarkdError(.unusableData, "\(text.name):\(line): \(what)", remedy: remedy)
    }
}
