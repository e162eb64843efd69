"""Running a check: properties in order, one cause, and the mistake it looks like."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._validate import Array
from .exercise import (
    Evidence,
    Exercise,
    Failure,
    Function,
    Misconception,
    Outcome,
    Property,
    Status,
    Verdict,
)
from .trial import TimeUp, Trial, close, time_limit

# Two functions make the same mistake if their fingerprints agree this well: far looser than
# rounding (a student's own state drifts), far tighter than any two mistakes differ.
SAME = 1e-7


def judge(exercise: Exercise, function: Function, seed: int = 0, hidden: bool = False) -> Verdict:
    """Check a function against an exercise.

    Parameters
    ----------
    exercise : Exercise
    function : callable
        The answer.
    seed : int, optional
        Random inputs follow from it; the visible check uses 0.
    hidden : bool, optional
        Add the harder cases, and keep all inputs out of the verdict.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> from course_lib.checks import EXERCISES
    >>> exercise = EXERCISES["momentum_step"]
    >>> judge(exercise, exercise.reference).points
    2.0
    """
    trial = Trial(exercise, function, seed, hidden)
    statuses: dict[str, Status] = {}
    first: Failure | None = None
    diagnosis: Misconception | None = None
    if not callable(function):
        first = Failure(
            f"check.{exercise.name} takes your function itself, but got a "
            f"{type(function).__name__}. Write check.{exercise.name}({exercise.name})."
        )
    else:
        try:
            with time_limit(exercise.seconds):
                for prop in exercise.properties:
                    failure = _check(prop, trial, statuses)
                    first = first or failure
                if first is not None:
                    diagnosis = diagnose(exercise, function)
        except TimeUp:
            first = first or Failure(
                f"The function did not finish within {exercise.seconds:g} seconds, so the check "
                "was stopped. Look for a loop that never ends."
            )
    return _verdict(trial, statuses, first, diagnosis)


def _check(prop: Property, trial: Trial, statuses: dict[str, Status]) -> Failure | None:
    """Check one property, unless one that it builds on does not hold."""
    if any(statuses.get(name) != "holds" for name in prop.after):
        return None
    statuses[prop.name] = "fails"  # stands if the time runs out in the middle
    try:
        prop.test(trial)
    except Failure as failure:
        return failure
    statuses[prop.name] = "holds"
    return None


def diagnose(exercise: Exercise, function: Function) -> Misconception | None:
    """Return the misconception whose results are the same as the function's, if there is one."""
    trial = Trial(exercise, function, seed=0, hidden=False)
    try:
        answer = exercise.fingerprint(trial.call, np.random.default_rng(0))
    except Failure:
        return None
    for misconception in exercise.misconceptions:
        wrong = Trial(exercise, misconception.function, seed=0, hidden=False)
        pattern = exercise.fingerprint(wrong.call, np.random.default_rng(0))
        if len(answer) == len(pattern) and all(map(_alike, answer, pattern)):
            return misconception
    return None


def _alike(a: Array, b: Array) -> bool:
    """Whether two results agree, nan and inf in the same places included."""
    finite = np.isfinite(b)
    if a.shape != b.shape or not np.array_equal(np.isfinite(a), finite):
        return False
    return np.array_equal(a[~finite], b[~finite], equal_nan=True) and close(
        a[finite], b[finite], SAME
    )


def _verdict(
    trial: Trial,
    statuses: dict[str, Status],
    failure: Failure | None,
    diagnosis: Misconception | None,
) -> Verdict:
    exercise = trial.exercise
    outcomes = tuple(
        Outcome(prop.name, prop.sentence, statuses.get(prop.name, "not checked"))
        for prop in exercise.properties
    )
    max_points = exercise.points / 2  # the visible and the hidden check give half each
    weights = sum(prop.weight for prop in exercise.properties)
    earned = sum(p.weight for p in exercise.properties if statuses.get(p.name) == "holds")
    shown = failure is not None and failure.arguments and not trial.hidden
    return Verdict(
        exercise=exercise.name,
        title=exercise.title,
        points=round(max_points * earned / weights, 2),
        max_points=max_points,
        outcomes=outcomes,
        cause=_cause(failure, outcomes, trial.hidden),
        misconception=diagnosis.name if diagnosis else "",
        mistake=diagnosis.title if diagnosis else "",
        help=diagnosis.help if diagnosis else "",
        evidence=_evidence(failure) if failure is not None and shown else None,
        printed="" if trial.hidden else trial.printed,
        hidden=trial.hidden,
    )


def _cause(failure: Failure | None, outcomes: tuple[Outcome, ...], hidden: bool) -> str:
    if failure is None:
        return ""
    if not hidden:
        return failure.message
    # An exception's own text could carry hidden inputs; the property's sentence can't.
    failed = next((o.sentence for o in outcomes if o.status == "fails"), failure.message)
    return f"With inputs that are not shown, this does not hold: {failed}"


def _evidence(failure: Failure) -> Evidence:
    results: tuple[tuple[str, str], ...] = ()
    if failure.expected is not None:
        what = failure.quantity
        results = (
            (f"expected {what}", show(failure.expected)),
            (f"your {what}", show(failure.actual)),
        )
    return Evidence(tuple((name, show(value)) for name, value in failure.arguments), results)


def show(value: Any) -> str:
    """Write a value on one short line.

    Examples
    --------
    >>> show(np.array([1.0, 0.25])), show(0.001)
    ('[1, 0.25]', '0.001')
    """
    if isinstance(value, np.ndarray):
        with np.printoptions(precision=6, threshold=12, edgeitems=2, floatmode="maxprec"):
            text = np.array2string(value, separator=", ", formatter={"float_kind": "{:.7g}".format})
        return " ".join(text.split())
    return f"{value:.7g}" if isinstance(value, float) else repr(value)
