"""Ordinary test cells of any nbgrader notebook, run in the cage: the compatibility mode.

A check of the course is held by the judge, outside of the student's process. A test cell that is plain
code has to run where the functions are that it calls: in that process, in its place among the other
cells, as under nbgrader. The cage keeps everything else safe from it; but code in the same process can
make such a test pass. So each mark of one says of itself that it is ``ordinary``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from ..checks.exercise import Outcome, Verdict
from .matching import definitions, grade_id, is_solution
from .task import Ran

WARNING = (
    "come from ordinary test cells. These ran in the cage, but in each student's own process, where "
    "code can make them pass; a check of an Exercise can't be reached from there."
)
_CHECK = re.compile(r"\bcheck\.\w+\s*\(")


class Owner(NamedTuple):
    """The solution cell that a test cell belongs to, and what it is there to define."""

    cell: str
    title: str


def is_check(source: str) -> bool:
    """Whether a cell that gives points calls a check, and so is for the judge.

    Examples
    --------
    >>> is_check("check.adam_step(adam_step)"), is_check("assert adam_step(1) == 2")
    (True, False)
    """
    return bool(_CHECK.search(source))


def owners(cells: Iterable[Any]) -> dict[str, Owner]:
    """Return the ordinary test cells of a notebook by name, each with the last solution before it."""
    found: dict[str, Owner] = {}
    last: Owner | None = None
    for cell in cells:
        name = grade_id(cell)
        if not name or cell.cell_type != "code":
            continue
        if is_solution(cell):
            last = Owner(name, (definitions(cell.source) or [name])[0])
        elif cell.metadata.nbgrader.get("grade") and not is_check(cell.source):
            found[name] = last or Owner(name, name)
    return found


def mark_of(ran: Ran | None, most: float) -> tuple[float, str]:
    """Return the points that a test cell gave, and why not all.

    As nbgrader has it: an error gives none; a number as the last value is that many points; all else
    gives all. A number beyond what the cell can give, or below 0, gives none.

    Parameters
    ----------
    ran : Ran or None
        None if it could not be run any more.
    most : float

    Examples
    --------
    >>> mark_of(Ran("t", "test", value="0.5"), 2.0)
    (0.5, 'It gave 0.5 of 2 points.')
    >>> mark_of(Ran("t", "test", error="AssertionError"), 2.0), mark_of(Ran("t", "test"), 2.0)
    ((0.0, 'AssertionError'), (2.0, ''))
    """
    if ran is None:
        return 0.0, "The time for the whole submission was over."
    if ran.error:
        return 0.0, ran.error
    try:
        mark = float(ran.value)
    except ValueError:
        return most, ""
    if not 0 <= mark <= most:
        return 0.0, f"This test reported {mark:g} of {most:g} points, so it counts as 0."
    return mark, "" if mark == most else f"It gave {mark:g} of {most:g} points."


def entry(name: str, owner: Owner, mark: float, most: float, cause: str) -> dict[str, Any]:
    """Return what a result keeps of a test cell: the form of a check's verdict, and ``ordinary``."""
    sentence = f"The test cell {name} runs to its end."
    outcome = Outcome(name, sentence, "fails" if mark < most else "holds")
    verdict = Verdict(owner.cell, owner.title, mark, most, (outcome,), cause)
    row = {**verdict.to_dict(), "cell": name, "mark": mark, "max_points": most}
    return {**row, "ordinary": True}
