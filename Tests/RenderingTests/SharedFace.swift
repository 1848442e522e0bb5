import Rendering

/// The shipped model, beside the package's sources.
let modelPath =
    #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/models/average-face.safetensors"

let averageFace = Result { try AverageFace(path: modelPath) }

/// A clip of one still or moving face, without noise.
func clip(
    width: Int = 320, height: Int = 240, person: Person = .average, noise: Double = 0,
    expression: FaceExpression = FaceExpression(), _ pose: @escaping @Sendable (Double) -> Pose?
) throws -> ClipRenderer {
    let part = ClipScript.Part(person: person, pose: pose, expression: { _ in expression })
    var script = ClipScript(frameCount: 30, parts: [part], seed: 1)
    (script.width, script.height, script.noise, script.backgroundVelocity) = (width, height, noise, .zero)
    return ClipRenderer(script, face: try averageFace.get())
}
