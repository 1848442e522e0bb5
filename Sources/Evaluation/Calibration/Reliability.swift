import FaceTracking

/// How often the model is right where it says that it is with some confidence.
///
/// Fifteen bins of equal width; expected calibration error Σ n_b/n·|right_b − said_b|. Source: Guo et al. 2017, "On calibration of modern
/// neural networks", eq. 3.
package struct Reliability: Sendable {
    package struct Bin: Sendable {
        package var count = 0
        /// Sums over the bin's samples.
        package var said = 0.0
        package var right = 0.0
    }

    package static let bins = 15
    package private(set) var bins = [Bin](repeating: Bin(), count: Self.bins)

    package init() {}

    package init(_ samples: [Judgement], _ calibration: ConfidenceCalibration) {
        for sample in samples { add(sample, calibration) }
    }

    /// Reliability of all landmarks, each by its own calibration.
    package init(_ samples: [JudgedSample], _ calibration: PointCalibration) {
        for sample in samples {
            for (point, calibration) in zip(sample.points, calibration.landmarks) { add(point, calibration) }
        }
    }

    /// Counts another set's samples too.
    package mutating func add(_ other: Reliability) {
        for index in bins.indices {
            bins[index].count += other.bins[index].count
            bins[index].said += other.bins[index].said
            bins[index].right += other.bins[index].right
        }
    }

    private mutating func add(_ sample: Judgement, _ calibration: ConfidenceCalibration) {
        add(said: calibration(logit: sample.logit, sharpness: sample.sharpness), isRight: sample.isRight)
    }

    /// Counts one thing that was said.
    mutating func add(said confidence: Double, isRight: Bool) {
        let index = min(Self.bins - 1, Int(max(0, min(1, confidence)) * Double(Self.bins)))
        bins[index].count += 1
        bins[index].said += confidence
        bins[index].right += isRight ? 1 : 0
    }

    package var expectedCalibrationError: Double {
        let count = bins.reduce(0) { $0 + $1.count }
        return bins.reduce(0) { $0 + abs($1.right - $1.said) } / Double(max(1, count))
    }
}
