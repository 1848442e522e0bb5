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

    package init(_ samples: [Judgement], _ calibration: ConfidenceCalibration) {
        for sample in samples { add(sample, calibration) }
    }

    /// Of all landmarks, each by its own calibration.
    package init(_ samples: [JudgedSample], _ calibration: PointCalibration) {
        for sample in samples {
            for (point, calibration) in zip(sample.points, calibration.landmarks) { add(point, calibration) }
        }
    }

    private mutating func add(_ sample: Judgement, _ calibration: ConfidenceCalibration) {
        let confidence = calibration(logit: sample.logit, sharpness: sample.sharpness)
        let index = min(Self.bins - 1, Int(max(0, min(1, confidence)) * Double(Self.bins)))
        bins[index].count += 1
        bins[index].said += confidence
        bins[index].right += sample.isRight ? 1 : 0
    }

    package var expectedCalibrationError: Double {
        let count = bins.reduce(0) { $0 + $1.count }
        return bins.reduce(0) { $0 + abs($1.right - $1.said) } / Double(max(1, count))
    }
}
