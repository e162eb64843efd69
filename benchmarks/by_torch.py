"""What is measured of PyTorch (a process of :mod:`_measure`)."""

from __future__ import annotations

import torch
from tasks import LR, weights_and_gradient

torch.set_num_threads(2)

OPTIMIZERS = {
    "sgd": ("SGD", {}), "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}), "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {}), "adadelta": ("Adadelta", {}), "adam": ("Adam", {}),
    "adamw": ("AdamW", {}), "adam_l2": ("Adam", {"weight_decay": 0.01}), "radam": ("RAdam", {}),
}  # fmt: skip

# Not every rule has a fused form. Without "foreach" one tensor is a plain loop over operations, which is
# what PyTorch does on a CPU by default.
WAYS = {
    "torch fused": {"fused": True},
    "torch foreach": {"foreach": True},
    "torch": {"foreach": False},
}


def prepare(task):
    """Return PyTorch's ways to do a task."""
    return globals()[task["what"]](**{k: v for k, v in task.items() if k != "what"})


def step(rule, n, dtype):
    """One step of a rule, in each way that it has."""
    runs = {name: _step(rule, n, dtype, how) for name, how in WAYS.items()}
    return {name: run for name, run in runs.items() if run}


def _step(rule, n, dtype, how):
    name, arguments = OPTIMIZERS[rule]
    w, g = map(torch.from_numpy, weights_and_gradient(n, dtype))
    w.requires_grad_()
    w.grad = g
    try:
        optimizer = getattr(torch.optim, name)([w], lr=LR, **arguments, **how)
        optimizer.step()
    except (TypeError, RuntimeError):
        return None

    def run(calls):
        for _ in range(calls):
            optimizer.step()

    return run


def path(steps):
    """A loop as one would write it; a hundredth of the steps, to know what one costs."""
    steps //= 100

    def run(calls):
        for _ in range(calls):
            w = torch.tensor([-1.5, 2.0], dtype=torch.float64, requires_grad=True)
            optimizer = torch.optim.Adam([w], lr=1e-3, fused=True)
            for _ in range(steps):
                optimizer.zero_grad()
                loss = (1.0 - w[0]) ** 2 + 100.0 * (w[1] - w[0] ** 2) ** 2
                loss.backward()
                optimizer.step()

    return {"torch loop": run}
