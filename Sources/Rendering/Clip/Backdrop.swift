import Base
import Glibc

/// A blurred room behind the people: soft patches that drift, and a few turning boards with stripes.
struct Backdrop {
    private struct Board {
        let center: Point
        let half: Point
        let turn: Double
        let texture: Texture
    }

    private static let side = 256
    private let wall: Texture
    private let boards: [Board]

    init(seed: UInt64) {
        let noise = SmoothNoise(seed: seed &+ 3)
        wall = Texture(width: Self.side, height: Self.side, density: 1, origin: .zero) { x, y in
            let (u, v) = (x / 16, y / 16)
            let patches = noise.fractal(u * 0.35, v * 0.35, octaves: 4)
            let tint = noise(u * 0.2 + 17, v * 0.2)
            let warm = noise(u * 0.22 + 5, v * 0.2 + 40)
            return Color(y: 112 + 75 * patches, cb: 126 + 16 * tint, cr: 126 + 14 * warm)
        }
        var random = SplitMix64(seed: seed, index: 4)
        boards = (0..<5).map { _ in Self.board(&random) }
    }

    /// Covers the canvas.
    func draw(on canvas: LayeredCanvas, time: Double, velocity: Point) {
        let size = Point(Double(canvas.width), Double(canvas.height))
        let zoom = 0.3
        let swing = Point(sin(time * 0.21), sin(time * 0.17)) * 12
        let start = Point(repeating: 24) + swing + Self.folded(velocity * time * zoom * 0.2)
        let sheet = Mesh(columns: 1, rows: 1, from: .zero, to: Point(1, 1)) { place in
            Vertex(position: place * (size + 2) - 1.5, source: start + place * size * zoom * 480 / max(size.x, size.y))
        }
        canvas.draw(sheet, wall)
        canvas.finishLayer()
        for board in boards { draw(board, on: canvas, size: size, time: time, velocity: velocity) }
    }

    private func draw(_ board: Board, on canvas: LayeredCanvas, size: Point, time: Double, velocity: Point) {
        let shift = velocity * time / max(size.x, size.y)
        let wrapped = Point(Self.wrapped(board.center.x + shift.x), Self.wrapped(board.center.y + shift.y))
        let center = wrapped * size
        let angle = board.turn * time + board.center.x * 9
        let across = Point(cos(angle), sin(angle)) * board.half.x * size.x
        let along = Point(-sin(angle), cos(angle)) * board.half.y * size.x
        let extent = Point(Double(board.texture.width - 1), Double(board.texture.height - 1))
        let mesh = Mesh(columns: 1, rows: 1, from: Point(-1, -1), to: Point(1, 1)) { place in
            Vertex(position: center + across * place.x + along * place.y, source: (place + 1) / 2 * extent)
        }
        canvas.draw(mesh, board.texture)
        canvas.finishLayer()
    }

    private static func board(_ random: inout SplitMix64) -> Board {
        let base = Color(
            y: Float(random.uniform(60, 190)), cb: Float(random.uniform(110, 146)), cr: Float(random.uniform(110, 146)))
        let contrast = Float(random.uniform(0.1, 0.35))
        let stripes = Float(random.uniform(2, 7))
        let texture = Texture(width: 48, height: 48, density: 1, origin: .zero) { x, y in
            let wave = 1 + contrast * sin(x / 47 * stripes * 2 * .pi)
            let rim = min(min(x, 47 - x), min(y, 47 - y))
            return base.shaded(wave) * (0.85 * ramp(0, 5, rim))
        }
        return Board(
            center: Point(random.uniform(), random.uniform()),
            half: Point(random.uniform(0.04, 0.12), random.uniform(0.05, 0.16)), turn: random.uniform(-0.5, 0.5),
            texture: texture)
    }

    /// Into −0.25…1.25, so that boards leave and enter outside of the picture.
    private static func wrapped(_ value: Double) -> Double {
        let turns = (value + 0.25) / 1.5
        return (turns - turns.rounded(.down)) * 1.5 - 0.25
    }

    /// To and fro within 0…60, so that the wall never ends.
    private static func folded(_ place: Point) -> Point {
        func fold(_ value: Double) -> Double {
            let turns = abs(value) / 120
            let part = turns - turns.rounded(.down)
            return 120 * min(part, 1 - part)
        }
        return Point(fold(place.x), fold(place.y))
    }
}
