import Base
import Glibc
import NeuralNetwork

/// Proposes places of faces in a frame for a tracker to verify. Bound to one thread.
package protocol FaceLocator: AnyObject {
    /// Crops (crop units to picture) that may hold a face in this part of the frame, best first.
    func locate(_ frame: Frame, in window: SearchWindow) -> [SimilarityMap]
}

/// The part of a picture that is searched for faces: a rectangle of whole pixels, which may reach beyond the picture.
package struct SearchWindow: Sendable, Equatable {
    /// Upper left corner, in the picture as displayed with square pixels.
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// All of a frame.
    package init(_ frame: Frame) {
        let size = frame.squareSize
        self.init(x: 0, y: 0, width: size.width, height: size.height)
    }

    /// Four parts that overlap by a fifth of the window, so that faces too small for the locator in all of it are whole in one of them.
    var parts: [SearchWindow] {
        let (wide, tall) = (max(1, width * 3 / 5), max(1, height * 3 / 5))
        return [(0, 0), (1, 0), (0, 1), (1, 1)].map { column, row in
            SearchWindow(
                x: x + column * (width - wide), y: y + row * (height - tall), width: wide, height: tall)
        }
    }

    /// A square of `sides` times the crop's side around a place.
    init(around centre: Point, crop: SimilarityMap, sides: Double) {
        let side = max(1, (sides * crop.scale).rounded())
        let corner = (centre - side / 2).rounded(.toNearestOrEven)
        self.init(x: Int(corner.x), y: Int(corner.y), width: Int(side), height: Int(side))
    }
}

/// Proposes the faces that a locator network sees in a frame, or in a part of it. Bound to one thread.
package final class NetworkLocator: FaceLocator {
    package static let defaultThreshold = 0.2
    /// Presence from which a face is proposed.
    package var threshold = NetworkLocator.defaultThreshold
    /// Maximum number of proposals.
    package var proposals = 16
    private let runner: LocatorRunner

    package init(_ model: LocatorModel) { runner = LocatorRunner(model) }

    package func locate(_ frame: Frame, in window: SearchWindow) -> [SimilarityMap] {
        runner.faces(in: frame, window: window, threshold: threshold, limit: proposals).map(\.crop)
    }
}

/// A crop that may hold a face, and how sure the locator is of it.
package struct LocatedFace: Sendable, Equatable {
    /// From crop units to the picture.
    package var crop: SimilarityMap
    /// 0…1.
    package var presence: Double

    package init(crop: SimilarityMap, presence: Double) { (self.crop, self.presence) = (crop, presence) }

    /// Whether centre and size are too close to those of `other` for two faces.
    package func isSame(as other: LocatedFace) -> Bool {
        let distance = (crop(Point(0.5, 0.5)) - other.crop(Point(0.5, 0.5))).length
        let (smaller, larger) = (min(crop.scale, other.crop.scale), max(crop.scale, other.crop.scale))
        return distance < 0.35 * smaller || (distance < 0.5 * larger && larger > 1.6 * smaller)
    }
}

extension [LocatedFace] {
    /// Non-maximum suppression: faces without duplicates of surer ones; at most `limit`, best first.
    package func withoutDuplicates(limit: Int) -> [LocatedFace] {
        var kept: [LocatedFace] = []
        // Equally sure ones stay in their order, so that the result is the same on every run.
        let order = indices.sorted { (-self[$0].presence, $0) < (-self[$1].presence, $1) }
        for index in order where kept.count < limit {
            let face = self[index]
            if kept.allSatisfy({ !$0.isSame(as: face) }) { kept.append(face) }
        }
        return kept
    }
}

/// Output, or target, of a locator cell for the face whose crop has its centre there.
package struct FaceCell: Sendable, Equatable {
    /// Centre of the crop less the cell's, in cells.
    package var shift: Point
    /// Natural logarithm of the crop's side over `LocatorConfiguration.unitSide` pixels.
    package var size: Double
    /// Cosine and sine of the crop's roll; of any length above 0.
    package var roll: Point

    package init(shift: Point, size: Double, roll: Point) {
        (self.shift, self.size, self.roll) = (shift, size, roll)
    }

    /// The cell in this column and row, for a crop in the shrunk frame (crop units to pixels, whose centres lie at integers).
    package init(_ crop: SimilarityMap, column: Int, row: Int) {
        shift = (crop(Point(0.5, 0.5)) + 0.5) / Self.side - Point(Double(column) + 0.5, Double(row) + 0.5)
        size = log(crop.scale / LocatorConfiguration.unitSide)
        roll = Point(cos(crop.angle), sin(crop.angle))
    }

    /// The crop on the shrunk frame.
    package func crop(column: Int, row: Int) -> SimilarityMap {
        let centre = (Point(Double(column) + 0.5, Double(row) + 0.5) + shift) * Self.side - 0.5
        let side = LocatorConfiguration.unitSide * exp(min(max(size, -3), 4))
        return SimilarityMap(scale: side, angle: atan2(roll.y, roll.x), from: Point(0.5, 0.5), to: centre)
    }

    private static let side = Double(LocatorConfiguration.cell)
}

/// Runs a locator on frames, or windows of them, shrunk to about 224×128 pixels. Networks are made once for each shape; windows of a known
/// shape cost no allocation in the network. Bound to one thread.
package final class LocatorRunner {
    package let model: LocatorModel
    /// Networks for the most recent shapes, the newest at the end.
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
        let frameFromWindow = SimilarityMap(a: 1, b: 0, tx: Double(window.x), ty: Double(window.y))
        let frameFromInput = size.windowFromInput(width: window.width, height: window.height).then(frameFromWindow)
        let inputFromUnits = SimilarityMap(scale: Double(size.width), angle: 0).then(
            SimilarityMap(a: 1, b: 0, tx: -0.5, ty: -0.5))
        stage.sampler.sample(frame, inputFromUnits.then(frameFromInput), into: stage.network.frame.values.elements)
        stage.plan.run(0)
        return stage.network.faces(threshold: threshold)
            .withoutDuplicates(limit: limit)
            .map { LocatedFace(crop: $0.crop.then(frameFromInput), presence: $0.presence) }
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
