import Base
import CKernels
import NeuralNetwork

/// Outputs of one pass.
package struct CascadePass {
    package let heatmaps: SpatialSoftmax
    /// `[N, 1, 1, 2L]`: all x, then all y, in crop units 0…1.
    package let position: FeatureMap
    /// `[N, 1, 1, 1]`: logit of "the crop holds a face".
    package let presence: FeatureMap
    /// `[N, H/8, W/8, width]`: regression features, handed to the next pass.
    package let carried: FeatureMap
    /// `position` in units of the part of the crop that the pass saw, which is where its heatmaps lie.
    package let localPosition: FeatureMap
    /// `[N, 1, 1, 4]`: from units of that part to those of the crop; nil where it saw the whole crop.
    package let cut: FeatureMap?
    /// Layers to run for this pass, once the one before has run.
    package let layers: Range<Int>
}

/// The recurrent cascade as a graph: a feature network that runs once, then passes with shared weights, each a heatmap unit, a
/// regression-feature unit and a regression unit.
///
/// The first pass starts from `prior`: heatmaps drawn around the last landmarks, or flat. Every pass reads the heatmaps of the one
/// before. Source of the method: recurrent cascades of heatmap and regression networks, after Mahpod et al. 2018 (arXiv 1805.01760)
/// and Belagiannis and Zisserman 2016 (arXiv 1605.02914); inverted residuals: Sandler et al. 2018. Bound to one thread.
package final class CascadeNetwork {
    package let configuration: CascadeConfiguration
    package let graph: Graph
    /// `[N, S, S, 3]`, −1…1; networks of one channel read the luma.
    package let crop: FeatureMap
    /// `[N, S/8, S/8, 4L]`: heatmaps × `heatGain`, laid out as `SpatialSoftmax` does.
    package let prior: FeatureMap
    /// `[N, S/8, S/8, width]`: regression features before the first pass; zeros.
    package let carried: FeatureMap
    package let featureLayers: Range<Int>
    package let passes: [CascadePass]
    let gaussians: GaussianMaps

    package init(
        _ configuration: CascadeConfiguration, _ mode: Graph.Mode, batch: Int, passes count: Int, weights: ModelWeights,
        seed: UInt64 = 1
    ) {
        self.configuration = configuration
        let graph = Graph(mode, batch: batch, weights: weights.trained, statistics: weights.statistics, seed: seed)
        self.graph = graph
        let side = configuration.crop
        crop = graph.input(height: side, width: side, channels: 3)
        let seen = configuration.channels == 3 ? crop : graph.firstChannels(1, of: crop, "features.luma")
        prior = graph.input(height: side / 8, width: side / 8, channels: 4 * configuration.points)
        carried = graph.input(height: side / 8, width: side / 8, channels: configuration.width)
        gaussians = GaussianMaps(
            points: configuration.points, map: configuration.map, sigma: configuration.sigma / Double(side))
        let first = CascadeBuilder.State(heat: prior, carried: carried)
        switch configuration.layout {
        case .compact:
            let builder = CascadeBuilder(configuration: configuration, graph: graph)
            let features = builder.features(seen)
            featureLayers = 0..<graph.layers.count
            passes = Self.unroll(count, from: first) { builder.pass($0, seen, features, $1) }
        case .reference:
            let builder = ReferenceBuilder(configuration: configuration, graph: graph)
            let start = builder.start(seen)
            featureLayers = 0..<graph.layers.count
            passes = Self.unroll(count, from: start.state) { builder.pass($0, start, $1) }
        }
        clearPriors()
    }

    private static func unroll(
        _ count: Int, from state: CascadeBuilder.State, _ makePass: (Int, CascadeBuilder.State) -> CascadePass
    ) -> [CascadePass] {
        var state = state
        return (0..<count).map { number in
            let pass = makePass(number, state)
            state = CascadeBuilder.State(
                heat: pass.heatmaps.heat, carried: pass.carried, position: pass.localPosition, cut: pass.cut)
            return pass
        }
    }

    /// Where the part of the crop lies that a pass saw of image `image`: from its units to those of the crop.
    package func cut(pass: Int, image: Int) -> SimilarityMap {
        guard let cut = passes[pass].cut else { return .identity }
        let numbers = cut.values.elements[image * 4..<image * 4 + 4].map { Double($0) }
        return SimilarityMap(a: numbers[0], b: numbers[1], tx: numbers[2], ty: numbers[3])
    }

    /// A plan to run this network by, instead of its graph: features are stage 0, passes the following ones.
    package func makePlan(level: Int32 = lm_level()) -> InferencePlan {
        InferencePlan(graph, stages: [featureLayers] + passes.map(\.layers), level: level)
    }

    /// Flat priors for all images, and no carried features.
    package func clearPriors() {
        prior.values.fill(flatPrior)
        carried.values.fill(0)
    }

    private var flatPrior: Float { configuration.heatGain / Float(configuration.map * configuration.map) }

    /// Prior of image `image`: Gaussians around `points` (crop units 0…1), or flat where nil.
    package func setPrior(_ points: [SIMD2<Double>]?, image: Int) {
        let target = prior.image(image)
        guard let points else { return target.update(repeating: flatPrior) }
        gaussians.place(points)
        gaussians.draw(into: target, gain: configuration.heatGain)
    }

    /// Landmarks of one image after a pass, crop units 0…1.
    package func landmarks(pass: Int, image: Int) -> [SIMD2<Double>] {
        let count = configuration.points
        let values = passes[pass].position.values.elements
        return (0..<count).map {
            SIMD2(Double(values[image * 2 * count + $0]), Double(values[image * 2 * count + count + $0]))
        }
    }

    /// Height of each heatmap's peak over that of an ideal Gaussian, 0…1.
    package func sharpness(pass: Int, image: Int) -> [Double] {
        let heatmaps = passes[pass].heatmaps
        return (0..<configuration.points).map {
            min(1, Double(heatmaps.peak(image: image, point: $0)) / configuration.idealPeak)
        }
    }

    /// Probability that the crop holds a face, as the network gives it.
    package func presence(pass: Int, image: Int) -> Double {
        1 / (1 + Double(-passes[pass].presence.values.elements[image]).exponential)
    }
}
