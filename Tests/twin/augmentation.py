"""Batches of training samples made on the device, distributed like those of the Swift `TrainingSampler` (tracking recipe).

    python3 augmentation.py DATA OUT.png    draws a sheet: truth green, prior red, crops without a face framed

Maps are [n, 4] tensors (a, b, tx, ty) from crop units to picture pixels, as `SimilarityMap`: p → (a·x − b·y + tx, b·x + a·y + ty).
Crop units run from 0 to 1; pixel i of a crop has its centre at (i + 0.5)/side.
"""

import math
import sys
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F

from faces import Faces
from photometry import Dice, Photometry, apply_to
from pictures import Pictures
from warps import follow, warp_field


@dataclass(frozen=True)
class Recipe:
    """Numbers of the Swift `AugmentationRecipe`. Lengths are in crop sides, angles in degrees, values in −1…1; shares are
    probabilities, pairs are ranges; the rest are standard deviations unless said otherwise."""

    forehead: float = 1.4  # height of the face box over that of the landmarks' box
    area: float = 1.5  # area of the crop over the square of the face box's longer side
    mirror_share: float = 0.5
    rarity: float = 0.0  # power of a shape's distance from the mean with which it is drawn
    # Crops laid by wrong landmarks.
    turn: float = 8.0
    scale: float = 0.10
    shift: float = 0.05
    outlier_share: float = 0.2
    outlier_turn: float = 18.0
    outlier_scale: float = 0.2
    outlier_shift: float = 0.1
    # Crops without a face.
    negative_share: float = 0.16
    beside_share: float = 0.4
    beside_distance: float = 0.6
    beside_turn: float = 30.0  # at most
    hard_share: float = 0.6
    negative_size: tuple = (0.08, 1.0)
    negative_turn: float = 180.0  # at most
    negative_prior_share: float = 0.5
    # First heatmaps.
    prior_share: float = 0.5
    other_share: float = 0.3
    other_turn: float = 6.0
    other_scale: float = 0.08
    other_shift: float = 0.04
    previous_share: float = 0.3
    strong_share: float = 0.08
    strong_shift: float = 0.3  # at most
    strong_turn: float = 30.0  # at most
    prior_turn: float = 5.0
    prior_scale: float = 0.05
    prior_shift: float = 0.02
    prior_point_noise: float = 0.012  # largest deviation
    # Pairs of neighbouring frames.
    pair_share: float = 0.0  # of the samples with odd numbers
    pair_turn: float = 1.0
    pair_scale: float = 0.012
    pair_shift: float = 0.008
    pair_point_noise: float = 0.002
    # Shut lids.
    shut_lids_share: float = 0.0
    shut_wholly_share: float = 0.6
    shut_partly: tuple = (0.3, 0.9)
    wink_share: float = 0.15
    # Faces of other shapes (warps.py); landmarkd has no such step.
    warp_share: float = 0.0
    warp_stretch: float = 0.07
    warp_shear: float = 0.05
    warp_bumps: float = 0.016
    turned_share: float = 0.5  # of the warped
    warp_yaw: float = 22.0  # at most
    warp_pitch: float = 10.0  # at most
    # Light, sensor and coding.
    minify_share: float = 0.08
    minify: tuple = (0.2, 0.6)
    occluder_share: float = 0.25
    occluder_size: tuple = (0.1, 0.45)
    texture_share: float = 0.3
    light_share: float = 0.5
    contrast: tuple = (0.6, 1.4)
    brightness: tuple = (-0.314, 0.314)
    gamma_share: float = 0.2
    gamma: tuple = (-0.8, 0.8)
    shade_share: float = 0.12
    shade: tuple = (0.1, 0.7)
    color_share: float = 0.3
    saturation: tuple = (0.0, 1.6)
    tint: float = 0.063
    grey_share: float = 0.25
    infrared_share: float = 0.04
    infrared: tuple = (0.3, 1.5)
    dark_share: float = 0.05
    dark: tuple = (0.1, 0.4)
    dark_noise: tuple = (0.02, 0.09)
    blur_share: float = 0.25
    blur: tuple = (0.4, 2.2)
    streak_share: float = 0.1
    streak: tuple = (3.0, 9.0)
    noise_share: float = 0.5
    noise: tuple = (0.008, 0.079)
    chroma_noise_share: float = 0.25
    chroma_noise: tuple = (0.0, 0.05)
    compression_share: float = 0.15
    quality: tuple = (15, 70)

    def plain(self):
        """The same without changes of light, sensor and coding."""
        changes = ("minify", "occluder", "light", "gamma", "shade", "color", "grey", "infrared", "dark", "blur", "streak")
        return replace(self, **{c + "_share": 0.0 for c in changes + ("noise", "compression")})


