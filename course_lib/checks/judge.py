"""Running a check: properties in order, one cause, and the mistake it looks like."""

from __future__ import annotations

import contextlib
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
from .guard import LibraryCalled, TimeUp, time_limit
from .trial import Trial
from .values import alike, describe, show


def judge(
    exercise: Exercise,
    function: Any,
    seed: int = 0,
    hidden: bool = False,
    trusted: bool | None = None,
    timed: bool = True,
) -> Verdict:
    """Check an answer against an exercise.

    Parameters
    ----------
    exercise : Exercise
    function : callable
        The answer; a number or a text for a question.
    seed : int, optional
        Random inputs follow from it; the visible check uses 0.
    hidden : bool, optional
        Add the harder cases, and keep all inputs out of the verdict.
    trusted : bool, optional
        Whether the answer may call the library. By default only the exercise's own right and wrong
        functions may, which the checks are tested with.
    timed : bool, optional
        Whether to stop the answer when its seconds are over. False for functions that keep the time
        themselves and raise ``TimeUp``.

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
    if trusted is None:
        trusted = any(function is own for own in exercise.own_functions)
    trial = Trial(exercise, function, seed, hidden, trusted or exercise.takes == "value")
    statuses: dict[str, Status] = {}
    first: Failure | None = None
    diagnosis: Misconception | None = None
    try:
        trial.function = _as_function(exercise, function, trusted)
        warm_up(exercise)
        nothing = contextlib.nullcontext()
        # Ours can be kept quiet once for all its calls: it does not take back what keeps it so.
        with (
            time_limit(exercise.seconds) if timed else nothing,
            trial.quiet() if trial.trusted else nothing,
        ):
            for prop in exercise.properties:
                failure = _check(prop, trial, statuses)
                first = first or failure
            if first is not None:
                diagnosis = diagnose(exercise, trial.function, trial.trusted)
    except Failure as failure:
        first = failure
    except LibraryCalled as called:
        statuses.clear()
        first = Failure(
            f"The function calls {called}, which belongs to the library. This exercise asks you to "
            "write it yourself, so the library's version earns nothing."
        )
    except TimeUp:
        first = first or Failure(
            f"The function did not finish within {exercise.seconds:g} seconds, so the check "
            "was stopped. Look for a loop that never ends, or for one over single numbers where one "
            "operation on whole arrays would do."
        )
    return _verdict(trial, statuses, first, diagnosis)


def _as_function(exercise: Exercise, answer: Any, trusted: bool) -> Function:
    """Return the answer; that to a question as a function that returns it."""
    if trusted:
        return answer  # type: ignore[no-any-return]
    if exercise.takes == "value" and answer is not None and not callable(answer):
        return lambda: answer
    if exercise.takes == "function" and callable(answer):
        return answer  # type: ignore[no-any-return]
    if exercise.takes == "value" and answer is None:
        raise Failure(
            f"There is no answer yet. Write {exercise.name} = and your answer in the cell above, "
            "and run it."
        )
    wanted = "your function itself" if exercise.takes == "function" else "a number or a text"
    raise Failure(
        f"check.{exercise.name} takes {wanted}, but got {describe(answer)}. "
        f"Write check.{exercise.name}({exercise.name})."
    )


_warm: set[str] = set()


def warm_up(exercise: Exercise) -> None:
    """Use the right function once, so that compiling our kernels does not cost a student time."""
    if exercise.name not in _warm:
        trial = Trial(exercise, exercise.reference, seed=0, hidden=False, trusted=True)
        exercise.fingerprint(trial, np.random.default_rng(0))
        _warm.add(exercise.name)


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


def diagnose(exercise: Exercise, function: Function, trusted: bool = False) -> Misconception | None:
    """Return the misconception whose results are the same as the function's, if there is one."""

    def print_of(function: Function, trusted: bool) -> list[Array]:
        trial = Trial(exercise, function, seed=0, hidden=False, trusted=trusted)
        with trial.quiet():
            return exercise.fingerprint(trial, np.random.default_rng(0))

    try:
        answer = print_of(function, trusted)
    except Failure:
        return None
    for misconception in exercise.misconceptions:
        pattern = print_of(misconception.function, True)
        if len(answer) == len(pattern) and all(
            alike(a, b, exercise.same) for a, b in zip(answer, pattern, strict=True)
        ):
            return misconception
    return None


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
    # The visible and the hidden check give half each, if there are both.
    max_points = exercise.points / 2 if exercise.hidden else exercise.points
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
    failed = next((o.sentence for o in outcomes if o.status == "fails"), "")
    if not failed:
        return failure.message  # about the answer itself, not about what it was called with
    return f"With inputs that are not shown, this does not hold: {failed}"


def _evidence(failure: Failure) -> Evidence:
    results: tuple[tuple[str, str], ...] = ()
    if failure.expected is not None:
        what = failure.quantity
        results = (
            (f"expected {what}", show(failure.expected)),
            (f"your {what}", show(failure.actual)),
        )
    return Evidence(tuple((name, _show(name, value)) for name, value in failure.arguments), results)


def _show(name: str, value: Any) -> str:
    """Write an argument; a function that says ``f(x) = ...`` without the name that stands before it."""
    text = show(value)
    return text.partition("= ")[2] if callable(value) and text.startswith(f"{name}(") else text
