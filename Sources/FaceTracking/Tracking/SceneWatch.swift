import Base

/// Detects scene cuts from the frames themselves.
///
/// A frame belongs to another scene if it hardly continues the previous one, and much less than usual: motion, shaking and noise lower the
/// continuity of all frames, a cut that of one. On real clips and drawn ones it is 0.5 and more within a scene, under 0.4 at cuts. Changes of brightness do not matter; pictures too flat to compare, as in
/// a flash or in the dark, are skipped, and the next one is compared with the last that was not.
struct SceneWatch {
    enum Change: Equatable {
        case none
        /// Another scene begins.
        case cut
        /// Another cut, sooner than a flash ends: the scene before the cut may still continue.
        case flicker
        /// The scene before the last cut continues: it was a flash.
        case back
    }

    /// Continuity below which the scene has changed, if it is also below this share of the usual.
    private static let cut = (least: 0.43, part: 0.5)
    /// Continuity from which a frame belongs to the scene before the cut.
    private static let back = 0.6
    /// Longest flash in seconds.
    private static let flash = 0.25

    private var last: LumaGrid?
    /// Continuity as it usually is, followed slowly.
    private var usual = 1.0
    /// The last picture before a cut, and the time of the cut, until it cannot have been a flash.
    private var before: (picture: LumaGrid, time: Double)?

    /// Compares a frame with the one before.
    mutating func observe(_ frame: Frame) -> Change {
        let picture = LumaGrid(frame)
        guard let last, last.columns == picture.columns, last.rows == picture.rows else {
            self = SceneWatch()
            self.last = picture
            return .none
        }
        guard let continuity = picture.continuity(from: last) else { return .none }
        self.last = picture
        if isBack(picture, frame.time) {
            before = nil
            return .back
        }
        let isCut = continuity < Self.cut.least && continuity < Self.cut.part * usual
        usual += (continuity - usual) * (isCut ? 0.15 : 0.3)
        guard isCut else { return .none }
        if before != nil { return .flicker }
        before = (last, frame.time)
        return .cut
    }

    private mutating func isBack(_ picture: LumaGrid, _ time: Double) -> Bool {
        guard let before else { return false }
        guard 0...Self.flash ~= time - before.time else {
            self.before = nil
            return false
        }
        return (picture.continuity(from: before.picture) ?? 0) >= Self.back
    }
}

/// The brightness of a frame, or of a crop of one, in coarse cells: mean luma 0…255 of a few samples each.
///
/// The samples are read from the plane as it was decoded: some ten thousand of a whole frame, whatever its size.
struct LumaGrid {
    let columns: Int
    let rows: Int
    /// Row-major.
    let cells: [Float]

    /// Samples along each side of a cell, of a whole frame and of a crop.
    private static let samples = (frame: 3, crop: 2)
    /// Cells along the longer side of a whole frame, and at least along the shorter.
    private static let sides = (longer: 64, shorter: 16)

    /// All of a frame as it is stored, turned or not, in cells that are about square.
    init(_ frame: Frame) {
        let longer = max(frame.width, frame.height)
        func cells(_ side: Int) -> Int { max(Self.sides.shorter, (Self.sides.longer * side + longer / 2) / longer) }
        let count = Self.samples.frame
        columns = cells(frame.width)
        rows = cells(frame.height)
        let across = Self.offsets(frame.width, samples: columns * count, stride: frame.luma.sampleStride)
        let down = Self.offsets(frame.height, samples: rows * count, stride: frame.luma.rowStride)
        let reader = LumaReader(frame)
        var sums = [Int](repeating: 0, count: columns * rows)
        for (row, offset) in down.enumerated() {
            let first = row / count * columns
            for column in 0..<columns {
                var sum = 0
                for place in (column * count)..<((column + 1) * count) {
                    sum += reader.sample(at: offset + across[place])
                }
                sums[first + column] += sum
            }
        }
        self.cells = sums.map { Float($0) / Float(count * count) }
    }

    /// `side` × `side` cells of a crop. Beyond the picture its edge is repeated.
    init(_ frame: Frame, crop frameFromCrop: SimilarityMap, side: Int) {
        (columns, rows) = (side, side)
        let count = side * Self.samples.crop
        func stored(_ column: Double, _ row: Double) -> Point {
            frame.stored(frameFromCrop((Point(column, row) + 0.5) / Double(count)))
        }
        let origin = stored(0, 0)
        let (right, down) = (stored(1, 0) - origin, stored(0, 1) - origin)
        let last = Point(Double(frame.width - 1), Double(frame.height - 1))
        let (rowStride, sampleStride) = (frame.luma.rowStride, frame.luma.sampleStride)
        let reader = LumaReader(frame)
        var sums = [Int](repeating: 0, count: side * side)
        for row in 0..<count {
            var place = origin + Double(row) * down
            for column in 0..<count {
                let (x, y) = (Self.index(place.x, last: last.x), Self.index(place.y, last: last.y))
                sums[row / Self.samples.crop * side + column / Self.samples.crop] += reader.sample(
                    at: y * rowStride + x * sampleStride)
                place += right
            }
        }
        cells = sums.map { Float($0) / Float(Self.samples.crop * Self.samples.crop) }
    }

