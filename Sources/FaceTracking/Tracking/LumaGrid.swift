import Base

/// The brightness of a frame, or of a crop of one, in coarse cells: mean luma 0…255 of a few samples each.
///
/// The samples are read from the plane as it was decoded: some ten thousand of a whole frame, whatever its size.
struct LumaGrid {
    let columns: Int
    let rows: Int
    /// Row-major.
    private(set) var cells: [Float]

    /// Samples along each side of a cell.
    private static let samples = 3
    /// Cells along the longer side of a whole frame.
    private static let longerSide = 64
    private static let shorterSide = 16

    private init(columns: Int, rows: Int) {
        (self.columns, self.rows) = (columns, rows)
        cells = [Float](repeating: 0, count: columns * rows)
    }

    /// All of a frame as it is stored, turned or not, in cells that are about square.
    init(_ frame: Frame) {
        let longer = max(frame.width, frame.height)
        func count(_ side: Int) -> Int { max(Self.shorterSide, (Self.longerSide * side + longer / 2) / longer) }
        self.init(columns: count(frame.width), rows: count(frame.height))
        let plane = frame.luma
        let across = Self.offsets(frame.width, samples: columns * Self.samples, stride: plane.sampleStride)
        let down = Self.offsets(frame.height, samples: rows * Self.samples, stride: plane.rowStride)
        let reader = LumaReader(frame)
        for (row, offset) in down.enumerated() {
            let first = row / Self.samples * columns
            for column in 0..<columns {
                var sum = 0
                for place in (column * Self.samples)..<((column + 1) * Self.samples) {
                    sum += reader.sample(at: offset + across[place])
                }
                cells[first + column] += Float(sum)
            }
        }
        average()
    }

    /// `side` × `side` cells of a crop; `map` leads from crop units to the picture as displayed. Beyond the picture its edge goes on.
    init(_ frame: Frame, crop map: SimilarityMap, side: Int) {
        self.init(columns: side, rows: side)
        let count = side * Self.samples
        func stored(_ column: Double, _ row: Double) -> Point {
            frame.stored(map((Point(column, row) + 0.5) / Double(count)))
        }
        let origin = stored(0, 0)
        let (right, down) = (stored(1, 0) - origin, stored(0, 1) - origin)
        /// The nearest sample; NaN, as everything that is not greater than 0, counts as 0.
        func index(_ place: Double, in count: Int) -> Int { place > 0 ? Int(min(place, Double(count - 1)) + 0.5) : 0 }
        let reader = LumaReader(frame)
        for row in 0..<count {
            for column in 0..<count {
                let place = origin + right * Double(column) + down * Double(row)
                let (x, y) = (index(place.x, in: frame.width), index(place.y, in: frame.height))
                let sample = reader.sample(at: y * frame.luma.rowStride + x * frame.luma.sampleStride)
                cells[row / Self.samples * side + column / Self.samples] += Float(sample)
            }
        }
        average()
    }

    private mutating func average() {
        for index in cells.indices { cells[index] /= Float(Self.samples * Self.samples) }
    }

    /// Byte offsets of samples that are spread evenly along a side.
    private static func offsets(_ side: Int, samples: Int, stride: Int) -> [Int] {
        (0..<samples).map { (2 * $0 + 1) * side / (2 * samples) * stride }
    }
}

/// Reads single samples of a frame's luma, brought to 8 bits.
private struct LumaReader {
    private let frame: Frame
    private let isWide: Bool
    private let shift: Int

    init(_ frame: Frame) { (self.frame, isWide, shift) = (frame, frame.bitDepth > 8, frame.bitDepth - 8) }

    @inline(__always) func sample(at offset: Int) -> Int {
        guard isWide else { return Int(frame.luma.base.load(fromByteOffset: offset, as: UInt8.self)) }
        let stored = frame.luma.base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
        return Int(UInt16(littleEndian: stored) >> UInt16(shift))
    }
}

// MARK: Comparison

