"""What every schedule must do: the properties shared by the exercises ``schedule(t, lr, ...)``.

Such a function is pure. It takes one step or an array of them, counted from 0, and keeps the value at
the nearest end outside its domain.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...kernels import policy
from ..exercise import Exercise, Function, Property
from ..rows import exercise, form_of, unchanged_of
from ..trial import Trial

Parameters = tuple[Any, ...]


class Inputs(NamedTuple):
    """Where a schedule is looked at.

    Attributes
    ----------
    draw : callable
        ``draw(rng)`` returns the parameters after t, such as (lr, T, lr_end). None may be near zero:
        one number is compared relative to itself.
    within : callable
        ``within(*parameters)`` returns the steps where the formula shows, plainest first; not 0.
    beyond : callable
        ``beyond(*parameters)`` returns steps outside the domain.
    edges : sequence of tuple
        Parameters at the edge of what is allowed. Looked at in arrays, so that a rate of zero is
        compared on the scale of the others.
    """

    draw: Callable[[np.random.Generator], Parameters]
    within: Callable[..., Sequence[float]]
    beyond: Callable[..., Sequence[float]]
    edges: Sequence[Parameters]


def formula_exercise(
    name: str,
    *,
    title: str,
    points: float,
    section: str,
    parameters: tuple[str, ...],
    inputs: Inputs,
    words: Mapping[str, str],
    reference: Function,
    misconceptions: tuple[Function, ...],
    correct: tuple[Function, ...],
) -> Exercise:
    """Make an exercise of a formula for the rate.

    Parameters
    ----------
    name, title, points, section, reference, misconceptions, correct
        As in :class:`Exercise`.
    parameters : tuple of str
        Names of the parameters after t.
    inputs : Inputs
    words : mapping of str to str
        ``start``, ``rule`` and ``ends``: the sentences that students read.
    """

    def arguments(rng: np.random.Generator) -> tuple[Any, ...]:
        return (np.arange(4), *inputs.draw(rng))

    form = form_of("It returns an array shaped like t.", arguments)
    return exercise(
        name,
        "05_schedules",
        title=title,
        points=points,
        section=section,
        parameters=("t", *parameters),
        returns=("rate",),
        reference=reference,
        cases=functools.partial(_cases, inputs),
        properties=(
            form,
            *_properties(words, inputs),
            unchanged_of(arguments, "The array t is left unchanged."),
        ),
        misconceptions=misconceptions,
        correct=(*correct, compiled(reference)),
    )


def compiled(formula: Function) -> Function:
    """Compile a formula for one number with the course's jit, and call it number by number."""
    jitted = policy.compile_lazily(formula)

    @functools.wraps(formula)
    def call(t: Any, *parameters: Any) -> Any:
        rates = [jitted(float(step), *parameters) for step in np.ravel(t)]
        return np.array(rates, dtype=float).reshape(np.shape(t))

    call.__name__ = f"{formula.__name__.strip('_')}_compiled"
    return call


def rate(rng: np.random.Generator) -> float:
    """Draw a rate at the start: far from 1, so that powers of it show."""
    return round(float(rng.uniform(0.1, 0.5)), 2)


def _times(inputs: Inputs, parameters: Parameters) -> list[float]:
    return [0, *inputs.within(*parameters), *inputs.beyond(*parameters)]


def _cases(inputs: Inputs, rng: np.random.Generator) -> list[tuple[Any, ...]]:
    drawn = [inputs.draw(rng) for _ in range(3)]
    return [(np.array(_times(inputs, one), dtype=float), *one) for one in drawn]


# -------------------------------------------------------------------------- properties


def _properties(words: Mapping[str, str], inputs: Inputs) -> tuple[Property, ...]:
    """Return the properties of one schedule, its words put into their docstrings."""

    def row(test: Callable[..., None], after: str, weight: float = 1.0) -> Property:
        sentence = " ".join((test.__doc__ or "").format(**words).split())
        bound = functools.partial(test, inputs=inputs)
        return Property(test.__name__, sentence, bound, (after,), weight)

    return (
        row(start, "form"),
        row(rule, "start", weight=3),
        row(ends, "rule"),
        row(every_step, "ends"),
        row(every_shape, "every_step"),
        row(edges, "every_step"),
    )


def start(trial: Trial, inputs: Inputs) -> None:
    """{start}"""
    trial.compare(0, *inputs.draw(trial.rng(1)), when=" at t = 0")


def rule(trial: Trial, inputs: Inputs) -> None:
    """{rule}"""
    rng = trial.rng(2)
    for _ in range(4 if trial.hidden else 2):
        parameters = inputs.draw(rng)
        for t in inputs.within(*parameters):
            trial.compare(t, *parameters, when=f" at t = {t:g}")


def ends(trial: Trial, inputs: Inputs) -> None:
    """{ends}"""
    rng = trial.rng(3)
    for _ in range(3 if trial.hidden else 1):
        parameters = inputs.draw(rng)
        for t in inputs.beyond(*parameters):
            trial.compare(t, *parameters, when=f" at t = {t:g}")


def every_step(trial: Trial, inputs: Inputs) -> None:
    """It takes all steps of a run at once, as an array of whole numbers."""
    rng = trial.rng(4)
    for steps in (40, *((1, 300) if trial.hidden else ())):
        trial.compare(np.arange(steps), *inputs.draw(rng), when=f" for the steps 0 to {steps - 1}")


def every_shape(trial: Trial, inputs: Inputs) -> None:
    """It works for a single number, for fractions of a step, and for an array of any shape."""
    rng = trial.rng(5)
    shapes: list[tuple[int, ...]] = [(), (1,), (2, 3)]
    if trial.hidden:
        shapes += [(0,), (3, 1, 2), (7,)]
    for shape in shapes:
        # Never near a whole number, where rounding would decide on which side of a fall t is.
        t = np.asarray(rng.integers(0, 20, size=shape) + rng.integers(1, 4, size=shape) / 4)
        when = f" for t of shape {shape}"
        trial.compare(float(t) if shape == () else t, *inputs.draw(rng), when=when)


def edges(trial: Trial, inputs: Inputs) -> None:
    """It is right for parameters at the edge of what is allowed."""
    for parameters in inputs.edges:
        t = np.array([0, *range(1, 12), 30, *inputs.beyond(*parameters)], dtype=float)
        trial.compare(t, *parameters)
