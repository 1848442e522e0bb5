"""Smooth changes of a face's shape: its proportions, its features' places, and the way it is turned.

Each change is a field of offsets over the crop, from a pixel to where its value comes from; landmarks follow by solving for the place
whose source they are. All lengths are in crop sides.
"""

import math

import torch
import torch.nn.functional as F

NOSE_TIP = 30


def warp_field(truth, recipe, dice, side):
    """Offsets [n, side, side, 2] for faces with these landmarks, [n, 68, 2]."""
    low, high = truth.amin(1), truth.amax(1)
    centre, size = (low + high) / 2, high - low
    index = (torch.arange(side, device=truth.device) + 0.5) / side
    place = torch.stack(torch.meshgrid(index, index, indexing="xy"), dim=2)  # [side, side, 2]
    offset = stretch(place, centre, recipe, dice) + bumps(recipe, dice, side)
    turned = dice.chance(recipe.turned_share)
    for axis, (limit, roundness) in enumerate(((recipe.warp_yaw, 0.62), (recipe.warp_pitch, 0.75))):
        angle = torch.where(turned, dice.uniform(-limit, limit) * math.pi / 180, 0)
        radius = (size[:, axis] * roundness).clamp(min=0.02)
        offset[..., axis] += turn(place[..., axis], centre[:, axis], radius, angle)
        if axis == 0:
            offset[..., axis] -= nose(place, truth[:, NOSE_TIP], size[:, 0], angle)
    return offset


def stretch(place, centre, recipe, dice):
    """Other proportions: longer or wider, and sheared."""
    scale = dice.normal(2) * recipe.warp_stretch
    shear = dice.normal(2) * recipe.warp_shear
    away = place - centre.view(-1, 1, 1, 2)
    scale, shear = scale.view(-1, 1, 1, 2), shear.view(-1, 1, 1, 2)
    return away * (scale.exp() - 1) + away.flip(3) * shear


def bumps(recipe, dice, side, nodes=5):
    """A smooth random field through nodes × nodes normal offsets."""
    coarse = dice.normal(2, nodes, nodes) * recipe.warp_bumps
    return F.interpolate(coarse, size=(side, side), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)


def turn(along, centre, radius, angle):
    """Offsets along one axis where the face, taken for a cylinder across it, is turned by `angle` [n]; at most to 80° from the front."""
    along = (along - centre.view(-1, 1, 1)) / radius.view(-1, 1, 1)
    theta = along.clamp(-0.95, 0.95).asin()
    source = (theta - angle.view(-1, 1, 1)).clamp(-1.4, 1.4)
    return (source.sin() - theta.sin()) * radius.view(-1, 1, 1)


def nose(place, tip, width, angle, height=0.18, spread=0.12):
    """How much further a turned face's nose moves than the cylinder under it."""
    away = (place - tip.view(-1, 1, 1, 2)).square().sum(3)
    bump = torch.exp(-away / (2 * (spread * width.clamp(min=0.02)) ** 2).view(-1, 1, 1))
    return bump * (height * width * angle.sin()).view(-1, 1, 1)


def follow(points, offset, rounds=20):
    """Where points [n, k, 2] lie after the crop was warped: the places p with p + offset(p) = point. A place's source moves by 0.3 to 2.1
    times as much as the place, so a step of 0.6 of what is missing converges."""
    field = offset.permute(0, 3, 1, 2)
    found = points
    for _ in range(rounds):
        grid = (found * 2 - 1).unsqueeze(1)
        there = F.grid_sample(field, grid, mode="bilinear", padding_mode="border", align_corners=False)
        found = found + 0.6 * (points - found - there.squeeze(2).transpose(1, 2))
    return found