extension LumaGrid {
    /// Cells along the sides of the blocks that are looked for.
    private static let block = 8
    /// Cells by which a block may have moved, along either axis: an eighth of the frame's longer side.
    private static let reach = 8
    /// Correlation from which a block counts as found.
    private static let alike: Float = 0.8
    /// Standard deviation of a block under which it tells nothing, and the one from which it counts in full.
    private static let spread: (least: Float, full: Float) = (4.2, 20)
    /// Standard deviation of noise, which makes no block of few shades resemble another.
    private static let noise: Float = 3

    /// Columns and rows.
    private typealias Move = SIMD2<Int>

    /// Moves of a block, the shortest first.
    private static let moves: [Move] = {
        var moves: [Move] = []
        for y in -reach...reach {
            for x in -reach...reach { moves.append(Move(x, y)) }
        }
        func isShorter(_ one: Move, _ other: Move) -> Bool {
            let (length, otherLength) = (one.x * one.x + one.y * one.y, other.x * other.x + other.y * other.y)
            return length != otherLength ? length < otherLength : (one.y, one.x) < (other.y, other.x)
        }
        return moves.sorted(by: isShorter)
    }()

    /// How much of this picture was in the one before, 0…1: the share of its blocks that are found there, moved, brighter or darker, with
    /// more contrast or less. Nil where the picture is too flat to tell, as in the dark or in a flash.
    ///
    /// Both grids must have the same shape.
    func shareFound(in before: LumaGrid) -> Double? {
        let (across, down) = (columns / Self.block, rows / Self.block)
        let corner = (x: (columns - across * Self.block) / 2, y: (rows - down * Self.block) / 2)
        var (textured, total, found) = (0, Float(0), Float(0))
        var lastMove = Move.zero
        for index in 0..<(across * down) {
            let x = corner.x + index % across * Self.block
            let y = corner.y + index / across * Self.block
            let block = CentredBlock(self, x: x, y: y)
            let spread = (block.power / Float(Self.block * Self.block)).squareRoot()
            guard spread >= Self.spread.least else { continue }
            textured += 1
            let weight = min(spread, Self.spread.full)
            total += weight
            if let move = before.move(of: block, x: x, y: y, guess: lastMove) {
                found += weight
                lastMove = move
            }
        }
        return 10 * textured >= across * down ? Double(found / total) : nil
    }

    /// Where a block at `x`, `y` is found: the guess is tried first.
    private func move(of block: CentredBlock, x: Int, y: Int, guess: Move) -> Move? {
        func isFound(_ move: Move) -> Bool {
            let (u, v) = (x + move.x, y + move.y)
            guard 0...(columns - Self.block) ~= u, 0...(rows - Self.block) ~= v else { return false }
            return block.resembles(self, x: u, y: v, alike: Self.alike, noise: Self.noise)
        }
        return isFound(guess) ? guess : Self.moves.first(where: isFound)
    }
}

/// Eight by eight cells, less their mean.
private struct CentredBlock {
    private var rows: [SIMD8<Float>]
    /// Sum of squares.
    let power: Float

    init(_ grid: LumaGrid, x: Int, y: Int) {
        rows = (0..<8).map { grid.eight(x: x, y: y + $0) }
        let mean = rows.reduce(SIMD8(repeating: 0), +).sum() / 64
        for index in rows.indices { rows[index] -= mean }
        power = rows.reduce(SIMD8(repeating: 0)) { $0 + $1 * $1 }.sum()
    }

    /// Whether the correlation with the cells there is at least `alike`.
    func resembles(_ grid: LumaGrid, x: Int, y: Int, alike: Float, noise: Float) -> Bool {
        var (sums, squares, products) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
        for (index, row) in rows.enumerated() {
            let other = grid.eight(x: x, y: y + index)
            sums += other
            squares += other * other
            products += other * row
        }
        let sum = sums.sum()
        let otherPower = max(squares.sum() - sum * sum / 64, 64 * noise * noise)
        let product = products.sum()
        return product > 0 && product * product >= alike * alike * power * otherPower
    }
}

extension LumaGrid {
    /// Eight cells of a row.
    @inline(__always) fileprivate func eight(x: Int, y: Int) -> SIMD8<Float> {
        let first = y * columns + x
        precondition(x >= 0 && y >= 0 && first + 8 <= cells.count, "cells from \(x), \(y) of \(columns)×\(rows)")
        return cells.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4 * first, as: SIMD8<Float>.self) }
    }
}
