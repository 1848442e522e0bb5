import Base
import Safetensors

/// Mean shape and texture of many hundred faces and their principal modes: not a real person's face.
///
/// Lengths are in units of the distance of the outer eye corners, x to the right and y down from the centroid of the mean
/// landmarks, z towards the viewer from the eye corners. The first 68 vertices of the mesh are the 300-W landmarks, the others lie
/// around them: outside the jaw and along the hairline.
package struct AverageFace: Sendable {
    /// Landmarks that the mesh begins with.
    package static let landmarkCount = 68

    /// The face at rest, mouth closed and eyes open. [vertices] of x, y, z.
    package var points: [SIMD3<Double>]
    /// Where each vertex lies in the textures, in luma texels.
    package var template: [Point]
    /// What one unit of each of `FaceExpression`'s measures moves: mouth, smile, brows. [3][vertices]
    package var expressions: [[Point]]
    /// How shapes differ from person to person: one standard deviation of each mode. [modes][vertices]
    package var identities: [[Point]]
    /// Corners of the mesh's triangles, three vertices each.
    package var triangles: [SIMD3<Int32>]
    /// Y of the mean texture, 0…255, rows of `textureWidth`.
    package var luma: [Float]
    /// Cb and Cr, each at half the size of `luma`.
    package var chroma: [[Float]]
    /// How Y differs from person to person: one standard deviation of each mode, at half the size of `luma`.
    package var lumaModes: [[Float]]
    package var textureWidth: Int
    package var textureHeight: Int

    package init(
        points: [SIMD3<Double>], template: [Point], expressions: [[Point]], identities: [[Point]],
        triangles: [SIMD3<Int32>], luma: [Float], chroma: [[Float]], lumaModes: [[Float]], textureWidth: Int,
        textureHeight: Int
    ) {
        (self.points, self.template, self.expressions, self.identities) = (points, template, expressions, identities)
        (self.triangles, self.luma, self.chroma, self.lumaModes) = (triangles, luma, chroma, lumaModes)
        (self.textureWidth, self.textureHeight) = (textureWidth, textureHeight)
    }
}

extension AverageFace {
    static let format = "landmarkd-average-face/1"

    /// Throws `.noInput` where there is no such file and `.unusableData` where it is broken or something else.
    package init(path: String) throws(LandmarkdError) {
        try self.init(file: SafetensorsFile(path: path), name: path)
    }

    /// The model in `file`; `name` is the file's in messages. Shapes, indices and values are checked.
    package init(file: SafetensorsFile, name: String) throws(LandmarkdError) {
        let reader = Reader(file: file, name: name)
        guard file.metadata["format"] == Self.format else {
            throw reader.fault("format '\(file.metadata["format"] ?? "none")' where '\(Self.format)' is expected")
        }
        let points = try reader.tensor("shape.points", [nil, 3])
        let vertices = points.shape[0]
        guard vertices >= Self.landmarkCount else {
            throw reader.fault("\(vertices) vertices where \(Self.landmarkCount) or more are expected")
        }
        self.points = (0..<vertices).map { i in
            SIMD3(points.values[(3 * i)..<(3 * i + 3)].map { Double($0) })
        }
        template = try reader.points("shape.template", [vertices, 2])
        expressions = try reader.modes("shape.expressions", 3, vertices)
        identities = try reader.modes("shape.identities", nil, vertices)
        triangles = try reader.triangles("mesh.triangles", vertices: vertices)
        let luma = try reader.tensor("texture.luma", [nil, nil])
        (textureHeight, textureWidth) = (luma.shape[0], luma.shape[1])
        guard textureWidth >= 2, textureHeight >= 2, textureWidth % 2 == 0, textureHeight % 2 == 0 else {
            throw reader.fault("a texture of \(textureWidth)×\(textureHeight): both must be even")
        }
        self.luma = luma.values
        chroma = try reader.planes("texture.chroma", 2, textureHeight / 2, textureWidth / 2)
        lumaModes = try reader.planes("texture.modes", nil, textureHeight / 2, textureWidth / 2)
    }

