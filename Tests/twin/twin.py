"""The default cascade and its loss in PyTorch, written from the layers' descriptions to check the Swift ones.

Shapes are N, C, H, W here (ours N, H, W, C). L = points, S = side of the crop. Every layer knows the name of its weights in our model files
and how their numbers lie there.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F


def blocks_last(channels):
    """Index of our channel, (2·dy + dx)·channels + c, for each of PyTorch's after pixel_unshuffle, c·4 + 2·dy + dx."""
    return torch.arange(4 * channels).view(4, channels).T.reshape(-1)


def rows_first(channels, side):
    """Index of our number in a flattened map, (y·side + x)·channels + c, for each of PyTorch's, (c·side + y)·side + x."""
    return torch.arange(side * side * channels).view(side, side, channels).permute(2, 0, 1).reshape(-1)


class Conv(nn.Module):
    """Convolution, then batch normalisation (the default), a bias or nothing, then hard swish where asked for."""

    def __init__(self, name, inputs, outputs, kernel=1, stride=1, depthwise=False, follow="norm", act=False, ins=None, outs=None):
        super().__init__()
        self.name, self.depthwise, self.ins, self.outs = name, depthwise, ins, outs
        groups = inputs if depthwise else 1
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=follow == "bias")
        self.norm = nn.BatchNorm2d(outputs) if follow == "norm" else None
        self.act = act

    def forward(self, x):
        x = self.conv(x)
        x = x if self.norm is None else self.norm(x)
        return F.hardswish(x) if self.act else x

    def parameters_by_name(self):
        yield self.name + ".weight", self.conv.weight, self.from_ours
        if self.conv.bias is not None:
            yield self.name + ".bias", self.conv.bias, lambda t: t if self.outs is None else t[self.outs]
        if self.norm is not None:
            yield self.name + ".norm.gamma", self.norm.weight, lambda t: t
            yield self.name + ".norm.beta", self.norm.bias, lambda t: t

    def from_ours(self, t):
        """[C, D], [k, k, C] or [k, k, C, D] to [D, C, k, k]."""
        if self.depthwise:
            return t.permute(2, 0, 1).unsqueeze(1)
        t = t.permute(3, 2, 0, 1) if t.dim() == 4 else t.T[:, :, None, None]
        t = t if self.ins is None else t[:, self.ins]
        return t if self.outs is None else t[self.outs]


class Residual(nn.Module):
    """Pointwise expansion, depthwise, pointwise projection; added to its input where the shapes agree."""

    def __init__(self, name, inputs, outputs, stride=1, expand=2, kernel=3):
        super().__init__()
        middle = inputs * expand
        self.body = nn.Sequential(
            Conv(name + ".expand", inputs, middle, act=True),
            Conv(name + ".depthwise", middle, middle, kernel, stride, depthwise=True, act=True),
            Conv(name + ".project", middle, outputs))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.body(x)
        return x + y if self.adds else y


