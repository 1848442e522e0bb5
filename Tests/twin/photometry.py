"""Changes of light, sensor and coding that training crops get, after `PhotometricSteps` and the kernels behind it.

Crops are [n, 3, side, side], Y, Cb and Cr in −1…1. A change is drawn for each sample; costly ones are computed for the samples
that get them only (see `apply_to`).
"""

import math

import torch
import torch.nn.functional as F


class Dice:
    """Random numbers of a batch, one row per sample; the next frame of a pair gets those of the frame before."""

    def __init__(self, source, generator):
        """source: long [n], the sample whose numbers each sample uses."""
        self.source, self.generator, self.device = source, generator, source.device
        self.count = len(source)

    def uniform(self, low=0.0, high=1.0, *shape):
        values = torch.rand(self.count, *shape, generator=self.generator, device=self.device)
        return (low + (high - low) * values)[self.source]

    def normal(self, *shape):
        return self.fresh_normal(self.count, *shape)[self.source]

    def chance(self, share):
        return self.uniform() < share

    def fresh_normal(self, *shape):
        """Normal numbers that differ within a pair."""
        return torch.randn(*shape, generator=self.generator, device=self.device)


def subset(selected, share):
    """Indices of the selected samples and some others, and which of them are selected. Their number depends on the expected
    share only, so the host need not wait for the device; a selection far larger than expected (4.5 deviations of a draw by
    pairs) is cut off."""
    count = len(selected)
    size = math.ceil(count * share + 4.5 * math.sqrt(2 * count * share * (1 - share))) + 2
    index = torch.argsort((~selected).int(), stable=True)[: min(size, count)]
    return index, selected[index]


def apply_to(crop, selected, share, change):
    """The crops with `change(crops, index)` made to the selected samples. share: expected share of them."""
    if share <= 0:
        return crop
    index, chosen = subset(selected, share)
    part = crop[index]
    changed = torch.where(chosen.view(-1, 1, 1, 1), change(part, index), part)
    return crop.index_copy(0, index, changed)


