import Base
import FaceTracking
import Foundation
import Testing

@testable import Training

/// Samples whose landmarks are right with the probability that `truth` gives for their logit and sharpness.
private func drawnSamples(_ count: Int, seed: UInt64, _ truth: ConfidenceCalibration) -> [JudgedSample] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
        let (logit, sharpness) = (random.uniform(-6, 6), random.uniform(0.05, 1))
        let isRight = random.chance(truth(logit: logit, sharpness: sharpness))
        return JudgedSample(logit: logit, sharpness: sharpness, isRight: isRight)
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
        let all = (0..<50).map { JudgedSample(logit: Double($0), sharpness: 1, isRight: true) }
        let fitted = ConfidenceCalibration(fitting: all)
        #expect(fitted.presence.isFinite && fitted.sharpness.isFinite && fitted.offset.isFinite)
        #expect(fitted(logit: 3, sharpness: 0.9) > 0.9)
    }

    @Test func aBinThatSaysNineTenthsAndIsRightHalfTheTimeIsFourTenthsWrong() {
        let says = ConfidenceCalibration(presence: 1, sharpness: 0, offset: 0)
        let samples = (0..<10).map { JudgedSample(logit: log(9), sharpness: 1, isRight: $0 < 5) }
        #expect(abs(Reliability(samples, says).expectedCalibrationError - 0.4) < 1e-9)
    }
}
