import Base
import Glibc

/// One person ready to be drawn: textures and meshes. Drawing changes nothing in it.
struct Figure {
    private let face: AverageFace
    private let rest: [Point]
    private let texture: FaceTexture
    private let skin: [Texture]
    private let head: [Texture]
    private let body: [Texture]
    private let skinTriangles: [SIMD3<Int32>]
    private let eyeTriangles: [SIMD3<Int32>]
    private let mouthTriangles: [SIMD3<Int32>]

    init(_ face: AverageFace, _ person: Person) {
        self.face = face
        rest = face.rest(of: person)
        texture = FaceTexture(face, person)
        skin = [texture.skin, texture.skin.halved()]
        let head = HeadTexture.make(person, complexion: texture.complexion)
        self.head = [head, head.halved()]
        let body = BodyTexture.make(person, complexion: texture.complexion)
        self.body = [body, body.halved()]
        func within(_ triangle: SIMD3<Int32>, _ range: Range<Int32>) -> Bool {
            range ~= triangle.x && range ~= triangle.y && range ~= triangle.z
        }
        eyeTriangles = face.triangles.filter { within($0, 36..<42) || within($0, 42..<48) }
        mouthTriangles = face.triangles.filter { within($0, 60..<68) }
        skinTriangles = face.triangles.filter {
            !within($0, 36..<42) && !within($0, 42..<48) && !within($0, 60..<68)
        }
    }

    /// Draws body, head and face over the picture and returns the landmarks where they were drawn.
    ///
    /// `light`: part of the light that comes from the left.
    func draw(on canvas: LayeredCanvas, _ pose: Pose, _ expression: FaceExpression, light: Double, hasBody: Bool)
        -> [Point]
    {
        if hasBody { drawBody(on: canvas, pose) }
        drawHead(on: canvas, pose, light)
        let shape = face.shape(rest, expression)
        let vertices = shape.indices.map { i in
            let place = SIMD3(shape[i].x, shape[i].y, face.points[i].z)
            return Vertex(
                position: pose.project(place), source: face.template[i], gain: Self.gain(pose.turned(place), light))
        }
        let level = Self.level(skin, pose.scale / (face.template[45] - face.template[36]).length)
        canvas.draw(Mesh(vertices: vertices, triangles: skinTriangles.filter { facesViewer($0, vertices) }), level)
        canvas.draw(Mesh(vertices: eyes(vertices, expression.blink), triangles: eyeTriangles), level)
        canvas.draw(Mesh(vertices: mouth(vertices, shape), triangles: mouthTriangles), texture.mouth)
        canvas.finishLayer()
        return vertices.prefix(AverageFace.landmarkCount).map(\.position)
    }

    /// False for what turned away and would lie behind the cheek or the temple.
    private func facesViewer(_ triangle: SIMD3<Int32>, _ vertices: [Vertex]) -> Bool {
        func area(_ place: (Int) -> Point) -> Double {
            let (a, b, c) = (place(Int(triangle.x)), place(Int(triangle.y)), place(Int(triangle.z)))
            return (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
        }
        return area { face.template[$0] } * area { vertices[$0].position } > 0
    }

    /// Lids cover the eye instead of pressing it flat: what they leave shows the same part of the texture as before.
    private func eyes(_ vertices: [Vertex], _ blink: Double) -> [Vertex] {
        var vertices = vertices
        let closing = blink * (1 - DrawnLids.shutRest)
        for (upper, lower) in DrawnLids.pairs {
            let opening = face.template[lower] - face.template[upper]
            vertices[upper].source += closing * DrawnLids.upperShare * opening
            vertices[lower].source -= closing * (1 - DrawnLids.upperShare) * opening
        }
        return vertices
    }

    /// Teeth keep their size and hang from the upper lip, however far the mouth opens.
    private func mouth(_ vertices: [Vertex], _ shape: [Point]) -> [Vertex] {
        var vertices = vertices
        let unit = (face.template[45] - face.template[36]).length
        for (upper, lower) in [(61, 67), (62, 66), (63, 65)] {
            let opening = max(0, shape[lower].y - shape[upper].y)
            vertices[lower].source = face.template[upper] + Point(0, opening * unit)
        }
        return vertices
    }

    private func drawBody(on canvas: LayeredCanvas, _ pose: Pose) {
        var still = pose
        (still.yaw, still.pitch, still.roll) = (pose.yaw * 0.15, 0, pose.roll * 0.25)
        // Beyond the texture's lower edge the same cloth continues to the edge of the picture.
        let below = Point(BodyTexture.high.x, 40)
        let mesh = Mesh(columns: 1, rows: 1, from: BodyTexture.low, to: below) { place in
            Vertex(position: still.project(SIMD3(place.x, place.y - 0.22, Pose.axis.z - 0.2)), source: place)
        }
        canvas.draw(mesh, Self.level(body, pose.scale / body[0].density))
        canvas.finishLayer()
    }

    /// A dome whose rim lies at the axis of rotation.
    private func drawHead(on canvas: LayeredCanvas, _ pose: Pose, _ light: Double) {
        let mesh = Mesh(columns: 24, rows: 28, from: HeadTexture.low, to: HeadTexture.high) { place in
            let (dx, dy) = (place.x / 1.1, (place.y + 0.55) / 1.4)
            let dome = pow(max(0, 1 - dx * dx - dy * dy), 0.65)
            // Below the temples the face itself is the front: what is drawn here lies further back.
            let skull = 0.9 - 0.75 * Double(ramp(-0.5, 0.1, Float(place.y)))
            let point = SIMD3(place.x, place.y, Pose.axis.z - 0.15 + skull * dome)
            return Vertex(position: pose.project(point), source: place, gain: Self.gain(pose.turned(point), light))
        }
        canvas.draw(mesh, Self.level(head, pose.scale / head[0].density))
        canvas.finishLayer()
    }

    /// The halved texture where the full one would shrink to less than 0.7.
    private static func level(_ levels: [Texture], _ magnification: Double) -> Texture {
        magnification < 0.7 ? levels[1] : levels[0]
    }

    /// Brightness by the side that a place faces; `point` is turned, relative to the head's axis.
    private static func gain(_ point: SIMD3<Double>, _ light: Double) -> Double { 1 - 0.3 * light * point.x }
}
