"""Reference checks. In a notebook: ``from course_lib import check``, then ``check.adam_step(adam_step)``.

A check shows a verdict and returns the points it earned as a plain number, which nbgrader takes as
partial credit. It raises :class:`CheckFailed` when nothing was earned, which nbgrader counts as zero.

Notes
-----
The visible check draws its inputs from seed 0, always: the points are the same in a notebook, in a
browser, under nbgrader and in the judge, and a verdict can be talked about, because everyone sees the
same case. So an answer that recognizes those inputs can earn the visible half. It can't earn the other:
the hidden check has a seed, shapes and numbers of its own. (``course grade`` asks such an answer once more,
with other inputs of the visible kind, and leaves it nothing.) A seed drawn from the text of the answer
would not be guessed, but it would give other marks in other places: a compiled function, one made by
another function, and one that runs in another process have no text, or another one; and a new comment
would turn one verdict into another.

Examples
--------
>>> from course_lib import check
>>> def momentum_step(w, g, v, lr, momentum=0.9):
...     v = momentum * v + g
...     return w - lr * v, v
>>> check.momentum_step(momentum_step)
momentum_step: check passed, 2 of 2 points
  ✓ It returns w and v, each shaped like w.
  ...
2.0
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from . import (
    ch01_regularization,
    ch02_gradients,
    ch03_sgd,
    ch04_optimizers,
    ch05_schedules,
    ch06_sharpness,
    ch07_ghost_batch,
    ch08_capstone,
)
from .exercise import CheckFailed, Exercise, Failure, Misconception, Property, Verdict
from .judge import judge
from .render import headline, to_text

_CHAPTERS = (
    ch01_regularization,
    ch02_gradients,
    ch03_sgd,
    ch04_optimizers,
    ch05_schedules,
    ch06_sharpness,
    ch07_ghost_batch,
    ch08_capstone,
)

EXERCISES: Mapping[str, Exercise] = MappingProxyType(
    {row.name: row for chapter in _CHAPTERS for row in chapter.ROWS}
)
"""Every exercise of the course, by the name of the function that students write."""

__all__ = [
    "EXERCISES",
    "CheckFailed",
    "Exercise",
    "Failure",
    "Misconception",
    "Property",
    "Verdict",
    "check",
    "judge",
]


def check(name: str, function: Any, seed: int = 0, hidden: bool = False) -> float:
    """Check a function, show the verdict, and return the points earned.

    Parameters
    ----------
    name : str
        Which exercise.
    function : callable
        The answer; a number or a text for a question.
    seed : int, optional
        Random inputs follow from it. Hidden checks use another one.
    hidden : bool, optional
        Add the harder cases, and keep the inputs out of the verdict.

    Returns
    -------
    float
        Points, from 0 to half of the exercise's (all of a question's).

    Raises
    ------
    CheckFailed
        If nothing was earned.

    Examples
    --------
    >>> def no_velocity(w, g, v, lr, momentum=0.9): return w - lr * g, v
    >>> check("momentum_step", no_velocity)
    Traceback (most recent call last):
        ...
    course_lib.checks.exercise.CheckFailed: momentum_step: ...
    """
    verdict = judge(EXERCISES[name], function, seed, hidden, trusted=False)
    _show(verdict)
    if verdict.points <= 0:
        raise CheckFailed(f"{headline(verdict)}. {verdict.cause}")
    return float(verdict.points)


def _show(verdict: Verdict) -> None:
    """Display in a notebook, print anywhere else."""
    try:
        from IPython import get_ipython
    except ImportError:
        in_notebook = False
    else:
        in_notebook = get_ipython() is not None
    if in_notebook:
        from IPython.display import display

        display(verdict)
    else:
        print(to_text(verdict))


def __getattr__(name: str) -> Callable[..., float]:
    if name not in EXERCISES:
        raise AttributeError(
            f"there is no check for {name!r}; there are {', '.join(f'check.{n}' for n in EXERCISES)}."
        )

    def run(function: Any, seed: int = 0, hidden: bool = False) -> float:
        return check(name, function, seed, hidden)

    run.__name__ = run.__qualname__ = name
    run.__doc__ = f"Check your {name}: show a verdict, return the points earned."
    return run


def __dir__() -> list[str]:
    return sorted([*__all__, *EXERCISES])
