"""Marks under a policy: from results and arrivals to points, penalties and totals.

All sums are made in decimals and rounded once for each assignment, so a table of the marks adds up to
the totals beside it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from . import people
from .policy import Policy, Student
from .results import Result

_NEVER = datetime.max.replace(tzinfo=UTC)
Hands = Mapping[tuple[str, str], Mapping[str, Any]]


class Arrival(NamedTuple):
    """When a submission came, if that is known, and whether its sender's system called it late."""

    received: datetime | None = None
    late: bool = False


class Mark(NamedTuple):
    """What one assignment counts for one student.

    Attributes
    ----------
    student, assignment : str
    status : {"graded", "no mark", "missing", "excused", "closed"}
        ``no mark``: it came, but nothing could be judged; it has no points until that is mended.
    earned : Decimal or None
        Points of the checks, with what a person entered by hand.
    earned_of : Decimal
    points : Decimal or None
        What it counts; None if there is nothing to count.
    out_of : Decimal
    days_late : int
        Days that had begun after the due date.
    free_days : int
        Of these, days that cost nothing.
    penalty : Decimal
        Share of the points that was lost.
    dropped : bool
        Whether it does not count because it is among the lowest.
    due, received : datetime or None
    note : str
    waiting : tuple of str
        Cells that a person has yet to grade; until then they count 0 in ``earned``.
    """

    student: str
    assignment: str
    status: str
    earned: Decimal | None
    earned_of: Decimal
    points: Decimal | None
    out_of: Decimal
    days_late: int = 0
    free_days: int = 0
    penalty: Decimal = Decimal(0)
    dropped: bool = False
    due: datetime | None = None
    received: datetime | None = None
    note: str = ""
    waiting: tuple[str, ...] = ()


class _Found(NamedTuple):
    """What is known of a submission before any policy."""

    graded: bool
    earned: Decimal
    reason: str
    waiting: tuple[str, ...]


class Total(NamedTuple):
    """A student's marks, their sum, and whether something is still open: no mark, or not all of one."""

    student: str
    marks: tuple[Mark, ...]
    points: Decimal
    out_of: Decimal
    percent: Decimal
    open: bool


def compute(
    policy: Policy,
    results: Iterable[Result],
    arrivals: Mapping[tuple[str, str], Arrival],
    by_hand: Hands | None = None,
    students: Iterable[str] = (),
) -> list[Total]:
    """Return the totals of a class, by student.

    Parameters
    ----------
    policy : Policy
    results : iterable of Result
        An assignment counts as soon as anything of it was graded.
    arrivals : mapping of (str, str) to Arrival
        By student and assignment. What is not in it is not late.
    by_hand : mapping, optional
        What people entered in the gradebook: by student and assignment, then by cell.
    students : iterable of str
        Who else belongs to the class.
    """
    found: dict[tuple[str, str], _Found] = {}
    most: dict[str, Decimal] = {}
    names: set[str] = set(students)
    for result in results:
        key = result.student, result.assignment
        names.add(result.student)
        hands = (by_hand or {}).get(key, {})
        found[key] = _found(result, hands)
        most[result.assignment] = max(
            most.get(result.assignment, Decimal(0)), _decimal(result.max_points)
        )
    return [_total(policy, student, most, found, arrivals) for student in sorted(names)]


def _decimal(value: float) -> Decimal:
    return Decimal(repr(round(value, 6)))


def _found(result: Result, hands: Mapping[str, Any]) -> _Found:
    """Return what a submission earned; a person's word stands above the check's.

    A person can give points to what no check could read, too: then it is graded.
    """
    graded = result.points is not None or any(hand.points is not None for hand in hands.values())
    earned = _earned(result, hands) if hands else _decimal(result.points or 0.0)
    waiting = tuple(people.waiting(result.by_hand, hands)) if result.by_hand else ()
    return _Found(graded, earned, result.reason, waiting)


def _earned(result: Result, hands: Mapping[str, Any]) -> Decimal:
    marks = {row["cell"]: row["mark"] or 0.0 for row in (*result.exercises, *result.by_hand)}
    for cell, hand in hands.items():
        given = marks.get(cell, 0.0) if hand.points is None else hand.points
        marks[cell] = given + hand.extra
    return sum((_decimal(mark) for mark in marks.values()), Decimal(0))


