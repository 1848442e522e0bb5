/// How the locator's training scenes are made. Lengths are in sides of the scene, angles in degrees.
public struct SceneRecipe: Sendable, Equatable {
    /// Share of the scenes without a face, and of those with one picture that covers most of the scene.
    public var emptyShare = 0.25
    public var fillShare = 0.3
    /// Share of the other scenes that have a second face, of these a third, and so on.
    public var moreShare = 0.35
    public var mostFaces = 4
    /// Height of the faces (landmarks, longer side), and that from which a smaller one is neither asked for nor forbidden.
    public var face = 0.044...1.15
    public var smallest = 0.05
    /// Share of the faces that are turned by anything up to `turn`, and deviation of the others.
    public var turnShare = 0.4
    public var turn = 45.0
    public var uprightTurn = 8.0
    /// Share of the scenes with patches of face-free pictures laid in like faces, and how many.
    public var patchShare = 0.5
    public var mostPatches = 3
    /// Share of the backgrounds that the locator has taken for faces before; flat ones; blurred ones.
    public var hardShare = 0.5
    public var flatShare = 0.08
    public var blurredShare = 0.08
    /// Share of the scenes with black bars, as frames of other shapes have, and the widest.
    public var barShare = 0.3
    public var bar = 0.3
    public var mirrorShare = 0.5
    public var photometry = SceneRecipe.photometry

    public init() {}

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
