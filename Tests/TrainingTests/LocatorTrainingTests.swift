import Base
import FaceTracking
import SampleSupport
import TestSupport
import Testing

@testable import Samples
@testable import Training

@Suite struct LocatorTrainingTests {
    private func crop(_ side: Double, _ x: Double, _ y: Double, angle: Double = 0) -> SimilarityMap {
        SimilarityMap(scale: side, angle: angle, from: Point(0.5, 0.5), to: Point(x, y))
    }

    private func target(_ crops: [SimilarityMap]) -> LocatorTarget {
        var target = LocatorTarget(rows: 8, columns: 8)
        for crop in crops { target.add(crop) }
        return target
    }

    // MARK: Targets

    @Test func everyCellOfAFaceNamesTheSameCrop() throws {
        let crop = crop(40, 27.3, 30.1, angle: 0.4)
        let target = target([crop])
        #expect(target.heat[3 * 8 + 3] == 1 && target.heat.count { $0 == 1 } == 1)
        let asked = target.weight.indices.filter { target.weight[$0] > 0 }
        #expect(abs(asked.reduce(0) { $0 + target.weight[$1] } - 1) < 1e-5 && asked.contains(27))
        for cell in asked {
            let numbers = (0..<5).map { Double(target.numbers[5 * cell + $0]) }
            let face = FaceCell(
                shift: Point(numbers[0], numbers[1]), size: numbers[2], roll: Point(numbers[3], numbers[4]))
            let found = face.crop(column: cell % 8, row: cell / 8)
            #expect((found(Point(0, 1)) - crop(Point(0, 1))).length < 1e-4)
        }
    }

    @Test func facesThatAreNotAskedForAreNotForbiddenEither() {
        var target = target([crop(30, 16, 16)])
        target.ignore(crop(10, 50, 50))
        target.ignore(crop(30, 16, 16))
        #expect(target.heat[6 * 8 + 6].isNaN && target.heat[2 * 8 + 2] == 1 && target.faces == 1)
        #expect(target.heat[6 * 8 + 1] == 0)
        target.clear()
        #expect(target.heat.allSatisfy { $0 == 0 } && target.weight.allSatisfy { $0 == 0 } && target.faces == 0)
    }

    @Test func aCentreOutsideTheSceneIsNoFace() {
        #expect(target([crop(30, 70, 20), crop(30, 20, 66)]).faces == 0)
    }

    // MARK: Loss

    @Test func gradientsOfAllParameters() {
        let step = TestedLocatorStep([target([crop(30, 20, 40), crop(60, 45, 12)]), target([])])
        step.compute()
        let gradients = Array(step.network.graph.gradients!.elements)
        for parameter in step.network.graph.weights.parameters {
            step.compare(parameter.name, parameter.values, Array(gradients[parameter.range]))
        }
    }

    @Test func whatIsNotAskedCostsNothing() {
        var silent = LocatorTarget(rows: 8, columns: 8)
        silent.ignore(crop(2000, 32, 32))
        let step = TestedLocatorStep([silent, silent])
        #expect(step.compute() == 0)
        #expect(step.network.graph.gradients!.elements.allSatisfy { $0 == 0 })
    }

    // MARK: Scenes

    @Test func aNumberGivesTheSameSceneWhateverCameBefore() throws {
        let painted = try PaintedFaces()
        let sampler = LocatorSampler(painted.faces, negatives: painted.negatives, side: 96, seed: 5)
        func scene(_ index: UInt64, _ generator: any SampleGenerator) -> ([Float], [Point]) {
            var pixels = [Float](repeating: 9, count: 3 * 96 * 96)
            let labels = pixels.withUnsafeMutableBufferPointer { generator.makeSample(index: index, into: $0) }
            return (pixels, labels.truth)
        }
        let generator = sampler.makeGenerator()
        for index in [7, 3, 11] as [UInt64] {
            let (again, fresh) = (scene(index, generator), scene(index, sampler.makeGenerator()))
            #expect(again == fresh)
        }
        #expect(scene(7, generator).0 != scene(8, generator).0)
    }

