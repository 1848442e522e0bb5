import Base
import Capture
import Rendering

extension FaceSet {
    /// Pictures of drawn people with exact landmarks: to try training and augmentation without any data. The same seed,
    /// the same pictures.
    package init(rendered count: Int, _ face: AverageFace, seed: UInt64 = 1) {
        precondition(count > 0, "a set of \(count) drawn faces")
        var (faces, frames): ([AnnotatedFace], [Frame]) = ([], [])
        for index in 0..<count {
            let drawn = Self.draw(face, seed: seed &* 1009 &+ UInt64(index))
            guard let points = drawn.faces[0] else { preconditionFailure("a drawn face is out of its picture") }
            let size = PixelSize(width: drawn.picture.width, height: drawn.picture.height)
            faces.append(
                AnnotatedFace(
                    file: "drawn-\(index)", set: "drawn", split: .train, group: "drawn-\(index)", points: points,
                    scheme: .ibug68, size: size, source: "drawn face \(index)"))
            frames.append(drawn.frame)
        }
        self.init(faces, frames: frames)
    }

    /// A picture for each face, in the same order and of the size that the points are in.
    init(_ faces: [AnnotatedFace], frames: [Frame]) {
        pictures = PictureSet(faces.map(\.file), frames)
        (self.faces, pictureIndex, scheme) = (faces, Array(faces.indices), faces[0].scheme)
        warnings = []
    }

    private static func draw(_ face: AverageFace, seed: UInt64) -> RenderedFrame {
        let side = 400
        var random = SplitMix64(seed: seed)
        let act = Performance(
            scale: random.uniform(70, 110), center: Point(200, 190), sway: Point(30, 20), duration: 10, seed: seed)
        let time = random.uniform(0, 10)
        let part = ClipScript.Part(
            person: Person(seed: seed), pose: { _ in act.pose(time) }, expression: { _ in act.expression(time) })
        var script = ClipScript(frameCount: 1, parts: [part], seed: seed)
        (script.width, script.height) = (side, side)
        let light = random.uniform(-0.8, 0.8)
        script.light = { _ in light }
        return ClipRenderer(script, face: face).render(0)
    }
}

extension PictureSet {
    /// Pictures that are in memory already.
    init(_ names: [String], _ frames: [Frame]) {
        (files, self.frames) = (names, frames)
        originalSizes = frames.map { PixelSize(width: $0.displayWidth, height: $0.displayHeight) }
    }
}
