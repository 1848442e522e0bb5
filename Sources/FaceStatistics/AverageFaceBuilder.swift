import Base
import Rendering
import Safetensors
import Samples

/// Makes the average face of annotated faces: nobody's, and small enough to ship.
package enum AverageFaceBuilder {
    /// Modes kept: how shapes and how textures differ from person to person.
    package static let shapeModes = 6
    package static let textureModes = 4
    /// With fewer faces the mean could resemble one person.
    package static let fewestFaces = 100

    /// The model and where it comes from, ready to be written in 16-bit floats.
    ///
    /// Throws `.unusableData` where the faces are too few or in another scheme than 300-W's 68 points.
    package static func build(_ faces: FaceSet) throws(LandmarkdError) -> SafetensorsFile {
        guard faces.scheme == .ibug68 else {
            throw LandmarkdError(
                .unusableData, "average face: the faces are annotated in \(faces.scheme.name)",
                remedy: "give faces annotated with the 68 points of 300-W")
        }
        guard faces.count >= fewestFaces else {
            throw LandmarkdError(
                .unusableData, "average face: \(faces.count) faces are too few",
                remedy: "give \(fewestFaces) or more, so that the mean is nobody's face")
        }
        let shapes = ShapeStatistics(faces.faces.map(\.points), identityCount: shapeModes)
        let layout = FaceMeshLayout(shapes)
        let textures = TextureStatistics(faces, shapes, layout, modeCount: textureModes)
        let face = AverageFace(
            points: layout.rest(shapes), template: layout.template.map(FaceMeshLayout.texel),
            expressions: shapes.expressions.map(layout.spread), identities: shapes.identities.map(layout.spread),
            triangles: layout.triangles, luma: textures.luma, chroma: textures.chroma, lumaModes: textures.modes,
            textureWidth: FaceMeshLayout.width, textureHeight: FaceMeshLayout.height)
        return face.file(metadata: [
            "faces": String(faces.count), "sets": Set(faces.faces.map(\.set)).sorted().joined(separator: " "),
            "texture_faces_effective": String(Int(textures.effectiveCount.rounded())),
        ])
    }
}
