import CKernels
import TestSupport
import Testing

/// Products with packed weights, read from strips and written to places that are not contiguous.
@Suite struct PackedProductTests {
    /// Lines and positions around the heights of tiles and blocks, columns around the widths of panels.
    struct Size: Sendable, CustomTestStringConvertible {
        let lines, positions, columns: Int
        let strips: [Int]
        var depth: Int { strips.reduce(0, +) }
        var testDescription: String { "\(lines)×\(positions)×\(columns) of \(strips)" }

        init(_ lines: Int, _ positions: Int, _ columns: Int, _ strips: [Int]) {
            (self.lines, self.positions, self.columns, self.strips) = (lines, positions, columns, strips)
        }
    }

    static let sizes = [
        Size(1, 1, 1, [1]), Size(2, 3, 7, [3]), Size(4, 8, 16, [5, 2]), Size(1, 13, 33, [9, 9, 9]),
        Size(6, 7, 48, [16]), Size(3, 100, 20, [4, 1, 3, 8]), Size(2, 50, 64, [33]), Size(5, 12, 136, [2]),
        Size(8, 8, 96, [11]), Size(2, 4, 31, [0, 6]),
    ]

    /// What is added to the sums.
    enum Addend: CaseIterable { case nothing, alike, halved }

    private func index(_ i: Int, _ j: Int, _ line: Int, _ position: Int) -> Int { i * line + j * position }

    @Test(arguments: Level.all, sizes) func productMatchesItsTwin(level: Level, size: Size) {
        let kernels = level.kernels
        let b = uniform(size.depth * size.columns, seed: 1)
        let unit = Int(LM_PACKED_COLUMNS)
        let packed = Block(unset: size.depth * ((size.columns + unit - 1) / unit * unit))
        kernels.pack_product(packed.base, b, Int32(size.depth), Int32(size.columns))
        let bias = Block(uniform(size.columns, seed: 2))
        // Positions lie apart by more than they hold, and so do lines.
        let strips = size.strips.enumerated().map { number, channels in
            let (position, line) = (channels + 2, (channels + 2) * size.positions + 5)
            let block = Block(uniform(size.lines * line, -2, 2, seed: UInt64(3 + number)))
            return (block: block, line: line, position: position, channels: channels)
        }
        let addendPosition = size.columns + 1
        let addendLine = addendPosition * size.positions + 3
        let addend = Block(uniform(size.lines * addendLine, seed: 20))
        let (yPosition, yLine) = (size.columns + 3, (size.columns + 3) * size.positions + 1)
        for (number, kind) in Addend.allCases.enumerated() {
            let activation = Int32(number % 2)
            let isBiased = kind != .halved
            var product = lm_product()
            (product.lines, product.positions) = (Int32(size.lines), Int32(size.positions))
            (product.columns, product.activation) = (Int32(size.columns), activation)
            product.strip_count = Int32(strips.count)
            withUnsafeMutableBytes(of: &product.strips) { memory in
                for (at, strip) in strips.enumerated() {
                    memory.bindMemory(to: lm_strip.self)[at] = lm_strip(
                        base: strip.block.base, line: strip.line, position: strip.position,
                        channels: Int32(strip.channels))
                }
            }
            (product.packed, product.bias) = (UnsafePointer(packed.base), isBiased ? UnsafePointer(bias.base) : nil)
            if kind != .nothing { product.addend = UnsafePointer(addend.base) }
            (product.addend_line, product.addend_position) = (addendLine, addendPosition)
            product.addend_halved = kind == .halved ? 1 : 0
            let before = uniform(size.lines * yLine, seed: 21)
            let y = Block(before)
            (product.y, product.y_line, product.y_position) = (y.base, yLine, yPosition)
            kernels.run_product(&product)

            var wanted = before.map(Double.init)
            for i in 0..<size.lines {
                for j in 0..<size.positions {
                    for n in 0..<size.columns {
                        var (sum, row) = (isBiased ? Double(bias.base[n]) : 0, 0)
                        for strip in strips {
                            for c in 0..<strip.channels {
                                let a = strip.block.base[index(i, j, strip.line, strip.position) + c]
                                sum += Double(a) * Double(b[(row + c) * size.columns + n])
                            }
                            row += strip.channels
                        }
                        let half = kind == .halved ? 2 : 1
                        if kind != .nothing {
                            sum += Double(addend.base[index(i / half, j / half, addendLine, addendPosition) + n])
                        }
                        wanted[index(i, j, yLine, yPosition) + n] = activated(sum, activation)
                    }
                }
            }
            y.expect(wanted, tolerance: 5e-6, "\(size), addend \(kind)")
        }
    }
}
