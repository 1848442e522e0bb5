#!/usr/bin/env python3
"""Trains the cascade's twin on a GPU by the same recipe as `landmarkd train`, and writes a model file for landmarkd.

    Tests/twin/train.py --data DIR [--data DIR] --recipe models/face68.yaml --output face68.safetensors
    Tests/twin/train.py --data DIR --smoke --output /tmp/smoke.safetensors      # a minute on a processor, to try the whole way

Needs torch, numpy, pillow, safetensors and PyYAML. Samples are made on the GPU (augmentation.py), steps run in mixed precision
(step.py). Confidence is fitted by landmarkd, since it depends on the tracker: go on with
`landmarkd train --resume --output face68.safetensors` for some samples at a small learning rate.
Only the compact layout with 68 points has a twin; keys of the recipe that it does not know are named.

A larger network can teach a smaller one: train it first, then name it with --teacher. Recipes may set `warp_share` (warps.py) and the
other numbers of `augmentation.Recipe`.
"""
import argparse
import dataclasses
import math
import sys
import time

import torch
import yaml

import judge
import model_file
import twin
from augmentation import Recipe, Sampler
from faces import SET_WEIGHTS, Faces
from pictures import Pictures
from step import Step, learning_rate

# Keys of a recipe that this program reads beside those of the network, the loss and the samples.
KNOWN = {"samples", "batch", "learning_rate", "warm_up_steps", "weight_decay", "clip", "averaging", "validation_share", "sets"}
# Keys that say how landmarkd runs, or what is the default here.
IGNORED = {"validation_interval", "checkpoint_interval", "coordinate_loss", "augmentation", "anisotropic_weight"}
# Batch of landmarkd, for which recipes give the learning rate.
RECIPE_BATCH = 24


def read_recipe(path):
    with open(path) as file:
        recipe = yaml.safe_load(file) or {}
    names = {field.name for kind in (twin.Configuration, twin.LossWeights, Recipe) for field in dataclasses.fields(kind)}
    for key in sorted(set(recipe) - names - KNOWN - IGNORED - {"layout", "spatial_transformer", "scheme"}):
        print(f"{path}: {key}: not known here, left alone", file=sys.stderr)
    return recipe


def part(kind, recipe):
    """The dataclass's fields that the recipe sets."""
    return {f.name: recipe[f.name] for f in dataclasses.fields(kind) if f.name in recipe}


