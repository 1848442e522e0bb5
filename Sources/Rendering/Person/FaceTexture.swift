import Base
import Glibc

/// A person's face, in the texels of the average face's template: opaque within jaw and hairline.
struct FaceTexture {
    /// Eyes, nose, lips and skin.
    let skin: Texture
    /// What shows between the lips: teeth, and the dark below them.
    let mouth: Texture
    /// Color of the cheeks, for ears and neck.
    let complexion: Color

    init(_ face: AverageFace, _ person: Person) {
        let (width, height) = (face.textureWidth, face.textureHeight)
        let colors = Self.colors(face, person)
        let unit = (face.template[45] - face.template[36]).length
        complexion = Self.complexion(colors, face, unit)
        let opacity = Self.opacity(face, unit, seed: person.seed)
        skin = Texture(
            width: width, height: height, density: 1, origin: .zero,
            texels: zip(colors, opacity).map { $0 * $1 })
        mouth = Self.mouth(colors, face, unit)
    }

    /// Mean plus the person's part of each mode; chroma and modes are stored at half the size.
    private static func colors(_ face: AverageFace, _ person: Person) -> [Color] {
        let (width, height) = (face.textureWidth, face.textureHeight)
        var lumaShift = [Float](repeating: 0, count: width / 2 * (height / 2))
        for (mode, part) in zip(face.lumaModes, person.texture) {
            for i in lumaShift.indices { lumaShift[i] += Float(part) * mode[i] }
        }
        let half = Texture(
            width: width / 2, height: height / 2, density: 0.5, origin: Point(0.5, 0.5),
            texels: lumaShift.indices.map { Color(lumaShift[$0], face.chroma[0][$0], face.chroma[1][$0], 1) })
        let unit = (face.template[45] - face.template[36]).length
        let pupils = [36..<42, 42..<48].map { face.template[$0].centroid }
        return (0..<(width * height)).map { i in
            let place = Point(Double(i % width), Double(i / width))
            let rest = half.color(at: place)
            let color = Color(y: min(250, max(8, face.luma[i] + rest.x)), cb: rest.y, cr: rest.z)
            return pupils.reduce(color) { pupil($0, (place - $1) / unit) }
        }
    }

    /// The mean of many gazes has no pupil; a dark disc with a catch light says where the eye looks.
    private static func pupil(_ color: Color, _ place: Point) -> Color {
        let dark = Color(y: 22, cb: 126, cr: 130).over(color, opacity: 0.75 * ramp(0.034, 0.018, Float(place.length)))
        let light = (place - Point(-0.02, -0.022)).length
        return Color(y: 228, cb: 128, cr: 128).over(dark, opacity: 0.8 * ramp(0.017, 0.007, Float(light)))
    }

    /// Mean of two patches below the eyes.
    private static func complexion(_ colors: [Color], _ face: AverageFace, _ unit: Double) -> Color {
        var (sum, count) = (Color.zero, Float(0))
        for eye in [36..<42, 42..<48] {
            let cheek = face.template[eye].centroid + Point(0, 0.45 * unit)
            for dy in -4...4 {
                for dx in -4...4 {
                    let (x, y) = (Int(cheek.x) + dx, Int(cheek.y) + dy)
                    guard 0..<face.textureWidth ~= x, 0..<face.textureHeight ~= y else { continue }
                    sum += colors[y * face.textureWidth + x]
                    count += 1
                }
            }
        }
        return count > 0 ? sum / count : Color(y: 140, cb: 116, cr: 146)
    }

    /// Sharp along the jaw, ragged and soft along the hairline.
    private static func opacity(_ face: AverageFace, _ unit: Double, seed: UInt64) -> [Float] {
        let jaw = Array(face.template[0...16])
        let center = (jaw[0] + jaw[16]) / 2
        let reach = Point((jaw[16] - jaw[0]).length / 2, 0.97 * unit)
        let hairline = (1..<12).map { step in
            let angle = Double(step) / 12 * .pi
            return center + reach * Point(-cos(angle), -sin(angle))
        }
        let outline = Outline(center: center, through: jaw + hairline)
        let noise = SmoothNoise(seed: seed)
        let scale = Float(1 / unit)
        return (0..<(face.textureWidth * face.textureHeight)).map { i in
            let (x, y) = (Float(i % face.textureWidth), Float(i / face.textureWidth))
            let depth = outline.depth(x, y)
            let above = ramp(0, 0.5, (Float(center.y) - y) * scale)
            let strands = noise(x * scale * 26, y * scale * 3) * 0.045 + noise(x * scale * 5 + 9, y * scale * 2) * 0.04
            let soft = ramp(0, 0.2, depth * scale + strands)
            return ramp(-0.9, 0.9, depth) * (1 - above) + soft * above
        }
    }

    /// Below the upper teeth it is dark, however far the mouth opens.
    private static func mouth(_ colors: [Color], _ face: AverageFace, _ unit: Double) -> Texture {
        let (width, height) = (face.textureWidth, face.textureHeight)
        let upper = face.template[60...64]
        let low = Point(upper.map(\.x).min()! - 2, upper.map(\.y).min()! - 2)
        let high = Point(upper.map(\.x).max()! + 2, low.y + 0.7 * unit)
        let dark = Color(y: 34, cb: 122, cr: 142)
        let tongue = Color(y: 72, cb: 118, cr: 152)
        return Texture(
            width: Int(high.x - low.x), height: Int(high.y - low.y), density: 1,
            origin: Point(low.x.rounded(), low.y.rounded())
        ) { x, y in
            let below = (y - Float(edge(of: upper, at: Double(x)))) / Float(unit)
            let column = min(width - 1, max(0, Int(x)))
            let row = min(height - 1, max(0, Int(min(y, y - (below - 0.1) * Float(unit)))))
            let teeth = colors[row * width + column]
            let deep = ramp(0.06, 0.13, below)
            let soft = ramp(0.2, 0.34, below) * 0.6
            return tongue.over(dark.over(teeth, opacity: deep), opacity: soft)
        }
    }

    /// Height of the line through points ordered from left to right.
    private static func edge(of line: ArraySlice<Point>, at x: Double) -> Double {
        let next = line.firstIndex { $0.x > x } ?? line.endIndex
        guard next > line.startIndex else { return line.first!.y }
        guard next < line.endIndex else { return line.last!.y }
        let (a, b) = (line[next - 1], line[next])
        return a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)
    }
}
