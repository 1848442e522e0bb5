"""The compact cascade and its loss in PyTorch: the twin of the Swift one, to check it and to train it on a GPU.

Shapes are N, C, H, W. L = points, S = side of the crop. Channels, weights and the order of rows in flattened maps are those of our model
files, so that weights only change their axes. Heatmaps lie in cells of 2×2 places: [N, 4·L, S/8, S/8], channel (2·dy + dx)·L + l.
"""
import dataclasses
import functools
import math

import torch
from torch import nn
from torch.nn import functional as F


@dataclasses.dataclass
class Configuration:
    """What shapes a cascade; the keys of a recipe or of a model file's metadata, with the same defaults."""

    points: int = 68
    crop: int = 128
    channels: int = 3
    width: int = 48
    deep_width: int = 96
    quarter_width: int = 32
    eighth_width: int = 64
    passes: int = 2
    attention: bool = True
    attention_heads: int = 4
    heatmap_attention: bool = False
    stem: str = "convolutions"
    expanded_first_stage: bool = True
    separate_statistics: bool = True
    shared_unit: bool = True
    sigma: float = 3.5
    offset_gain: float = 0.05

    @classmethod
    def read(cls, values):
        """From a recipe (typed values) or metadata (strings); other keys are left alone. Refuses networks that have no twin."""
        for key, only in (("layout", "compact"), ("spatial_transformer", "none")):
            if str(values.get(key, only)) != only:
                raise ValueError(f"{key}: {values[key]}: the twin knows only '{only}'")
        found = {}
        for field in dataclasses.fields(cls):
            if field.name in values:
                value = values[field.name]
                found[field.name] = str(value).lower() == "true" if field.type is bool else field.type(value)
        configuration = cls(**found)
        configuration.crop = configuration.crop // 16 * 16
        return configuration

    def metadata(self):
        plain = Configuration()
        always = ("quarter_width", "eighth_width", "heatmap_attention", "stem")
        values = {name: str(value).lower() if isinstance(value, bool) else str(value)
                  for name, value in dataclasses.asdict(self).items()}
        return {name: value for name, value in values.items() if name not in always or getattr(self, name) != getattr(plain, name)}

    @property
    def map(self):
        """Side of a heatmap."""
        return self.crop // 4


class Norm(nn.Module):
    """Batch normalisation with the batch's statistics in training, and with running ones, of each pass by itself, in evaluation.

    Running statistics are not followed in training: `Cascade.collect_statistics` takes them from the final weights.
    """

    def __init__(self, name, channels, passes):
        super().__init__()
        self.name, self.passes = name, passes
        self.gamma, self.beta = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(passes, channels))
        self.register_buffer("variance", torch.ones(passes, channels))
        self.number = 0  # of the pass that runs
        self.sums = None  # while statistics are collected

    def forward(self, x):
        number = min(self.number, self.passes - 1)
        if self.training:
            if self.sums is not None:
                self.add_statistics(x.detach().float(), number)
            return F.batch_norm(x, None, None, self.gamma, self.beta, True, 0, 1e-5)
        return F.batch_norm(x, self.mean[number], self.variance[number], self.gamma, self.beta, False, 0, 1e-5)

    def add_statistics(self, x, number):
        variance, mean = torch.var_mean(x, (0, 2, 3), correction=0)
        for total, value in zip(self.sums[number], (mean, variance, torch.ones_like(mean[0]))):
            total += value

    def parameters_by_name(self):
        yield self.name + ".gamma", self.gamma, same, same
        yield self.name + ".beta", self.beta, same, same


def same(t):
    return t


