import Base
import FaceTracking
import Samples

/// One prediction of the network, and whether it was right.
package struct Judgement: Sendable {
    /// Logit of presence.
    package let logit: Double
    /// Sharpness of the landmark's heatmap, or the mean over all.
    package let sharpness: Double
    /// A face is there, and the error is at most 0.08 of the reference length.
    package let isRight: Bool
}

/// Predictions for a sample: for all landmarks together, by their mean error, and for each.
package struct JudgedSample: Sendable {
    package let whole: Judgement
    package let points: [Judgement]
}

/// Number of samples worth judging for this many faces: more samples of a few faces add no information.
func judgedSampleCount(faces: Int, most: Int) -> Int { min(most, 20 * faces) }

/// Evaluates the model on samples drawn as in training: one pass from a prior, all passes from a cold start. `judged` is called
/// after each, from several threads.
package func judgedSamples(
    _ model: CascadeModel, _ sampler: TrainingSampler, first: UInt64, count: Int, threads: Int,
    judged: @Sendable () -> Void = {}
) -> [JudgedSample] {
    parallelMap(count, threads: threads) {
        SampleJudge(model, sampler)
    } _: { judge, index in
        defer { judged() }
        return judge.judge(first + UInt64(index))
    }
}

/// One thread's network and generator.
private final class SampleJudge {
    private let network: CascadeNetwork
    private let generator: any SampleGenerator
    private let scheme: LandmarkScheme
    private let idealPeak: Double

    init(_ model: CascadeModel, _ sampler: TrainingSampler) {
        let configuration = model.configuration
        network = CascadeNetwork(
            configuration, .inference, batch: 1, passes: configuration.passes, weights: model.weights)
        network.graph.prepare()
        generator = sampler.makeGenerator()
        scheme = sampler.scheme
        idealPeak = configuration.idealPeak
    }

    func judge(_ index: UInt64) -> JudgedSample {
        let labels = generator.makeSample(index: index, into: network.crop.values.elements)
        network.setPrior(labels.prior, image: 0)
        let pass = labels.prior == nil ? network.passes.count - 1 : 0
        network.graph.forward(0..<network.passes[pass].layers.upperBound)
        let logit = Double(network.passes[pass].presence.values.elements[0])
        let sharpness = network.sharpness(pass: pass, image: 0)
        let errors =
            labels.presence ? scheme.errors(of: network.landmarks(pass: pass, image: 0), truth: labels.truth) : []
        let limit = ErrorSummary.failureThreshold
        let mean = errors.reduce(0, +) / Double(max(1, errors.count))
        let points = sharpness.indices.map {
            Judgement(logit: logit, sharpness: sharpness[$0], isRight: labels.presence && errors[$0] <= limit)
        }
        let whole = Judgement(
            logit: logit, sharpness: sharpness.reduce(0, +) / Double(scheme.count),
            isRight: labels.presence && mean <= limit)
        return JudgedSample(whole: whole, points: points)
    }
}

/// Reliability of confidence as users see it: for faces that the tracker finds by itself.
///
/// Each picture is treated as a first frame; of up to five faces, the one on the annotated face counts. Right: mean error at most 0.08.
package struct TrackedConfidence: Sendable {
    package private(set) var reliability = Reliability()
    /// Faces that were found, of all.
    package private(set) var foundCount = 0
    package let count: Int

    package init(_ model: CascadeModel, _ locator: LocatorModel, _ faces: FaceSet) throws(LandmarkdError) {
        count = faces.count
        let tracker = TrackerModels(model, locator).tracker(TrackingSettings(faces: 5))
        for index in 0..<faces.count {
            tracker.reset()
            let truth = faces.faces[index].points
            let found = try tracker.process(faces.frame(of: index))
            guard let face = Self.face(over: truth, among: found, faces.scheme) else { continue }
            foundCount += 1
            let error = faces.scheme.meanError(of: face.points, truth: truth)
            // Only models that report a confidence are evaluated for it.
            guard let confidence = face.confidence else { continue }
            reliability.add(said: confidence, isRight: error <= ErrorSummary.failureThreshold)
        }
    }

    /// The nearest, if its centre is within half a reference length.
    private static func face(
        over truth: [Point], among found: [TrackedFace], _ scheme: LandmarkScheme
    ) -> TrackedFace? {
        let centre = truth.centroid
        let nearest = found.min { ($0.points.centroid - centre).length < ($1.points.centroid - centre).length }
        guard let nearest, (nearest.points.centroid - centre).length < 0.5 * scheme.referenceLength(of: truth) else {
            return nil
        }
        return nearest
    }

    var json: JSON {
        [
            "found": .integer(foundCount), "images": .integer(count),
            "ece": .decimal(reliability.expectedCalibrationError, 4),
        ]
    }

    var text: String {
        "confidence of tracked faces (\(foundCount) of \(count) found by the tracker itself): expected calibration error "
            + decimal(reliability.expectedCalibrationError, 3)
    }
}