class Attention(nn.Module):
    """x + gain · attention(BN(x) + position), over all positions."""

    def __init__(self, name, channels, side, heads):
        super().__init__()
        self.name, self.heads = name, heads
        self.norm = nn.BatchNorm2d(channels)
        self.qkv = Conv(name + ".qkv", channels, 3 * channels, follow="nothing")
        self.out = Conv(name + ".out", channels, channels, follow="nothing")
        self.position = nn.Parameter(torch.zeros(1, channels, side, side))
        self.gain = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        n, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x) + self.position).reshape(n, 3, self.heads, c // self.heads, h * w).unbind(1)
        a = torch.softmax(q.transpose(-1, -2) @ k / math.sqrt(c // self.heads), -1)
        return x + self.gain * self.out((v @ a.transpose(-1, -2)).reshape(n, c, h, w))

    def parameters_by_name(self):
        yield self.name + ".norm.gamma", self.norm.weight, lambda t: t
        yield self.name + ".norm.beta", self.norm.bias, lambda t: t
        yield self.name + ".position", self.position, lambda t: t.permute(2, 0, 1).unsqueeze(0)
        yield self.name + ".gain", self.gain, lambda t: t


class Unit(nn.Module):
    """Heatmap unit: blocks at 1/8 with a bottleneck at 1/16."""

    def __init__(self, name, width, deep):
        super().__init__()
        self.enter = Conv(name + ".enter", 2 * width, width, act=True)
        self.local = Residual(name + ".local", width, width, kernel=5)
        self.down = Residual(name + ".down", width, deep, stride=2)
        self.wide = nn.Sequential(*(Residual(f"{name}.wide.{i}", deep, deep, kernel=5) for i in range(2)))
        self.up = Conv(name + ".up", deep, width)
        self.leave = Residual(name + ".leave", width, width)

    def forward(self, x):
        local = self.local(self.enter(x))
        return self.leave(local + F.interpolate(self.up(self.wide(self.down(local))), scale_factor=2, mode="nearest"))


class Features(nn.Module):
    """Crop to features at 1/8, and at 1/16."""

    def __init__(self, side, channels, width, deep, heads):
        super().__init__()
        name = "features."
        self.stem = Conv(name + "stem", channels, 16, 3, 2, act=True)
        self.quarter = nn.Sequential(
            Residual(name + "quarter.0", 16, 32, 2, 4), Residual(name + "quarter.1", 32, 32))
        self.eighth = nn.Sequential(
            Residual(name + "eighth.0", 32, 64, 2, 4), *(Residual(f"{name}eighth.{i}", 64, 64) for i in (1, 2)))
        self.sixteenth = nn.Sequential(
            Residual(name + "sixteenth.0", 64, deep, 2, 3),
            *(Residual(f"{name}sixteenth.{i}", deep, deep) for i in (1, 2)),
            Attention(name + "attention", deep, side // 16, heads), Residual(name + "sixteenth.3", deep, deep))
        self.lateral, self.down = Conv(name + "lateral", 64, width), Conv(name + "down", deep, width)
        self.detail = Conv(name + "detail", 4 * 32, width, ins=blocks_last(32))
        self.merge = Residual(name + "merge", width, width)

    def forward(self, x):
        quarter = self.quarter(self.stem(x))
        eighth = self.eighth(quarter)
        deep = self.sixteenth(eighth)
        down = F.interpolate(self.down(deep), scale_factor=2, mode="nearest")
        return self.merge(F.hardswish(self.lateral(eighth) + down + self.detail(F.pixel_unshuffle(quarter, 2)))), deep


class Cascade(nn.Module):
    def __init__(self, points=68, side=128, channels=3, width=48, deep=96, heads=4, sigma=3.5, offset_gain=0.05):
        super().__init__()
        self.points, self.side, self.map, self.sigma, self.offset_gain = points, side, side // 4, sigma, offset_gain
        self.heat_gain = self.map ** 2 / 16
        blocks, row = blocks_last(points), rows_first(16, side // 16)
        self.features = Features(side, channels, width, deep, heads)
        self.prior = Conv("pass.prior", 4 * points, width, ins=blocks)
        self.heatmap = Unit("pass.heatmap", width, deep)
        self.logits = Conv("pass.logits", width, 4 * points, follow="bias", outs=blocks)
        self.heat = Conv("pass.heat", 4 * points, width, ins=blocks)
        self.joined = Conv("pass.features", 3 * width, width, act=True)
        self.carried = Residual("pass.carried", width, width)
        self.squeeze = Conv("pass.squeeze", width, 16, 3, 2, act=True)
        self.hidden = Conv("pass.hidden", 16 * (side // 16) ** 2, 128, follow="bias", act=True, ins=row)
        self.offset = Conv("pass.offset", 128, 2 * points, follow="bias")
        self.seen = nn.Sequential(
            Conv("presence.hidden", deep + width, 32, follow="bias", act=True),
            Conv("presence.logit", 32, 1, follow="bias"))
        self.register_buffer("grid", (torch.arange(self.map) + 0.5) / self.map)

    def forward(self, crop, heat, passes=2):
        """crop [N, 3, S, S]; heat: prior as probabilities [N, L, S/4, S/4]. A list of passes: logits, heat (probabilities), position
        [N, L, 2] in crop units, presence (logit, [N]), carried."""
        fine, deep = self.features(crop)
        summary = deep.mean((2, 3), keepdim=True)
        carried, results = torch.zeros_like(fine), []
        for _ in range(passes):
            unit = self.heatmap(torch.cat([fine, self.prior(self.folded(heat))], 1))
            logits = F.pixel_shuffle(self.logits(unit), 2)
            heat = torch.softmax(logits.flatten(2), -1).view_as(logits)
            carried = self.carried(self.joined(torch.cat([unit, self.heat(self.folded(heat)), carried], 1)))
            mean = torch.stack([(heat.sum(2) * self.grid).sum(-1), (heat.sum(3) * self.grid).sum(-1)], -1)
            row = self.hidden(self.squeeze(carried).flatten(1)[:, :, None, None])
            offset = self.offset(row).view(-1, 2, self.points).transpose(1, 2)
            presence = self.seen(torch.cat([summary, carried.mean((2, 3), keepdim=True)], 1)).flatten()
            results.append(
                dict(logits=logits, heat=heat, position=mean + self.offset_gain * offset, presence=presence,
                     carried=carried))
        return results

    def folded(self, heat):
        return F.pixel_unshuffle(heat * self.heat_gain, 2)

    def gaussians(self, points):
        """[N, L, 2] in crop units to heatmaps that sum to 1."""
        sigma = self.sigma / self.side
        along = torch.softmax(-0.5 * ((self.grid - points.unsqueeze(-1)) / sigma) ** 2, -1)
        return along[:, :, 1].unsqueeze(-1) * along[:, :, 0].unsqueeze(-2)

    def flat(self, count):
        return torch.full((count, self.points, self.map, self.map), 1 / self.map ** 2, dtype=self.grid.dtype)

    def parameters_by_name(self):
        """(our name, parameter, function from our array to its shape)."""
        for module in self.modules():
            if module is not self and hasattr(module, "parameters_by_name"):
                yield from module.parameters_by_name()

    def multiply_adds(self, passes=2):
        """Of one sample, forward: convolutions, dense layers and attention."""
        total = [0]

        def count(module, _, output):
            total[0] += output[0].numel() * module.weight[0].numel()

        hooks = [m.register_forward_hook(count) for m in self.modules() if isinstance(m, nn.Conv2d)]
        with torch.no_grad():
            self(torch.zeros(2, 3, self.side, self.side, dtype=self.grid.dtype), self.flat(2), passes)
        for hook in hooks:
            hook.remove()
        for module in self.modules():
            if isinstance(module, Attention):
                total[0] += 2 * module.position[0, 0].numel() ** 2 * module.position.shape[1]
        return total[0]


def loss(cascade, results, truth, present, heatmap=0.05, coordinates=10.0, presence=0.3):
    """Sum over passes: cross-entropy of heatmaps and L1 of positions, means over faces; cross-entropy of presence, mean over samples.
    Returns total and the three parts unweighted."""
    target = cascade.gaussians(truth[present])
    parts = [0, 0, 0]
    for result in results:
        log = F.log_softmax(result["logits"][present].flatten(2), -1)
        parts[0] = parts[0] - (target.flatten(2) * log).sum(-1).mean()
        parts[1] = parts[1] + (result["position"][present] - truth[present]).abs().mean()
        parts[2] = parts[2] + F.binary_cross_entropy_with_logits(result["presence"], present.to(log.dtype))
    return heatmap * parts[0] + coordinates * parts[1] + presence * parts[2], parts
