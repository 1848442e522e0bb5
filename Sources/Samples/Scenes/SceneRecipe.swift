/// How the locator's training scenes are made. Lengths are in sides of the scene, angles in degrees.
package struct SceneRecipe: Sendable, Equatable {
    /// Share of the scenes without a face, and of those with one picture that covers most of the scene.
    package var emptyShare = 0.25
    package var fillShare = 0.3
    /// Share of the other scenes that have a second face, of these a third, and so on.
    package var moreShare = 0.35
    package var mostFaces = 4
    /// Height of the faces (landmarks, longer side), and that from which a smaller one is neither asked for nor forbidden.
    package var face = 0.044...1.15
    package var smallest = 0.05
    /// Share of the faces that are turned by anything up to `turn`, and deviation of the others.
    package var turnShare = 0.4
    package var turn = 45.0
    package var uprightTurn = 8.0
    /// Share of the scenes with patches of face-free pictures laid in like faces, and how many.
    package var patchShare = 0.5
    package var mostPatches = 3
    /// Share of the backgrounds that the locator has taken for faces before; flat ones; blurred ones.
    package var hardShare = 0.5
    package var flatShare = 0.08
    package var blurredShare = 0.08
    /// Share of the scenes with black bars, as frames of other shapes have, and the widest.
    package var barShare = 0.3
    package var bar = 0.3
    package var mirrorShare = 0.5
    package var photometry = SceneRecipe.photometry

    package init() {}

    /// Milder than for crops: faces are small here.
    static let photometry: AugmentationRecipe.Photometry = {
        var photometry = AugmentationRecipe.Photometry()
        photometry.minifyShare = 0
        (photometry.occluderShare, photometry.occluderSize) = (0.3, 0.05...0.35)
        (photometry.blurShare, photometry.blur) = (0.2, 0.3...1.0)
        (photometry.streakShare, photometry.streak) = (0.06, 2...5)
        (photometry.noiseShare, photometry.noise) = (0.4, 0.008...0.06)
        (photometry.darkShare, photometry.darkNoise) = (0.08, 0.01...0.05)
        (photometry.compressionShare, photometry.quality) = (0.12, 30...80)
        return photometry
    }()
}