class Conv(nn.Module):
    """Convolution, then batch normalisation (the default), a bias or nothing, then hard swish where asked for."""

    def __init__(self, name, inputs, outputs, kernel=1, stride=1, depthwise=False, follow="norm", act=False, passes=1, zero=False):
        super().__init__()
        self.name, self.depthwise, self.kernel, self.act = name, depthwise, kernel, act
        groups = inputs if depthwise else 1
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=follow == "bias")
        bound = 0 if zero else 1 / math.sqrt(kernel * kernel * inputs / groups)
        for parameter in self.conv.parameters():
            nn.init.uniform_(parameter, -bound, bound)
        self.norm = Norm(name + ".norm", outputs, passes) if follow == "norm" else None

    def forward(self, x):
        x = self.conv(x)
        x = x if self.norm is None else self.norm(x)
        return F.hardswish(x) if self.act else x

    def parameters_by_name(self):
        yield self.name + ".weight", self.conv.weight, self.from_ours, self.to_ours
        if self.conv.bias is not None:
            yield self.name + ".bias", self.conv.bias, same, same

    def from_ours(self, t):
        """[C, D], [k, k, C] or [k, k, C, D] to [D, C, k, k]."""
        if self.depthwise:
            return t.permute(2, 0, 1).unsqueeze(1)
        return t.permute(3, 2, 0, 1) if t.dim() == 4 else t.T[:, :, None, None]

    def to_ours(self, t):
        if self.depthwise:
            return t.squeeze(1).permute(1, 2, 0)
        return t.permute(2, 3, 1, 0) if self.kernel > 1 else t[:, :, 0, 0].T


class Residual(nn.Module):
    """Pointwise expansion, depthwise, pointwise projection; added to its input where the shapes agree."""

    def __init__(self, name, inputs, outputs, stride=1, expand=2, kernel=3, passes=1):
        super().__init__()
        middle = inputs * expand
        self.body = nn.Sequential(
            Conv(name + ".expand", inputs, middle, act=True, passes=passes),
            Conv(name + ".depthwise", middle, middle, kernel, stride, depthwise=True, act=True, passes=passes),
            Conv(name + ".project", middle, outputs, passes=passes))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.body(x)
        return x + y if self.adds else y


class Attention(nn.Module):
    """x + gain · attention(BN(x) + position), over all places."""

    def __init__(self, name, channels, side, heads, passes=1):
        super().__init__()
        self.name, self.heads = name, heads
        self.norm = Norm(name + ".norm", channels, passes)
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
        yield self.name + ".position", self.position, lambda t: t.permute(2, 0, 1).unsqueeze(0), lambda t: t[0].permute(1, 2, 0)
        yield self.name + ".gain", self.gain, same, same