    /// The model as a file; `metadata` says where it comes from.
    package func file(metadata: [String: String]) -> SafetensorsFile {
        func flat(_ modes: [[Point]]) -> [Float] { modes.joined().flatMap { [Float($0.x), Float($0.y)] } }
        let (rows, columns) = (textureHeight / 2, textureWidth / 2)
        return SafetensorsFile(
            metadata: metadata.merging(["format": Self.format, "scheme": "ibug68"]) { $1 },
            tensors: [
                ("shape.points", [points.count, 3], points.flatMap { [Float($0.x), Float($0.y), Float($0.z)] }),
                ("shape.template", [points.count, 2], flat([template])),
                ("shape.expressions", [expressions.count, points.count, 2], flat(expressions)),
                ("shape.identities", [identities.count, points.count, 2], flat(identities)),
                (
                    "mesh.triangles", [triangles.count, 3],
                    triangles.flatMap { [Float($0.x), Float($0.y), Float($0.z)] }
                ),
                ("texture.luma", [textureHeight, textureWidth], luma),
                ("texture.chroma", [2, rows, columns], Array(chroma.joined())),
                ("texture.modes", [lumaModes.count, rows, columns], Array(lumaModes.joined())),
            ])
    }
}

/// Takes arrays of expected shapes out of a file.
private struct Reader {
    /// Larger values have no meaning here and could send vertices anywhere.
    static let largest: Float = 4096

    let file: SafetensorsFile
    let name: String

    func fault(_ why: String) -> LandmarkdError {
        LandmarkdError(
            .unusableData, "\(name): average face: \(why)",
            remedy: "use models/average-face.safetensors as shipped with landmarkd")
    }

    /// The array of that name; nil in `shape` allows any size from 1.
    func tensor(_ key: String, _ shape: [Int?]) throws(LandmarkdError) -> SafetensorsFile.Tensor {
        guard let tensor = file[key] else { throw fault("'\(key)' is missing") }
        let fits =
            tensor.shape.count == shape.count
            && zip(tensor.shape, shape).allSatisfy { $0 >= 1 && $0 <= 4096 && $0 == $1 ?? $0 }
        guard fits else {
            let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            throw fault("'\(key)' has shape \(tensor.shape) where [\(expected)] is expected")
        }
        guard tensor.values.allSatisfy({ abs($0) <= Self.largest }) else { throw fault("'\(key)' has absurd values") }
        return tensor
    }

    func points(_ key: String, _ shape: [Int?]) throws(LandmarkdError) -> [Point] {
        let values = try tensor(key, shape).values
        return (0..<(values.count / 2)).map { Point(Double(values[2 * $0]), Double(values[2 * $0 + 1])) }
    }

    func modes(_ key: String, _ count: Int?, _ vertices: Int) throws(LandmarkdError) -> [[Point]] {
        let all = try points(key, [count, vertices, 2])
        return (0..<(all.count / vertices)).map { Array(all[($0 * vertices)..<(($0 + 1) * vertices)]) }
    }

    func planes(_ key: String, _ count: Int?, _ rows: Int, _ columns: Int) throws(LandmarkdError) -> [[Float]] {
        let values = try tensor(key, [count, rows, columns]).values
        let size = rows * columns
        return (0..<(values.count / size)).map { Array(values[($0 * size)..<(($0 + 1) * size)]) }
    }

    func triangles(_ key: String, vertices: Int) throws(LandmarkdError) -> [SIMD3<Int32>] {
        let values = try tensor(key, [nil, 3]).values
        guard values.allSatisfy({ $0 >= 0 && $0 < Float(vertices) && $0 == $0.rounded() }) else {
            throw fault("'\(key)' names vertices that do not exist")
        }
        return (0..<(values.count / 3)).map { SIMD3(values[(3 * $0)..<(3 * $0 + 3)].map { Int32($0) }) }
    }
}
