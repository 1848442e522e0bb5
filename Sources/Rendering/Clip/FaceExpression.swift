/// What a face does, as lengths in units of the outer-eye distance that add to its rest.
package struct FaceExpression: Sendable, Equatable {
    /// Opening between the lips, 0…0.35.
    package var mouth: Double
    /// Widening of the mouth, −0.1…0.15.
    package var smile: Double
    /// Raising of the brows, −0.04…0.06.
    package var brows: Double
    /// Closing of the lids: 0 open, 1 shut.
    package var blink: Double

    package init(mouth: Double = 0, smile: Double = 0, brows: Double = 0, blink: Double = 0) {
        (self.mouth, self.smile, self.brows, self.blink) = (mouth, smile, brows, blink)
    }
}
