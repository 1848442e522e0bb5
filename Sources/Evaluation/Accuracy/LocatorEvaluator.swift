import Base
import FaceTracking
import NeuralNetwork

/// Judges a locator on faces and face-free pictures. Bound to one thread.
package final class LocatorEvaluator {
    /// Presence from which a face counts as found.
    package static let threshold = NetworkLocator.defaultThreshold

    private let model: LocatorModel
    private let runner: LocatorRunner

    package init(_ model: LocatorModel) { (self.model, runner) = (model, LocatorRunner(model)) }

    /// Near enough for the cascade to start from: centre within 0.15 of the crop's side, size within 25 %.
    package static func isFound(_ crop: SimilarityMap, among found: [LocatedFace]) -> Bool {
        found.contains { face in
            let distance = (face.crop(Point(0.5, 0.5)) - crop(Point(0.5, 0.5))).length
            return distance <= 0.15 * crop.scale && 0.8...1.25 ~= face.crop.scale / crop.scale
        }
    }

    /// % of the faces that are not found in their own pictures.
    package func missed(in faces: FaceSet) -> Double {
        let missed = faces.faces.indices.count { index in
            let found = runner.faces(in: faces.frame(of: index), threshold: Self.threshold, limit: 16)
            let crop = CropLayout().map(around: faces.faces[index].points, scheme: faces.scheme)
            return !Self.isFound(crop, among: found)
        }
        return 100 * Double(missed) / Double(max(1, faces.count))
    }

    /// % of the faces of the sampler's first `count` scenes that are not found.
    package func missed(in sampler: LocatorSampler, count: Int) -> Double {
        let side = sampler.side
        let network = LocatorNetwork(
            model.configuration, .inference, batch: 1, height: side, width: side, weights: model.weights)
        network.graph.prepare()
        let canvas = PlanarCrop(side: side)
        var target = LocatorTarget(rows: network.cells.shape.height, columns: network.cells.shape.width)
        var (missed, all) = (0, 0)
        for index in 0..<count {
            _ = sampler.makeSample(
                index: UInt64(index), into: network.frame.values.elements, target: &target, with: canvas)
            network.graph.forward()
            let found = network.faces(threshold: Self.threshold).withoutDuplicates(limit: 16)
            all += target.crops.count
            missed += target.crops.count { !Self.isFound($0, among: found) }
        }
        return 100 * Double(missed) / Double(max(1, all))
    }

    /// % of the pictures, all without a face, in which one is seen.
    package func alarmed(in pictures: PictureSet) -> Double {
        let alarmed = pictures.frames.count { !runner.faces(in: $0, threshold: Self.threshold, limit: 1).isEmpty }
        return 100 * Double(alarmed) / Double(max(1, pictures.frames.count))
    }
}