class Unit(nn.Module):
    """Heatmap unit: blocks at 1/8 with a bottleneck at 1/16."""

    def __init__(self, name, c, passes):
        super().__init__()
        width, deep = c.width, c.deep_width
        self.enter = Conv(name + ".enter", 2 * width, width, act=True, passes=passes)
        self.local = Residual(name + ".local", width, width, kernel=5, passes=passes)
        self.down = Residual(name + ".down", width, deep, stride=2, passes=passes)
        wide = [Residual(f"{name}.wide.{i}", deep, deep, kernel=5, passes=passes) for i in range(2)]
        if c.heatmap_attention:
            wide.insert(1, Attention(name + ".attention", deep, c.crop // 16, c.attention_heads, passes))
        self.wide = nn.Sequential(*wide)
        self.up = Conv(name + ".up", deep, width, passes=passes)
        self.leave = Residual(name + ".leave", width, width, passes=passes)

    def forward(self, x):
        local = self.local(self.enter(x))
        return self.leave(local + doubled(self.up(self.wide(self.down(local)))))


def doubled(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")


def space_to_depth(x):
    """[N, C, 2·H, 2·W] to [N, 4·C, H, W], channel (2·dy + dx)·C + c."""
    n, c, h, w = x.shape
    return x.view(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4).reshape(n, 4 * c, h // 2, w // 2)


class Features(nn.Module):
    """Crop to features at 1/8, and at 1/16."""

    def __init__(self, c):
        super().__init__()
        name, quarter, eighth, deep = "features.", c.quarter_width, c.eighth_width, c.deep_width
        self.luma, self.patches = c.channels == 1, c.stem == "patches"
        if self.patches:
            self.stem = Conv(name + "patches", 16 * c.channels, quarter, act=True)
        else:
            first = (Residual(name + "quarter.0", 16, quarter, 2, 4) if c.expanded_first_stage
                     else Conv(name + "quarter.0", 16, quarter, 3, 2, act=True))
            self.stem = nn.Sequential(Conv(name + "stem", c.channels, 16, 3, 2, act=True), first)
        self.quarter = Residual(name + "quarter.1", quarter, quarter)
        self.eighth = nn.Sequential(
            Residual(name + "eighth.0", quarter, eighth, 2, 4), *(Residual(f"{name}eighth.{i}", eighth, eighth) for i in (1, 2)))
        attention = [Attention(name + "attention", deep, c.crop // 16, c.attention_heads)] if c.attention else []
        self.sixteenth = nn.Sequential(
            Residual(name + "sixteenth.0", eighth, deep, 2, 3), *(Residual(f"{name}sixteenth.{i}", deep, deep) for i in (1, 2)),
            *attention, Residual(name + "sixteenth.3", deep, deep))
        self.lateral, self.down = Conv(name + "lateral", eighth, c.width), Conv(name + "down", deep, c.width)
        self.detail = Conv(name + "detail", 4 * quarter, c.width)
        self.merge = Residual(name + "merge", c.width, c.width)

    def forward(self, x):
        x = x[:, :1] if self.luma else x
        quarter = self.quarter(self.stem(space_to_depth(space_to_depth(x)) if self.patches else x))
        eighth = self.eighth(quarter)
        deep = self.sixteenth(eighth)
        joined = self.lateral(eighth) + doubled(self.down(deep)) + self.detail(space_to_depth(quarter))
        return self.merge(F.hardswish(joined)), deep


class Cascade(nn.Module):
    """The recurrent cascade: features once, then passes with shared weights."""

    def __init__(self, configuration=None):
        super().__init__()
        self.configuration = c = configuration or Configuration()
        self.points, self.cells, self.places = c.points, c.crop // 8, c.map ** 2
        self.heat_gain = self.places / 16
        passes = c.passes if c.separate_statistics else 1
        self.features = Features(c)
        self.prior = Conv("pass.prior", 4 * c.points, c.width, passes=passes)
        self.heatmap = Unit("pass.heatmap", c, passes)
        self.logits = Conv("pass.logits", c.width, 4 * c.points, follow="bias")
        self.heat = Conv("pass.heat", 4 * c.points, c.width, passes=passes)
        self.joined = Conv("pass.features", 3 * c.width, c.width, act=True, passes=passes)
        self.carried = Residual("pass.carried", c.width, c.width, passes=passes)
        self.squeeze = Conv("pass.squeeze", c.width, 16, 3, 2, act=True, passes=passes)
        self.hidden = Conv("pass.hidden", 16 * (c.crop // 16) ** 2, 128, follow="bias", act=True)
        self.offset = Conv("pass.offset", 128, 2 * c.points, follow="bias", zero=True)
        self.seen = nn.Sequential(
            Conv("presence.hidden", c.deep_width + c.width, 32, follow="bias", act=True),
            Conv("presence.logit", 32, 1, follow="bias"))
        # Centres of the places in crop units, [2, cells]: of the first and the second place of a cell.
        self.register_buffer("grid", ((torch.arange(c.map) + 0.5) / c.map).view(-1, 2).T.contiguous())
        self.collecting = False
        self.norms = [module for module in self.modules() if isinstance(module, Norm)]

    def forward(self, crop, heat, passes=None):
        """crop [N, 3, S, S], −1…1; heat: the prior as probabilities in cells. A list of passes: logits, heat (probabilities in cells),
        position [N, L, 2] in crop units, presence (logit, [N]), carried."""
        self.set_pass(0)
        fine, deep = self.features(crop)
        summary = deep.mean((2, 3), keepdim=True)
        carried, results = torch.zeros_like(fine), []
        for number in range(passes or self.configuration.passes):
            self.set_pass(number)
            unit = self.heatmap(torch.cat([fine, self.prior(self.scaled(heat, fine))], 1))
            logits = self.logits(unit).float()
            heat = torch.softmax(self.by_point(logits), -1)
            mean = self.mean(heat)
            heat = heat.view(-1, self.points, 4, self.cells, self.cells).transpose(1, 2).reshape(logits.shape)
            source = unit if self.configuration.shared_unit else fine
            carried = self.carried(self.joined(torch.cat([source, self.heat(self.scaled(heat, fine)), carried], 1)))
            row = self.hidden(self.squeeze(carried).permute(0, 2, 3, 1).flatten(1)[:, :, None, None])
            offset = self.offset(row).float().view(-1, 2, self.points).transpose(1, 2)
            presence = self.seen(torch.cat([summary, carried.mean((2, 3), keepdim=True)], 1)).float().flatten()
            results.append(dict(
                logits=logits, heat=heat, position=mean + self.configuration.offset_gain * offset, presence=presence, carried=carried))
        return results

    def set_pass(self, number):
        """Whose running statistics are used or collected; in plain training nobody's."""
        if not self.training or self.collecting:
            for norm in self.norms:
                norm.number = number

    def scaled(self, heat, like):
        return (heat * self.heat_gain).to(like.dtype).contiguous(memory_format=torch.channels_last)

    def by_point(self, x):
        """[N, 4·L, h, w] to [N, L, 4·h·w]."""
        return x.view(len(x), 4, self.points, -1).transpose(1, 2).flatten(2)

    def mean(self, heat):
        """Of heatmaps [N, L, 4·h·w] in crop units: [N, L, 2]."""
        heat = heat.view(len(heat), self.points, 2, 2, self.cells, self.cells)
        x, y = heat.sum((2, 4)), heat.sum((3, 5))  # [N, L, 2, cells]
        return torch.stack([(x * self.grid).sum((2, 3)), (y * self.grid).sum((2, 3))], -1)

    def gaussians(self, points):
        """[N, L, 2] in crop units to heatmaps in cells, [N, 4·L, h, w], each with the sum 1."""
        sigma = self.configuration.sigma / self.configuration.crop
        exponent = -0.5 * ((self.grid - points[..., None, None]) / sigma) ** 2  # [N, L, 2 axes, 2, cells]
        along = torch.softmax(exponent.flatten(3), -1).view_as(exponent)
        x, y = along[:, :, 0].permute(0, 2, 1, 3), along[:, :, 1].permute(0, 2, 1, 3)  # [N, 2, L, cells]
        return (y[:, :, None, :, :, None] * x[:, None, :, :, None, :]).reshape(len(points), -1, self.cells, self.cells)

    def flat(self, count):
        shape = (count, 4 * self.points, self.cells, self.cells)
        return torch.full(shape, 1 / self.places, dtype=self.grid.dtype, device=self.grid.device)

    @torch.no_grad()
    def collect_statistics(self, batches):
        """Running statistics as means over batches of (crop, heat), with the weights as they are."""
        self.train()
        self.collecting = True
        for norm in self.norms:
            norm.sums = [[torch.zeros_like(norm.mean[0]), torch.zeros_like(norm.mean[0]), norm.mean.new_zeros(())]
                         for _ in range(norm.passes)]
        for crop, heat in batches:
            self(crop, heat)
        for norm in self.norms:
            for number, (mean, variance, count) in enumerate(norm.sums):
                norm.mean[number], norm.variance[number] = mean / count, variance / count
            norm.sums = None
        self.collecting = False

    def parameters_by_name(self):
        """(our name, parameter, function from our array to its shape, function back)."""
        for module in self.modules():
            if module is not self and hasattr(module, "parameters_by_name"):
                yield from module.parameters_by_name()

    def statistics_by_name(self):
        """(our name, the module's row of running statistics)."""
        for norm in self.norms:
            for number in range(norm.passes):
                shared = norm.name.startswith("features.") or not self.configuration.separate_statistics
                suffix = "" if shared else f".pass{number}"
                yield f"{norm.name}.mean{suffix}", norm.mean[number]
                yield f"{norm.name}.variance{suffix}", norm.variance[number]

    def multiply_adds(self, passes=None):
        """Of one sample, forward: convolutions, dense layers and attention."""
        total = [0]

        def count(module, _, output):
            total[0] += output[0].numel() * module.weight[0].numel()

        hooks = [m.register_forward_hook(count) for m in self.modules() if isinstance(m, nn.Conv2d)]
        side = self.configuration.crop
        with torch.no_grad():
            crop = torch.zeros(2, 3, side, side, dtype=self.grid.dtype, device=self.grid.device)
            self(crop, self.flat(2), passes)
        for hook in hooks:
            hook.remove()
        for module in self.modules():
            if isinstance(module, Attention):
                total[0] += 2 * module.position[0, 0].numel() ** 2 * module.position.shape[1]
        return total[0]


@dataclasses.dataclass
class LossWeights:
    """Weights of the loss's parts; the keys of a recipe, with the same defaults."""

    heatmap_weight: float = 0.05
    coordinate_weight: float = 10
    presence_weight: float = 0.3
    steadiness_weight: float = 0
    opening_weight: float = 0
    part_weights: float = 0


# 300-W order: lids and inner lips that lie opposite each other, and how much smaller than a face their part is.
EYES, MOUTH = ((37, 41), (38, 40), (43, 47), (44, 46)), ((61, 67), (62, 66), (63, 65))


def landmark_weights(points, strength):
    """What each landmark's error counts, 1 on average; see `LandmarkScheme.partWeights`."""
    weights = torch.ones(points)
    for pairs, factor in ((EYES, 3.0), (MOUTH, 1.6)) if points == 68 else ():
        weights[torch.tensor(pairs).flatten()] = 1 + strength * (factor - 1)
    return weights / weights.mean()


@functools.cache
def constants(points, strength, device):
    """Landmark weights [L, 1] and indices of upper and lower lids, on the device: nothing may be copied there in a CUDA graph."""
    lids = torch.tensor(EYES + MOUTH, device=device).T if points == 68 else None
    return landmark_weights(points, strength).to(device)[:, None], lids


def loss(cascade, results, truth, present, weights=LossWeights(), next_frame=None, target=None):
    """Sum over passes of means over faces, and over samples for presence. truth [N, L, 2] (any numbers where there is no face),
    present [N], next_frame [N]: the sample before is the frame before, target [N, L, places]: heatmaps in place of Gaussians. Returns total and its parts unweighted: heatmaps,
    coordinates, presence, openings, steadiness."""
    target = cascade.by_point(cascade.gaussians(truth)) if target is None else target
    share = present.to(truth.dtype) / present.sum().clamp(min=1)
    each, lids = constants(cascade.points, weights.part_weights, truth.device)
    parts = [truth.new_zeros(()) for _ in range(5)]
    for result in results:
        log = F.log_softmax(cascade.by_point(result["logits"]), -1)
        error = result["position"] - truth
        parts[0] = parts[0] - ((target * log).sum(-1).mean(1) * share).sum()
        parts[1] = parts[1] + ((error.abs() * each).mean((1, 2)) * share).sum()
        parts[2] = parts[2] + F.binary_cross_entropy_with_logits(result["presence"], present.to(truth.dtype))
        if weights.opening_weight and lids is not None:
            parts[3] = parts[3] + ((error[:, lids[1]] - error[:, lids[0]]).abs().mean((1, 2)) * share).sum()
        if weights.steadiness_weight and next_frame is not None:
            change = (error[1:] - error[:-1]).abs().mean((1, 2))
            parts[4] = parts[4] + (change * share[1:] * next_frame[1:]).sum()
    total = (weights.heatmap_weight * parts[0] + weights.coordinate_weight * parts[1] + weights.presence_weight * parts[2]
             + weights.opening_weight * parts[3] + weights.steadiness_weight * parts[4])
    return total, parts