# Entry i is the point that point i becomes when the picture is flipped (300-W, 68 points).
MIRROR = list(range(68))
for _first, _last in ((0, 16), (17, 26), (31, 35), (48, 54), (55, 59), (60, 64), (65, 67)):
    MIRROR[_first : _last + 1] = range(_last, _first - 1, -1)
for _one, _other in ((36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46)):
    MIRROR[_one], MIRROR[_other] = _other, _one


# MARK: Geometry


def turned(points, angle):
    """Points [n, k, 2] turned clockwise by `angle` [n] (radians) about the origin."""
    cosine, sine = angle.cos().view(-1, 1), angle.sin().view(-1, 1)
    x, y = points.unbind(2)
    return torch.stack([x * cosine - y * sine, x * sine + y * cosine], dim=2)


def similarity(scale, angle, centre):
    """The map that brings the crop's middle to `centre` [n, 2]; scale, angle: [n]."""
    a, b = scale * angle.cos(), scale * angle.sin()
    return torch.stack([a, b, centre[:, 0] - (a - b) / 2, centre[:, 1] - (a + b) / 2], dim=1)


@dataclass
class Error:
    """How far crops are from where they belong: turn (radians), scale (logarithm), [n]; shift (crop sides), [n, 2]."""

    turn: torch.Tensor
    scale: torch.Tensor
    shift: torch.Tensor

    @staticmethod
    def normal(dice, turn, scale, shift):
        """Normal errors; deviations (degrees, logarithm, sides) are numbers or tensors [n]."""
        deviation = shift.unsqueeze(1) if torch.is_tensor(shift) else shift
        return Error(dice.normal() * turn * math.pi / 180, dice.normal() * scale, dice.normal(2) * deviation)

    def plus(self, other, where):
        """One error after the other, in the samples chosen by `where` [n]."""
        k = where.float()
        return Error(
            self.turn + k * other.turn, self.scale + k * other.scale, self.shift + k.unsqueeze(1) * other.shift
        )


class Layout:
    """Where crops lie around faces, as `CropLayout`: upright, square, `area` times the face box."""

    def __init__(self, points, recipe):
        """points: [F, 68, 2], pixels of the pictures."""
        across = points[:, 42:48].mean(1) - points[:, 36:42].mean(1)
        self.roll = torch.atan2(across[:, 1], across[:, 0])
        upright = turned(points, -self.roll)
        low, high = upright.amin(1), upright.amax(1)
        width, height = (high[:, 0] - low[:, 0]), (high[:, 1] - low[:, 1]) * recipe.forehead
        self.side = (math.sqrt(recipe.area) * torch.maximum(width, height)).clamp(min=1)
        self.box_centre = torch.stack([(low[:, 0] + high[:, 0]) / 2, high[:, 1] - height / 2], dim=1)
        # Each face in the crop that it lays itself, crop units.
        self.shape = (upright - self.box_centre.unsqueeze(1)) / self.side.view(-1, 1, 1) + 0.5

    def frame_from_crop(self, face, error):
        """Maps of the crops of these faces (long [n])."""
        side, roll = self.side[face] * error.scale.exp(), self.roll[face]
        centre = self.box_centre[face] + error.shift * side.unsqueeze(1)
        return similarity(side, roll + error.turn, turned(centre.unsqueeze(1), roll).squeeze(1))

    def landmarks(self, face, error):
        """The faces' landmarks in those crops, crop units, [n, 68, 2]."""
        shape = (self.shape[face] - 0.5) * (-error.scale).exp().view(-1, 1, 1) - error.shift.unsqueeze(1)
        return turned(shape, -error.turn) + 0.5


