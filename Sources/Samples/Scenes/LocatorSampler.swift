import Base
import FaceTracking
import Glibc

/// Endless random scenes for the locator: annotated faces and patches of face-free pictures, of all sizes, pasted on other pictures.
/// Scene `index` is the same no matter which generator draws it.
package struct LocatorSampler: Sendable {
    /// Side of the scenes in pixels; a multiple of 32. The locator is fully convolutional: other shapes need no scenes of their own.
    package let side: Int
    package let faces: FaceSet
    package let negatives: PictureSet
    /// Which of the negatives to sample more often.
    package let hardPictures: HardPictures
    package let recipe: SceneRecipe
    package let seed: UInt64
    private let order: WeightedOrder

    package init(
        _ faces: FaceSet, negatives: PictureSet, hardPictures: HardPictures = HardPictures(),
        recipe: SceneRecipe = SceneRecipe(), side: Int = 160, seed: UInt64 = 0
    ) {
        precondition(side > 0 && side % LocatorConfiguration.deepest == 0, "scenes of \(side) pixels")
        (self.faces, self.negatives, self.hardPictures) = (faces, negatives, hardPictures)
        (self.recipe, self.side, self.seed) = (recipe, side, seed)
        order = WeightedOrder(faces.faces.map { TrainingSampler.defaultWeights[$0.set] ?? 1 })
    }

    /// Writes `[side, side, 3]` floats in −1…1 and the locator's target for them. `canvas` is the calling thread's own.
    /// Returns the files of the faces.
    package func makeSample(
        index: UInt64, into pixels: UnsafeMutableBufferPointer<Float>, target: inout LocatorTarget,
        with canvas: PlanarCrop
    ) -> [String] {
        precondition(canvas.side == side, "canvas of \(canvas.side) pixels where \(side) are asked for")
        var random = SplitMix64(seed: seed, index: index)
        var scene = Scene()
        drawBackground(canvas, &random)
        drawPatches(canvas, &scene, &random)
        if !random.chance(recipe.emptyShare) { drawFaces(canvas, &scene, &random) }
        occlude(canvas, &scene, &random)
        changePhotometry(canvas, recipe.photometry, &random)
        canvas.write(to: pixels)
        drawBars(pixels, &scene, &random)
        scene.write(to: &target, side: side, smallest: recipe.smallest)
        return scene.placed.map { faces.faces[$0.face].file }
    }

    // MARK: Background

    private func drawBackground(_ canvas: PlanarCrop, _ random: inout SplitMix64) {
        if negatives.frames.isEmpty || random.chance(recipe.flatShare) { return fillFlat(canvas, &random) }
        let frame = drawnNegative(&random)
        canvas.sample(frame, covering(frame, &random), mirrored: random.chance(0.5))
        if random.chance(recipe.blurredShare) { canvas.blur(sigma: random.uniform(1.5, 8)) }
    }

    private func fillFlat(_ canvas: PlanarCrop, _ random: inout SplitMix64) {
        let level = random.uniform(-1, 1)
        let tints = (random.uniform(-0.2, 0.2), random.uniform(-0.2, 0.2))
        canvas.scale(.luma, gain: 0, bias: level)
        canvas.scale(.cb, gain: 0, bias: tints.0)
        canvas.scale(.cr, gain: 0, bias: tints.1)
        if random.chance(0.5) {
            canvas.shade(across: random.uniform(-0.5, 0.5), down: random.uniform(-0.5, 0.5))
        }
        if random.chance(0.5) {
            canvas.addNoise(.luma, amplitude: random.uniform(0, 0.5), seed: random.next())
            canvas.blur(sigma: random.uniform(0.5, 6))
        }
    }

    private func drawnNegative(_ random: inout SplitMix64) -> Frame {
        if random.chance(recipe.hardShare), let index = hardPictures.draw(&random) { return negatives.frames[index] }
        return negatives.frames[Int(random.uniform() * Double(negatives.frames.count))]
    }

    /// A crop inside the picture, as large as the picture or smaller.
    private func covering(_ frame: Frame, _ random: inout SplitMix64) -> SimilarityMap {
        let size = Point(Double(frame.displayWidth), Double(frame.displayHeight))
        let shorter = min(size.x, size.y)
        let span = shorter * (random.chance(0.4) ? 1 : random.uniform(0.3, 1))
        let free = size - span
        let corner = Point(free.x * random.uniform(), free.y * random.uniform())
        return SimilarityMap(
            scale: span, angle: 0, from: Point(0.5, 0.5), to: corner + (span - 1) / 2)
    }

    // MARK: Patches and faces

    private func drawPatches(_ canvas: PlanarCrop, _ scene: inout Scene, _ random: inout SplitMix64) {
        guard !negatives.frames.isEmpty, random.chance(recipe.patchShare) else { return }
        for _ in 0...Int(random.uniform() * Double(recipe.mostPatches)) {
            let frame = drawnNegative(&random)
            let size = Point(Double(frame.displayWidth), Double(frame.displayHeight))
            let length = exp(random.uniform(log(0.08), log(0.9)))
            let centre = Point(random.uniform(), random.uniform())
            // The patch's middle fifth to all of the picture, as large on the scene as a face would be.
            let share = random.uniform(0.2, 1)
            let frameFromScene = SimilarityMap(
                scale: share * min(size.x, size.y) / length, angle: turn(&random), from: centre,
                to: Point(random.uniform(0.5 * share, 1 - 0.5 * share), random.uniform(0.5 * share, 1 - 0.5 * share))
                    * size)
            let half = size * share / 2
            let middle = frameFromScene(centre)
            paste(
                canvas, frame, frameFromScene, mirrored: false,
                Box(low: middle - half, high: middle + half).clamped(to: size),
                &random)
        }
    }

    private func drawFaces(_ canvas: PlanarCrop, _ scene: inout Scene, _ random: inout SplitMix64) {
        if random.chance(recipe.fillShare) { return drawFilling(canvas, &scene, &random) }
        var count = 1
        while count < recipe.mostFaces, random.chance(recipe.moreShare) { count += 1 }
        for _ in 0..<count {
            for _ in 0..<5 where drawFace(canvas, &scene, &random) { break }
        }
    }

    /// One picture, as it is, over most of the scene.
    private func drawFilling(_ canvas: PlanarCrop, _ scene: inout Scene, _ random: inout SplitMix64) {
        let index = order.draw(&random)
        let (face, frame) = (faces.faces[index], faces.frame(of: index))
        let size = Point(Double(frame.displayWidth), Double(frame.displayHeight))
        let frameFromCrop = layout.frameFromCrop(around: face.points, scheme: faces.scheme)
        // From the whole picture's shorter side down to the face alone.
        let span = exp(
            random.uniform(log(0.6 * frameFromCrop.scale), log(max(0.7 * frameFromCrop.scale, min(size.x, size.y)))))
        let middle = frameFromCrop(Point(0.5, 0.5))
        let free = (low: middle - span / 2, high: size - middle - span / 2)
        let shift = Point(
            random.uniform(-min(max(0, free.low.x), 0.4 * span), min(max(0, free.high.x), 0.4 * span)),
            random.uniform(-min(max(0, free.low.y), 0.4 * span), min(max(0, free.high.y), 0.4 * span)))
        let frameFromScene = SimilarityMap(
            scale: span, angle: random.normal() * 6 * degree, from: Point(0.5, 0.5), to: middle + shift)
        let isMirrored = random.chance(recipe.mirrorShare)
        canvas.sampleTexture(frame, frameFromScene, mirrored: isMirrored)
        canvas.paste(
            PasteMask(
                pictureFromCrop: frameFromScene, mirrored: isMirrored, box: Box(low: .zero, high: size - 1),
                corners: .square,
                feather: random.uniform(0.01, 0.15)))
        scene.add(index, frameFromCrop.then(frameFromScene.inverse).mirrored(if: isMirrored), isFilling: true)
    }

    /// One more face; false where it would cover another.
    private func drawFace(_ canvas: PlanarCrop, _ scene: inout Scene, _ random: inout SplitMix64) -> Bool {
        let index = order.draw(&random)
        let (face, frame) = (faces.faces[index], faces.frame(of: index))
        let frameFromCrop = layout.frameFromCrop(around: face.points, scheme: faces.scheme)
        let box = Box(around: SimilarityMap(scale: 1, angle: -frameFromCrop.angle)(face.points))
        let length = exp(random.uniform(log(recipe.face.lowerBound), log(recipe.face.upperBound)))
        let sceneFromCrop = SimilarityMap(
            scale: length * frameFromCrop.scale / max(1, box.width, box.height), angle: turn(&random),
            from: Point(0.5, 0.5),
            to: Point(random.uniform(), random.uniform()))
        guard scene.hasRoom(for: sceneFromCrop) else { return false }
        let isMirrored = random.chance(recipe.mirrorShare)
        let frameFromScene = sceneFromCrop.mirrored(if: isMirrored).inverse.then(frameFromCrop)
        let size = Point(Double(frame.displayWidth), Double(frame.displayHeight))
        paste(canvas, frame, frameFromScene, mirrored: isMirrored, around(face.points, size, &random), &random)
        scene.add(index, sceneFromCrop, isFilling: false)
        return true
    }

    /// A box of the picture that holds the head: from a little more than the face to all that the picture has.
    private func around(_ points: [Point], _ size: Point, _ random: inout SplitMix64) -> Box {
        let face = Box(around: points).withForehead(1.35)
        let reach = 0.9 * max(face.width, face.height)
        let low = face.low - Point(random.uniform(0.04, 1), random.uniform(0.04, 1)) * reach
        let high = face.high + Point(random.uniform(0.04, 1), random.uniform(0.04, 1)) * reach
        return Box(low: low, high: high).clamped(to: size)
    }

    private func paste(
        _ canvas: PlanarCrop, _ frame: Frame, _ frameFromScene: SimilarityMap, mirrored: Bool, _ box: Box,
        _ random: inout SplitMix64
    ) {
        guard box.width > 1, box.height > 1 else { return }
        canvas.sampleTexture(frame, frameFromScene, mirrored: mirrored)
        let corners = PasteMask.Corners.allCases[Int(random.uniform() * 3)]
        let feather = exp(random.uniform(log(0.03), log(0.5)))
        canvas.paste(
            PasteMask(pictureFromCrop: frameFromScene, mirrored: mirrored, box: box, corners: corners, feather: feather)
        )
    }

    private func turn(_ random: inout SplitMix64) -> Double {
        let isTurned = random.chance(recipe.turnShare)
        return degree * (isTurned ? random.uniform(-recipe.turn, recipe.turn) : random.normal() * recipe.uprightTurn)
    }

    // MARK: In front of all

    private func occlude(_ canvas: PlanarCrop, _ scene: inout Scene, _ random: inout SplitMix64) {
        guard random.chance(recipe.photometry.occluderShare) else { return }
        let occluder = Occluder(sizes: recipe.photometry.occluderSize, random: &random)
        let isTextured = !negatives.frames.isEmpty && random.chance(recipe.photometry.textureShare)
        if isTextured {
            let frame = drawnNegative(&random)
            canvas.sampleTexture(frame, covering(frame, &random))
        }
        canvas.occlude(occluder, textured: isTextured)
        scene.cover(occluder.centre, reach: max(occluder.half.x, occluder.half.y))
    }

    /// Black bars at two opposite sides, as around frames with another aspect ratio.
    private func drawBars(
        _ pixels: UnsafeMutableBufferPointer<Float>, _ scene: inout Scene, _ random: inout SplitMix64
    ) {
        guard random.chance(recipe.barShare) else { return }
        let width = Int(random.uniform() * recipe.bar / 2 * Double(side))
        let isUpright = random.chance(0.5)
        for row in 0..<side {
            for column in 0..<side {
                let along = isUpright ? column : row
                guard along < width || along >= side - width else { continue }
                let pixel = 3 * (row * side + column)
                (pixels[pixel], pixels[pixel + 1], pixels[pixel + 2]) = (-1, 0, 0)
            }
        }
        scene.margin = Double(width) / Double(side)
        scene.marginIsUpright = isUpright
    }

    private var layout: CropLayout { CropLayout() }
}

