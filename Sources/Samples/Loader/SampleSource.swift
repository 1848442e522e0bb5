import Base

/// What a training crop shows.
package struct SampleLabels: Sendable {
    /// Landmarks in crop units 0…1; empty where the crop holds no face.
    package var truth: [Point]
    /// Landmarks that the first pass starts from, crop units; nil for a cold start.
    package var prior: [Point]?
    /// Whether the crop holds a face.
    package var presence: Bool
    /// The picture that the crop was taken from.
    package var file: String
    /// Whether the crop is the next frame of the sample before it: the same face, moved a little, under fresh noise.
    package var isNextFrame: Bool

    package init(truth: [Point], prior: [Point]?, presence: Bool, file: String, isNextFrame: Bool = false) {
        (self.truth, self.prior, self.presence, self.file) = (truth, prior, presence, file)
        self.isNextFrame = isNextFrame
    }
}

/// An endless sequence of training samples; sample `index` is the same no matter which generator draws it.
package protocol SampleSource: Sendable {
    /// Side of the crops in pixels, and channels of a pixel.
    var side: Int { get }
    var channels: Int { get }

    /// A generator with its own working memory, for one thread.
    func makeGenerator() -> any SampleGenerator
}

/// Draws samples of a source. Bound to one thread.
package protocol SampleGenerator: AnyObject {
    /// Writes the crop, `[side, side, channels]` in −1…1, and returns its labels.
    func makeSample(index: UInt64, into crop: UnsafeMutableBufferPointer<Float>) -> SampleLabels
}

/// The first `count` samples of another source, drawn once and held in memory; longer sequences begin again.
package final class HeldSamples: SampleSource {
    package let side: Int
    package let channels: Int
    private let crops: [[Float]]
    private let labels: [SampleLabels]

    package init(_ source: any SampleSource, count: Int) {
        (side, channels) = (source.side, source.channels)
        let generator = source.makeGenerator()
        let size = side * side * channels
        var (crops, labels): ([[Float]], [SampleLabels]) = ([], [])
        for index in 0..<count {
            crops.append(
                [Float](unsafeUninitializedCapacity: size) { crop, filled in
                    crop.initialize(repeating: 0)
                    labels.append(generator.makeSample(index: UInt64(index), into: crop))
                    filled = size
                })
        }
        (self.crops, self.labels) = (crops, labels)
    }

    package func makeGenerator() -> any SampleGenerator { Generator(self) }

    private final class Generator: SampleGenerator {
        private let samples: HeldSamples

        init(_ samples: HeldSamples) { self.samples = samples }

        func makeSample(index: UInt64, into crop: UnsafeMutableBufferPointer<Float>) -> SampleLabels {
            let number = Int(index % UInt64(samples.crops.count))
            _ = crop.update(fromContentsOf: samples.crops[number])
            return samples.labels[number]
        }
    }
}