    /// The nearest sample. NaN, as all that is not greater than 0, counts as 0.
    private static func index(_ place: Double, last: Double) -> Int { place > 0 ? Int(min(place, last) + 0.5) : 0 }

    /// Byte offsets of samples that are spread evenly along a side.
    private static func offsets(_ side: Int, samples: Int, stride: Int) -> [Int] {
        (0..<samples).map { (2 * $0 + 1) * side / (2 * samples) * stride }
    }
}

/// Reads single samples of a frame's luma, brought to 8 bits, while the frame lives.
private struct LumaReader {
    private let base: UnsafeRawPointer
    /// Bits beyond the eighth; nil where a sample is one byte.
    private let shift: Int?

    init(_ frame: Frame) { (base, shift) = (frame.luma.base, frame.bitDepth > 8 ? frame.bitDepth - 8 : nil) }

    @inline(__always) func sample(at offset: Int) -> Int {
        guard let shift else { return Int(base.load(fromByteOffset: offset, as: UInt8.self)) }
        return Int(UInt16(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self))) >> shift
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
    /// Standard deviation of a block below which it carries no information, and the one from which it counts in full.
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

    /// How well this picture continues the previous one, 0…1: the share of its blocks that are found there, moved,
    /// brighter or darker, with more contrast or less; but since blocks of blurred pictures resemble each other, only as far as the brightness
    /// of those blocks agrees, or as they moved together. Nil where the picture is too flat to compare, as in the dark or in a flash.
    ///
    /// Both grids must have the same shape.
    func continuity(from before: LumaGrid) -> Double? {
        let (across, down) = (columns / Self.block, rows / Self.block)
        let corner = (x: (columns - across * Self.block) / 2, y: (rows - down * Self.block) / 2)
        var (textured, total) = (0, Float(0))
        var found: [BlockPair] = []
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
            guard let move = before.move(of: block, x: x, y: y, guess: lastMove) else { continue }
            lastMove = move
            let other = CentredBlock(before, x: x + move.x, y: y + move.y)
            found.append(BlockPair(weight: weight, means: SIMD2(block.mean, other.mean), move: move))
        }
        guard 10 * textured >= across * down else { return nil }
        let share = found.reduce(0) { $0 + $1.weight } / total
        return Double(max(share * found.agreement, found.together / total))
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
    let mean: Float
    /// Sum of squares.
    let power: Float

    init(_ grid: LumaGrid, x: Int, y: Int) {
        rows = (0..<8).map { grid.eight(x: x, y: y + $0) }
        mean = rows.reduce(SIMD8(repeating: 0), +).sum() / 64
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

/// A block and where it was found: how much it counts, the mean brightness of both, and the move between them.
private struct BlockPair {
    let weight: Float
    let means: SIMD2<Float>
    let move: SIMD2<Int>
}

extension [BlockPair] {
    /// Weight of the largest group of blocks that moved alike, to a cell.
    fileprivate var together: Float {
        map { one in
            reduce(0) { sum, other in
                let apart = other.move &- one.move
                return abs(apart.x) <= 1 && abs(apart.y) <= 1 ? sum + other.weight : sum
            }
        }.max() ?? 0
    }

    /// Variance of the blocks' brightness under which there is nothing to compare.
    private static var even: Float { 16 }

    /// Square of the correlation between the brightness of blocks and of those they were found in, 0 where it is negative; 1 where all
    /// blocks are about as bright.
    fileprivate var agreement: Float {
        let weight = reduce(0) { $0 + $1.weight }
        guard weight > 0 else { return 0 }
        let mean = reduce(SIMD2.zero) { $0 + $1.weight * $1.means } / weight
        var (variances, product) = (SIMD2<Float>.zero, Float(0))
        for pair in self {
            let rest = pair.means - mean
            variances += pair.weight / weight * rest * rest
            product += pair.weight / weight * rest.x * rest.y
        }
        if variances.max() < Self.even { return 1 }
        return product > 0 ? product * product / (variances.x * variances.y) : 0
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
