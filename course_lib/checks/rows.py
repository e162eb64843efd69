"""Making rows: what an exercise or a question needs, written with as few words as it takes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .._validate import Array
from .exercise import Exercise, Failure, Function, Misconception, Property
from .trial import Trial
from .values import Kind, close

Test = Callable[[Trial], None]
Cases = Callable[[np.random.Generator], Sequence[tuple[Any, ...]]]
Arguments = Callable[[np.random.Generator], tuple[Any, ...]]


def prop(test: Test, after: str | tuple[str, ...] = (), weight: float = 1.0) -> Property:
    """Make a property of a test function; its docstring is the sentence that students read.

    Parameters
    ----------
    test : callable
        ``test(trial)`` raises :class:`Failure` if the property does not hold.
    after : str or tuple of str, optional
        Names of the tests that must hold before.
    weight : float, optional
        Share of the points.

    Returns
    -------
    Property
    """
    sentence = " ".join((test.__doc__ or "").split())
    before = (after,) if isinstance(after, str) else tuple(after)
    return Property(test.__name__, sentence, test, before, weight)


def form_of(sentence: str, make: Arguments) -> Property:
    """Return the first property of most exercises: what comes back has the right form.

    Parameters
    ----------
    sentence : str
        What students read, such as *It returns R, a number, and dR, shaped like W.*
    make : callable
        ``make(rng)`` returns the arguments of one small call.

    Returns
    -------
    Property
        Named ``form``; it gives no points of its own.
    """

    def form(trial: Trial) -> None:
        args = make(trial.rng(0))
        expected, actual = trial.reference(*args), trial.call(*args)
        for name, a, e in zip(trial.exercise.returns, actual, expected, strict=True):
            if isinstance(e, np.ndarray) and a.shape != e.shape:
                raise Failure(
                    f"The returned {name} has shape {a.shape}; it must be {e.shape}.",
                    trial.name_arguments(args),
                )

    return Property("form", sentence, form, weight=0.0)


def unchanged_of(make: Arguments, sentence: str = "") -> Property:
    """Return the property that the arguments come back as they were.

    Parameters
    ----------
    make : callable
        ``make(rng)`` returns the arguments of one call.
    sentence : str, optional
        What students read, if the usual sentence does not fit.

    Returns
    -------
    Property
        Named ``inputs_unchanged``.
    """

    def inputs_unchanged(trial: Trial) -> None:
        args = make(trial.rng(6))
        trial.changed.clear()
        trial.call(*args)
        if trial.changed:
            raise Failure(blame_change(trial.changed), trial.name_arguments(args))

    usual = "The arrays that it is given are left unchanged."
    return Property("inputs_unchanged", sentence or usual, inputs_unchanged)


def blame_change(names: set[str]) -> str:
    """Say which arguments were changed, and how that happens."""
    return (
        f"{' and '.join(sorted(names))} changed in the caller's hands. Operators such as += and *= "
        "write into the array they are given; write w = w + ... instead, or work on a copy."
    )


def exercise(
    name: str,
    chapter: str,
    *,
    title: str,
    points: float,
    section: str,
    parameters: tuple[str, ...],
    returns: tuple[str, ...],
    reference: Function,
    cases: Cases,
    properties: Sequence[Property | Test],
    misconceptions: Sequence[Function],
    correct: Sequence[Function],
    kinds: tuple[Kind, ...] = (),
    probes: tuple[tuple[Any, ...], ...] = (),
    tolerance: Mapping[str, float] | None = None,
    by_result: bool = False,
    seconds: float = 10.0,
) -> Exercise:
    """Make an exercise. Attributes as in :class:`Exercise`; what differs is listed.

    Parameters
    ----------
    cases : callable
        ``cases(rng)`` returns argument tuples: the experiment that tells mistakes apart. What
        counts: results, exceptions, how often each passed function was called, what was changed.
    properties : sequence of Property or callable
        A plain test function is taken as ``prop(test)``. If there is one named ``form``, every
        other that names none comes after it.
    misconceptions : sequence of callable
        Wrong functions.

    Returns
    -------
    Exercise
    """
    rows = [p if isinstance(p, Property) else prop(p) for p in properties]
    if any(row.name == "form" for row in rows):
        rows = [row if row.after or row.name == "form" else prop_after(row, "form") for row in rows]
    return Exercise(
        name=name,
        chapter=chapter,
        title=title,
        parameters=parameters,
        returns=returns,
        points=points,
        reference=reference,
        properties=tuple(rows),
        misconceptions=tuple(map(Misconception, misconceptions)),
        correct=tuple(correct),
        fingerprint=functools.partial(_fingerprint, cases),
        kinds=kinds,
        probes=probes,
        tolerance=dict(tolerance or {}),
        by_result=by_result,
        seconds=seconds,
        section=section,
    )


def prop_after(row: Property, *names: str) -> Property:
    """Return the property, to be checked after others."""
    return Property(row.name, row.sentence, row.test, names, row.weight)


def _fingerprint(cases: Cases, trial: Trial, rng: np.random.Generator) -> list[Array]:
    return [part for args in cases(rng) for part in trial.observe(*args)]


def question(
    name: str,
    chapter: str,
    *,
    title: str,
    section: str,
    answer: Callable[[], Any],
    wrong: Sequence[Callable[[], Any]],
    choices: tuple[str, ...] = (),
    points: float = 1.0,
    tolerance: float = 0.01,
) -> Exercise:
    """Make a question whose answer is a number, or one of several texts.

    Parameters
    ----------
    name, chapter, title, section, points
        As in :class:`Exercise`.
    answer : callable
        Computes the right answer.
    wrong : sequence of callable
        Each returns a wrong answer; its docstring explains, as for misconceptions.
    choices : tuple of str, optional
        The texts to choose from; without them the answer is a number.
    tolerance : float, optional
        How far the number may be off, relative to the right one.

    Returns
    -------
    Exercise
        With ``takes="value"``; all of its points are in the visible check.
    """

    def form(trial: Trial) -> None:
        (value,) = trial.call()
        if choices and value not in choices:
            raise Failure(f"The answer must be one of {', '.join(map(repr, choices))}.")

    def right(trial: Trial) -> None:
        """It is the right answer."""
        (value,), (truth,) = trial.call(), trial.reference()
        if choices:
            agree = value == truth
        else:
            agree = close(value, truth, tolerance, max(abs(float(truth)), 1e-12))
        if not agree:
            raise Failure("The answer is not right yet.")

    sentence = f"It is one of {', '.join(map(repr, choices))}." if choices else "It is a number."
    kind: Kind = "text" if choices else "number"
    row = exercise(
        name,
        chapter,
        title=title,
        points=points,
        section=section,
        parameters=(),
        returns=("answer",),
        kinds=(kind,),
        reference=answer,
        cases=lambda _rng: [()],
        properties=(Property("form", sentence, form, weight=0.0), right),
        misconceptions=wrong,
        correct=(),
    )
    return Exercise(**{**vars(row), "takes": "value", "hidden": False, "same": tolerance})