    /// The painted pictures' level is the column or the row, so that a scene's pixel tells where in the picture it came from.
    @Test(arguments: [0.0, 1.0]) func cropsLieWhereTheFacesWereLaid(mirrored: Double) throws {
        let painted = try PaintedFaces()
        var recipe = SceneRecipe()
        (recipe.emptyShare, recipe.moreShare, recipe.patchShare, recipe.barShare) = (0, 0, 0, 0)
        (recipe.mirrorShare, recipe.photometry, recipe.face) = (mirrored, .none, 0.3...0.8)
        let sampler = LocatorSampler(painted.faces, negatives: PictureSet(), recipe: recipe, side: 96, seed: 2)
        let generator = sampler.makeGenerator()
        var pixels = [Float](repeating: 0, count: 3 * 96 * 96)
        var seen = 0
        for index in 0..<40 {
            let labels = pixels.withUnsafeMutableBufferPointer { generator.makeSample(index: UInt64(index), into: $0) }
            guard labels.truth.count == 4 else { continue }
            let number = painted.faces.faces.firstIndex { $0.file == labels.file }!
            let face = painted.faces.faces[number]
            let wanted = CropLayout().frameFromCrop(around: face.points, scheme: face.scheme)(Point(0.5, 0.55))
            let (left, right) = (labels.truth[3] - labels.truth[0], labels.truth[1] - labels.truth[0])
            let place = (labels.truth[0] + left * 0.55 + right * 0.5) * 96 - 0.5
            guard 2...93 ~= place.x, 2...93 ~= place.y else { continue }
            seen += 1
            let level = (luma(pixels, place) + 1) * 127.5
            #expect(abs(level - (number.isMultiple(of: 2) ? wanted.x : wanted.y)) < 0.6, "scene \(index)")
        }
        #expect(seen > 15)
    }

    private func luma(_ pixels: [Float], _ p: Point) -> Double {
        let (i, j) = (Int(p.x), Int(p.y))
        let f = Point(p.x - Double(i), p.y - Double(j))
        func value(_ i: Int, _ j: Int) -> Double { Double(pixels[3 * (j * 96 + i)]) }
        return (value(i, j) * (1 - f.x) + value(i + 1, j) * f.x) * (1 - f.y)
            + (value(i, j + 1) * (1 - f.x) + value(i + 1, j + 1) * f.x) * f.y
    }

    // MARK: Training

    @Test func stepsLowerTheLossAndRepeat() throws {
        let painted = try PaintedFaces()
        var settings = TrainingSettings()
        (settings.threads, settings.batch, settings.samples) = (2, 4, 1000)
        func losses() throws -> [Double] {
            let sampler = LocatorSampler(painted.faces, negatives: painted.negatives, side: 64)
            let trainer = Trainer(LocatorModel(), settings, sampler: sampler)
            return try (0..<20).map { _ in try trainer.step().loss.total }
        }
        let (first, second) = (try losses(), try losses())
        #expect(first == second)
        #expect(first.suffix(5).reduce(0, +) < first.prefix(5).reduce(0, +))
    }
}

/// A step of training on random images of 64×64.
private struct TestedLocatorStep {
    let network: LocatorNetwork
    let loss: LocatorLoss
    let targets: [LocatorTarget]

    init(_ targets: [LocatorTarget]) {
        var configuration = LocatorConfiguration()
        configuration.widths = [5, 6, 8, 9, 10]
        network = LocatorNetwork(
            configuration, .training, batch: targets.count, height: 64, width: 64, weights: ModelWeights())
        loss = LocatorLoss(network, LocatorLoss.Weights())
        self.targets = targets
        let frame = network.frame.values.elements
        _ = frame.update(fromContentsOf: uniform(frame.count, seed: 3))
        for (index, parameter) in network.graph.weights.parameters.enumerated() where parameter.shape.count == 1 {
            let gamma = parameter.name.hasSuffix(".gamma")
            // Arguments of hard swish stay away from its kinks; nothing is at rest at 0.
            let numbers = uniform(parameter.count, gamma ? 0.4 : -0.3, gamma ? 0.7 : 0.3, seed: UInt64(index))
            _ = parameter.values.update(fromContentsOf: numbers)
        }
    }

    @discardableResult func compute() -> Double {
        network.graph.prepare()
        network.graph.forward()
        network.graph.beginBackward()
        let parts = loss.addGradients(targets, faces: 2)
        network.graph.backward()
        return parts.total
    }

    private func value() -> Double {
        network.graph.prepare()
        network.graph.forward()
        return loss.addGradients(targets, faces: 2).total
    }

    /// Along the gradient, and along it with random signs and sizes.
    func compare(_ name: String, _ values: UnsafeMutableBufferPointer<Float>, _ gradient: [Float]) {
        let length = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let factors = uniform(values.count, seed: UInt64(values.count))
        let along = length > 1e-5 ? gradient.map { $0 / Float(length) } : factors
        for direction in [along, zip(along, factors).map { $0 * $1 }] {
            let found = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            let wanted = slope(of: value, moving: values, along: direction, step: 0.005)
            #expect(abs(found - wanted) <= 0.03 * length + 2e-3, "\(name): \(found), not \(wanted)")
        }
    }
}
