import Base
import FaceTracking
import Foundation
import Testing

@testable import Training

/// Samples whose landmarks are right with the probability that `truth` gives for their logit and sharpness.
private func drawnSamples(_ count: Int, seed: UInt64, _ truth: ConfidenceCalibration) -> [Judgement] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
        let (logit, sharpness) = (random.uniform(-6, 6), random.uniform(0.05, 1))
        let isRight = random.chance(truth(logit: logit, sharpness: sharpness))
        return Judgement(logit: logit, sharpness: sharpness, isRight: isRight)
    }
}

@Suite struct ConfidenceTests {
    private let truth = ConfidenceCalibration(presence: 0.6, sharpness: 1.5, offset: 0.4)

    @Test func theFitFindsTheProbabilitiesThatMadeTheSamples() {
        let fitted = ConfidenceCalibration(fitting: drawnSamples(20_000, seed: 1, truth))
        #expect(abs(fitted.presence - truth.presence) < 0.05)
        #expect(abs(fitted.sharpness - truth.sharpness) < 0.1)
        #expect(abs(fitted.offset - truth.offset) < 0.1)
    }

    @Test func aFittedConfidenceIsCalibratedWhereTheNetworksOwnIsNot() {
        let fitted = ConfidenceCalibration(fitting: drawnSamples(20_000, seed: 1, truth))
        let others = drawnSamples(20_000, seed: 2, truth)
        #expect(Reliability(others, fitted).expectedCalibrationError < 0.02)
        #expect(Reliability(others, .none).expectedCalibrationError > 0.08)
    }

    @Test func samplesThatAreAllRightGiveFiniteNumbers() {
        let all = (0..<50).map { Judgement(logit: Double($0), sharpness: 1, isRight: true) }
        let fitted = ConfidenceCalibration(fitting: all)
        #expect(fitted.presence.isFinite && fitted.sharpness.isFinite && fitted.offset.isFinite)
        #expect(fitted(logit: 3, sharpness: 0.9) > 0.9)
    }

    @Test func aBinThatSaysNineTenthsAndIsRightHalfTheTimeIsFourTenthsWrong() {
        let says = ConfidenceCalibration(presence: 1, sharpness: 0, offset: 0)
        let samples = (0..<10).map { Judgement(logit: log(9), sharpness: 1, isRight: $0 < 5) }
        #expect(abs(Reliability(samples, says).expectedCalibrationError - 0.4) < 1e-9)
    }

    /// Two landmarks, of which the second is right less often for the same sharpness.
    @Test func eachLandmarkIsCalibratedByItself() {
        let unsure = ConfidenceCalibration(presence: 0.6, sharpness: 1.5, offset: -2)
        func samples(_ seed: UInt64) -> [JudgedSample] {
            let (sure, other) = (drawnSamples(20_000, seed: seed, truth), drawnSamples(20_000, seed: seed + 50, unsure))
            return zip(sure, other).map { JudgedSample(whole: $0, points: [$0, $1]) }
        }
        let fitted = PointCalibration(fitting: samples(1))
        #expect(Reliability(samples(2), fitted).expectedCalibrationError < 0.02)
        let one = fitted.landmarks[0]
        #expect(Reliability(samples(2), PointCalibration([one, one])).expectedCalibrationError > 0.05)
        let confidence = fitted(logit: 2, sharpness: [0.5, 0.5])
        #expect(confidence[0] > confidence[1] + 0.1)
    }

    @Test func aModelFileKeepsTheCalibrationOfLandmarks() throws {
        let fitted = PointCalibration([truth, ConfidenceCalibration(presence: 1, sharpness: -0.25, offset: 2)])
        var configuration = CascadeConfiguration()
        (configuration.scheme, configuration.points, configuration.crop) = ("two", 2, 32)
        var model = CascadeModel(configuration, notes: [PointCalibration.key: fitted.text])
        #expect(model.pointCalibration == fitted)
        model.notes[PointCalibration.key] = truth.text
        #expect(model.pointCalibration == nil, "one landmark's numbers do not do for two")
    }
}
