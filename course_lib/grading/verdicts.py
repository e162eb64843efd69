"""Verdicts as the court gives them: where nothing could be checked, and in the form in which they are kept."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from ..checks import Exercise, Verdict
from ..checks.exercise import Outcome


@functools.lru_cache(512)  # who answers as somebody did before gets the same verdict
def as_dict(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as plain data."""
    return verdict.to_dict()


def without_hearsay(verdict: Verdict) -> Verdict:
    """Return a hidden check's verdict without what the answer says that it called: it may say anything."""
    if verdict.hidden and verdict.cause.startswith("The function calls "):
        said = "The function calls the library, whose own version earns nothing. Write it yourself."
        return dataclasses.replace(verdict, cause=said)
    return verdict


def nothing(exercise: Exercise, hidden: bool, cause: str) -> Verdict:
    """Return the verdict on an answer that no property could be checked of."""
    return Verdict(
        exercise=exercise.name,
        title=exercise.title,
        points=0.0,
        max_points=exercise.points / 2 if exercise.hidden else exercise.points,
        outcomes=tuple(Outcome(p.name, p.sentence, "not checked") for p in exercise.properties),
        cause=cause,
        hidden=hidden,
    )
