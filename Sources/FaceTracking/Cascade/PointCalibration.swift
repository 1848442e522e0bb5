import Base

/// From the network's presence and each heatmap's sharpness to the probability that this landmark is right: within 0.08 of the eye
/// distance of a face that is there. Each landmark has numbers of its own: a jaw is never as sure as an eye's corner.
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