class Photometry:
    """All changes after sampling. `recipe`: see `augmentation.Recipe`."""

    def __init__(self, recipe, side, device):
        self.recipe, self.side, self.unit = recipe, side, side / 128
        self.centre = (torch.arange(side, device=device) + 0.5) / side
        self.compression = Compression(side, device)

    def apply(self, crop, dice, texture):
        """texture: function of an index [m] that gives crops [m, 3, side, side] for textured occluders; or None."""
        crop = self._occlude(crop, dice, texture)
        crop = self._light(crop, dice)
        crop = self._color(crop, dice)
        crop = self._darken(crop, dice)
        crop = self._blur(crop, dice)
        crop = self._noise(crop, dice)
        return self._compress(crop, dice).clamp(-1, 1)

    def _occlude(self, crop, dice, texture):
        recipe = self.recipe
        occluded = dice.chance(recipe.occluder_share)
        textured = occluded & dice.chance(recipe.texture_share if texture else 0)
        half = dice.uniform(*recipe.occluder_size, 2) / 2
        centre, angle = dice.uniform(0, 1, 2), dice.uniform(0, math.pi)
        color = torch.cat([dice.uniform(-1, 1, 1), dice.uniform(-0.22, 0.22, 2)], dim=1)
        grain = dice.uniform(0, 0.16)
        corners = torch.where(dice.chance(0.5), (3 + 4 * dice.uniform()).floor().clamp(max=6), 0)
        shape = torch.cat([centre, half, angle.unsqueeze(1), corners.unsqueeze(1)], dim=1)

        def paint(part, index):
            filled = color[index].view(-1, 3, 1, 1).expand_as(part).clone()
            # The second frame of a pair follows the first one, and has the same grain.
            position = torch.arange(len(index), device=crop.device)
            position = (position - (index - dice.source[index])).clamp(min=0)
            noise = dice.fresh_normal(len(index), self.side, self.side)[position]
            filled[:, 0] += grain[index].view(-1, 1, 1) * noise
            return torch.where(self._covered(shape[index]), filled, part)

        def paste(part, index):
            return torch.where(self._covered(shape[index]), texture(index), part)

        share = recipe.texture_share if texture else 0
        crop = apply_to(crop, occluded & ~textured, recipe.occluder_share * (1 - share), paint)
        return apply_to(crop, textured, recipe.occluder_share * share, paste)

    def _covered(self, shape):
        """Pixels under ellipses and regular polygons stretched to their half axes, bool [m, 1, side, side]. shape: [m, 6], centre,
        half axes (crop units), angle, number of corners (0: an ellipse)."""
        x, y, half_x, half_y, angle, corners = (v.view(-1, 1, 1) for v in shape.unbind(1))
        across, down = self.centre - x, self.centre.view(-1, 1) - y
        u = (across * angle.cos() + down * angle.sin()) / half_x
        v = (down * angle.cos() - across * angle.sin()) / half_y
        polygon = torch.ones_like(u, dtype=torch.bool)
        for k in range(6):
            direction = 2 * math.pi * k / corners.clamp(min=1)
            polygon &= (u * direction.cos() + v * direction.sin() <= 1) | (k >= corners)
        return torch.where(corners > 0, polygon, u * u + v * v <= 1).unsqueeze(1)

    def _light(self, crop, dice):
        """Contrast and brightness, gamma, light from a side."""
        recipe = self.recipe
        luma, chroma = crop[:, :1], crop[:, 1:]
        lit = dice.chance(recipe.light_share)
        gain = torch.where(lit, dice.uniform(*recipe.contrast), 1)
        bias = torch.where(lit, dice.uniform(*recipe.brightness), 0)
        luma = luma * wide(gain) + wide(bias)
        exponent = dice.uniform(*recipe.gamma).exp()
        bent = dice.chance(recipe.gamma_share)
        luma = apply_to(luma, bent, recipe.gamma_share, lambda part, index: bend(part, wide(exponent[index])))
        slope = torch.where(dice.chance(recipe.shade_share), dice.uniform(*recipe.shade), 0)
        direction = dice.uniform(0, 2 * math.pi)
        place = 2 * self.centre - 1
        shade = 1 + wide(slope * direction.cos()) * place + wide(slope * direction.sin()) * place.view(-1, 1)
        return torch.cat([(luma + 1) * shade - 1, chroma], dim=1)

    def _color(self, crop, dice):
        """Saturation and tint; infrared; grey."""
        recipe = self.recipe
        luma, chroma = crop[:, :1], crop[:, 1:]
        changed = dice.chance(recipe.color_share)
        gain = torch.where(changed, dice.uniform(*recipe.saturation), 1)
        tint = torch.where(changed.unsqueeze(1), dice.normal(2) * recipe.tint, 0)
        chroma = chroma * wide(gain) + tint.view(-1, 2, 1, 1)
        infrared = dice.chance(recipe.infrared_share)
        share = wide(torch.where(infrared, dice.uniform(*recipe.infrared), 0))
        luma = luma + share * (chroma[:, 1:] - 0.5 * chroma[:, :1])
        colorless = infrared | dice.chance(recipe.grey_share)
        return torch.cat([luma, chroma * wide((~colorless).float())], dim=1)

    def _darken(self, crop, dice):
        """Too little light: everything nearer to black, and the sensor's noise."""
        recipe = self.recipe
        gain, amplitude = wide(dice.uniform(*recipe.dark)), wide(dice.uniform(*recipe.dark_noise))

        def darken(part, index):
            luma = (part[:, :1] + 1) * gain[index] - 1
            luma = luma + amplitude[index] * dice.fresh_normal(*luma.shape)
            return torch.cat([luma, part[:, 1:] * gain[index]], dim=1)

        return apply_to(crop, dice.chance(recipe.dark_share), recipe.dark_share, darken)

    def _blur(self, crop, dice):
        """Out of focus, or moved during the exposure."""
        recipe = self.recipe
        sigma = dice.uniform(*recipe.blur) * self.unit
        reach = min(31, max(1, math.ceil(2.7 * recipe.blur[1] * self.unit)))
        blurred = dice.chance(recipe.blur_share)
        crop = apply_to(
            crop, blurred, recipe.blur_share, lambda part, index: blur(part, sigma[index], reach)
        )
        length, angle = (dice.uniform(*recipe.streak) * self.unit).clamp(max=31), dice.uniform(0, math.pi)
        longest = min(31, recipe.streak[1] * self.unit)
        moved = dice.chance(recipe.streak_share)
        return apply_to(
            crop, moved, recipe.streak_share, lambda part, index: streak(part, length[index], angle[index], longest)
        )

    def _noise(self, crop, dice):
        recipe = self.recipe
        noisy = dice.chance(recipe.noise_share)
        amplitude = torch.where(noisy, dice.uniform(*recipe.noise), 0)
        # In place: `crop` is a new tensor since `_color`.
        crop[:, :1] += wide(amplitude) * dice.fresh_normal(len(crop), 1, self.side, self.side)
        chroma_amplitude = dice.uniform(*recipe.chroma_noise, 2)

        def add(part, index):
            noise = dice.fresh_normal(len(index), 2, self.side, self.side)
            colored = part[:, 1:] + chroma_amplitude[index].view(-1, 2, 1, 1) * noise
            return torch.cat([part[:, :1], colored], dim=1)

        chosen = noisy & dice.chance(recipe.chroma_noise_share)
        return apply_to(crop, chosen, recipe.noise_share * recipe.chroma_noise_share, add)

    def _compress(self, crop, dice):
        recipe = self.recipe
        low, high = recipe.quality
        quality = (low + dice.uniform() * (high - low + 1)).long().clamp(max=high)
        grid = (dice.uniform(0, 8, 2)).long().clamp(max=7)
        chosen = dice.chance(recipe.compression_share)
        return apply_to(
            crop, chosen, recipe.compression_share,
            lambda part, index: self.compression.apply(part, quality[index], grid[index]),
        )


