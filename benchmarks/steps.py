"""One step of every update rule against torch (fused and foreach) and optax (jitted, buffers donated).

``make bench`` runs it in the peers' environment. ``BENCH_SIZES=1e2,1e4`` and ``BENCH_RULES=adamw`` take a
part. Each line also holds the memory bandwidth of our step and that of a threaded triad (a ← b + 2c) of the
same run; every weight, gradient and state that is read or written counts once for each.
"""

from __future__ import annotations

import os

import jax
import numpy as np
import optax
import torch
from _measure import Log, medians

from course_lib.kernels.policy import Array, elements, for_floats, kernel, share_out
from course_lib.optimizers import OPTIMIZERS, Stepper

jax.config.update("jax_enable_x64", True)
torch.set_num_threads(2)

SIZES = [int(float(n)) for n in os.environ.get("BENCH_SIZES", "1e2,1e3,1e4,1e5,1e6,1e7").split(",")]
RULES = os.environ.get("BENCH_RULES", ",".join(OPTIMIZERS)).split(",")

TORCH = {
    "sgd": ("SGD", {}), "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}), "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {}), "adadelta": ("Adadelta", {}), "adam": ("Adam", {}),
    "adamw": ("AdamW", {}), "adam_l2": ("Adam", {"weight_decay": 0.01}), "radam": ("RAdam", {}),
}  # fmt: skip
OPTAX = {
    "sgd": lambda lr: optax.sgd(lr), "momentum": lambda lr: optax.sgd(lr, momentum=0.9),
    "nesterov": lambda lr: optax.sgd(lr, momentum=0.9, nesterov=True), "adagrad": optax.adagrad,
    "rmsprop": lambda lr: optax.rmsprop(lr, decay=0.99), "adadelta": optax.adadelta,
    "adam": optax.adam, "adamw": lambda lr: optax.adamw(lr, weight_decay=0.01),
    "adam_l2": lambda lr: optax.chain(optax.add_decayed_weights(0.01), optax.adam(lr)),
    "radam": optax.radam,
}  # fmt: skip
LR = 1e-4


@kernel(*for_floats("void(i8, i8, F[::1], F[::1], F[::1])"), nogil=True)
def triad(start: int, stop: int, a: Array, b: Array, c: Array) -> None:
    """Do what is as fast as memory: a ← b + 2c."""
    a, b, c = a[start:stop], b[start:stop], c[start:stop]
    two = a.dtype.type(2.0)
    for i in elements(a):
        a[i] = b[i] + two * c[i]


def torch_step(rule, w, g, **how):
    """Return torch's step, or None where it has no such implementation."""
    name, arguments = TORCH[rule]
    weights = torch.tensor(w, requires_grad=True)
    weights.grad = torch.tensor(g)
    try:
        optimizer = getattr(torch.optim, name)([weights], lr=LR, **arguments, **how)
        optimizer.step()
    except (TypeError, RuntimeError):
        return None
    return optimizer.step


def optax_step(rule, w, g):
    """Return a jitted step that reuses the memory of weights and state."""
    transform = OPTAX[rule](LR)

    def step(w, state, g):
        update, state = transform.update(g, state, w)
        return optax.apply_updates(w, update), state

    jitted = jax.jit(step, donate_argnums=(0, 1))
    held = {"w": jax.numpy.array(w)}
    held["state"], gradient = transform.init(held["w"]), jax.numpy.array(g)

    def run():
        held["w"], held["state"] = jitted(held["w"], held["state"], gradient)
        held["w"].block_until_ready()

    return run


def main() -> None:
    """Measure every rule at every size in both precisions."""
    log = Log("steps")
    rng = np.random.default_rng(0)
    for n in SIZES:
        for dtype in (np.float64, np.float32):
            w, g = rng.standard_normal((2, n)).astype(dtype)
            a, b, c = np.zeros((3, n), dtype=dtype)
            for rule in RULES:
                stepper = Stepper(rule, w.copy(), lr=LR)
                runs = {
                    "ours": lambda stepper=stepper, g=g: stepper.update(g),
                    "torch fused": torch_step(rule, w, g, fused=True),
                    "torch foreach": torch_step(rule, w, g, foreach=True),
                    "optax": optax_step(rule, w, g),
                    "triad": lambda: share_out(triad, n, 2.0 * n, a, b, c),  # noqa: B023
                }
                seconds = medians({name: run for name, run in runs.items() if run})
                bandwidth = 3 * a.nbytes / seconds.pop("triad") / 1e9
                moved = (3 + 2 * len(stepper.state)) * w.nbytes
                log(
                    rule, n, np.dtype(dtype).name, seconds,
                    gb_per_s=moved / seconds["ours"] / 1e9, triad_gb_per_s=bandwidth,
                )  # fmt: skip


if __name__ == "__main__":
    main()
