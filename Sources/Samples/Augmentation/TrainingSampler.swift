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
        let layout = CropLayout(area: recipe.laid.area, forehead: recipe.forehead)
        let rarity = rarityWeights(faces.faces, scheme: faces.scheme, layout: layout, power: recipe.rarity)
        order = WeightedOrder(zip(faces.faces, rarity).map { (weights[$0.set] ?? 1) * $1 })
    }

    /// Machine-made annotations count less.
    package static let defaultWeights = ["ytfaces": 0.35]

    package var scheme: LandmarkScheme { faces.scheme }

    /// Writes `[side, side, 3]` floats in −1…1 and gives the labels of sample `index`: the same ones whichever thread asks
    /// and in whichever order. `crop` is the calling thread's own, of the same side.
    package func makeSample(
        index: UInt64, into pixels: UnsafeMutableBufferPointer<Float>, with crop: PlanarCrop
    ) -> SampleLabels {
        precondition(crop.side == side, "crop of \(crop.side) pixels where \(side) are asked for")
        var sway = FramePairJitter(recipe.pairs, seed: seed, index: index)
        var random = SplitMix64(seed: seed, index: sway == nil ? index : index - 1)
        crop.noiseSalt = sway?.noiseSalt ?? 0
        let hasNegatives = !negatives.frames.isEmpty || recipe.negatives.needsNoPictures
        let isNegative = hasNegatives && random.chance(recipe.negatives.share)
        var labels = isNegative ? negative(crop, &random) : positive(crop, sway?.error, &random)
        if let prior = labels.prior { labels.prior = sway?.disturbed(prior) ?? prior }
        labels.isNextFrame = sway != nil
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

    /// `sway`: how much further wrong the crop is laid than the numbers say.
    private func positive(
        _ crop: PlanarCrop, _ sway: CropLayout.Error?, _ random: inout SplitMix64
    ) -> SampleLabels {
        let index = drawnFace(&random)
        let face = faces.faces[index]
        let isMirrored = scheme.mirror != nil && random.chance(recipe.mirrorShare)
        let map =
            switch recipe.crops {
            case .method: methodCrop(face.points, recipe, &random)
            case .tracking:
                layout.map(
                    around: face.points, scheme: scheme,
                    error: cropJitter(recipe.laid, &random) + (sway ?? CropLayout.Error()))
            }
        let coarse = drawnCoarseness(side: side, recipe.photometry, &random)
        crop.sample(faces.frame(of: index), map, mirrored: isMirrored, coarse: coarse)
        var truth = mirrored(map.inverse(face.points), if: isMirrored)
        if recipe.lids.share > 0, random.chance(recipe.lids.share) {
            truth = shutLids(crop, truth, scheme, recipe.lids, &random)
        }
        let prior = random.chance(recipe.priors.share) ? self.prior(truth, face, isMirrored, &random) : nil
        return SampleLabels(truth: truth, prior: prior, presence: true, file: face.file)
    }

    private func negative(_ crop: PlanarCrop, _ random: inout SplitMix64) -> SampleLabels {
        let place = faceless(&random)
        crop.sample(
            place.frame, place.map, mirrored: false, coarse: drawnCoarseness(side: side, recipe.photometry, &random))
        let hasPrior = random.chance(recipe.negatives.priorShare) && recipe.priors.share > 0
        guard hasPrior else { return SampleLabels(truth: [], prior: nil, presence: false, file: place.file) }
        let laid = recipe.laid
        let prior =
            place.mistaken
            ?? shapeOnCrop(faces.faces[drawnFace(&random)].points, laid.turn, laid.scale, laid.shift, &random)
        return SampleLabels(truth: [], prior: prior, presence: false, file: place.file)
    }

    /// A crop that holds no face, or none that it is laid for; with the landmarks (crop units) that the network mistook for a face's.
    private typealias Faceless = (frame: Frame, map: SimilarityMap, mistaken: [Point]?, file: String)

    private func faceless(_ random: inout SplitMix64) -> Faceless {
        if negatives.frames.isEmpty || random.chance(recipe.negatives.besideShare) {
            let index = drawnFace(&random)
            let (face, frame) = (faces.faces[index], faces.frame(of: index))
            let own = layout.map(around: face.points, scheme: scheme)
            let map = Samples.crop(
                beside: own, width: frame.displayWidth, height: frame.displayHeight, recipe.negatives, &random)
            return (frame, map, nil, face.file)
        }
        if random.chance(recipe.negatives.hardShare), let hard = hardNegatives.draw(&random) {
            let laid = recipe.laid
            let error = normalError(turn: laid.turn, scale: laid.scale, shift: laid.shift, &random)
            let map = layout.map(around: hard.points, scheme: scheme, error: error)
            return (negatives.frames[hard.picture], map, map.inverse(hard.points), negatives.files[hard.picture])
        }
        let index = Int(random.uniform() * Double(negatives.frames.count))
        let frame = negatives.frames[index]
        let map = negativeCrop(width: frame.displayWidth, height: frame.displayHeight, recipe.negatives, &random)
        return (frame, map, nil, negatives.files[index])
    }

    private func prior(
        _ truth: [Point], _ face: AnnotatedFace, _ isMirrored: Bool, _ random: inout SplitMix64
    ) -> [Point] {
        let priors = recipe.priors
        var kind = random.uniform()
        if kind < priors.otherShare {
            let other = faces.faces[Int(random.uniform() * Double(faces.count))].points
            let laid = shapeOnCrop(other, priors.otherTurn, priors.otherScale, priors.otherShift, &random)
            return mirrored(laid, if: scheme.mirror != nil && random.chance(recipe.mirrorShare))
        }
        kind -= priors.otherShare
        if kind < priors.previousShare {
            return mirrored(layout.map(around: face.points, scheme: scheme).inverse(face.points), if: isMirrored)
        }
        kind -= priors.previousShare
        if kind < priors.strongShare { return stronglyWrongPrior(truth, priors, &random) }
        return disturbedPrior(truth, priors, &random)
    }

    /// A shape as it lies in the crop that it would lay itself, but for these errors.
    private func shapeOnCrop(
        _ points: [Point], _ turn: Double, _ scale: Double, _ shift: Double, _ random: inout SplitMix64
    ) -> [Point] {
        let error = normalError(turn: turn, scale: scale, shift: shift, &random)
        return layout.map(around: points, scheme: scheme, error: error).inverse(points)
    }

    private func occlude(_ crop: PlanarCrop, _ random: inout SplitMix64) {
        guard random.chance(recipe.photometry.occluderShare) else { return }
        let occluder = Occluder(sizes: recipe.photometry.occluderSize, random: &random)
        let isTextured = !negatives.frames.isEmpty && random.chance(recipe.photometry.textureShare)
        if isTextured {
            let frame = negatives.frames[Int(random.uniform() * Double(negatives.frames.count))]
            let map = negativeCrop(
                width: frame.displayWidth, height: frame.displayHeight, recipe.negatives, &random)
            crop.sampleTexture(frame, map)
        }
        crop.occlude(occluder, textured: isTextured)
    }

    private var layout: CropLayout { CropLayout(area: recipe.laid.area, forehead: recipe.forehead) }

    private func mirrored(_ points: [Point], if isMirrored: Bool) -> [Point] {
        isMirrored ? scheme.mirrored(points) ?? points : points
    }

    private func drawnFace(_ random: inout SplitMix64) -> Int { order.draw(&random) }
}