def rarity_weights(shape, power):
    """How often to draw each face, as `rarityWeights`. shape: [F, 68, 2], each in the crop that it lays itself."""
    if power <= 0 or len(shape) < 3:
        return torch.ones(len(shape), device=shape.device)
    offset = shape - shape.mean(0)
    spread = offset.square().sum(2).mean(0).sqrt().clamp(min=1e-9)
    distance = (offset.norm(dim=2) / spread).mean(1)
    openings = (((37, 41), (38, 40)), (36, 39)), (((43, 47), (44, 46)), (42, 45)), (((61, 67), (62, 66), (63, 65)), (48, 54))
    for lids, (left, right) in openings:
        gap = sum((shape[:, low] - shape[:, up]).norm(dim=1) for up, low in lids) / len(lids)
        width = gap / (shape[:, right] - shape[:, left]).norm(dim=1).clamp(min=1e-9)
        distance += (width - width.mean()).abs() / width.std(correction=0).clamp(min=1e-9) / len(openings)
    median = distance.sort().values[len(distance) // 2]
    return (distance / median).pow(power).clamp(0.25, 4)


# MARK: Lids

EYES = ((36, 39, (37, 38), (41, 40)), (42, 45, (43, 44), (47, 46)))  # left and right corner, upper lid, lower lid


def shut_eye(points, eye, closing, side):
    """Shuts one eye, as `LidWarp`: skin above slides down over the eye, skin below a little up.

    points: [m, 68, 2], pixels of the crop. closing: [m], 0: as it is, 1: shut. Returns how far the source of each pixel lies from it,
    [m, side, side, 2], and the points with the lids shut; neither changes where the eye cannot be shut.
    """
    upper_share, rest, above, below = 0.85, 0.06, 0.35, 0.25
    left, right, upper, lower = eye
    origin = points[:, left]
    axis = points[:, right] - origin
    length = axis.norm(dim=1).clamp(min=1e-6)
    across = axis / length.unsqueeze(1)  # unit vector from corner to corner
    angle = torch.atan2(across[:, 1], across[:, 0])

    def local(index):
        """Landmarks in the eye's frame: from corner to corner and down, in widths of the eye, [m, k, 2]."""
        return turned(points[:, index] - origin.unsqueeze(1), -angle) / length.view(-1, 1, 1)

    top, bottom = local(list(upper)), local(list(lower))
    opening = (bottom - top).norm(dim=2).mean(1)
    usable = (length > 4) & (opening > 0.15) & (bottom[:, :, 1] >= top[:, :, 1] + 0.05).all(1)
    for lid in (top, bottom):
        usable &= (lid[:, 0, 0] >= 0.08) & (lid[:, 1, 0] >= lid[:, 0, 0] + 0.08) & (lid[:, 1, 0] <= 0.92)
    closing = torch.where(usable, closing * (1 - rest), 0)

    moved = points.clone()
    step = closing.view(-1, 1, 1) * (points[:, list(lower)] - points[:, list(upper)])
    moved[:, list(upper)] += upper_share * step
    moved[:, list(lower)] -= (1 - upper_share) * step

    index = torch.arange(side, device=points.device, dtype=torch.float32)
    x, y = index - origin[:, 0].view(-1, 1, 1), index.view(-1, 1) - origin[:, 1].view(-1, 1, 1)
    cosine, sine, length = across[:, 0].view(-1, 1, 1), across[:, 1].view(-1, 1, 1), length.view(-1, 1, 1)
    s, t = (x * cosine + y * sine) / length, (y * cosine - x * sine) / length

    def height(lid):
        """Height at `s` of the cubic through both corners, (0, 0) and (1, 0), and two places of the lid."""
        (p, q), (u, v) = lid[:, 0].view(-1, 2, 1, 1).unbind(1), lid[:, 1].view(-1, 2, 1, 1).unbind(1)
        gap = u - p
        first = q * s * (s - 1) * (s - u) / guarded(p * (p - 1) * -gap)
        return first + v * s * (s - 1) * (s - p) / guarded(u * (u - 1) * gap)

    high, low = height(top), height(bottom)
    closing = closing.view(-1, 1, 1)
    shut_high = high + closing * upper_share * (low - high)
    shut_low = low - closing * (1 - upper_share) * (low - high)
    ceiling, floor = high - above, low + below
    from_above = ceiling + (t - ceiling) * above / guarded(shut_high - ceiling)
    from_below = floor - (floor - t) * below / guarded(floor - shut_low)
    source = torch.where(t < shut_high, from_above, torch.where(t > shut_low, from_below, t))
    changes = (s > 0) & (s < 1) & (low > high) & (t > ceiling) & (t < floor) & (closing > 0)
    down = torch.where(changes, (source - t) * length, 0.0)
    return torch.stack([-sine * down, cosine * down], dim=3), moved


def guarded(divisor):
    """The divisor, or 1 where it is nearly 0."""
    return torch.where(divisor.abs() < 1e-6, 1.0, divisor)


def warp(crop, offset):
    """Takes each pixel from `offset` [m, side, side, 2] (pixels) beside it, bilinear."""
    side = crop.shape[-1]
    index = torch.arange(side, device=crop.device, dtype=torch.float32)
    place = torch.stack(torch.meshgrid(index, index, indexing="xy"), dim=2) + offset
    grid = place * (2 / (side - 1)) - 1
    return F.grid_sample(crop, grid, mode="bilinear", padding_mode="border", align_corners=True)


# MARK: Sampler


class Sampler:
    """Endless random samples of a set of faces.

    Nothing in `batch` waits for the device: numbers are drawn for all samples, and branches are choices between tensors.
    """

    def __init__(self, pictures, faces, negatives, recipe=None, side=112, device=None, seed=0):
        """faces: points (float [F, 68, 2], pixels of the pictures), picture (long [F]), weight (float [F]). negatives: long [N],
        pictures without a face. recipe: a `Recipe`, or a dict of what differs from its defaults."""
        self.recipe = recipe if isinstance(recipe, Recipe) else Recipe(**(recipe or {}))
        self.pictures, self.side = pictures, side
        self.device = torch.device(device) if device is not None else pictures.device
        self.layout = Layout(faces["points"].to(self.device, torch.float32), self.recipe)
        self.face_picture = faces["picture"].to(self.device)
        weight = faces["weight"].to(self.device, torch.float64)
        weight = weight * rarity_weights(self.layout.shape, self.recipe.rarity)
        self.cumulative = weight.cumsum(0) / weight.sum()
        self.negatives = negatives.to(self.device)
        self.hard, self.hard_picture = None, None
        self.mirror = torch.tensor(MIRROR, device=self.device)
        self.photometry = Photometry(self.recipe, side, self.device)
        self.generator = torch.Generator(device=self.device)
        self.generator.manual_seed(seed)

    def set_hard_negatives(self, picture, points):
        """Places that the network took for faces, instead of those set before: pictures, long [K], and the landmarks that it saw
        there, [K, 68, 2] pixels; drawn from then on."""
        self.hard = Layout(points.to(self.device, torch.float32), self.recipe) if len(picture) else None
        self.hard_picture = picture.to(self.device)

    @torch.no_grad()
    def batch(self, n):
        """n samples as a dict of tensors: crop [n, 3, side, side] in −1…1, truth and prior [n, 68, 2] in crop units, present,
        has_prior and next_frame [n] bool, face [n] long (−1 without a face). Truth and prior mean nothing where absent."""
        with torch.autocast(self.device.type, enabled=False):
            return self._batch(n)

    def _batch(self, n):
        recipe = self.recipe
        number = torch.arange(n, device=self.device)
        lot = torch.rand(n, generator=self.generator, device=self.device)
        next_frame = (number % 2 == 1) & (lot < recipe.pair_share)
        dice = Dice(number - next_frame.long(), self.generator)
        fresh = Dice(number, self.generator)
        negative = dice.chance(recipe.negative_share if len(self.negatives) else 0)

        face = self._drawn_face(dice)
        mirrored = dice.chance(recipe.mirror_share) & ~negative
        error = self._crop_error(dice)
        error = error.plus(Error.normal(fresh, recipe.pair_turn, recipe.pair_scale, recipe.pair_shift), next_frame)
        faceless_picture, faceless_map, mistaken = self._faceless(dice)
        picture = torch.where(negative, faceless_picture, self.face_picture[face])
        wide = negative.unsqueeze(1)
        frame_from_crop = torch.where(wide, faceless_map, self.layout.frame_from_crop(face, error))
        truth = self._mirrored(self.layout.landmarks(face, error), mirrored)

        crop = self._sampled(picture, frame_from_crop, mirrored, dice)
        crop, truth = self._shut_lids(crop, truth, ~negative, dice)
        crop, truth = self._warped(crop, truth, dice)
        prior = torch.where(wide.unsqueeze(2), mistaken, self._prior(truth, face, mirrored, dice))
        noise = fresh.normal(68, 2) * recipe.pair_point_noise
        prior = torch.where(next_frame.view(-1, 1, 1), prior + noise, prior)
        prior_share = recipe.negative_prior_share if recipe.prior_share > 0 else 0
        has_prior = dice.uniform() < torch.where(negative, prior_share, recipe.prior_share)
        crop = self.photometry.apply(crop, dice, self._texture(dice))
        return {
            "crop": crop, "truth": truth, "present": ~negative, "prior": prior, "has_prior": has_prior,
            "next_frame": next_frame, "face": torch.where(negative, -1, face),
        }

    def _drawn_face(self, dice):
        lot = dice.uniform().double()
        return torch.searchsorted(self.cumulative, lot, right=True).clamp(max=len(self.cumulative) - 1)

    def _crop_error(self, dice):
        """Normal errors, a part of them wild."""
        recipe = self.recipe
        wild = dice.chance(recipe.outlier_share)
        return Error.normal(
            dice,
            torch.where(wild, recipe.outlier_turn, recipe.turn),
            torch.where(wild, recipe.outlier_scale, recipe.scale),
            torch.where(wild, recipe.outlier_shift, recipe.shift),
        )

    def _mirrored(self, points, where):
        """Points of the samples chosen by `where` [n] as they stand after the crop is flipped, renumbered."""
        flipped = points[:, self.mirror]
        flipped = torch.stack([1 - flipped[..., 0], flipped[..., 1]], dim=2)
        return torch.where(where.view(-1, 1, 1), flipped, points)

    def _sampled(self, picture, frame_from_crop, mirrored, dice):
        """The crops; a part of them sampled with fewer pixels, then enlarged."""
        recipe, side = self.recipe, self.side
        crop = self.pictures.sample(
            picture, frame_from_crop, mirrored, torch.full((len(picture),), float(side), device=self.device), side
        )
        pixels = (side * dice.uniform(*recipe.minify)).floor().clamp(8, side)
        most = min(side, max(8, int(side * recipe.minify[1])))

        def minify(_, index):
            return self.pictures.sample_enlarged(
                picture[index], frame_from_crop[index], mirrored[index], pixels[index], most, side
            )

        return apply_to(crop, dice.chance(recipe.minify_share), recipe.minify_share, minify)

    def _shut_lids(self, crop, truth, present, dice):
        """The crops and landmarks, with the eyes of some faces shut, mostly both."""
        recipe, side = self.recipe, self.side
        if recipe.shut_lids_share <= 0:
            return crop, truth
        wholly = dice.chance(recipe.shut_wholly_share)
        closing = torch.where(wholly, dice.uniform(0.9, 1), dice.uniform(*recipe.shut_partly))
        wink, first_only = dice.chance(recipe.wink_share), dice.chance(0.5)
        chosen = present & dice.chance(recipe.shut_lids_share)
        closing = torch.where(chosen, closing, 0)
        left, right = torch.where(wink & ~first_only, 0, closing), torch.where(wink & first_only, 0, closing)
        pixels = truth * side - 0.5

        def shut(part, index):
            one, points = shut_eye(pixels[index], EYES[0], left[index], side)
            other, points = shut_eye(points, EYES[1], right[index], side)
            pixels.index_copy_(0, index, points)
            # Where both eyes' regions meet, the first one counts.
            return warp(part, torch.where((one != 0).any(3, keepdim=True), one, other))

        crop = apply_to(crop, chosen, recipe.shut_lids_share, shut)
        return crop, (pixels + 0.5) / side

    def _warped(self, crop, truth, dice):
        """The crops and landmarks, with the shapes of some faces changed."""
        recipe = self.recipe
        if recipe.warp_share <= 0:
            return crop, truth
        chosen = dice.chance(recipe.warp_share)
        offset = warp_field(truth, recipe, dice, self.side)
        moved = follow(truth, offset)
        crop = torch.where(chosen.view(-1, 1, 1, 1), warp(crop, offset * self.side), crop)
        return crop, torch.where(chosen.view(-1, 1, 1), moved, truth)

    def _faceless(self, dice):
        """Crops that hold no face: pictures [n], maps [n, 4], and priors [n, 68, 2] for them."""
        recipe, pictures = self.recipe, self.pictures
        picture, frame_from_crop = self._plain_negative(dice)
        prior = self._shape_on_crop(self._drawn_face(dice), recipe.turn, recipe.scale, recipe.shift, dice)
        if self.hard is not None:
            hard = dice.chance(recipe.hard_share)
            index = (dice.uniform() * len(self.hard_picture)).long().clamp(max=len(self.hard_picture) - 1)
            error = Error.normal(dice, recipe.turn, recipe.scale, recipe.shift)
            picture = torch.where(hard, self.hard_picture[index], picture)
            frame_from_crop = torch.where(hard.unsqueeze(1), self.hard.frame_from_crop(index, error), frame_from_crop)
            prior = torch.where(hard.view(-1, 1, 1), self.hard.landmarks(index, error), prior)
        shape = self._shape_on_crop(self._drawn_face(dice), recipe.turn, recipe.scale, recipe.shift, dice)
        beside = dice.chance(recipe.beside_share)
        face = self._drawn_face(dice)
        picture = torch.where(beside, self.face_picture[face], picture)
        size = torch.stack([pictures.width[picture], pictures.height[picture]], dim=1)
        frame_from_crop = torch.where(beside.unsqueeze(1), self._beside(face, size, dice), frame_from_crop)
        return picture, frame_from_crop, torch.where(beside.view(-1, 1, 1), shape, prior)

    def _plain_negative(self, dice):
        """Crops anywhere in pictures without faces: pictures [n] and maps [n, 4]."""
        recipe, pictures = self.recipe, self.pictures
        if not len(self.negatives):
            return torch.zeros_like(dice.source), torch.ones(dice.count, 4, device=self.device)
        index = (dice.uniform() * len(self.negatives)).long().clamp(max=len(self.negatives) - 1)
        picture = self.negatives[index]
        size = torch.stack([pictures.width[picture], pictures.height[picture]], dim=1)
        side = (dice.uniform(*recipe.negative_size) * size.amin(1)).clamp(min=1)
        angle = dice.uniform(-recipe.negative_turn, recipe.negative_turn) * math.pi / 180
        return picture, similarity(side, angle, dice.uniform(0, 1, 2) * size)

    def _beside(self, face, size, dice):
        """Crops of faces' pictures that miss the face, or are so small that they show only a part. size: [n, 2], of the pictures."""
        recipe, layout = self.recipe, self.layout
        own, roll = layout.side[face], layout.roll[face]
        middle = turned(layout.box_centre[face].unsqueeze(1), roll)  # [n, 1, 2]
        angle = roll + dice.uniform(-recipe.beside_turn, recipe.beside_turn) * math.pi / 180
        side = own * dice.uniform(math.log(0.3), math.log(1.2)).exp()
        centres = dice.uniform(0, 1, 8, 2) * size.unsqueeze(1)
        far = (centres - middle).norm(dim=2) > recipe.beside_distance * torch.maximum(own, side).unsqueeze(1)
        first = far.int().argmax(1)
        centre = centres.gather(1, first.view(-1, 1, 1).expand(-1, 1, 2)).squeeze(1)
        part = middle.squeeze(1) + dice.uniform(-0.5, 0.5, 2) * own.unsqueeze(1)
        found = far.any(1)
        side = torch.where(found, side, own * dice.uniform(0.15, 0.35))
        return similarity(side, angle, torch.where(found.unsqueeze(1), centre, part))

    def _texture(self, dice):
        """Fills occluders from pictures without faces: a function from an index [m] to crops; None where there are none."""
        if not len(self.negatives):
            return None
        picture, frame_from_crop = self._plain_negative(dice)

        def texture(index):
            straight = torch.zeros_like(index, dtype=torch.bool)
            pixels = torch.full((len(index),), float(self.side), device=self.device)
            return self.pictures.sample(picture[index], frame_from_crop[index], straight, pixels, self.side)

        return texture

    def _shape_on_crop(self, face, turn, scale, shift, dice):
        """Faces as they lie in the crops that they would lay themselves, but for normal errors."""
        return self.layout.landmarks(face, Error.normal(dice, turn, scale, shift))

    def _prior(self, truth, face, mirrored, dice):
        """First landmarks of all kinds: another person's, the previous ones, strongly wrong ones, the truth disturbed."""
        recipe = self.recipe
        other = (dice.uniform() * len(self.face_picture)).long().clamp(max=len(self.face_picture) - 1)
        other = self._shape_on_crop(other, recipe.other_turn, recipe.other_scale, recipe.other_shift, dice)
        other = self._mirrored(other, dice.chance(recipe.mirror_share))
        previous = self._mirrored(self.layout.shape[face], mirrored)
        limit = recipe.strong_shift
        turn = dice.uniform(-recipe.strong_turn, recipe.strong_turn)
        strong = self._moved(truth, turn, dice.normal() * recipe.other_scale, dice.uniform(-limit, limit, 2))
        turn, scale, shift = dice.normal() * recipe.prior_turn, dice.normal() * recipe.prior_scale, dice.normal(2)
        disturbed = self._moved(truth, turn, scale, shift * recipe.prior_shift)
        disturbed = disturbed + dice.normal(68, 2) * dice.uniform(0, recipe.prior_point_noise).view(-1, 1, 1)
        kind = dice.uniform().view(-1, 1, 1)
        prior = torch.where(kind < recipe.other_share + recipe.previous_share + recipe.strong_share, strong, disturbed)
        prior = torch.where(kind < recipe.other_share + recipe.previous_share, previous, prior)
        return torch.where(kind < recipe.other_share, other, prior)

    @staticmethod
    def _moved(points, turn, scale, shift):
        """Points [n, 68, 2] turned (degrees, [n]) and scaled (logarithm, [n]) about their centroid and shifted ([n, 2])."""
        centre = points.mean(1, keepdim=True)
        larger = (points - centre) * scale.exp().view(-1, 1, 1)
        return turned(larger, turn * math.pi / 180) + centre + shift.unsqueeze(1)


# MARK: Sheets


def draw_sheet(batch, path, columns=8, enlargement=2):
    """Writes a picture of all samples of a batch: truth green, prior red; crops without a face have a red frame."""
    from PIL import Image, ImageDraw

    crops = batch["crop"].cpu()
    side = crops.shape[-1] * enlargement
    sheet = Image.new("RGB", (columns * (side + 2), -(-len(crops) // columns) * (side + 2)))
    for k, crop in enumerate(crops):
        levels = torch.stack([crop[0] * 127.5 + 127.5, crop[1] * 127.5 + 128, crop[2] * 127.5 + 128], dim=2)
        levels = levels.round().clamp(0, 255).byte().numpy()
        tile = Image.fromarray(levels, "YCbCr").convert("RGB").resize((side, side), Image.NEAREST)
        draw = ImageDraw.Draw(tile)
        for kind, color, present in (("prior", "red", "has_prior"), ("truth", "lime", "present")):
            for x, y in (batch[kind][k] * side).tolist() if batch[present][k] else []:
                draw.rectangle((x - 1, y - 1, x, y), fill=color)
        if not batch["present"][k]:
            draw.rectangle((0, 0, side - 1, side - 1), outline="red")
        sheet.paste(tile, (k % columns * (side + 2) + 1, k // columns * (side + 2) + 1))
    sheet.save(path)


if __name__ == "__main__":
    data, output = sys.argv[1:3]
    faces = Faces([data], limit=400)
    changes = {"shut_lids_share": 0.1, "pair_share": 0.2, "warp_share": 0.6}
    sampler = Sampler(Pictures(faces.arrays, "cpu"), faces.train, faces.negatives, changes)
    draw_sheet(sampler.batch(48), output)
