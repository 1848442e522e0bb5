"""What a trained twin is worth: errors on held-back faces, and the places in faceless pictures that it takes for faces."""
import torch

from augmentation import EYES, Error, Layout, similarity

# Outer eye corners, whose distance is the unit of errors (300-W order).
OUTER_EYES = (36, 45)
SHUT_BELOW = 0.12


def straight_crops(sampler, faces, device):
    """Crops as the faces' own landmarks lay them, and the landmarks in crop units."""
    layout = Layout(faces["points"].to(device), sampler.recipe)
    count = len(faces["points"])
    none = torch.zeros(count, device=device)
    error = Error(none, none, none.new_zeros(count, 2))
    index = torch.arange(count, device=device)
    pixels = torch.full((count,), float(sampler.side), device=device)
    maps = layout.frame_from_crop(index, error)
    crop = sampler.pictures.sample(faces["picture"].to(device), maps, none.bool(), pixels, sampler.side)
    return crop, layout.landmarks(index, error)


def parts(count, size, device):
    """Indices 0 … count − 1 in parts of exactly `size`, the last one filled up: each new batch size costs seconds on a GPU."""
    return torch.arange(-(-count // size) * size, device=device).clamp(max=max(count - 1, 0)).split(size) if count else ()


@torch.no_grad()
def held_back_errors(cascade, sampler, faces, device, passes=3):
    """Mean error after each pass in % of the distance of the outer eye corners, from flat heatmaps; mean opening told for shut eyes, and
    the true one."""
    cascade.eval()
    crop, truth = straight_crops(sampler, faces, device)
    found = []
    for index in parts(len(crop), 64, device):
        found.append(torch.stack([r["position"] for r in cascade(crop[index], cascade.flat(len(index)), passes)]))
    found = torch.cat(found, 1)[:, :len(crop)]
    unit = (truth[:, OUTER_EYES[0]] - truth[:, OUTER_EYES[1]]).norm(dim=1)
    errors = (found - truth).norm(dim=3).mean(2) / unit
    true, told = openings(truth), openings(found[1])
    shut = true < SHUT_BELOW
    return [100 * v for v in errors.mean(1).tolist()], told[shut].mean().item(), true[shut].mean().item()


def openings(points):
    """Mean distance of the lids over the eye's width, [2·N]."""
    values = []
    for left, right, upper, lower in EYES:
        gap = (points[:, list(lower)] - points[:, list(upper)]).norm(dim=2).mean(1)
        values.append(gap / (points[:, left] - points[:, right]).norm(dim=1))
    return torch.cat(values)


@torch.no_grad()
def mistakes(cascade, sampler, pictures, device, windows=24, looks=3, threshold=0.1):
    """Places in faceless pictures that a tracker would go on taking for a face: pictures [K] and the landmarks seen there in pixels
    [K, 68, 2]; as `HardNegatives.mine`."""
    cascade.eval()
    places = []
    size = torch.stack([sampler.pictures.width[pictures], sampler.pictures.height[pictures]], 1)
    for _ in range(windows):
        side = (torch.empty(len(pictures), device=device).uniform_(*sampler.recipe.negative_size) * size.amin(1)).clamp(min=1)
        angle = torch.empty_like(side).uniform_(-torch.pi, torch.pi)
        maps, picture, keep = similarity(side, angle, torch.rand_like(size) * size), pictures, None
        for look in range(looks):
            points, presence = look_at(cascade, sampler, picture, maps, device)
            keep = presence > threshold
            picture, points = picture[keep], points[keep]
            if look < looks - 1:
                layout = Layout(points, sampler.recipe)
                none = torch.zeros(len(picture), device=device)
                index = torch.arange(len(picture), device=device)
                maps = layout.frame_from_crop(index, Error(none, none, none.new_zeros(len(picture), 2)))
        places.append((picture, points))
    return torch.cat([p for p, _ in places]), torch.cat([p for _, p in places])


def look_at(cascade, sampler, picture, maps, device):
    """Landmarks [n, 68, 2] in pixels of the pictures, and presence [n], after one pass from flat heatmaps."""
    points, presence = [], []
    for index in parts(len(picture), 1024 if device.type == "cuda" else 64, device):
        pixels = torch.full((len(index),), float(sampler.side), device=device)
        crop = sampler.pictures.sample(picture[index], maps[index], torch.zeros_like(index, dtype=torch.bool), pixels, sampler.side)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            result = cascade(crop, cascade.flat(len(index)), 1)[0]
        a, b, tx, ty = maps[index].T[:, :, None]
        x, y = result["position"].unbind(2)
        points.append(torch.stack([a * x - b * y + tx, b * x + a * y + ty], 2))
        presence.append(torch.sigmoid(result["presence"]))
    if not points:
        return torch.zeros(0, cascade.points, 2, device=device), torch.zeros(0, device=device)
    return torch.cat(points)[:len(picture)], torch.cat(presence)[:len(picture)]
