"""What changed since an earlier run, of the same class or of another one."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import NamedTuple

from .report_read import Before
from .report_tally import Tally


class Changed(NamedTuple):
    """A submission whose points are not what they were; None where there was no mark."""

    student: str
    before: float | None
    now: float | None
    where: str


class Comparison(NamedTuple):
    """One assignment, then and now.

    Attributes
    ----------
    submissions, both : int
        How many there were then, and how many of them are there now.
    mean : float or None
        Then.
    exercises : list of (str, float, float)
        Name, share of the points then, and now.
    changed : list of Changed
    up, down, gone, came : int
        Points rose or fell; submissions that are not there any more, or were not there then.
    """

    submissions: int
    both: int
    mean: float | None
    exercises: list[tuple[str, float, float]]
    changed: list[Changed]
    up: int
    down: int
    gone: int
    came: int


def compare(tally: Tally, before: Mapping[tuple[str, str], Before]) -> Comparison | None:
    """Return the comparison; None if the assignment was not in the earlier run."""
    then = {student: row for (student, name), row in before.items() if name == tally.name}
    if not then:
        return None
    now = {row.student: row for row in tally.rows}
    changed = []
    for student in sorted(set(then) & set(now)):
        old, new = then[student], now[student]
        if old.points != new.points:
            where = [
                name for name, share in new.shares.items()
                if abs(share - old.shares.get(name, -1.0)) > 1e-9
            ]  # fmt: skip
            changed.append(Changed(student, old.points, new.points, ", ".join(where)))
    marked = [row.points for row in then.values() if row.points is not None]
    exercises = []
    for row in tally.exercises():
        old_shares = [b.shares[row.name] for b in then.values() if row.name in b.shares]
        if old_shares:
            exercises.append((row.name, statistics.fmean(old_shares), row.share))
    return Comparison(
        submissions=len(then),
        both=len(set(then) & set(now)),
        mean=statistics.fmean(marked) if marked else None,
        exercises=exercises,
        changed=changed,
        up=sum((row.now or 0.0) > (row.before or 0.0) for row in changed),
        down=sum((row.now or 0.0) < (row.before or 0.0) for row in changed),
        gone=len(set(then) - set(now)),
        came=len(set(now) - set(then)),
    )