def _due(policy: Policy, own: Student, assignment: str) -> datetime | None:
    rule = policy.assignments.get(assignment)
    return own.extensions.get(assignment) or (rule.due if rule else None)


def _total(
    policy: Policy,
    student: str,
    most: Mapping[str, Decimal],
    found: Mapping[tuple[str, str], _Found],
    arrivals: Mapping[tuple[str, str], Arrival],
) -> Total:
    own = policy.students.get(student, Student())
    left = policy.late.free_days if own.free_days is None else own.free_days
    marks = []
    dues = {name: _due(policy, own, name) for name in most}
    for name in sorted(most, key=lambda name: (dues[name] or _NEVER, name)):
        rule = policy.assignments.get(name)
        counts = _decimal(rule.points) if rule and rule.points is not None else most[name]
        blank = Mark(student, name, "missing", None, most[name], None, counts, due=dues[name])
        if name in own.excused:
            mark = blank._replace(status="excused", note="excused")
        elif (student, name) not in found:
            zero = policy.missing == "zero"
            mark = blank._replace(points=Decimal(0) if zero else None, note="nothing handed in")
        else:
            arrival = arrivals.get((student, name), Arrival())
            mark = _mark(policy, blank, found[student, name], arrival, left)
            left -= mark.free_days
        marks.append(mark)
    return _sum(policy, student, _drop(marks, policy.drop_lowest))


def only(policy: Policy, total: Total, names: Collection[str]) -> Total:
    """Return a student's marks in some assignments, and their sum; what is dropped stays dropped."""
    marks = [mark for mark in total.marks if mark.assignment in names]
    return _sum(policy, total.student, marks)


def _sum(policy: Policy, student: str, marks: list[Mark]) -> Total:
    counted = [mark for mark in marks if mark.points is not None and not mark.dropped]
    points = sum((mark.points or Decimal(0) for mark in counted), Decimal(0))
    out_of = sum((mark.out_of for mark in counted), Decimal(0))
    percent = 100 * points / out_of if out_of else Decimal(0)
    still = any(mark.status == "no mark" or mark.waiting for mark in marks)
    return Total(
        student, tuple(sorted(marks, key=lambda mark: mark.assignment)), points, out_of,
        _rounded(percent, policy.decimals), still,
    )  # fmt: skip


def _mark(
    policy: Policy,
    blank: Mark,
    found: _Found,
    arrival: Arrival,
    left: int,
) -> Mark:
    earned = found.earned
    mark = blank._replace(received=arrival.received)
    if not found.graded:
        return mark._replace(status="no mark", note=found.reason)
    late = policy.late
    days, note = _days_late(arrival, blank.due, late.grace_minutes)
    mark = mark._replace(status="graded", earned=earned, days_late=days, note=note)
    if late.closes_after_days is not None and days > late.closes_after_days:
        note = f"came {days} days late; it closed after {late.closes_after_days}"
        return mark._replace(status="closed", points=Decimal(0), penalty=Decimal(1), note=note)
    free = min(days, max(left, 0))
    penalty = min(_decimal(late.per_day) * (days - free), _decimal(late.at_most))
    scaled = earned * blank.out_of / blank.earned_of if blank.earned_of else Decimal(0)
    points = _rounded(scaled * (1 - penalty), policy.decimals)
    return mark._replace(points=points, free_days=free, penalty=penalty, waiting=found.waiting)


def _days_late(arrival: Arrival, due: datetime | None, grace: float) -> tuple[int, str]:
    if due is None:
        return 0, ""
    if arrival.received is None:
        return (1, "marked late, hour not known: counts as one day") if arrival.late else (0, "")
    # In UTC: between two times of one zone Python leaves out a change of clocks.
    over = arrival.received.astimezone(UTC) - due.astimezone(UTC)
    if over <= timedelta(minutes=grace):
        return 0, ""
    return math.ceil(over / timedelta(days=1)), ""


def _drop(marks: list[Mark], count: int) -> list[Mark]:
    """Leave out the lowest shares; at least one assignment always counts."""
    counted = [mark for mark in marks if mark.points is not None and mark.out_of]
    lowest = sorted(counted, key=lambda mark: ((mark.points or 0) / mark.out_of, mark.assignment))
    gone = {mark.assignment for mark in lowest[: max(min(count, len(counted) - 1), 0)]}
    return [mark._replace(dropped=mark.assignment in gone) for mark in marks]


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
