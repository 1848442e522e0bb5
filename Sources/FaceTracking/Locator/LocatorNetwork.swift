import NeuralNetwork

/// The locator as a graph for shrunk frames of one size: fully convolutional, so that all sizes share the weights.
///
/// Each cell of 8×8 pixels says whether a face's crop has its centre there, and where exactly, how large and how turned that crop is.
/// Source of the method: Zhou, Wang and Krähenbühl 2019, "Objects as points"; inverted residuals: Sandler et al. 2018. Bound to one thread.
package final class LocatorNetwork {
    package let graph: Graph
    /// `[N, H, W, 3]`, −1…1.
    package let frame: FeatureMap
    /// `[N, H/8, W/8, 6]`: as `LocatorConfiguration.outputs` says.
    package let cells: FeatureMap

    /// - Parameters:
    ///   - height, width: of the shrunk frame; multiples of 32.
    package init(
        _ configuration: LocatorConfiguration, _ mode: Graph.Mode, batch: Int, height: Int, width: Int,
        weights: ModelWeights, seed: UInt64 = 1
    ) {
        let deepest = LocatorConfiguration.deepest
        precondition(height % deepest == 0 && width % deepest == 0, "a locator for \(width)×\(height) pixels")
        graph = Graph(mode, batch: batch, weights: weights.trained, statistics: weights.statistics, seed: seed)
        frame = graph.input(height: height, width: width, channels: configuration.channels)
        cells = LocatorBuilder(configuration: configuration, graph: graph).cells(frame)
    }

    /// What the cells of one image say at or above `threshold`, on the shrunk frame, row by row.
    package func faces(image: Int = 0, threshold: Double) -> [LocatedFace] {
        let (rows, columns) = (cells.shape.height, cells.shape.width)
        let values = cells.values.elements
        var found: [LocatedFace] = []
        for cell in 0..<(rows * columns) {
            let at = (image * rows * columns + cell) * LocatorConfiguration.outputs
            let presence = 1 / (1 + Double(-values[at]).exponential)
            guard presence >= threshold else { continue }
            let face = FaceCell(
                shift: Point(Double(values[at + 1]), Double(values[at + 2])), size: Double(values[at + 3]),
                roll: Point(Double(values[at + 4]), Double(values[at + 5])))
            found.append(LocatedFace(crop: face.crop(column: cell % columns, row: cell / columns), presence: presence))
        }
        return found
    }
}
