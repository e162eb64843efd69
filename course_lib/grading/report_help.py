"""Students who may need help, and why. It is a reason to ask, not a judgment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .report_rows import Row
from .report_tally import Tally
from .ui import plural

LOW = 0.5  # share of the points below which the reasons begin
FALL = 0.3  # share of the points below a student's own mean that is a fall


class HelpRow(NamedTuple):
    """A student, the reasons, and the mean share of the points over all assignments."""

    student: str
    reasons: tuple[str, ...]
    share: float


def may_need_help(found: Mapping[str, Tally]) -> list[HelpRow]:
    """Return the students with a reason, those with most reasons first.

    The reasons: there is no mark; fewer than half of the points and among the lowest quarter; half of
    the exercises untouched; a fall of 30 % below the student's own mean before; nothing handed in
    where most of the class did.

    Parameters
    ----------
    found : mapping of str to Tally
        By assignment, in the order of the course.
    """
    students: dict[str, dict[str, Row]] = {}
    for name, tally in found.items():
        for row in tally.rows:
            students.setdefault(row.student, {})[name] = row
    quarter = {
        name: float(np.quantile([row.share or 0.0 for row in tally.marked] or [0.0], 0.25))
        for name, tally in found.items()
    }
    common = {name for name, tally in found.items() if 2 * len(tally.rows) > len(students)}
    rows = []
    for student, own in students.items():
        reasons = _reasons(own, found, quarter, common)
        if reasons:
            shares = [row.share or 0.0 for row in own.values()]
            rows.append(HelpRow(student, tuple(reasons), sum(shares) / len(shares)))
    return sorted(rows, key=lambda row: (-len(row.reasons), row.share, row.student))


def _reasons(
    own: Mapping[str, Row],
    found: Mapping[str, Tally],
    quarter: Mapping[str, float],
    common: set[str],
) -> list[str]:
    reasons: list[str] = []
    before: list[float] = []
    for name in found:
        row = own.get(name)
        if row is None:
            if name in common:
                reasons.append(f"{name}: nothing handed in")
            continue
        if row.share is None:
            reasons.append(f"{name}: no mark ({row.reason})")
            continue
        if row.share < LOW and row.share <= quarter[name]:
            reasons.append(f"{name}: {row.share:.0%} of the points")
        if row.shares and 2 * row.unanswered >= len(row.shares):
            reasons.append(f"{name}: {plural(row.unanswered, 'answer')} not begun")
        if before and sum(before) / len(before) - row.share >= FALL:
            reasons.append(f"{name}: fell from {sum(before) / len(before):.0%} to {row.share:.0%}")
        before.append(row.share)
    return reasons
