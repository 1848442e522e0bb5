import Base

/// How training samples are made from annotated pictures. All numbers are defaults that a recipe file may replace.
///
/// Lengths are in crop sides, angles in degrees, values in −1…1 (one level of 255 is 0.0078), "share" is the probability
/// of a change, and ranges are drawn from uniformly unless said otherwise.
public struct AugmentationRecipe: Sendable, Equatable {
    public enum Crops: String, Sendable {
        /// Steps 0–7 of the published method: turned, forehead, random size, random place.
        case method
        /// Laid by wrong previous landmarks, as a tracker does.
        case tracking
    }

    public var crops: Crops
    /// Height of the face box over that of the box around the landmarks (step 2).
    public var forehead = 1.4
    /// Share of samples that are flipped left to right, where the scheme has a mirror map.
    public var mirrorShare = 0.5

    public var method = MethodCrops()
    public var laid = LaidCrops()
    public var negatives = Negatives()
    public var priors = Priors()
    public var pairs = Pairs()
    public var photometry = Photometry()

    /// As published [S, steps 0–7], with mild photometric changes only.
    public static let method: AugmentationRecipe = {
        var recipe = AugmentationRecipe(crops: .method)
        recipe.mirrorShare = 0
        recipe.negatives.share = 0
        recipe.priors.share = 0
        recipe.photometry = .mild
        return recipe
    }()

    /// What a tracker meets: the recipe of the shipped models.
    public static let tracking = AugmentationRecipe(crops: .tracking)

    public init(crops: Crops) { self.crops = crops }

    /// Steps 0 and 3 of the method.
    public struct MethodCrops: Sendable, Equatable {
        /// ± turn of the picture.
        public var turn = 15.0
        /// Area of the largest crop over that of the face box.
        public var largestArea = 2.0
    }

    /// Crops of the tracking recipe; errors are normal, with these standard deviations.
    public struct LaidCrops: Sendable, Equatable {
        /// Area of the crop over the square of the face box's longer side.
        public var area = 1.5
        public var turn = 8.0
        /// Of the natural logarithm of the side.
        public var scale = 0.10
        public var shift = 0.05
        /// Samples that are laid much worse, and their deviations.
        public var wildShare = 0.2
        public var wildTurn = 18.0
        public var wildScale = 0.2
        public var wildShift = 0.1
    }

    /// Crops without a face.
    public struct Negatives: Sendable, Equatable {
        public var share = 0.16
        /// Share of them that are taken from a face's picture, beside the face; and how far its centre is from the face's, in sides.
        public var besideShare = 0.4
        public var besideDistance = 0.6
        public var besideTurn = 30.0
        /// Share of the others that the network has taken for faces before, as long as it has found such.
        public var hardShare = 0.6
        /// Side of the crop over the picture's shorter side.
        public var size = 0.08...1.0
        public var turn = 180.0
        public var priorShare = 0.5
    }

    /// First heatmaps. The kinds' shares are of the samples that have a prior; the rest is the disturbed truth.
    public struct Priors: Sendable, Equatable {
        public var share = 0.5
        /// Another person's shape, laid on this crop with these errors (standard deviations).
        public var otherShare = 0.3
        public var otherTurn = 6.0
        public var otherScale = 0.08
        public var otherShift = 0.04
        /// The very shape that laid the crop: upright in its middle, as in the tracker; crops of this kind move less.
        public var previousShare = 0.3
        /// Strongly wrong: shifted and turned by at most this.
        public var strongShare = 0.08
        public var strongShift = 0.3
        public var strongTurn = 30.0
        /// Disturbance of the truth: turned, scaled, shifted as a whole (standard deviations) …
        public var turn = 5.0
        public var scale = 0.05
        public var shift = 0.02
        /// … and each point by itself, by a deviation drawn from 0 to this.
        public var pointNoise = 0.012
    }

    /// Pairs of neighbouring frames: the second shows what the first does, laid a little otherwise (normal errors with these standard
    /// deviations), under the same light and fresh noise.
    public struct Pairs: Sendable, Equatable {
        /// Share of the samples with odd numbers that are the next frame of the one before.
        public var share = 0.0
        public var turn = 1.0
        /// Of the natural logarithm of the side.
        public var scale = 0.012
        public var shift = 0.008
        /// Of each landmark of the prior by itself.
        public var pointNoise = 0.002
    }

    /// Changes of light, sensor and coding, in the order in which they are made.
    public struct Photometry: Sendable, Equatable {
        /// Sampled with fewer pixels, then enlarged; range: pixels over the crop's.
        public var minifyShare = 0.08
        public var minify = 0.2...0.6
        /// Ellipses and polygons in one colour, or filled from another picture.
        public var occluderShare = 0.25
        public var occluderSize = 0.1...0.45
        public var textureShare = 0.3
        /// Contrast about grey, and brightness.
        public var lightShare = 0.5
        public var contrast = 0.6...1.4
        public var brightness = -0.314...0.314
        /// Luma to the power e^g.
        public var gammaShare = 0.2
        public var gamma = -0.8...0.8
        /// Light from one side: luma × (1 ± slope).
        public var shadeShare = 0.12
        public var shade = 0.1...0.7
        /// Saturation, and shift of Cb and Cr (deviation).
        public var colorShare = 0.3
        public var saturation = 0.0...1.6
        public var tint = 0.063
        /// Without colour.
        public var greyShare = 0.25
        /// As a camera in infrared sees it: skin, which is red, is bright; without colour.
        public var infraredShare = 0.04
        public var infrared = 0.3...1.5
        /// Luma above black × this, with noise of its own.
        public var darkShare = 0.05
        public var dark = 0.1...0.4
        public var darkNoise = 0.02...0.09
        /// Gaussian blur, pixels at a crop of 128.
        public var blurShare = 0.25
        public var blur = 0.4...2.2
        /// Straight motion blur, pixels at a crop of 128.
        public var streakShare = 0.1
        public var streak = 3.0...9.0
        /// Noise of luma, and of chroma in a part of them.
        public var noiseShare = 0.5
        public var noise = 0.008...0.079
        public var chromaNoiseShare = 0.25
        public var chromaNoise = 0.0...0.05
        /// Compression, as JPEG of this quality.
        public var compressionShare = 0.15
        public var quality = 15...70

        /// Light and colour only.
        public static let mild: Photometry = {
            var mild = Photometry.none
            (mild.lightShare, mild.contrast, mild.brightness) = (0.5, 0.8...1.2, -0.15...0.15)
            (mild.colorShare, mild.saturation, mild.tint) = (0.3, 0.7...1.3, 0.03)
            return mild
        }()

        /// No change at all.
        public static let none: Photometry = {
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
