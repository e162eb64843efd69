"""RAdam: Adam whose rate waits until the average of squares is long enough."""

from __future__ import annotations

import dataclasses

import numpy as np

from .. import variants
from ..rows import prop
from ..step_runs import arguments, draw
from ..steps import step_exercise
from ..trial import Trial
from .radam_mistakes import EARLY
from .radam_rate_mistakes import LATER
from .ranges import DECAY_RATE, EPS, RATE

# With beta2 anywhere in these bounds ρₜ is 3.5 to 4 at step 4 and 4.3 to 5 at step 5, so the switch
# comes between the two, and a threshold of 5 shows.
SLOW = (0.85, 0.99)
RANGES = {"lr": RATE, "beta1": DECAY_RATE, "beta2": SLOW, "eps": EPS}


def _radam(w, g, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def _radam_one_return(w, g, m, v, t, lr, beta1, beta2, eps):
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g * g - v)
    longest = (1 + beta2) / (1 - beta2)
    length = longest - 2 * t / (beta2 ** (-t) - 1)
    rate = lr / (1 - beta1**t)
    if length > 4:
        up = (length - 4) / (longest - 4) * (length - 2) / (longest - 2)
        rate = rate * (up * longest / length) ** 0.5
        return w - rate * m / (eps + (v / (1 - beta2**t)) ** 0.5), m, v
    return w - rate * m, m, v


def _radam_switch_by_where(w, g, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    top = max((length - 4) * (length - 2) * longest, 0.0)
    rate = (top / ((longest - 4) * (longest - 2) * length)) ** 0.5
    adaptive = rate / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w - lr * m_hat * np.where(length > 4, adaptive, np.ones_like(adaptive)), m, v


def switch(trial: Trial) -> None:
    """It divides by the root from the first step on whose ρₜ is above 4, and not before."""
    rng = trial.rng(8)
    for t in (1, 4, 5, 6, 40, *((2, 3, 7, 400, 2_000) if trial.hidden else ())):
        run = draw(RANGES, (1, 2), rng, shape=(2,), state=True)
        trial.compare(*arguments(run._replace(t=t), True), when=f" at step {t}")
    run = draw({**RANGES, "beta2": (0.5, 0.5)}, (1, 2), rng, shape=(2,), state=True)
    trial.compare(*arguments(run._replace(t=60), True), when=", though ρₜ stays below 3")


def tiny_gradients_late(trial: Trial) -> None:
    """It is right for very small and zero gradients after the switch too, where eps decides."""
    rng = trial.rng(9)
    for scale in (1e-4, 0.0, *((1e-8, 1e3) if trial.hidden else ())):
        run = draw(RANGES, (1, 2), rng, shape=(2,), scale=scale, state=True)
        run = run._replace(t=30, w=run.w * run.hyper["lr"])
        trial.compare(*arguments(run, True), when=f" for gradients around {scale:g}, at step 30")


_ROW = step_exercise(
    "radam_step",
    "radam",
    title="One step of RAdam",
    points=8,
    words={
        "returns": "w, m and v",
        "state": "m and v are Adam's averages of the gradient and of its square.",
        "move": "The weights move by −lr · m̂ while ρₜ ≤ 4, and by −lr · rₜ · m̂ / (√v̂ + eps) afterwards.",
        "epsilon": "",
    },
    ranges=RANGES,
    powers=(1, 2),
    misconceptions=(*EARLY, *LATER),
    correct=variants.of(_radam, _radam_one_return, _radam_switch_by_where),
    section="sec-radam",
)

RADAM_STEP = dataclasses.replace(
    _ROW,
    properties=(
        *_ROW.properties,
        prop(switch, after="later_steps"),
        prop(tiny_gradients_late, after="switch"),
    ),
)
