import Base
import FaceTracking

/// Endless random samples of a set of faces, by a recipe.
package struct TrainingSampler: SampleSource {
    package let side: Int
    /// Y, Cb, Cr.
    package var channels: Int { 3 }
    package let faces: FaceSet
    package let negatives: PictureSet
    /// Crops of the negatives that the network took for faces.
    package let hardNegatives: HardNegatives
    package let recipe: AugmentationRecipe
    package let seed: UInt64
    private let order: WeightedOrder

    /// - Parameters:
    ///   - weights: how often faces of a set are drawn, by the set's name; 1 where none is given.
    package init(
        _ faces: FaceSet, negatives: PictureSet = PictureSet(), hardNegatives: HardNegatives = HardNegatives(),
        recipe: AugmentationRecipe, side: Int = 128, seed: UInt64 = 0,
        weights: [String: Double] = TrainingSampler.defaultWeights
    ) {
        self.hardNegatives = hardNegatives
        (self.faces, self.negatives, self.recipe, self.side, self.seed) = (faces, negatives, recipe, side, seed)
        let layout = CropLayout(area: recipe.cropJitter.area, forehead: recipe.forehead)
        let rarity = rarityWeights(faces.faces, scheme: faces.scheme, layout: layout, power: recipe.rarity)
        order = WeightedOrder(zip(faces.faces, rarity).map { (weights[$0.set] ?? 1) * $1 })
    }

    /// Machine-made annotations count less.
    package static let defaultWeights = ["ytfaces": 0.35]

    package var scheme: LandmarkScheme { faces.scheme }

    /// Writes `[side, side, 3]` floats in −1…1 and returns the labels of sample `index`, independent of the calling thread
    /// and of the order of calls. `crop` is the calling thread's own, of the same side.
    package func makeSample(
        index: UInt64, into pixels: UnsafeMutableBufferPointer<Float>, with crop: PlanarCrop
    ) -> SampleLabels {
        precondition(crop.side == side, "crop of \(crop.side) pixels where \(side) are asked for")
        var jitter = FramePairJitter(recipe.pairs, seed: seed, index: index)
        var random = SplitMix64(seed: seed, index: jitter == nil ? index : index - 1)
        crop.noiseSalt = jitter?.noiseSalt ?? 0
        let hasNegatives = !negatives.frames.isEmpty || recipe.negatives.needsNoPictures
        let isNegative = hasNegatives && random.chance(recipe.negatives.share)
        var labels = isNegative ? negative(crop, &random) : positive(crop, jitter?.error, &random)
        if let prior = labels.prior { labels.prior = jitter?.disturbed(prior) ?? prior }
        labels.isNextFrame = jitter != nil
        occlude(crop, &random)
        changePhotometry(crop, recipe.photometry, &random)
        crop.write(to: pixels)
        return labels
    }

    package func makeGenerator() -> any SampleGenerator { Generator(self) }

    private final class Generator: SampleGenerator {
        private let sampler: TrainingSampler
        private let crop: PlanarCrop

        init(_ sampler: TrainingSampler) { (self.sampler, crop) = (sampler, PlanarCrop(side: sampler.side)) }

        func makeSample(index: UInt64, into pixels: UnsafeMutableBufferPointer<Float>) -> SampleLabels {
            sampler.makeSample(index: index, into: pixels, with: crop)
        }
    }

    /// `motion`: how far the face has moved since the previous frame.
    private func positive(
        _ crop: PlanarCrop, _ motion: CropLayout.Error?, _ random: inout SplitMix64
    ) -> SampleLabels {
        let index = drawnFace(&random)
        let face = faces.faces[index]
        let isMirrored = scheme.mirror != nil && random.chance(recipe.mirrorShare)
        let frameFromCrop =
            switch recipe.crops {
            case .method: methodCrop(face.points, recipe, &random)
            case .tracking:
                layout.frameFromCrop(
                    around: face.points, scheme: scheme,
                    error: cropJitter(recipe.cropJitter, &random) + (motion ?? CropLayout.Error()))
            }
        let coarse = drawnCoarseness(side: side, recipe.photometry, &random)
        crop.sample(faces.frame(of: index), frameFromCrop, mirrored: isMirrored, coarse: coarse)
        var truth = mirrored(frameFromCrop.inverse(face.points), if: isMirrored)
        if recipe.lids.share > 0, random.chance(recipe.lids.share) {
            truth = shutLids(crop, truth, scheme, recipe.lids, &random)
        }
        if recipe.shapes.share > 0, random.chance(recipe.shapes.share) {
            truth = changeShape(crop, truth, scheme, recipe.shapes, &random)
        }
        let prior = random.chance(recipe.priors.share) ? self.prior(truth, face, isMirrored, &random) : nil
        return SampleLabels(truth: truth, prior: prior, presence: true, file: face.file)
    }

    private func negative(_ crop: PlanarCrop, _ random: inout SplitMix64) -> SampleLabels {
        let place = faceless(&random)
        crop.sample(
            place.frame, place.frameFromCrop, mirrored: false,
            coarse: drawnCoarseness(side: side, recipe.photometry, &random))
        let hasPrior = random.chance(recipe.negatives.priorShare) && recipe.priors.share > 0
        guard hasPrior else { return SampleLabels(truth: [], prior: nil, presence: false, file: place.file) }
        let jitter = recipe.cropJitter
        let prior =
            place.mistaken
            ?? shapeOnCrop(faces.faces[drawnFace(&random)].points, jitter.turn, jitter.scale, jitter.shift, &random)
        return SampleLabels(truth: [], prior: prior, presence: false, file: place.file)
    }

    /// A crop without a face at its centre, with the landmarks (crop units) that the network mistook for a face's, if any.
    private typealias Faceless = (frame: Frame, frameFromCrop: SimilarityMap, mistaken: [Point]?, file: String)

    private func faceless(_ random: inout SplitMix64) -> Faceless {
        if negatives.frames.isEmpty || random.chance(recipe.negatives.besideShare) {
            let index = drawnFace(&random)
            let (face, frame) = (faces.faces[index], faces.frame(of: index))
            let ownCrop = layout.frameFromCrop(around: face.points, scheme: scheme)
            let frameFromCrop = Samples.crop(
                beside: ownCrop, width: frame.displayWidth, height: frame.displayHeight, recipe.negatives, &random)
            return (frame, frameFromCrop, nil, face.file)
        }
        if random.chance(recipe.negatives.hardShare), let hard = hardNegatives.draw(&random) {
            let jitter = recipe.cropJitter
            let error = normalError(turn: jitter.turn, scale: jitter.scale, shift: jitter.shift, &random)
            let frameFromCrop = layout.frameFromCrop(around: hard.points, scheme: scheme, error: error)
            return (
                negatives.frames[hard.picture], frameFromCrop, frameFromCrop.inverse(hard.points),
                negatives.files[hard.picture]
            )
        }
        let index = Int(random.uniform() * Double(negatives.frames.count))
        let frame = negatives.frames[index]
        let frameFromCrop = negativeCrop(
            width: frame.displayWidth, height: frame.displayHeight, recipe.negatives, &random)
        return (frame, frameFromCrop, nil, negatives.files[index])
    }

    private func prior(
        _ truth: [Point], _ face: AnnotatedFace, _ isMirrored: Bool, _ random: inout SplitMix64
    ) -> [Point] {
        let priors = recipe.priors
        var kind = random.uniform()
        if kind < priors.otherShare {
            let other = faces.faces[Int(random.uniform() * Double(faces.count))].points
            let shape = shapeOnCrop(other, priors.otherTurn, priors.otherScale, priors.otherShift, &random)
            return mirrored(shape, if: scheme.mirror != nil && random.chance(recipe.mirrorShare))
        }
        kind -= priors.otherShare
        if kind < priors.previousShare {
            return mirrored(
                layout.frameFromCrop(around: face.points, scheme: scheme).inverse(face.points), if: isMirrored)
        }
        kind -= priors.previousShare
        if kind < priors.strongShare { return stronglyWrongPrior(truth, priors, &random) }
        return disturbedPrior(truth, priors, &random)
    }

    /// A shape in its own crop, with these errors.
    private func shapeOnCrop(
        _ points: [Point], _ turn: Double, _ scale: Double, _ shift: Double, _ random: inout SplitMix64
    ) -> [Point] {
        let error = normalError(turn: turn, scale: scale, shift: shift, &random)
        return layout.frameFromCrop(around: points, scheme: scheme, error: error).inverse(points)
    }

    private func occlude(_ crop: PlanarCrop, _ random: inout SplitMix64) {
        guard random.chance(recipe.photometry.occluderShare) else { return }
        let occluder = Occluder(sizes: recipe.photometry.occluderSize, random: &random)
        let isTextured = !negatives.frames.isEmpty && random.chance(recipe.photometry.textureShare)
        if isTextured {
            let frame = negatives.frames[Int(random.uniform() * Double(negatives.frames.count))]
            let frameFromCrop = negativeCrop(
                width: frame.displayWidth, height: frame.displayHeight, recipe.negatives, &random)
            crop.sampleTexture(frame, frameFromCrop)
        }
        crop.occlude(occluder, textured: isTextured)
    }

    private var layout: CropLayout { CropLayout(area: recipe.cropJitter.area, forehead: recipe.forehead) }

    private func mirrored(_ points: [Point], if isMirrored: Bool) -> [Point] {
        isMirrored ? scheme.mirrored(points) ?? points : points
    }

    private func drawnFace(_ random: inout SplitMix64) -> Int { order.draw(&random) }
}
