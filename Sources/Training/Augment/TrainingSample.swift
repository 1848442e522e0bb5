import FaceTracking

/// What a training sample says besides its pixels. Points are in crop units: 0…1 inside the crop.
public struct TrainingSample: Sendable, Equatable {
    /// Where the landmarks are; all zero where there is no face.
    public var truth: [Point]
    /// Where the cascade starts from; nil: from nothing.
    public var prior: [Point]?
    /// Whether the crop holds a face.
    public var presence: Bool
    /// The picture it was made from, for messages.
    public var file: String

    public init(truth: [Point], prior: [Point]?, presence: Bool, file: String) {
        (self.truth, self.prior, self.presence, self.file) = (truth, prior, presence, file)
    }
}

/// Samples by number: the same number gives the same sample, whichever thread asks and in whichever order.
public protocol SampleSource: Sendable {
    /// Pixels along a side of the crops.
    var side: Int { get }
    var scheme: LandmarkScheme { get }
    /// Writes `[side, side, 3]` floats in −1…1 and gives the rest. `crop` is the calling thread's own, of the same side.
    func draw(
        index: UInt64, into pixels: UnsafeMutableBufferPointer<Float>, with crop: PlanarCrop
    ) -> TrainingSample
}
