"""What a submission may use while it is graded: from ``course.toml`` to the sentence that students read.

The defaults are those of :class:`course_lib.grading.task.Limits`. A course's file changes them for all
assignments (``[limits]``), for one (``[assignments.NAME.limits]``), and the time of one check
(``[exercises.NAME]``); the command line changes them once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .policy_fields import Fields, whole
from .task import Limits

if TYPE_CHECKING:
    from .policy import Policy


NBGRADER_CELL = 30.0
"""Seconds of a cell under plain nbgrader, where nothing is said: there a check is a cell too."""


class _Row(NamedTuple):
    field: str
    read: Callable[[Any], int]
    unit: int
    meaning: str


ROWS: Mapping[str, _Row] = {
    "seconds": _Row("total", whole(1, 86_400), 1, "for one submission"),
    "cell_seconds": _Row("cell", whole(1, 86_400), 1, "for one cell"),
    "check_seconds": _Row("check", whole(1, 86_400), 1, "for one check; most ask for 10"),
    "memory_megabytes": _Row("memory", whole(64, 1_000_000), 1 << 20, "beside what Python needs"),
    "disk_megabytes": _Row("files", whole(1, 10_000), 1 << 20, "in all files that it writes"),
    "output_kilobytes": _Row("output", whole(1, 1_000), 1_000, "kept of what one cell shows"),
    "processes": _Row("processes", whole(1, 10_000), 1, "and threads, at a time"),
}


def take(fields: Fields) -> dict[str, int]:
    """Return the limits that a table of ``course.toml`` sets, by their field in :class:`Limits`.

    Examples
    --------
    >>> take(Fields("course.toml", "limits", {"memory_megabytes": 512}))
    {'memory': 536870912}
    """
    found = ((row, fields.take(name, row.read, None)) for name, row in ROWS.items())
    return {row.field: value * row.unit for row, value in found if value is not None}


def limits_of(policy: Policy, assignment: str = "", **asked: float | None) -> Limits:
    """Return the limits that hold for an assignment; without a name, those of the course.

    Parameters
    ----------
    policy : Policy
    assignment : str, optional
    **asked : float or None
        What the command line says, by field of :class:`Limits`; None where it says nothing.

    Examples
    --------
    >>> from course_lib.grading.policy import loads
    >>> policy = loads("limits.cell_seconds = 5", [])
    >>> limits_of(policy).cell, limits_of(policy, cell=7).cell
    (5, 7)
    """
    checks = tuple(sorted(policy.checks.items()))
    return Limits(**_said(policy, assignment, asked), checks=checks)


def times_of(policy: Policy, assignment: str = "", **asked: float | None) -> tuple[float, float]:
    """Return what plain nbgrader knows of the limits: the seconds of a cell, and of a submission.

    Parameters
    ----------
    policy : Policy
    assignment : str, optional
    **asked : float or None
        As for :func:`limits_of`.

    Examples
    --------
    >>> from course_lib.grading.policy import loads
    >>> policy = loads("assignments.a.limits.seconds = 99", ["a", "b"])
    >>> times_of(policy, "a"), times_of(policy, "b", cell=7)
    ((30.0, 99), (7, 150.0))
    """
    said = _said(policy, assignment, asked)
    return said.get("cell", NBGRADER_CELL), said.get("total", Limits().total)


def _said(policy: Policy, assignment: str, asked: Mapping[str, float | None]) -> dict[str, Any]:
    """Return the limits that somebody has set; who says it last counts."""
    row = policy.assignments.get(assignment)
    own = row.running if row is not None else {}
    said = {name: value for name, value in asked.items() if value is not None}
    return {**policy.limits.running, **own, **said}


def seconds_of(exercise: str, seconds: float, limits: Limits) -> float:
    """Return how long a check may take.

    Parameters
    ----------
    exercise : str
    seconds : float
        What the exercise itself asks for.
    limits : Limits

    Examples
    --------
    >>> seconds_of("adam_step", 10, Limits(check=5)), seconds_of("a", 10, Limits(checks=(("a", 90),)))
    (5, 90)
    """
    return dict(limits.checks).get(exercise, min(seconds, limits.check))


def sentence(limits: Limits, checks: Mapping[str, float]) -> str:
    """Say to a student what limits hold.

    Parameters
    ----------
    limits : Limits
    checks : mapping of str to float
        Seconds that each exercise of the assignment asks for.
    """
    each = {name: seconds_of(name, seconds, limits) for name, seconds in checks.items()}
    return (
        f"**When this notebook is graded,** a cell may take {_seconds(limits.cell)}, "
        f"{_checks(each)} and all of it together {_seconds(limits.total)}. It has "
        f"{_bytes(limits.memory)} of memory, can write {_bytes(limits.files)} to files and have "
        f"{limits.processes} processes and threads at a time, and has no network. Of what a cell "
        f"shows, {limits.output:,} characters are kept. What goes beyond its limit is stopped and "
        "earns nothing; all that does not need it still counts."
    )


def _checks(each: Mapping[str, float]) -> str:
    """Say how long checks may take: most of them, and the others by name."""
    counts = list(each.values())
    if not counts:
        return ""
    usual = max(counts, key=counts.count)
    others = [f"`{name}` {_seconds(value)}" for name, value in each.items() if value != usual]
    if len(set(counts)) == 1:
        return f"a check {_seconds(usual)},"
    return f"a check {_seconds(usual)} ({', '.join(others)}),"


def _seconds(value: float) -> str:
    return "1 second" if value == 1 else f"{value:g} seconds"


def _bytes(value: int) -> str:
    return f"{value >> 30} GB" if value % (1 << 30) == 0 else f"{value >> 20:,} MB"
