/// What a face does, as lengths in units of the outer-eye distance that add to its rest.
public struct FaceExpression: Sendable, Equatable {
    /// Opening between the lips, 0…0.35.
    public var mouth: Double
    /// Widening of the mouth, −0.1…0.15.
    public var smile: Double
    /// Raising of the brows, −0.04…0.06.
    public var brows: Double
    /// Closing of the lids: 0 open, 1 shut.
    public var blink: Double

    public init(mouth: Double = 0, smile: Double = 0, brows: Double = 0, blink: Double = 0) {
        (self.mouth, self.smile, self.brows, self.blink) = (mouth, smile, brows, blink)
    }
}
