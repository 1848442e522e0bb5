import FaceTracking

/// Mean shape and texture of many hundred faces and their principal modes: nobody's face.
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
