"""The rate for another batch size, and the mistakes people make with it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from ...kernels import policy
from ..rows import exercise, form_of, prop
from ..trial import Trial
from .formula import rate


def inverse(lr, batch, base_batch):
    """the ratio is upside down

    A larger batch has less noise and gets a larger rate. Multiply by batch / base_batch.
    """
    return lr * base_batch / batch


def square_root(lr, batch, base_batch):
    """it is the square-root rule

    lr * sqrt(batch / base_batch) is another rule, which Adam-type methods follow more closely. This
    exercise asks for the linear one: k times the batch, k times the rate.
    """
    return lr * (batch / base_batch) ** 0.5


def whole_part(lr, batch, base_batch):
    """the ratio is rounded down

    // divides without remainder: half a batch gets the rate 0. Use /.
    """
    return lr * (batch // base_batch)


def base_left_out(lr, batch, base_batch):
    """base_batch is not used

    lr suits base_batch, so what counts is how many times as large the new batch is:
    batch / base_batch.
    """
    return lr * batch


def never_lowered(lr, batch, base_batch):
    """a smaller batch keeps the rate

    The rule works both ways: half the batch, half the rate. There is no need for a max.
    """
    return lr * max(batch / base_batch, 1)


def squared(lr, batch, base_batch):
    """the ratio is squared

    k times the batch asks for k times the rate: that keeps lr / batch, the scale of the noise, the
    same.
    """
    return lr * (batch / base_batch) ** 2


def added_share(lr, batch, base_batch):
    """the ratio is added to the rate's own share

    1 + batch / base_batch doubles the rate even when the batch stays the same. Multiply lr by the
    ratio alone.
    """
    return lr * (1 + batch / base_batch)


def difference(lr, batch, base_batch):
    """the difference of the batch sizes is used

    The same batch would then get the rate 0. The rule is about how many times as large the batch is:
    batch / base_batch.
    """
    return lr * (batch - base_batch) / base_batch


def doublings(lr, batch, base_batch):
    """the rate grows by lr with each doubling

    log2 counts doublings, so four times the batch would get three times the rate. Multiply by the
    ratio itself.
    """
    return lr * (1 + np.log2(batch / base_batch))


def _scale_learning_rate(lr, batch, base_batch):
    return lr * batch / base_batch


def _ratio_first(lr, batch, base_batch):
    k = batch / base_batch
    return k * lr


def _per_example(lr, batch, base_batch):
    per_example = lr / base_batch
    return np.float64(per_example * batch)


def _as_array(lr, batch, base_batch):
    return np.multiply(lr, np.divide(batch, base_batch))


def _by_logarithms(lr, batch, base_batch):
    return float(np.exp(np.log(lr) + np.log(batch) - np.log(base_batch)))


# ------------------------------------------------------------------------------ inputs


def _cases(rng: np.random.Generator) -> list[tuple[float, int, int]]:
    sizes = [(256, 64), (32, 256), (96, 64), (500, 32), (64, 64)]
    return [(rate(rng), batch, base) for batch, base in sizes]


# -------------------------------------------------------------------------- properties


def larger(trial: Trial) -> None:
    """k times the batch gets k times the rate."""
    rng = trial.rng(1)
    for k in (4, 3, *((2, 16) if trial.hidden else ())):
        base = int(rng.integers(20, 100))
        trial.compare(rate(rng), k * base, base, when=f" for {k} times the batch")


def same(trial: Trial) -> None:
    """The same batch gets the same rate."""
    rng = trial.rng(2)
    base = int(rng.integers(20, 100))
    trial.compare(rate(rng), base, base, when=" for the same batch")


def smaller(trial: Trial) -> None:
    """A smaller batch gets a smaller rate, in proportion."""
    rng = trial.rng(3)
    for k in (2, 5):
        batch = int(rng.integers(20, 100))
        trial.compare(rate(rng), batch, k * batch, when=f" for 1/{k} of the batch")


def between(trial: Trial) -> None:
    """The sizes need not be multiples of each other."""
    rng = trial.rng(4)
    for _ in range(6 if trial.hidden else 3):
        base = int(rng.integers(20, 100))
        trial.compare(rate(rng), base + int(rng.integers(3, base - 3)), base)
    if trial.hidden:
        trial.compare(rate(rng), 1, 1000)
        trial.compare(rate(rng), 8191, 1)


SCALE_LEARNING_RATE = exercise(
    "scale_learning_rate",
    "05_schedules",
    title="The linear scaling rule",
    points=2,
    section="sec-linear-scaling",
    parameters=("lr", "batch", "base_batch"),
    returns=("rate",),
    kinds=("number",),
    reference=_scale_learning_rate,
    cases=_cases,
    properties=(
        form_of("It returns one number.", lambda rng: _cases(rng)[0]),
        larger,
        prop(same, after="larger", weight=0.5),
        prop(smaller, after="larger"),
        prop(between, after=("same", "smaller")),
    ),
    misconceptions=(
        inverse,
        square_root,
        whole_part,
        base_left_out,
        never_lowered,
        squared,
        added_share,
        difference,
        doublings,
    ),
    correct=(
        _ratio_first,
        _per_example,
        _as_array,
        _by_logarithms,
        policy.compile_lazily(_scale_learning_rate),
    ),
)