private let degree = Double.pi / 180

extension Box {
    /// The part inside a picture of this size.
    fileprivate func clamped(to size: Point) -> Box {
        Box(low: pointwiseMax(low, .zero), high: pointwiseMin(high, size - 1))
    }
}

/// Scenes as samples for viewing: landmarks are the corners of the faces' crops, upper left first, clockwise.
extension LocatorSampler: SampleSource {
    package var channels: Int { 3 }

    package func makeGenerator() -> any SampleGenerator { Generator(self) }

    private final class Generator: SampleGenerator {
        private let sampler: LocatorSampler
        private let canvas: PlanarCrop
        private var target: LocatorTarget

        init(_ sampler: LocatorSampler) {
            (self.sampler, canvas) = (sampler, PlanarCrop(side: sampler.side))
            let cells = sampler.side / LocatorConfiguration.cell
            target = LocatorTarget(rows: cells, columns: cells)
        }

        func makeSample(index: UInt64, into crop: UnsafeMutableBufferPointer<Float>) -> SampleLabels {
            let files = sampler.makeSample(index: index, into: crop, target: &target, with: canvas)
            let corners = [Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)]
            let truth = target.crops.flatMap { crop in
                corners.map { (crop($0) + 0.5) / Double(sampler.side) }
            }
            return SampleLabels(
                truth: truth, prior: nil, presence: target.faces > 0, file: files.joined(separator: " "))
        }
    }
}
