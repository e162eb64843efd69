"""What every update rule must do: the properties shared by all exercises called ``..._step``.

Such a function is pure: ``step(w, g, *state, [t], lr, ...)`` returns the new weights and the new state.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import optimizers
from .._validate import Array
from .exercise import Exercise, Failure, Function, Misconception, Property
from .rows import blame_change
from .step_runs import Plan, Run, arguments, draw, follow, runs
from .trial import Trial

Draws = Callable[..., tuple[Run, ...]]
"""Gives the runs of a stream by their plans: :func:`.step_runs.runs`, for a rule and a seed."""


def step_exercise(
    name: str,
    rule: str,
    *,
    title: str,
    points: float,
    words: Mapping[str, str],
    ranges: Mapping[str, tuple[float, float]],
    powers: tuple[int, ...],
    misconceptions: tuple[Function, ...],
    correct: tuple[Function, ...],
    section: str,
) -> Exercise:
    """Make an exercise of a row of :data:`course_lib.optimizers.OPTIMIZERS`.

    Parameters
    ----------
    name, title, points, section
        As in :class:`Exercise`.
    rule : str
        Name of the rule; its kernel is the reference.
    words : mapping of str to str
        ``state`` and ``move``: the rule in words, for the sentences that students read.
    ranges : mapping of str to (float, float)
        Bounds between which each hyperparameter is drawn.
    powers : tuple of int
        For each running quantity, 1 if it is of the size of a gradient, 2 if of its square.
    misconceptions, correct : tuple of callable
        Wrong variants, and right ones.
    """
    row = optimizers.OPTIMIZERS[rule]
    hyper = tuple(ranges)  # as the student's function takes them; the kernel may know more
    clock = ("t",) if "beta1" in hyper else ()
    reference = functools.partial(_reference, row, len(row.state), bool(clock), hyper)
    make = functools.partial(draw, ranges, powers)
    return Exercise(
        name=name,
        chapter="04_optimizers",
        title=title,
        parameters=("w", "g", *row.state, *clock, *hyper),
        returns=("w", *row.state),
        points=points,
        reference=reference,
        properties=_properties(words, make),
        misconceptions=tuple(Misconception(function) for function in misconceptions),
        correct=correct,
        fingerprint=functools.partial(_fingerprint, make, bool(clock)),
        section=section,
    )


def _reference(
    row: optimizers.Optimizer, slots: int, clock: bool, hyper: tuple[str, ...], *args: Any
) -> tuple[Array, ...]:
    """Call the library's kernel with the arguments in the order of the student's function."""
    w, g, *rest = args
    state = tuple(rest[:slots])
    t = rest[slots] if clock else 1
    values = dict(zip(hyper, rest[slots + clock :], strict=True))
    return optimizers.step(row, w, g, state, t, **values)


def _fingerprint(
    make: Callable[..., Run],
    clock: bool,
    trial: Trial,
    _rng: np.random.Generator,
) -> list[Array]:
    """Return what an answer does in the experiment that tells mistakes apart."""
    experiment = runs(make, 0, 0, Plan(steps=3), Plan(steps=4, scale=1e-3, state=True))
    with np.errstate(all="ignore"):
        return [
            part
            for run in experiment
            for result in follow(trial.call, run, clock)
            for part in result
        ]


# -------------------------------------------------------------------------- properties


def _properties(words: Mapping[str, str], make: Callable[..., Run]) -> tuple[Property, ...]:
    """Return the properties of one rule, its words put into their docstrings."""
    shown, hidden = (functools.partial(make, shown=is_shown) for is_shown in (True, False))

    def row(test: Callable[..., None], after: str = "", weight: float = 1.0) -> Property:
        sentence = " ".join((test.__doc__ or "").format(**words).split())
        before = (after,) if after else ()

        def hold(trial: Trial) -> None:
            test(trial, functools.partial(runs, hidden if trial.hidden else shown, trial.seed))

        return Property(test.__name__, sentence, hold, before, weight)

    return (
        row(form, weight=0),
        row(state_update, "form"),
        row(first_step, "state_update"),
        row(later_steps, "first_step", weight=2),
        row(tiny_gradients, "later_steps"),
        row(inputs_unchanged, "later_steps"),
        row(single_precision, "later_steps"),
        row(every_shape, "later_steps"),
    )


def _clock(trial: Trial) -> bool:
    return "t" in trial.exercise.parameters


def _compare(trial: Trial, run: Run, when: str) -> None:
    """Follow the right run; at each of its steps the answer must do the same."""
    for i, g in enumerate(run.gradients):
        args = arguments(run._replace(gradients=(g,), t=run.t + i), _clock(trial))
        expected = trial.reference(*args)
        for name, a, e in zip(trial.exercise.returns, trial.call(*args), expected, strict=True):
            trial.expect(a, e, name, args, when)
        run = run._replace(w=expected[0], state=expected[1:])


class _Step(NamedTuple):
    """One step that several properties look at: what the answer was given, and what it made of it.

    ``changed`` has the names of the arguments that it changed in place.
    """

    args: list[Any]
    actual: tuple[Any, ...]
    changed: frozenset[str]
    when: str


def _steps(trial: Trial, draws: Draws) -> Iterator[_Step]:
    """Yield the trial's step from the start of a run, and one with a state; each is taken once."""
    taken: list[_Step] = trial.shared.setdefault("steps", [])
    both = draws(2, Plan((2,)), Plan((2,), state=True))
    for i, (run, when) in enumerate(
        zip(both, (" after the first step", " after one step"), strict=True)
    ):
        if i == len(taken):
            args = arguments(run, _clock(trial))
            trial.changed.clear()
            actual = trial.call(*args)
            taken.append(_Step(args, actual, frozenset(trial.changed), when))
        yield taken[i]


