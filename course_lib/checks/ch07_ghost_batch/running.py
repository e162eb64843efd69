"""Running statistics over ghosts. Functions whose names begin with an underscore are right."""

from __future__ import annotations

import numpy as np

from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from .draws import number, numbers
from .running_mistakes import MISTAKES


def _update_running_statistics(running_mean, running_var, mean, var, sizes, momentum):
    for new_mean, new_var, m in zip(mean, var, sizes, strict=True):
        if m > 1:
            running_mean = (1 - momentum) * running_mean + momentum * new_mean
            running_var = (1 - momentum) * running_var + momentum * new_var * m / (m - 1)
    return running_mean, running_var


def _by_index(running_mean, running_var, mean, var, sizes, momentum):
    old_mean, old_var = running_mean.copy(), running_var.copy()
    for k in range(len(sizes)):
        if sizes[k] == 1:
            continue
        old_mean += momentum * (mean[k] - old_mean)
        old_var += momentum * (var[k] * (sizes[k] / (sizes[k] - 1)) - old_var)
    return old_mean, old_var


def _weighted(running_mean, running_var, mean, var, sizes, momentum):
    several = sizes > 1
    mean, var, m = mean[several], var[several], sizes[several]
    kept = (1 - momentum) ** np.arange(len(m), -1, -1)
    weights = momentum * kept[1:]
    new_mean = kept[0] * running_mean + weights @ mean
    return new_mean, kept[0] * running_var + (weights * m / (m - 1)) @ var


def _recursive(running_mean, running_var, mean, var, sizes, momentum):
    def after(k):
        if k == 0:
            return running_mean, running_var
        a, b = after(k - 1)
        m = float(sizes[k - 1])
        if m < 2:
            return a, b
        unbiased = m / (m - 1) * var[k - 1]
        return a - momentum * (a - mean[k - 1]), b - momentum * (b - unbiased)

    return after(len(sizes))


def _numbers_one_by_one(running_mean, running_var, mean, var, sizes, momentum):
    means, variances = list(running_mean), list(running_var)
    for j in range(len(means)):
        for k in range(len(sizes)):
            if sizes[k] > 1:
                means[j] = (1 - momentum) * means[j] + momentum * mean[k, j]
                unbiased = var[k, j] * sizes[k] / (sizes[k] - 1)
                variances[j] = (1 - momentum) * variances[j] + momentum * unbiased
    return means, variances


def _joined(running_mean, running_var, mean, var, sizes, momentum):
    both = np.array([running_mean, running_var])
    for k, m in enumerate(sizes.tolist()):
        if m > 1:
            new = np.array([mean[k], var[k] * m / (m - 1)])
            both = both * (1 - momentum) + new * momentum
    return tuple(both)


def _arguments(rng, sizes=(4, 3), columns=2, start=True):
    """Draw what two passes may hold; all of one sign a column, so that nothing cancels."""
    shape = (len(sizes), columns)
    sign = rng.choice([-1.0, 1.0], size=columns)
    mean, var = sign * np.abs(numbers(rng, shape)), np.abs(numbers(rng, shape))
    var[np.array(sizes) == 1] = 0.0  # a single example does not vary
    old_mean, old_var = np.zeros(columns), np.ones(columns)
    if start:
        old_mean = sign * np.abs(numbers(rng, (columns,), 2.2, 4.0))
        old_var = np.abs(numbers(rng, (columns,), 2.2, 4.0))
    return old_mean, old_var, mean, var, np.array(sizes), number(rng, 0.1, 0.4)


def one_ghost(trial):
    """The new value has the weight momentum, the old one 1 − momentum."""
    rng = trial.rng(1)
    for sizes in ((2,), (5,)):
        args = _arguments(rng, sizes)
        (actual, _), (expected, _) = trial.call(*args), trial.reference(*args)
        trial.expect(actual, expected, "running_mean", args, f" for a ghost of {sizes[0]}")


def unbiased(trial):
    """The new variance is multiplied by m / (m − 1)."""
    rng = trial.rng(2)
    for sizes in ((2,), (5,), (3,)):
        trial.compare(*_arguments(rng, sizes), when=f" for a ghost of {sizes[0]}")


def one_update_each(trial):
    """Every ghost makes an update of its own, in their order."""
    rng = trial.rng(3)
    for sizes in ((3, 3), (4, 2), (5, 5, 3)):
        trial.compare(*_arguments(rng, sizes), when=f" for {len(sizes)} ghosts")


def single_example(trial):
    """A ghost of a single example has no variance and is left out."""
    rng = trial.rng(4)
    for sizes in ((1,), (4, 1), (1, 3)):
        trial.compare(*_arguments(rng, sizes), when=" where a ghost has a single example")


def from_the_start(trial):
    """It works from the values at the start, 0 and 1, and batch after batch."""
    rng = trial.rng(5)
    args = _arguments(rng, (4, 4), start=False)
    for step in range(5):
        trial.compare(*args, when=f" after batch {step + 1}")
        old = trial.reference(*args)
        args = (*old, *_arguments(rng, (4, 4))[2:5], args[5])


def every_shape(trial):
    """It works for one column and for many, and for a momentum of 0 and of 1."""
    rng = trial.rng(6)
    trial.compare(*_arguments(rng, (6, 4), 1), when=" for one column")
    for momentum in (0.0, 1.0):
        args = (*_arguments(rng, (3, 5))[:5], momentum)
        trial.compare(*args, when=f" for momentum = {momentum:g}")
    if trial.hidden:
        trial.compare(*_arguments(rng, (8,) * 12 + (4,), 6), when=" for 13 ghosts")
        trial.compare(*_arguments(rng, (2, 1, 7, 1, 2), 3), when=" for 5 ghosts")


def _cases(rng):
    return [
        _arguments(rng, (4,)), _arguments(rng, (5, 3)), _arguments(rng, (4, 4, 2)),
        _arguments(rng, (4, 1)), _arguments(rng, (3, 3), 1),
    ]  # fmt: skip


UPDATE_RUNNING_STATISTICS = exercise(
    "update_running_statistics",
    "07_ghost_batch",
    title="Running statistics",
    points=4,
    section="sec-running-statistics",
    parameters=("running_mean", "running_var", "mean", "var", "sizes", "momentum"),
    returns=("running_mean", "running_var"),
    reference=_update_running_statistics,
    cases=_cases,
    properties=(
        form_of("It returns running_mean and running_var, one number a column each.", _arguments),
        prop(one_ghost),
        prop(unbiased, after="one_ghost"),
        prop(one_update_each, after="unbiased", weight=3),
        prop(single_example, after="one_update_each"),
        prop(from_the_start, after="one_update_each"),
        prop(every_shape, after="one_update_each"),
        prop_after(unchanged_of(_arguments), "one_update_each"),
    ),
    misconceptions=MISTAKES,
    correct=(_by_index, _weighted, _recursive, _numbers_one_by_one, _joined),
)
