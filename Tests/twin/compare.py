#!/usr/bin/env python3
"""Compares a training step of ours with PyTorch's: outputs, loss and every gradient.

    LANDMARKD_TWIN=DIR swift test --filter TwinTests && Tests/twin/compare.py DIR

Needs torch and numpy. PyTorch runs in double precision, which is taken as the truth, and in single, which shows what rounding costs.
Differences are the largest of an array over the largest number in it. Exit code 1 where ours are larger than the limit.
"""
import json
import struct
import sys

import numpy
import torch

import twin

LIMIT = {"outputs": 1e-3, "gradients": 5e-3}


def load(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    metadata = header.pop("__metadata__", {})

    def array(entry):
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        return torch.from_numpy(numpy.frombuffer(data[start:end], "<f4").reshape(entry["shape"]).copy())

    return metadata, {name: array(entry) for name, entry in header.items()}


def run(ours, dtype):
    """One step of PyTorch's from our numbers: outputs and gradients by our names, in PyTorch's layout."""
    torch.manual_seed(1)
    cascade = twin.Cascade().to(dtype)
    names = set()
    for name, parameter, convert, _ in cascade.parameters_by_name():
        with torch.no_grad():
            parameter.copy_(convert(ours["weight/" + name]))
        names.add("weight/" + name)
    missing = {name for name in ours if name.startswith("weight/")} ^ names
    assert not missing, f"weights that only one of the two has: {missing}"
    assert len(names) == sum(1 for _ in cascade.parameters())
    cascade.train()
    crop = ours["crop"].permute(0, 3, 1, 2).to(dtype)
    prior = cascade.flat(len(crop))
    prior[:2] = cascade.gaussians(ours["prior points"].to(dtype))
    results = cascade(crop, prior)
    total, parts = twin.loss(cascade, results, ours["truth"].to(dtype), ours["presence"] > 0)
    total.backward()
    found = {"prior": prior * cascade.heat_gain, "loss": torch.stack([total, *parts[:3]])}
    for number, result in enumerate(results):
        found[f"pass{number}/heat"] = result["heat"] * cascade.heat_gain
        found[f"pass{number}/position"] = result["position"]
        found[f"pass{number}/presence"] = result["presence"]
        found[f"pass{number}/carried"] = result["carried"]
    gradients = {name: parameter.grad for name, parameter, *_ in cascade.parameters_by_name()}
    return found, gradients, {name: convert for name, _, convert, _ in cascade.parameters_by_name()}


def outputs_as_theirs(ours):
    """Our outputs in PyTorch's layout."""
    def converted(name, value):
        if name == "loss":
            return value
        kind = name.split("/")[-1]
        if kind == "position":
            return value.view(len(value), 2, -1).transpose(1, 2)
        if kind == "presence":
            return value.flatten()
        return value.permute(0, 3, 1, 2)

    names = [name for name in ours if name == "loss" or name == "prior" or name.startswith("pass")]
    return {name: converted(name, ours[name]) for name in names}


def difference(found, truth, floor=0.0):
    return float((found.detach().double() - truth.detach()).abs().max() / max(float(truth.detach().abs().max()), floor))


def main(folder):
    torch.set_num_threads(1)  # spinning threads are worse than none on a busy machine
    metadata, ours = load(folder + "/step.safetensors")
    assert (metadata["points"], metadata["crop"], metadata["width"]) == ("68", "128", "48"), metadata
    truth, gradients, convert = run(ours, torch.float64)
    single, single_gradients, _ = run(ours, torch.float32)
    worst = {"outputs": 0.0, "gradients": 0.0}
    print(f"{'':24} {'ours':>10} {'float32':>10}   largest relative difference to PyTorch in float64")
    for name, value in outputs_as_theirs(ours).items():
        ours_off, theirs_off = difference(value, truth[name]), difference(single[name], truth[name])
        worst["outputs"] = max(worst["outputs"], ours_off)
        print(f"{name:24} {ours_off:10.1e} {theirs_off:10.1e}")
    print("\nloss: total, heatmap, coordinates, presence:", *(f"{float(v):.6f}" for v in ours["loss"]))
    groups = {}
    # Shifts before a normalisation have no gradient: rounding is all there is, so it is measured against a share of the median.
    floor = float(torch.stack([g.abs().max() for g in gradients.values()]).median()) * 1e-2
    for name, value in gradients.items():
        found = convert[name](ours["gradient/" + name])
        group = ".".join(name.split(".")[:2]) + (" norms" if ".norm." in name else "")
        pair = difference(found, value, floor), difference(single_gradients[name], value, floor)
        groups.setdefault(group, []).append((pair, name))
        worst["gradients"] = max(worst["gradients"], pair[0])
    print(f"\n{'gradients':24} {'ours':>10} {'float32':>10}   arrays, the worst")
    for group, pairs in sorted(groups.items()):
        largest = max(pairs)
        print(f"{group:24} {largest[0][0]:10.1e} {max(p[0][1] for p in pairs):10.1e}   {len(pairs)}, {largest[1]}")
    print("\nlargest:", *(f"{kind} {value:.1e} (limit {LIMIT[kind]:.0e})" for kind, value in worst.items()))
    return int(any(value > LIMIT[kind] for kind, value in worst.items()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
