import FaceTracking
import NeuralNetwork

/// Initialises a model with the weights of one that has other landmarks.
struct WeightTransfer {
    /// Layers whose weights have columns or rows of each landmark, and along which axis: all landmarks for each of several blocks
    /// (coordinates, or places of a cell).
    private static let landmarkAxes = ["pass.prior": 0, "pass.logits": 1, "pass.heat": 0, "pass.offset": 1]

    /// Names of the weights copied unchanged from the old model.
    private(set) var inherited: Set<String> = []
    /// Names of newly initialised weights, in which only the columns of matched landmarks are copied.
    private(set) var fresh: [String] = []
    private(set) var inheritedCount = 0

    /// Copies weights and running statistics from `old` to `new`.
    ///
    /// - Parameter origins: for each landmark of `new` the one of `old` that it starts from.
    init(from old: CascadeModel, to new: CascadeModel, origins: [Int?]) {
        let counts = (old: old.configuration.points, new: new.configuration.points)
        let isSame = counts.old == counts.new && origins == Array(0..<counts.old)
        for (source, target) in [
            (old.weights.trained, new.weights.trained), (old.weights.statistics, new.weights.statistics),
        ] {
            for parameter in target.parameters {
                guard let known = source[parameter.name] else {
                    fresh.append(parameter.name)
                    continue
                }
                let axis = Self.landmarkAxes.first { parameter.name.hasPrefix($0.key + ".") && !isSame }?.value
                if let axis, let map = ColumnMap(known.shape, parameter.shape, axis: axis, counts) {
                    map.copy(known.values, to: parameter.values, origins: origins)
                    fresh.append(parameter.name)
                } else if known.shape == parameter.shape {
                    _ = parameter.values.update(fromContentsOf: known.values)
                    inherited.insert(parameter.name)
                    inheritedCount += parameter.count
                } else {
                    fresh.append(parameter.name)
                }
            }
        }
    }
}

/// An array with a row or column for each landmark in each of several blocks, in two models of different landmarks.
private struct ColumnMap {
    /// Elements before the axis, blocks along it, elements after it.
    private let outer: Int
    private let blocks: Int
    private let inner: Int
    private let counts: (old: Int, new: Int)
    /// Whether the landmarks are read (and add up) or written.
    private let isInput: Bool

    /// Nil where the shapes are not of this kind, such as those of a normalisation.
    init?(_ old: [Int], _ new: [Int], axis wanted: Int, _ counts: (old: Int, new: Int)) {
        let axis = new.count == 1 ? 0 : wanted
        guard old.count == new.count, new.indices.contains(axis), !(new.count == 1 && wanted == 0),
            new[axis] % counts.new == 0, old[axis] % counts.old == 0, new[axis] / counts.new == old[axis] / counts.old
        else { return nil }
        (outer, inner) = (new[..<axis].reduce(1, *), new[(axis + 1)...].reduce(1, *))
        guard outer == old[..<axis].reduce(1, *), inner == old[(axis + 1)...].reduce(1, *) else { return nil }
        (blocks, self.counts, isInput) = (new[axis] / counts.new, counts, wanted == 0)
    }

    /// Several landmarks that read from one old one share its weight, so that the sum stays.
    func copy(
        _ old: UnsafeMutableBufferPointer<Float>, to new: UnsafeMutableBufferPointer<Float>, origins: [Int?]
    ) {
        var shares = [Int](repeating: 0, count: counts.old)
        for case let origin? in origins { shares[origin] += 1 }
        for (point, origin) in origins.enumerated() {
            guard let origin else { continue }
            let scale = isInput ? 1 / Float(shares[origin]) : 1
            for row in 0..<outer * blocks {
                for column in 0..<inner {
                    new[(row * counts.new + point) * inner + column] =
                        scale * old[(row * counts.old + origin) * inner + column]
                }
            }
        }
    }
}
