import Base
import NeuralNetwork

/// Runs a locator on frames, or windows of them, shrunk to about 224×128 pixels. Networks are made once for each shape; windows of a known
/// shape cost no allocation in the network. Bound to one thread.
package final class LocatorRunner {
    package let model: LocatorModel
    /// Networks of the shapes seen last, the newest at the end.
    private var stages: [Stage] = []

    private final class Stage {
        let size: LocatorInputSize
        let network: LocatorNetwork
        let plan: InferencePlan
        let sampler: CropSampler

        init(_ model: LocatorModel, _ size: LocatorInputSize) {
            self.size = size
            network = LocatorNetwork(
                model.configuration, .inference, batch: 1, height: size.height, width: size.width,
                weights: model.weights)
            plan = InferencePlan(network.graph, stages: [network.graph.layers.indices])
            sampler = CropSampler(width: size.width, height: size.height)
        }
    }

    package init(_ model: LocatorModel) { self.model = model }

    /// Faces whose presence is at least `threshold`, at most `limit`, best first; in the whole frame where no window is given.
    package func faces(
        in frame: Frame, window: SearchWindow? = nil, threshold: Double, limit: Int
    ) -> [LocatedFace] {
        let window = window ?? SearchWindow(frame)
        let size = LocatorInputSize(width: window.width, height: window.height)
        let stage = stage(for: size)
        let corner = SimilarityMap(a: 1, b: 0, tx: Double(window.x), ty: Double(window.y))
        let toFrame = size.map(width: window.width, height: window.height).then(corner)
        let units = SimilarityMap(scale: Double(size.width), angle: 0).then(
            SimilarityMap(a: 1, b: 0, tx: -0.5, ty: -0.5))
        stage.sampler.sample(frame, units.then(toFrame), into: stage.network.frame.values.elements)
        stage.plan.run(0)
        return stage.network.faces(threshold: threshold)
            .withoutDuplicates(limit: limit)
            .map { LocatedFace(crop: $0.crop.then(toFrame), presence: $0.presence) }
    }

    /// Multiply-adds for a frame of this size.
    package func multiplyAdds(width: Int, height: Int) -> Int {
        stage(for: LocatorInputSize(width: width, height: height)).network.graph.multiplyAdds()
    }

    private func stage(for size: LocatorInputSize) -> Stage {
        if let known = stages.first(where: { $0.size == size }) { return known }
        if stages.count == 4 { stages.removeFirst() }
        let stage = Stage(model, size)
        stages.append(stage)
        return stage
    }
}
