"""Annotated folders as the trainer reads them: `annotations.csv` and `negatives/`, split by group as `FaceSplit` splits them."""
import concurrent.futures
import csv
import os

import numpy
import torch
from PIL import Image

# How often faces of a set are drawn, where not once: machine-made points count less.
SET_WEIGHTS = {"ytfaces": 0.35}
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")


def is_held_back(group, share, seed=1):
    """Whether a group is kept out of training; the same hash as in `FaceSplit.isHeldBack`."""
    mask = (1 << 64) - 1
    value = 0xCBF29CE484222325 ^ seed
    for byte in group.encode():
        value = ((value ^ byte) * 0x100000001B3) & mask
    value ^= value >> 33
    value = (value * 0xFF51AFD7ED558CCD) & mask
    value ^= value >> 33
    return (value >> 11) * 2.0 ** -53 < share


def read_rows(folder, sets):
    """Training faces of 68 points: (path of the picture, set, group, 136 coordinates)."""
    rows = []
    with open(os.path.join(folder, "annotations.csv"), newline="") as file:
        lines = csv.reader(file)
        next(lines)
        for line in lines:
            name, of, split, group, _, _, points = line[:7]
            if points == "68" and split == "train" and (not sets or of in sets):
                rows.append((os.path.join(folder, name), of, group, [float(v) for v in line[7:143]]))
    return rows


def read_picture(path):
    """[H, W, 3], full-range Y, Cb, Cr."""
    with Image.open(path) as picture:
        picture.draft("YCbCr", picture.size)
        return numpy.array(picture.convert("YCbCr"))


def names_in(folder):
    return sorted(n for n in os.listdir(folder) if n.lower().endswith(PICTURES)) if os.path.isdir(folder) else []


class Faces:
    """Pictures of some folders (`arrays`), the faces to train on and to judge by, and pictures without a face.

    `train` and `held`: points [F, 68, 2], picture [F], weight [F]; `negatives` and `held_negatives`: indices of pictures. Held-back
    faces with machine-made points judge nothing and are left out.
    """

    def __init__(self, folders, sets=(), held_share=0.06, limit=None, set_weights=None):
        self.set_weights = {**SET_WEIGHTS, **(set_weights or {})}
        rows = [row for folder in folders for row in read_rows(folder, sets)][:limit]
        negatives = [os.path.join(folder, "negatives", name) for folder in folders
                     for name in names_in(os.path.join(folder, "negatives"))][:limit]
        files = list(dict.fromkeys([row[0] for row in rows] + negatives))
        place = {file: number for number, file in enumerate(files)}
        with concurrent.futures.ThreadPoolExecutor() as pool:
            self.arrays = list(pool.map(read_picture, files))
        held = [is_held_back(row[2], held_share) for row in rows]
        self.train = self.table([row for row, out in zip(rows, held) if not out], place)
        self.held = self.table([row for row, out in zip(rows, held) if out and row[1] not in SET_WEIGHTS], place)
        split = [is_held_back(os.path.basename(file), held_share) for file in negatives]
        self.negatives, self.held_negatives = (
            torch.tensor([place[file] for file, out in zip(negatives, split) if out == wanted], dtype=torch.long)
            for wanted in (False, True))

    def table(self, rows, place):
        return dict(
            points=torch.tensor([row[3] for row in rows]).view(len(rows), -1, 2), picture=torch.tensor([place[row[0]] for row in rows]),
            weight=torch.tensor([self.set_weights.get(row[1], 1.0) for row in rows]), sets=[row[1] for row in rows])