class Training:
    def __init__(self, options, recipe):
        self.options, self.recipe = options, recipe
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(options.seed)
        faces = Faces(
            options.data, recipe.get("sets", ()), recipe.get("validation_share", 0.06), 60 if options.smoke else None,
            {name: options.machine_weight for name in SET_WEIGHTS})
        if options.resume:
            cascade, self.notes = model_file.read(options.resume)
        else:
            cascade, self.notes = twin.Cascade(twin.Configuration.read(recipe)), {}
        self.held, self.sets = faces.held, sorted(set(faces.train["sets"]))
        self.negatives = faces.negatives.to(self.device)
        pictures = Pictures(faces.arrays, self.device)
        self.sampler = Sampler(
            pictures, faces.train, faces.negatives, Recipe(**part(Recipe, recipe)), cascade.configuration.crop, self.device,
            options.seed)
        weights = twin.LossWeights(**part(twin.LossWeights, recipe))
        self.step = Step(
            cascade.to(self.device), options.batch, weights, self.device, recipe.get("weight_decay", 0.02), recipe.get("clip", 1.0),
            recipe.get("averaging", 0.999), teachers=[model_file.read(path)[0] for path in options.teacher])
        machine_made = torch.tensor([name in SET_WEIGHTS for name in faces.train["sets"]], device=self.device)
        self.trust = torch.where(machine_made, 0.0, options.trust)
        peak = options.learning_rate or recipe.get("learning_rate", 2e-3) * min(4, math.sqrt(options.batch / RECIPE_BATCH))
        self.rate = lambda step, progress: learning_rate(peak, step, recipe.get("warm_up_steps", 150), progress)
        self.samples = options.samples or recipe.get("samples", 400_000)
        self.before = int(self.notes.get("samples_seen", 0))
        print(f"{len(faces.train['points'])} faces to train on, {len(self.held['points'])} held back, {len(self.negatives)} pictures "
              f"without a face; {sum(p.numel() for p in cascade.parameters())} parameters; peak learning rate {peak:.2g}; "
              f"{torch.cuda.get_device_name() if self.device.type == 'cuda' else 'processor'}, torch {torch.__version__}", flush=True)

    def run(self):
        start, steps, judged, waited = time.monotonic(), 0, 0.0, []
        while (progress := self.progress(steps, time.monotonic() - start)) < 1:
            self.step.ramp.fill_(1.0 if progress >= self.options.pairs_from else 0.0)
            samples = self.sampler.batch(self.options.batch * self.options.steps_per_draw)
            samples["trust"] = self.trust[samples["face"].clamp(min=0)]
            for index in range(self.options.steps_per_draw):
                for name, tensor in self.step.inputs.items():
                    tensor.copy_(samples[name][index * self.options.batch:(index + 1) * self.options.batch])
                self.step.run(self.rate(steps, progress), steps)
                steps += 1
            self.hold_back(waited)
            if progress - judged >= self.options.judge_every:
                judged = progress
                self.report(steps, time.monotonic() - start, progress)
        self.report(steps, time.monotonic() - start, 1)

    def progress(self, steps, seconds):
        """Share of the run that is done: of its samples, or of its time."""
        return seconds / self.options.seconds if self.options.seconds else steps * self.options.batch / self.samples

    def hold_back(self, waited):
        """Keeps the processor at most two draws ahead of the GPU, or its clock would run ahead of the schedule."""
        if self.device.type == "cuda":
            event = torch.cuda.Event()
            event.record()
            waited.append(event)
            if len(waited) > 2:
                waited.pop(0).synchronize()

    def report(self, steps, seconds, progress):
        """Judges the averaged weights, writes them, and looks for places that they mistake."""
        samples, began = steps * self.options.batch, time.monotonic()
        average = self.step.average
        average.collect_statistics(self.statistics_batches(40 if progress == 1 else 8))
        errors, told, true = ([], math.nan, math.nan)
        if len(self.held["points"]):
            errors, told, true = judge.held_back_errors(average, self.sampler, self.held, self.device)
        model_file.write(self.options.output, average, self.model_notes(samples, errors), half=False)
        mistakes = self.mine() if progress < 1 else 0
        names = ("loss", "heatmaps", "coordinates", "presence", "openings", "steadiness")
        losses = ", ".join(f"{name} {value:.4f}" for name, value in zip(names, self.step.parts.tolist()))
        print(f"{progress:4.0%} {samples} samples, {samples / max(seconds, 1e-3):.0f}/s, {losses}; held back "
              f"{', '.join(f'{v:.2f}' for v in errors)} %, shut eyes {told:.3f} (true {true:.3f}); {mistakes} mistakes; "
              f"{time.monotonic() - began:.1f} s", flush=True)

    def model_notes(self, samples, errors):
        """Metadata of the model file. Confidence was fitted to other weights, if at all."""
        notes = {**self.notes, "training_sets": " ".join(self.sets), "samples_seen": str(self.before + samples), "version": "1",
                 "normalizer": "36 45", "mirror": " ".join(str(v) for v in self.sampler.mirror.tolist()),
                 "validation_error_percent": " ".join(f"{v:.3f}" for v in errors)}
        return {key: value for key, value in notes.items() if key not in ("confidence", "point_confidence")}

    def mine(self):
        """Places in faceless pictures that the averaged weights take for faces, to train on from now; returns their number."""
        picture, points = judge.mistakes(self.step.average, self.sampler, self.negatives, self.device, windows=8)
        if len(picture):
            self.sampler.set_hard_negatives(picture, points)
        return len(picture)

    def statistics_batches(self, count):
        for _ in range(count if self.device.type == "cuda" else 4):
            samples = self.sampler.batch(self.options.batch)
            heat = self.step.average.gaussians(samples["prior"])
            yield samples["crop"], torch.where(samples["has_prior"][:, None, None, None], heat, 1 / self.step.average.places)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", action="append", required=True, help="folder with pictures and annotations.csv")
    parser.add_argument("--recipe", help="recipe file of landmarkd; without one, its defaults")
    parser.add_argument("--output", required=True, help="model file to write")
    parser.add_argument("--resume", help="model file whose weights to start from")
    parser.add_argument("--samples", type=int, help="in place of the recipe's")
    parser.add_argument("--seconds", type=float, help="train for so long, in place of a number of samples")
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--learning-rate", type=float, help="peak; default: the recipe's, times √(batch / 24), at most 4 times")
    parser.add_argument("--pairs-from", type=float, default=0.5, help="share of the run from which steadiness between frames counts")
    parser.add_argument("--judge-every", type=float, default=0.1, help="share of the run between two looks at held-back faces")
    parser.add_argument("--steps-per-draw", type=int, default=4, help="batches that are made at once")
    parser.add_argument("--teacher", action="append", default=[], help="trained model file to learn from beside the annotations; its "
                        "crop and points are those of the recipe; several: their mean")
    parser.add_argument("--trust", type=float, default=0.5, help="share of the annotations in what is learnt, where there is a teacher; "
                        "machine-made ones do not count")
    parser.add_argument("--machine-weight", type=float, default=SET_WEIGHTS["ytfaces"], help="how often faces of sets with machine-made "
                        "points are drawn, against 1 of the others")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smoke", action="store_true", help="few faces and samples, to try the whole way on a processor")
    options = parser.parse_args()
    recipe = read_recipe(options.recipe) if options.recipe else {}
    if options.smoke:
        options.batch, options.samples, options.steps_per_draw, options.judge_every = 16, options.samples or 640, 2, 0.5
    Training(options, recipe).run()


if __name__ == "__main__":
    main()
