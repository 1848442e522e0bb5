import Base
import Glibc

/// Maps the network's outputs to the probability that its landmarks are right: on average within 0.08 of the eye distance of a face that is
/// there.
///
/// σ(a·z + b·ln s + c), z the presence logit, s the mean sharpness of the heatmaps. Source: Platt 1999, "Probabilistic outputs for
/// support vector machines", with two inputs. Fitted on held-back faces after training and kept in the model file.
package struct ConfidenceCalibration: Sendable, Equatable {
    package var presence: Double
    package var sharpness: Double
    package var offset: Double

    /// The network's own presence, as it is.
    package static let none = ConfidenceCalibration(presence: 1, sharpness: 0, offset: 0)
    /// Key in a model file's metadata.
    package static let key = "confidence"

    package init(presence: Double, sharpness: Double, offset: Double) {
        (self.presence, self.sharpness, self.offset) = (presence, sharpness, offset)
    }

    /// Three numbers, as in a model file; nil where they are not.
    init?(_ text: String) {
        let numbers = text.split(separator: " ").compactMap { Double($0) }
        guard numbers.count == 3, numbers.allSatisfy({ abs($0) < 1e3 }) else { return nil }
        self.init(presence: numbers[0], sharpness: numbers[1], offset: numbers[2])
    }

    package var text: String { [presence, sharpness, offset].map { decimal($0, 5) }.joined(separator: " ") }

    /// - Parameters:
    ///   - logit: of presence.
    ///   - sharpness: mean over landmarks, 0…1.
    package func callAsFunction(logit: Double, sharpness: Double) -> Double {
        1 / (1 + exp(-(presence * logit + self.sharpness * Self.logarithm(sharpness) + offset)))
    }

    /// ln of a sharpness, bounded where it vanishes.
    package static func logarithm(_ sharpness: Double) -> Double { log(max(sharpness, 1e-3)) }
}

/// Maps the network's presence and each heatmap's sharpness to the probability that this landmark is right: within 0.08 of the eye
/// distance of a face that is there. Each landmark has its own coefficients: the jaw is never as certain as the corner of an eye.
package struct PointCalibration: Sendable, Equatable {
    package var landmarks: [ConfidenceCalibration]

    /// Key in a model file's metadata.
    package static let key = "point_confidence"

    package init(_ landmarks: [ConfidenceCalibration]) { self.landmarks = landmarks }

    /// Three numbers for each of `count` landmarks, as in a model file; nil where they are not.
    init?(_ text: String, count: Int) {
        let rows = text.split(separator: ",").compactMap { ConfidenceCalibration(String($0)) }
        guard rows.count == count else { return nil }
        landmarks = rows
    }

    package var text: String { landmarks.map(\.text).joined(separator: ",") }

    /// Confidence of each landmark, 0…1.
    ///
    /// - Parameters:
    ///   - logit: of presence.
    ///   - sharpness: of each landmark's heatmap, 0…1.
    package func callAsFunction(logit: Double, sharpness: [Double]) -> [Double] {
        precondition(sharpness.count == landmarks.count, "\(sharpness.count) landmarks, fitted \(landmarks.count)")
        return zip(landmarks, sharpness).map { $0(logit: logit, sharpness: $1) }
    }
}
