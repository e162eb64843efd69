"""What is right, and which mistake an answer makes, found once.

To tell a mistake, a check tries the answer, and every wrong function that it knows, in one experiment, the
same for the visible and the hidden check. The wrong functions do the same each time, and so does the right
one; and what the visible check has found about an answer need not be looked for again.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from .._validate import Array
from ..checks import Exercise, Verdict
from ..checks.exercise import Failure
from ..checks.trial import Trial
from ._wire_short import encode_short
from .proxy import Remote

MOST = 10_000
"""Right results that are kept."""

LARGEST = 1_000
"""Bytes of the arrays that one of them is made of."""

_found: dict[tuple[str, str], list[Array]] = {}
_right: dict[tuple[str, bytes, bytes], Any] = {}


def remembering(exercise: Exercise) -> Exercise:
    """Return an exercise that tries its own functions, right and wrong, for the first answer alone.

    Examples
    --------
    >>> from course_lib.checks import EXERCISES, judge
    >>> exercise = EXERCISES["momentum_step"]
    >>> wrong = exercise.misconceptions[0].function
    >>> judge(remembering(exercise), wrong) == judge(exercise, wrong)
    True
    """
    own = {misconception.function: misconception.name for misconception in exercise.misconceptions}

    def fingerprint(trial: Trial, rng: np.random.Generator) -> list[Array]:
        if isinstance(trial.function, Remote) or trial.function not in own:
            return exercise.fingerprint(trial, rng)
        key = exercise.name, own[trial.function]
        if key not in _found:
            _found[key] = exercise.fingerprint(trial, rng)
        return _found[key]

    def reference(*args: Any) -> Any:
        said = encode_short(("call", 1, args, {}))
        if said is None or len(said[1]) > LARGEST:
            return exercise.reference(*args)
        key = exercise.name, *said
        if key not in _right:
            if len(_right) >= MOST:
                _right.clear()
            _right[key] = exercise.reference(*args)
        return _right[key]

    return dataclasses.replace(exercise, fingerprint=fingerprint, reference=reference)


def was_looked_for(verdict: Verdict) -> bool:
    """Whether a check has looked for the mistake: where something fails, it does."""
    return any(outcome.status == "fails" for outcome in verdict.outcomes)


def unnamed(exercise: Exercise) -> Exercise:
    """Return an exercise that looks for no mistake.

    Examples
    --------
    >>> from course_lib.checks import EXERCISES, judge
    >>> exercise = EXERCISES["momentum_step"]
    >>> verdict = judge(unnamed(exercise), exercise.misconceptions[0].function)
    >>> verdict.passed, verdict.misconception
    (False, '')
    """

    def fingerprint(_trial: Trial, _rng: np.random.Generator) -> list[Array]:
        raise Failure("Nothing is looked for.")

    return dataclasses.replace(exercise, fingerprint=fingerprint)


def named_as(verdict: Verdict, visible: Verdict) -> Verdict:
    """Return a hidden check's verdict with the mistake that the visible check has found."""
    if not was_looked_for(verdict):
        return verdict
    said = {name: getattr(visible, name) for name in ("misconception", "mistake", "help")}
    return dataclasses.replace(verdict, **said)
