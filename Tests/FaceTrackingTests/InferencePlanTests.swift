import Base
import CKernels
import NeuralNetwork
import TestSupport
import Testing

@testable import FaceTracking

/// Trackers run networks by plans: they must give what the networks' graphs give, for every configuration and instruction set.
@Suite struct NetworkPlanTests {
    private static func configuration(_ change: (inout CascadeConfiguration) -> Void = { _ in }) -> CascadeConfiguration
    {
        var configuration = CascadeConfiguration()
        (configuration.scheme, configuration.points, configuration.crop) = ("five", 5, 64)
        (configuration.width, configuration.deepWidth, configuration.attentionHeads) = (24, 36, 3)
        change(&configuration)
        return configuration
    }

    private static let prior = [
        SIMD2(0.3, 0.4), SIMD2(0.7, 0.4), SIMD2(0.5, 0.6), SIMD2(0.35, 0.75), SIMD2(0.65, 0.8),
    ]

    private func randomise(_ weights: ModelWeights) {
        for (index, parameter) in (weights.trained.parameters + weights.statistics.parameters).enumerated()
        where parameter.shape.count == 1 {
            let positive = parameter.name.contains("variance") || parameter.name.hasSuffix("gamma")
            _ = parameter.values.update(
                fromContentsOf: uniform(
                    parameter.count, positive ? 0.5 : -0.5, positive ? 1.5 : 0.5, seed: UInt64(index)))
        }
    }

    @Test(
        arguments: [
            configuration(), configuration { $0.separateStatistics = false },
            configuration { ($0.attention, $0.sharedUnit, $0.channels) = (false, false, 1) },
            configuration { ($0.expandedFirstStage, $0.crop, $0.width) = (false, 112, 20) },
            configuration { ($0.heatmapAttention, $0.stem) = (true, .patches) },
            configuration { $0.spatialTransformer = .features }, configuration { $0.spatialTransformer = .crop },
            configuration { ($0.layout, $0.width) = (.reference, 3) },
        ], 0...lm_best_level())
    func plannedCascadesGiveWhatTheirGraphsGive(configuration: CascadeConfiguration, level: Int32) {
        let weights = ModelWeights()
        let isExact = lm_table_at(level).pointee.prefers_16_bits == 0
        let make = { CascadeNetwork(configuration, .inference, batch: 1, passes: 3, weights: weights) }
        let (reference, planned) = (make(), make())
        randomise(weights)
        reference.graph.prepare()
        let plan = planned.makePlan(level: level)
        for (frame, prior) in [nil, Self.prior].enumerated() {
            let crop = uniform(reference.crop.shape.count, seed: UInt64(frame))
            for network in [reference, planned] {
                _ = network.crop.values.elements.update(fromContentsOf: crop)
                network.setPrior(prior, image: 0)
            }
            reference.graph.forward(reference.featureLayers)
            plan.run(0)
            for pass in 0..<3 {
                reference.graph.forward(reference.passes[pass].layers)
                plan.run(pass + 1)
                let pairs = zip(planned.landmarks(pass: pass, image: 0), reference.landmarks(pass: pass, image: 0))
                #expect(
                    pairs.allSatisfy { ($0 - $1).length < (isExact ? 1e-5 : 3e-4) }, "frame \(frame), pass \(pass)")
                let presence = planned.presence(pass: pass, image: 0) - reference.presence(pass: pass, image: 0)
                #expect(abs(presence) < (isExact ? 1e-5 : 1e-3))
                let sharpness = zip(
                    planned.sharpness(pass: pass, image: 0), reference.sharpness(pass: pass, image: 0))
                #expect(sharpness.allSatisfy { abs($0 - $1) < (isExact ? 1e-4 : 2e-3) })
            }
        }
    }

    @Test(arguments: 0...lm_best_level()) func plannedLocatorsGiveWhatTheirGraphsGive(level: Int32) {
        let weights = ModelWeights()
        let tolerance: Float = lm_table_at(level).pointee.prefers_16_bits == 0 ? 1e-4 : 5e-3
        let make = {
            LocatorNetwork(LocatorConfiguration(), .inference, batch: 1, height: 64, width: 96, weights: weights)
        }
        let (reference, planned) = (make(), make())
        randomise(weights)
        reference.graph.prepare()
        let plan = InferencePlan(planned.graph, stages: [planned.graph.layers.indices], level: level)
        let frame = uniform(reference.frame.shape.count, seed: 7)
        for network in [reference, planned] { _ = network.frame.values.elements.update(fromContentsOf: frame) }
        reference.graph.forward()
        plan.run(0)
        let pairs = zip(planned.cells.values.elements, reference.cells.values.elements)
        #expect(pairs.allSatisfy { abs($0 - $1) < tolerance * max(1, abs($1)) })
    }

    /// On faces, by the shipped network, the plan's landmarks are within a fiftieth of a crop pixel of the graph's.
    @Test(.enabled(if: Drawn.hasModel, "needs models/face68.safetensors"), arguments: 0...lm_best_level())
    func plannedLandmarksOfDrawnFacesAreThoseOfTheGraph(level: Int32) throws {
        let model = try Drawn.model.get()
        let configuration = model.configuration
        let make = { CascadeNetwork(configuration, .inference, batch: 1, passes: 2, weights: model.weights) }
        let (reference, planned) = (make(), make())
        reference.graph.prepare()
        let plan = planned.makePlan(level: level)
        let sampler = CropSampler(side: configuration.crop)
        let side = Double(configuration.crop)
        for (scale, yaw) in [(40.0, 0.0), (52, 0.4), (64, -0.6)] {
            let scene = try Drawn.frames(
                [Drawn.person(scale: scale, yaw: yaw) { _ in Point(160, 116) }], seconds: 1, rate: 1)[0]
            let map = SimilarityMap(scale: 3.2 * scale, angle: 0.1, from: Point(0.5, 0.5), to: Point(158, 120))
            sampler.sample(scene.frame, map, into: reference.crop.values.elements)
            _ = planned.crop.values.elements.update(fromContentsOf: reference.crop.values.elements)
            for network in [reference, planned] { network.setPrior(nil, image: 0) }
            reference.graph.forward(reference.featureLayers)
            plan.run(0)
            for pass in 0..<2 {
                reference.graph.forward(reference.passes[pass].layers)
                plan.run(pass + 1)
                let pairs = zip(planned.landmarks(pass: pass, image: 0), reference.landmarks(pass: pass, image: 0))
                let worst = pairs.map { ($0 - $1).length * side }.max() ?? 0
                #expect(worst < 0.02, "scale \(scale), pass \(pass)")
            }
        }
    }
}