def wide(values):
    """[n] → [n, 1, 1, 1]."""
    return values.view(-1, 1, 1, 1)


def bend(luma, exponent):
    """Luma, as 0…1, to the power of `exponent`, by a table of 129 values like the Swift kernel."""
    place = ((luma + 1) * 64).clamp(0, 128)
    whole = place.floor().clamp(max=127)
    low, high = (whole / 128) ** exponent, ((whole + 1) / 128) ** exponent
    return 2 * (low + (place - whole) * (high - low)) - 1


def blur(crop, sigma, reach):
    """Gaussian blur; sigma: pixels, [m]; cut off at 2.7 of them. reach: the largest cut-off. Edges are continued."""
    side = crop.shape[-1]
    index = torch.arange(side, device=crop.device, dtype=torch.float32)
    beyond = torch.arange(-reach, side + reach, device=crop.device, dtype=torch.float32)
    distance = (beyond - index.view(-1, 1)).abs()
    sigma = sigma.view(-1, 1, 1)
    taps = torch.exp(-(distance**2) / (2 * sigma**2)) * (distance <= (2.7 * sigma).ceil().clamp(1, reach))
    taps = taps / taps.sum(2, keepdim=True)
    matrix = taps[..., reach : reach + side].clone()
    matrix[..., 0] += taps[..., :reach].sum(2)
    matrix[..., -1] += taps[..., reach + side :].sum(2)
    matrix = matrix.unsqueeze(1)
    return matrix @ crop @ matrix.transpose(2, 3)