def form(trial: Trial, draws: Draws) -> None:
    """It returns {returns}, each shaped like w."""
    args, actual, *_ = next(_steps(trial, draws))
    for name, part in zip(trial.exercise.returns, actual, strict=True):
        if part.shape != args[0].shape:
            raise Failure(
                f"The returned {name} has shape {part.shape}; w has shape {args[0].shape}.",
                trial.name_arguments(args),
            )


def _expect_of_both(trial: Trial, draws: Draws, only: slice) -> None:
    for args, actual, _, when in _steps(trial, draws):
        expected = trial.reference(*args)
        for name, a, e in list(zip(trial.exercise.returns, actual, expected, strict=True))[only]:
            trial.expect(a, e, name, args, when)


def state_update(trial: Trial, draws: Draws) -> None:
    """{state}"""
    _expect_of_both(trial, draws, slice(1, None))


def first_step(trial: Trial, draws: Draws) -> None:
    """{move}"""
    _expect_of_both(trial, draws, slice(0, 1))


def later_steps(trial: Trial, draws: Draws) -> None:
    """Six steps in a row are right, each starting from the state of the one before."""
    (run,) = draws(3, Plan((2,), steps=6))
    followed = follow(trial.call, run, _clock(trial))
    for i, (actual, expected) in enumerate(
        zip(followed, follow(trial.reference, run, _clock(trial)), strict=True)
    ):
        args = arguments(run, _clock(trial))
        for name, a, e in zip(trial.exercise.returns, actual, expected, strict=True):
            trial.expect(a, e, name, args, f" after step {i + 1} (the first step is shown)")


def tiny_gradients(trial: Trial, draws: Draws) -> None:
    """It is right for very small, very large and zero gradients{epsilon}."""
    # Of the hidden ones a part is zero, so that nobody comes upon what is right by trying.
    zero = (0.0, 1.0) if trial.hidden else 0.0
    scales = (1e-4, zero, 1e3, *((1e-8, 1e-6, 1e6) if trial.hidden else ()))
    plans = (Plan((2,), scale=scale, state=True) for scale in scales)
    for scale, run in zip(scales, draws(5, *plans), strict=True):
        # Weights of the size of one step, or rounding against w would hide an error in it.
        run = run._replace(w=run.w * min(1.0, max(run.hyper["lr"], 1e-3)))
        _compare(trial, run, f" for gradients around {np.min(scale):g}")


def inputs_unchanged(trial: Trial, draws: Draws) -> None:
    """The arrays that it is given are left unchanged."""
    for step in _steps(trial, draws):
        if step.changed:
            raise Failure(blame_change(set(step.changed)), trial.name_arguments(step.args))


def single_precision(trial: Trial, draws: Draws) -> None:
    """It works on arrays of float32 as well."""
    (run,) = draws(7, Plan(state=True, dtype=np.float32))
    _compare(trial, run, " for float32 input")


def every_shape(trial: Trial, draws: Draws) -> None:
    """It works for one weight, a vector, and a matrix that is not square."""
    shapes: list[tuple[int, ...]] = [(), (1,), (5,), (2, 3)]
    if trial.hidden:
        shapes += [(3, 1, 2), (1, 7), (0,)]
    for run in draws(4, *(Plan(shape, state=True) for shape in shapes)):
        _compare(trial, run, f" for w of shape {run.w.shape}")
