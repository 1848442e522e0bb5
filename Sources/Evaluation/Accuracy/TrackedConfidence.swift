import Base
import FaceTracking
import Samples

/// How true confidence is where users read it: of faces that the tracker finds by itself in their pictures.
///
/// Each picture is a first frame; of up to five faces the one over the annotated face counts. Right: mean error at most 0.08.
package struct TrackedConfidence: Sendable {
    package private(set) var reliability = Reliability()
    /// Faces that were found, of all.
    package private(set) var found = 0
    package let count: Int

    package init(_ model: CascadeModel, _ locator: LocatorModel, _ faces: FaceSet) throws(LandmarkdError) {
        count = faces.count
        let tracker = TrackerModels(model, locator).tracker(TrackingSettings(faces: 5))
        for index in 0..<faces.count {
            tracker.reset()
            let truth = faces.faces[index].points
            let told = try tracker.process(faces.frame(of: index))
            guard let face = Self.face(over: truth, among: told, faces.scheme) else { continue }
            found += 1
            let error = faces.scheme.meanError(of: face.points, truth: truth)
            // Only models that give a confidence are judged by it.
            guard let confidence = face.confidence else { continue }
            reliability.add(said: confidence, isRight: error <= ErrorSummary.failureThreshold)
        }
    }

    /// The nearest, if its centre is within half a reference length.
    private static func face(
        over truth: [Point], among told: [TrackedFace], _ scheme: LandmarkScheme
    ) -> TrackedFace? {
        let centre = truth.centroid
        let nearest = told.min { ($0.points.centroid - centre).length < ($1.points.centroid - centre).length }
        guard let nearest, (nearest.points.centroid - centre).length < 0.5 * scheme.referenceLength(of: truth) else {
            return nil
        }
        return nearest
    }

    var json: JSON {
        [
            "found": .integer(found), "images": .integer(count),
            "ece": .decimal(reliability.expectedCalibrationError, 4),
        ]
    }

    var text: String {
        "confidence of tracked faces (\(found) of \(count) found by the tracker itself): expected calibration error "
            + decimal(reliability.expectedCalibrationError, 3)
    }
}
