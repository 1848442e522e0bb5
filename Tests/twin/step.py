"""One training step of the twin: mixed precision, AdamW, the moving average of the weights; as one CUDA graph where there is a GPU."""
import copy
import math

import torch

import twin


class Step:
    """Trains `cascade` on batches of a fixed size. `inputs` are the tensors to fill before `run`:

    crop [N, 3, S, S], truth and prior [N, L, 2], present, has_prior and next_frame [N] (bool), trust [N]: the truth's share in the target
    where there are `teachers` (trained cascades with crops and points of the same size). `ramp`: how much of the recipe's steadiness
    weight counts. `parts`: the last step's loss and its parts.
    """

    def __init__(self, cascade, batch, weights, device, weight_decay=0.02, clip=1.0, averaging=0.999, compiled=False, teachers=()):
        self.cascade, self.weights, self.clip, self.averaging = cascade, weights, clip, averaging
        self.on_gpu = device.type == "cuda"
        if self.on_gpu:
            cascade.to(memory_format=torch.channels_last)
        self.teachers = [teacher.to(device, memory_format=torch.channels_last).eval() for teacher in teachers]
        self.average = copy.deepcopy(cascade)
        c = cascade.configuration
        points = (batch, c.points, 2)
        self.inputs = dict(
            crop=torch.zeros(batch, 3, c.crop, c.crop, device=device).contiguous(memory_format=torch.channels_last),
            truth=torch.full(points, 0.5, device=device), prior=torch.full(points, 0.5, device=device),
            trust=torch.ones(batch, device=device),
            **{name: torch.zeros(batch, dtype=torch.bool, device=device) for name in ("present", "has_prior", "next_frame")})
        self.rate = torch.zeros((), device=device)
        self.share = torch.zeros((), device=device)
        self.ramp = torch.ones((), device=device)
        self.parts = torch.zeros(6, device=device)
        decays = {id(m.weight) for m in cascade.modules() if isinstance(m, torch.nn.Conv2d)}
        groups = [dict(params=[p for p in cascade.parameters() if (id(p) in decays) == wanted], weight_decay=decay)
                  for wanted, decay in ((True, weight_decay), (False, 0.0))]
        self.optimizer = torch.optim.AdamW(groups, lr=self.rate, betas=(0.9, 0.99), fused=self.on_gpu, capturable=self.on_gpu)
        self.pairs = list(zip(self.average.parameters(), cascade.parameters()))
        self.loss = torch.compile(self.compute_loss, dynamic=False) if compiled else self.compute_loss
        self.graph = None
        twin.constants(c.points, weights.part_weights, device)

    def compute_loss(self, crop, truth, prior, present, has_prior, next_frame, trust):
        cascade, target = self.cascade, None
        with torch.no_grad():
            heat = torch.where(has_prior[:, None, None, None], cascade.gaussians(prior), 1 / cascade.places)
        with torch.autocast(crop.device.type, torch.bfloat16, enabled=self.on_gpu):
            results = cascade(crop, heat)
            if self.teachers:
                with torch.no_grad():
                    lessons = [teacher(crop, heat)[-1] for teacher in self.teachers]
                    truth, target = taught(cascade, lessons, truth, trust)
        return twin.loss(cascade, results, truth, present, self.weights, next_frame, target)

    def compute(self):
        self.optimizer.zero_grad(set_to_none=True)
        total, parts = self.loss(**self.inputs)
        total = total - (1 - self.ramp) * self.weights.steadiness_weight * parts[4]
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.cascade.parameters(), self.clip)
        self.optimizer.step()
        averaged, current = zip(*self.pairs)
        with torch.no_grad():
            torch._foreach_add_(averaged, torch._foreach_mul(torch._foreach_sub(current, averaged), self.share))
            self.parts.copy_(torch.stack([total, *parts]))

    def run(self, rate, step):
        """A step at this learning rate; `step` from 0 decides how fast the average follows."""
        self.rate.fill_(rate)
        self.share.fill_(1 - min(self.averaging, (1 + step) / (20 + step)))
        if self.graph is None and self.on_gpu:
            self.capture()
        self.graph.replay() if self.graph is not None else self.compute()

    def capture(self):
        """Warms up without leaving a trace in weights and optimiser, then records the step."""
        kept = [p.detach().clone() for p in self.cascade.parameters()], [p.detach().clone() for p in self.average.parameters()]
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                self.compute()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.compute()
        with torch.no_grad():
            for target, source in zip((*self.cascade.parameters(), *self.average.parameters()), (*kept[0], *kept[1])):
                target.copy_(source)
            for state in self.optimizer.state.values():
                for value in state.values():
                    value.zero_()
        self.graph = graph


# Where teachers and truth lie further apart than this (crop sides, mean of the landmarks), the truth counts at least half.
FAR = 0.03


def taught(cascade, lessons, truth, trust):
    """Landmarks and heatmaps to learn: the teachers' mean, mixed with the truth by `trust` [N]; for lids and lips, which move fast and
    which teachers smooth over, the truth counts half as much again."""
    position = sum(lesson["position"].float() for lesson in lessons) / len(lessons)
    heat = sum(lesson["heat"].float() for lesson in lessons) / len(lessons)
    far = (position - truth).norm(dim=2).mean(1) > FAR
    trust = torch.where(far, trust.clamp(min=0.5), trust)[:, None]
    lids = twin.constants(cascade.points, 1.0, truth.device)[0].view(1, -1) > 1
    share = torch.where(lids, (trust + 0.5).clamp(max=1), trust)[..., None]  # [N, L, 1]
    target = share * cascade.by_point(cascade.gaussians(truth)) + (1 - share) * cascade.by_point(heat)
    return share * truth + (1 - share) * position, target


def learning_rate(peak, step, warm_up, progress):
    """A linear warm-up, then half a cosine down to a hundredth of the peak; as `CosineSchedule` gives it."""
    return peak * min(1, (step + 1) / max(1, warm_up)) * (0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * min(1, progress))))
