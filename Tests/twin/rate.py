#!/usr/bin/env python3
"""PyTorch's training rate for the same network, loss and optimiser, to hold ours against, in turns on the same machine.

    Tests/twin/rate.py [--seconds 20] [--batch 24] [--threads 2]

Inputs are random and made once; only forward, backward and AdamW are timed. Effective GFLOP/s: 6 × multiply-adds of a sample × samples/s,
as `landmarkd bench` counts them.
"""
import argparse
import time

import torch

import twin


def main(options):
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    cascade = twin.Cascade()
    work = cascade.multiply_adds()
    cascade = cascade.to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(cascade.parameters(), 2e-3, betas=(0.9, 0.99), weight_decay=0.02, fused=True)
    crop = torch.rand(options.batch, 3, 128, 128).mul(2).sub(1).contiguous(memory_format=torch.channels_last)
    truth = torch.rand(options.batch, cascade.points, 2)
    present = torch.arange(options.batch) % 8 != 0
    prior = cascade.gaussians(truth).contiguous(memory_format=torch.channels_last)

    def step():
        optimizer.zero_grad(set_to_none=True)
        total, _ = twin.loss(cascade, cascade(crop, prior), truth, present)
        total.backward()
        optimizer.step()

    for _ in range(2):
        step()
    times, start = [], time.perf_counter()
    while time.perf_counter() - start < options.seconds or not times:
        before = time.perf_counter()
        step()
        times.append(time.perf_counter() - before)
    times.sort()
    for name, seconds in (("mean", sum(times) / len(times)), ("median", times[len(times) // 2]), ("best", times[0])):
        rate = options.batch / seconds
        print(f"{name:7}{rate:7.1f} samples/s {6 * work * rate / 1e9:7.1f} GFLOP/s")
    print(f"torch {torch.__version__}, {options.threads} threads, batch {options.batch}, {len(times)} steps, "
          f"{work / 1e6:.1f} M multiply-adds, {sum(p.numel() for p in cascade.parameters())} parameters")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--threads", type=int, default=2)
    main(parser.parse_args())
