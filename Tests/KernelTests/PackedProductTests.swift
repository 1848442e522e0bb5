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

    /// The numbers of a product, and where its rows lie: positions are apart by more than they hold, and so are lines.
    private struct Case {
        let size: Size
        let b: [Float]
        let bias: Block
        let strips: [(block: Block, line: Int, position: Int, channels: Int)]
        let addend: Block
        let addendLine, addendPosition: Int
        let yLine, yPosition, yBlock: Int
        let before: [Float]

        /// - Parameters:
        ///   - zeros: share of inputs that are zero.
        ///   - apart: blocks of columns lie apart.
        init(_ size: Size, zeros: Double = 0, apart: Bool = false) {
            self.size = size
            b = uniform(size.depth * size.columns, seed: 1)
            let unit = Int(LM_PACKED_COLUMNS)
            let columns = (size.columns + unit - 1) / unit * unit
            bias = Block(uniform(columns, seed: 2))
            strips = size.strips.enumerated().map { number, channels in
                let (position, line) = (channels + 2, (channels + 2) * size.positions + 5)
                let values = uniform(size.lines * line, -2, 2, seed: UInt64(3 + number))
                let chances = uniform(size.lines * line, 0, 1, seed: UInt64(40 + number))
                let block = Block(zip(values, chances).map { Double($1) < zeros ? 0 : $0 })
                return (block: block, line: line, position: position, channels: channels)
            }
            addendPosition = size.columns + 1
            addendLine = addendPosition * size.positions + 3
            addend = Block(uniform(size.lines * addendLine, seed: 20))
            yPosition = (apart ? Int(LM_BLOCK) : size.columns) + 3
            yLine = yPosition * size.positions + 1
            yBlock = apart ? size.lines * yLine + 7 : Int(LM_BLOCK)
            before = uniform(size.lines * yLine + (columns / unit - 1) * yBlock, seed: 21)
        }

        func product(_ kind: Addend, activation: Int32, to y: Block) -> lm_product {
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
            product.bias = UnsafePointer(bias.base)
            if kind != .nothing { product.addend = UnsafePointer(addend.base) }
            (product.addend_line, product.addend_position) = (addendLine, addendPosition)
            product.addend_halved = kind == .halved ? 1 : 0
            (product.y, product.y_line, product.y_position, product.y_block) = (y.base, yLine, yPosition, yBlock)
            return product
        }

        /// What `y` must hold afterwards.
        func wanted(_ kind: Addend, activation: Int32, biased: Bool = true) -> [Double] {
            var wanted = before.map(Double.init)
            for i in 0..<size.lines {
                for j in 0..<size.positions {
                    for n in 0..<size.columns {
                        var (sum, row) = (biased ? Double(bias.base[n]) : 0, 0)
                        for strip in strips {
                            for c in 0..<strip.channels {
                                let a = strip.block.base[i * strip.line + j * strip.position + c]
                                sum += Double(a) * Double(b[(row + c) * size.columns + n])
                            }
                            row += strip.channels
                        }
                        let half = kind == .halved ? 2 : 1
                        if kind != .nothing {
                            sum += Double(addend.base[i / half * addendLine + j / half * addendPosition + n])
                        }
                        let block = Int(LM_BLOCK)
                        wanted[i * yLine + j * yPosition + n / block * yBlock + n % block] = activated(sum, activation)
                    }
                }
            }
            return wanted
        }
    }

    @Test(arguments: Level.all, sizes) func productMatchesItsTwin(level: Level, size: Size) {
        let kernels = level.kernels
        for apart in [false, true] {
            let numbers = Case(size, apart: apart)
            let unit = Int(LM_PACKED_COLUMNS)
            let packed = Block(unset: size.depth * ((size.columns + unit - 1) / unit * unit))
            kernels.pack_product(packed.base, numbers.b, Int32(size.depth), Int32(size.columns))
            for (number, kind) in Addend.allCases.enumerated() {
                let activation = Int32(number % 2)
                let y = Block(numbers.before)
                var product = numbers.product(kind, activation: activation, to: y)
                product.packed = UnsafePointer(packed.base)
                if kind == .halved { product.bias = nil }
                kernels.run_product(&product)
                y.expect(
                    numbers.wanted(kind, activation: activation, biased: kind != .halved), tolerance: 5e-6,
                    "\(size), addend \(kind), blocks apart: \(apart)")
            }
        }
    }

    /// Weights of 16 bits in memory as large as the kernel may write, between guards.
    private struct Words {
        let numbers: [Int16]
        let scales: Block

        init(_ kernels: lm_table, _ b: [Float], _ size: Size) {
            let unit = Int(LM_PACKED_COLUMNS)
            let columns = (size.columns + unit - 1) / unit * unit
            let count = (size.depth + 1) / 2 * 2 * columns
            var numbers = [Int16](repeating: 77, count: count + 16)
            let scales = Block(unset: columns)
            kernels.pack_product_16(&numbers, scales.base, b, Int32(size.depth), Int32(size.columns))
            #expect(numbers[count...].allSatisfy { $0 == 77 }, "\(size): wrote past the end")
            (self.numbers, self.scales) = (numbers, scales)
        }
    }

    /// 16 bits: off by at most half a step of the inputs times a column's L1 norm, and half a step of the weights times the inputs.
    private static func tolerance(_ size: Size, largest: Double) -> Double {
        let norm = Double(size.depth)
        return largest * norm / 16383 + largest * norm * max(norm / (131070 - norm), 1 / 32767.0) + 1e-5
    }

    @Test(arguments: Level.all, sizes + [Size(1, 97, 40, [48, 272]), Size(3, 16, 96, [128])])
    func productOf16BitsMatchesItsTwin(level: Level, size: Size) {
        for (zeros, apart) in [(0, false), (0, true), (0.9, true), (1, false)] {
            let numbers = Case(size, zeros: zeros, apart: apart)
            let words = Words(level.kernels, numbers.b, size)
            for (number, kind) in Addend.allCases.enumerated() {
                let activation = Int32(number % 2)
                let y = Block(numbers.before)
                var product = numbers.product(kind, activation: activation, to: y)
                words.numbers.withUnsafeBufferPointer { packed in
                    (product.packed_16, product.scales) = (packed.baseAddress, UnsafePointer(words.scales.base))
                    product.sparse = zeros > 0 ? 1 : 0
                    level.kernels.run_product_16(&product)
                }
                let wanted = numbers.wanted(kind, activation: activation)
                let largest = wanted.reduce(1) { max($0, abs($1)) }
                y.expect(
                    wanted, tolerance: Self.tolerance(size, largest: 2) / largest,
                    "\(size), addend \(kind), zeros \(zeros), blocks apart: \(apart)")
            }
        }
    }

    /// The largest sums that can be: all numbers alike, at the greatest depth.
    @Test(arguments: Level.all, [Float(1), -1, 1e-20, 1e20]) func sumsOf16BitsDoNotOverflow(level: Level, a: Float) {
        let kernels = level.kernels
        let (depth, columns) = (Int(LM_MAX_DEPTH_16), 24)
        let size = Size(1, 13, columns, [depth])
        let words = Words(kernels, [Float](repeating: 3, count: depth * columns), size)
        let (inputs, bias) = (Block([Float](repeating: a, count: 13 * depth)), Block([Float](repeating: 0, count: 32)))
        let y = Block(unset: 13 * columns)
        var product = lm_product()
        (product.lines, product.positions, product.columns, product.strip_count) = (1, 13, Int32(columns), 1)
        product.strips.0 = lm_strip(base: inputs.base, line: 0, position: depth, channels: Int32(depth))
        (product.bias, product.scales) = (UnsafePointer(bias.base), UnsafePointer(words.scales.base))
        (product.y, product.y_position, product.y_block) = (y.base, columns, Int(LM_BLOCK))
        words.numbers.withUnsafeBufferPointer { packed in
            product.packed_16 = packed.baseAddress
            kernels.run_product_16(&product)
        }
        let wanted = Double(a) * 3 * Double(depth)
        y.expect([Double](repeating: wanted, count: 13 * columns), tolerance: 2e-3, "\(a)")
    }
}
