import Base

/// How training samples are made from annotated pictures. All numbers are defaults that a recipe file may replace.
///
/// Lengths are in crop sides, angles in degrees, values in −1…1 (one level of 255 is 0.0078), "share" is the probability
/// of a change, and ranges are drawn from uniformly unless said otherwise.
package struct AugmentationRecipe: Sendable, Equatable {
    package enum Crops: String, Sendable {
        /// Steps 0–7 of the published method: turned, forehead, random size, random place.
        case method
        /// Placed by inaccurate previous landmarks, as in a tracker.
        case tracking
    }

    package var crops: Crops
    /// Height of the face box over that of the box around the landmarks (step 2).
    package var forehead = 1.4
    /// Share of samples that are flipped left to right, where the scheme has a mirror map.
    package var mirrorShare = 0.5

    package var method = MethodCrops()
    package var cropJitter = CropJitter()
    package var negatives = Negatives()
    package var priors = Priors()
    package var pairs = Pairs()
    package var lids = Lids()
    package var shapes = Shapes()
    /// How much more often rare shapes are sampled: the power of their distance from the mean shape; 0: equally often.
    package var rarity = 0.0
    package var photometry = Photometry()

    /// As published [S, steps 0–7], with mild photometric changes only.
    package static let method: AugmentationRecipe = {
        var recipe = AugmentationRecipe(crops: .method)
        recipe.mirrorShare = 0
        recipe.negatives.share = 0
        recipe.priors.share = 0
        recipe.photometry = .mild
        return recipe
    }()

    /// Conditions as a tracker meets them: the recipe of the shipped models.
    package static let tracking = AugmentationRecipe(crops: .tracking)

    package init(crops: Crops) { self.crops = crops }

    /// Steps 0 and 3 of the method.
    package struct MethodCrops: Sendable, Equatable {
        /// ± turn of the picture.
        package var turn = 15.0
        /// Area of the largest crop over that of the face box.
        package var largestArea = 2.0
    }

    /// Crops of the tracking recipe; errors are normal, with these standard deviations.
    package struct CropJitter: Sendable, Equatable {
        /// Area of the crop over the square of the face box's longer side.
        package var area = 1.5
        package var turn = 8.0
        /// Deviation of the natural logarithm of the side.
        package var scale = 0.10
        package var shift = 0.05
        /// Share of samples whose crops are misplaced much more, and their deviations.
        package var outlierShare = 0.2
        package var outlierTurn = 18.0
        package var outlierScale = 0.2
        package var outlierShift = 0.1
    }

    /// Crops without a face.
    package struct Negatives: Sendable, Equatable {
        package var share = 0.16
        /// Share of them that are taken from a face's picture, beside the face; and how far its centre is from the face's, in sides.
        package var besideShare = 0.4
        /// Where there is no picture without a face, all of them are beside faces (true), or there are none (false).
        package var needsNoPictures = false
        package var besideDistance = 0.6
        package var besideTurn = 30.0
        /// Share of hard negatives among the others, once there are some.
        package var hardShare = 0.6
        /// Side of the crop over the picture's shorter side.
        package var size = 0.08...1.0
        package var turn = 180.0
        package var priorShare = 0.5
    }

    /// First heatmaps. The kinds' shares are of the samples that have a prior; the rest is the disturbed truth.
    package struct Priors: Sendable, Equatable {
        package var share = 0.5
        /// Another person's shape, placed in this crop with these errors (standard deviations).
        package var otherShare = 0.3
        package var otherTurn = 6.0
        package var otherScale = 0.08
        package var otherShift = 0.04
        /// The shape that determined the crop: upright in its middle, as in the tracker; crops of this kind move less.
        package var previousShare = 0.3
        /// Strongly wrong: shifted and turned by at most this.
        package var strongShare = 0.08
        package var strongShift = 0.3
        package var strongTurn = 30.0
        /// Perturbation of the truth: turned, scaled, shifted as a whole (standard deviations) …
        package var turn = 5.0
        package var scale = 0.05
        package var shift = 0.02
        /// … and noise on each point, with a deviation drawn from 0 to this.
        package var pointNoise = 0.012
    }

    /// Pairs of neighbouring frames: the second shows what the first does, moved a little (normal errors with these standard
    /// deviations), under the same light and fresh noise.
    package struct Pairs: Sendable, Equatable {
        /// Share of the samples with odd numbers that are the next frame of the one before.
        package var share = 0.0
        package var turn = 1.0
        /// Deviation of the natural logarithm of the side.
        package var scale = 0.012
        package var shift = 0.008
        /// Deviation of each landmark of the prior by itself.
        package var pointNoise = 0.002
    }

    /// Open eyes that are shut in the picture.
    package struct Lids: Sendable, Equatable {
        /// Share of the faces.
        package var share = 0.0
        /// Share of these that are shut completely; how far the others are, 0…1.
        package var wholeShare = 0.6
        package var partly = 0.3...0.9
        /// Share of these in which one eye stays open.
        package var winkShare = 0.15
    }

    /// Faces whose shape is changed by a smooth warp. Lengths are in crop sides, deviations are of normal numbers.
    package struct Shapes: Sendable, Equatable {
        /// Share of the faces.
        package var share = 0.0
        /// Deviation of the logarithm of width and height, and of the shear along each axis.
        package var stretch = 0.07
        package var shear = 0.05
        /// Deviation of a random field with five nodes along a side.
        package var bumps = 0.016
        /// Share of these that are turned, and how far to a side and up or down at most.
        package var turnedShare = 0.5
        package var yaw = 22.0
        package var pitch = 10.0
    }

    /// Changes of light, sensor and coding, in the order in which they are made.
    package struct Photometry: Sendable, Equatable {
        /// Sampled with fewer pixels, then enlarged; range: pixels over the crop's.
        package var minifyShare = 0.08
        package var minify = 0.2...0.6
        /// Ellipses and polygons in one colour, or filled from another picture.
        package var occluderShare = 0.25
        package var occluderSize = 0.1...0.45
        package var textureShare = 0.3
        /// Contrast about grey, and brightness.
        package var lightShare = 0.5
        package var contrast = 0.6...1.4
        package var brightness = -0.314...0.314
        /// Luma to the power e^g.
        package var gammaShare = 0.2
        package var gamma = -0.8...0.8
        /// Light from one side: luma × (1 ± slope).
        package var shadeShare = 0.12
        package var shade = 0.1...0.7
        /// Saturation, and shift of Cb and Cr (deviation).
        package var colorShare = 0.3
        package var saturation = 0.0...1.6
        package var tint = 0.063
        /// Without colour.
        package var greyShare = 0.25
        /// As a camera in infrared sees it: skin, which is red, is bright; without colour.
        package var infraredShare = 0.04
        package var infrared = 0.3...1.5
        /// Luma above black × this, with additional noise.
        package var darkShare = 0.05
        package var dark = 0.1...0.4
        package var darkNoise = 0.02...0.09
        /// Gaussian blur, pixels at a crop of 128.
        package var blurShare = 0.25
        package var blur = 0.4...2.2
        /// Straight motion blur, pixels at a crop of 128.
        package var streakShare = 0.1
        package var streak = 3.0...9.0
        /// Noise of luma, and of chroma in a part of them.
        package var noiseShare = 0.5
        package var noise = 0.008...0.079
        package var chromaNoiseShare = 0.25
        package var chromaNoise = 0.0...0.05
        /// Compression, as JPEG of this quality.
        package var compressionShare = 0.15
        package var quality = 15...70

        /// Light and colour only.
        package static let mild: Photometry = {
            var mild = Photometry.none
            (mild.lightShare, mild.contrast, mild.brightness) = (0.5, 0.8...1.2, -0.15...0.15)
            (mild.colorShare, mild.saturation, mild.tint) = (0.3, 0.7...1.3, 0.03)
            return mild
        }()

        /// No change at all.
        package static let none: Photometry = {
            var none = Photometry()
            (none.minifyShare, none.occluderShare, none.lightShare, none.gammaShare) = (0, 0, 0, 0)
            (none.shadeShare, none.colorShare, none.greyShare, none.infraredShare) = (0, 0, 0, 0)
            (none.darkShare, none.blurShare, none.streakShare) = (0, 0, 0)
            (none.noiseShare, none.compressionShare) = (0, 0)
            return none
        }()
    }
}

extension SplitMix64 {
    /// Uniform in the range.
    mutating func uniform(in range: ClosedRange<Double>) -> Double { uniform(range.lowerBound, range.upperBound) }
}
