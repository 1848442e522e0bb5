import Base
import FaceTracking
import Results

/// What a plot shows of a table, read row by row: a few numbers of each.
struct PlotTable {
    /// A face in a frame. Values that a table does not have are NaN.
    struct Sample {
        var time: Double
        var confidence: Double
        /// Pitch, yaw, roll in degrees.
        var pose = SIMD3<Double>(repeating: .nan)
        /// Opening of the person's left and right eye.
        var eyes = SIMD2<Double>(repeating: .nan)
        var isBlinking = false
        /// Whether the face was not followed in the frame before.
        var isFirst = false
    }

    let columns: PlotColumns
    /// By the faces' numbers.
    private(set) var faces: [Int: [Sample]] = [:]
    /// Frames, by the numbers that change from row to row.
    private(set) var frames = 0
    private(set) var span: ClosedRange<Double>?

    private var lastFrame = -1.0
    /// Count of frames of each face at its last sample.
    private var lastSeen: [Int: Int] = [:]

    /// Throws `.noInput`, `.unusableData` with the line, `.inputOutput`.
    init(path: String) throws(LandmarkdError) {
        let reader = LineReader(path, try DecompressedPieces(path))
        guard let header = try reader.next() else {
            throw LandmarkdError(.unusableData, "\(path): it is empty", remedy: "give a CSV table")
        }
        columns = try PlotColumns(header: header, of: path)
        var row = TableRow(count: columns.last + 1)
        while let line = try reader.next() {
            if line.isEmpty { continue }
            guard row.read(line) else {
                throw LandmarkdError(
                    .unusableData, "\(path):\(reader.number): the row is cut off",
                    remedy: "plot a table that is whole, or remove the row")
            }
            guard let time = row[columns.time], abs(time) < 1e10, let frame = row[columns.frame],
                let face = row[columns.face]
            else {
                throw LandmarkdError(
                    .unusableData, "\(path):\(reader.number): frame, face or time is not a number",
                    remedy: "give a CSV table that landmarkd track or OpenFace wrote")
            }
            add(row, time: time, frame: frame, face: Int(exactly: face) ?? 0)
        }
        guard frames > 0 else {
            throw LandmarkdError(.unusableData, "\(path): no rows", remedy: "plot a table that is whole")
        }
    }

    private mutating func add(_ row: TableRow, time: Double, frame: Double, face: Int) {
        if frame != lastFrame { frames += 1 }
        lastFrame = frame
        span = min(span?.lowerBound ?? time, time)...max(span?.upperBound ?? time, time)
        guard (row[columns.success] ?? 0) > 0 else { return }
        var sample = Sample(time: time, confidence: columns.confidence.flatMap { row[$0] } ?? .nan)
        for (axis, place) in columns.pose.enumerated() { sample.pose[axis] = (row[place] ?? .nan) * 180 / .pi }
        for (eye, place) in columns.eyes.enumerated() { sample.eyes[eye] = row[place] ?? .nan }
        if !columns.eyePoints.isEmpty { sample.eyes = openings(row) }
        sample.isBlinking = (columns.blink.flatMap { row[$0] } ?? 0) > 0.5
        sample.isFirst = lastSeen[face].map { $0 + 1 < frames } ?? true
        lastSeen[face] = frames
        faces[face, default: []].append(sample)
    }

    /// By the landmarks of the eyes.
    private func openings(_ row: TableRow) -> SIMD2<Double> {
        var points = [Point](repeating: .zero, count: 68)
        for (index, place) in columns.eyePoints {
            guard let x = row[place.x], let y = row[place.y] else { return SIMD2(repeating: .nan) }
            points[index] = Point(x, y)
        }
        let eyes = LandmarkScheme.ibug68.openings.filter { $0.part == .eyes }
        guard eyes.count == 2 else { return SIMD2(repeating: .nan) }
        // The person's left eye is on the right in the picture.
        return SIMD2(eyes[1].width(of: points), eyes[0].width(of: points))
    }
}

/// The cells of a row as numbers, up to the last one that is wanted.
private struct TableRow {
    private var cells: [Range<Int>] = []
    private var line: ArraySlice<UInt8> = []
    private let count: Int

    init(count: Int) { self.count = count }

    /// False where the row has fewer cells.
    mutating func read(_ line: ArraySlice<UInt8>) -> Bool {
        self.line = line
        cells.removeAll(keepingCapacity: true)
        var start = line.startIndex
        for index in line.indices where line[index] == UInt8(ascii: ",") {
            cells.append(start..<index)
            start = index + 1
            if cells.count == count { return true }
        }
        cells.append(start..<line.endIndex)
        return cells.count >= count
    }

    /// Nil for what is not a number.
    subscript(place: Int) -> Double? {
        guard place < cells.count else { return nil }
        return decimalNumber(String(decoding: line[cells[place]].drop { $0 == UInt8(ascii: " ") }, as: UTF8.self))
    }
}
