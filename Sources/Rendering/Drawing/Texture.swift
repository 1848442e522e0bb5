import Base

/// A picture to draw triangles with, and where its texels lie in the plane of what it shows.
struct Texture: Sendable {
    let width: Int
    let height: Int
    /// Texels to a unit of length.
    let density: Double
    /// Position of texel (0, 0) in units of length.
    let origin: Point
    private(set) var texels: [Color]

    init(width: Int, height: Int, density: Double, origin: Point, texels: [Color]) {
        precondition(texels.count == width * height, "\(texels.count) texels for \(width)×\(height)")
        (self.width, self.height, self.density, self.origin) = (width, height, density, origin)
        self.texels = texels
    }

    /// Draws each texel by the position of its centre.
    init(width: Int, height: Int, density: Double, origin: Point, _ color: (Float, Float) -> Color) {
        var texels: [Color] = []
        texels.reserveCapacity(width * height)
        for row in 0..<height {
            let y = Float(origin.y + Double(row) / density)
            for column in 0..<width { texels.append(color(Float(origin.x + Double(column) / density), y)) }
        }
        self.init(width: width, height: height, density: density, origin: origin, texels: texels)
    }

    /// Texel coordinates of a position.
    func place(of position: Point) -> Point { (position - origin) * density }

    /// Half the size, each texel the mean of four: for faces that are drawn small.
    func halved() -> Texture {
        let (columns, rows) = (max(1, width / 2), max(1, height / 2))
        var half: [Color] = []
        half.reserveCapacity(columns * rows)
        for row in 0..<rows {
            for column in 0..<columns {
                let (x, y) = (min(2 * column + 1, width - 1), min(2 * row + 1, height - 1))
                let sum =
                    texels[2 * row * width + 2 * column] + texels[2 * row * width + x]
                    + texels[y * width + 2 * column] + texels[y * width + x]
                half.append(sum / 4)
            }
        }
        let step = Point(repeating: 0.5 / density)
        return Texture(width: columns, height: rows, density: density / 2, origin: origin + step, texels: half)
    }
}

extension Texture {
    /// Between texels; beyond the edge lies the edge.
    func color(at position: Point) -> Color {
        let place = self.place(of: position)
        let (x, y) = (min(Double(width - 1), max(0, place.x)), min(Double(height - 1), max(0, place.y)))
        let (column, row) = (Int(x), Int(y))
        let (right, below) = (min(column + 1, width - 1), min(row + 1, height - 1))
        let (s, t) = (Float(x - Double(column)), Float(y - Double(row)))
        let upper = texels[row * width + column] * (1 - s) + texels[row * width + right] * s
        let lower = texels[below * width + column] * (1 - s) + texels[below * width + right] * s
        return upper * (1 - t) + lower * t
    }
}

/// Y, Cb, Cr (0…255) and opacity (0…1), the first three multiplied by the fourth: what textures and canvases hold.
typealias Color = SIMD4<Float>

extension SIMD4<Float> {
    /// An opaque color.
    init(y: Float, cb: Float, cr: Float) { self.init(y, cb, cr, 1) }

    /// This color laid over `below`, with its opacity multiplied by `opacity`.
    func over(_ below: Color, opacity: Float = 1) -> Color {
        let above = self * opacity
        return below * (1 - above.w) + above
    }

    /// The same color in more or less light.
    func shaded(_ factor: Float) -> Color {
        let dark = Color(0, 128, 128, 1) * w
        return dark + (self - dark) * Color(factor, factor, factor, 1)
    }
}

/// 0 below `low`, 1 above `high`, and a smooth slope between them; `low` may be the larger, then it falls.
func ramp(_ low: Float, _ high: Float, _ value: Float) -> Float {
    let t = min(1, max(0, (value - low) / (high - low)))
    return t * t * (3 - 2 * t)
}

/// Random values at whole coordinates and smooth ones between them: cloth, hair, backgrounds.
struct SmoothNoise {
    private let lattice: [Float]

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        lattice = (0..<4096).map { _ in Float(random.uniform(-1, 1)) }
    }

    /// −1…1; repeats every 64 in both directions.
    func callAsFunction(_ x: Float, _ y: Float) -> Float {
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (column, row) = (Int(left), Int(top))
        let (s, t) = (ramp(0, 1, x - left), ramp(0, 1, y - top))
        let upper = node(column, row) * (1 - s) + node(column + 1, row) * s
        let lower = node(column, row + 1) * (1 - s) + node(column + 1, row + 1) * s
        return upper * (1 - t) + lower * t
    }

    /// Several octaves, each twice as fine and half as strong. About −1…1.
    func fractal(_ x: Float, _ y: Float, octaves: Int) -> Float {
        var (sum, strength, size) = (Float(0), Float(0.5), Float(1))
        for _ in 0..<octaves {
            sum += strength * self(x * size, y * size)
            (strength, size) = (strength / 2, size * 2)
        }
        return sum
    }

    private func node(_ column: Int, _ row: Int) -> Float { lattice[(row & 63) << 6 | (column & 63)] }
}