def streak(crop, length, angle, longest):
    """Blur along straight strokes. length ([m], at most `longest`): pixels; angle: radians, [m]. Edges are continued."""
    reach = min(16, int(longest / 2) + 1)
    count = (4 * length).floor().clamp(min=1).view(-1, 1)
    step = torch.arange(max(1, int(4 * longest)), device=crop.device, dtype=torch.float32)
    along = ((step + 0.5) / count - 0.5) * length.view(-1, 1)
    cell = torch.arange(-reach, reach + 1, device=crop.device, dtype=torch.float32)

    def shares(places):
        """How points [m, k] are shared among their two neighbours, [m, k, 2·reach + 1]."""
        return (1 - (places.unsqueeze(2) - cell).abs()).clamp(min=0)

    x, y = shares(along * angle.cos().view(-1, 1)), shares(along * angle.sin().view(-1, 1))
    y = y * ((step < count) / count).unsqueeze(2)
    kernel = (y.transpose(1, 2) @ x).unsqueeze(1)  # [m, 1, rows, columns]
    padded = F.pad(crop, (reach,) * 4, mode="replicate").transpose(0, 1)
    return F.conv2d(padded, kernel, groups=len(crop)).transpose(0, 1)


# ITU-T T.81, annex K.1: steps of luma and chroma coefficients.
LUMA_STEPS = """
    16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62
    18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99"""
CHROMA_STEPS = """
    17 18 24 47 99 99 99 99 18 21 26 66 99 99 99 99 24 26 56 99 99 99 99 99 47 66 99 99 99 99 99 99""" + 32 * " 99"


class Compression:
    """Rounds the cosine coefficients of 8×8 blocks as JPEG does. Blocks start at one of 8×8 places; pixels that a block has
    beyond the edge repeat the edge. Each place is a pair of matrices, so a batch is a few matrix products."""

    def __init__(self, side, device):
        length = 8 * -(-(side + 7) // 8)
        k, i = torch.arange(8.0).view(-1, 1), torch.arange(8.0)
        cosines = torch.cos((2 * i + 1) * k * math.pi / 16) * torch.where(k > 0, 0.5, math.sqrt(0.125))
        blocks = torch.block_diag(*[cosines] * (length // 8))
        position = torch.arange(length)
        forward, backward = [], []
        for start in range(8):
            pixel = position - start
            repeat = F.one_hot(pixel.clamp(0, side - 1), side).float()
            inside = repeat * ((pixel >= 0) & (pixel < side)).view(-1, 1)
            forward.append(blocks @ repeat)
            backward.append(inside.T @ blocks.T)
        self.forward = torch.stack(forward).to(device)  # [8, length, side]
        self.backward = torch.stack(backward).to(device)  # [8, side, length]
        self.steps = self._steps().repeat(1, 1, length // 8, length // 8).to(device)

    @staticmethod
    def _steps():
        """Steps by quality, [101, 3, 8, 8], scaled as libjpeg does."""
        luma, chroma = (torch.tensor([int(w) for w in t.split()]).view(8, 8) for t in (LUMA_STEPS, CHROMA_STEPS))
        table = torch.stack([luma, chroma, chroma])
        quality = [max(1, q) for q in range(101)]
        percent = torch.tensor([5000 // q if q < 50 else 200 - 2 * q for q in quality]).view(-1, 1, 1, 1)
        return ((table * percent + 50) // 100).clamp(1, 255).float()

    def apply(self, crop, quality, grid):
        """quality: long [m], 1…100; grid: long [m, 2], where blocks start from the left and from the top, 0…7."""
        left, top = grid.unbind(1)
        steps = self.steps[quality]
        rows, columns = self.forward[top].unsqueeze(1), self.forward[left].unsqueeze(1)
        coefficients = rows @ (crop * 127.5) @ columns.transpose(2, 3)
        coefficients = (coefficients / steps).round() * steps
        rows, columns = self.backward[top].unsqueeze(1), self.backward[left].unsqueeze(1)
        return rows @ coefficients @ columns.transpose(2, 3) / 127.5
