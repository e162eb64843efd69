"""``course.toml``: what turns the marks of the checks into the marks of a course.

The file says what an assignment counts, when it is due, what lateness costs, and which exceptions a
student has. Nothing of it touches a submission: after a change, ``course export`` computes all marks
anew from the journal, and no code is run.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from . import running
from .policy_fields import Fields, choice, local_time, name_list, number, share, time_zone, whole
from .ui import Problem

NAME = "course.toml"


class Late(NamedTuple):
    """What lateness costs.

    Attributes
    ----------
    per_day : float
        Share of the points earned that is lost for each day that has begun, from 0 to 1.
    at_most : float
        The largest share that can be lost, from 0 to 1.
    grace_minutes : float
        As much after the due date is not late. It forgives; it does not move the due date.
    free_days : int
        Days that each student may be late in all without losing points. They are spent by
        themselves, on the assignments that are due first.
    closes_after_days : int or None
        What comes later than this gets no points. None: it never closes.
    """

    per_day: float = 0.0
    at_most: float = 1.0
    grace_minutes: float = 0.0
    free_days: int = 0
    closes_after_days: int | None = None


class Limits(NamedTuple):
    """How large things may be.

    Attributes
    ----------
    running : mapping of str to int
        For ``course grade``: what differs from the defaults of
        :class:`course_lib.grading.task.Limits`, by its fields.
    file_megabytes, archive_megabytes : float
        For ``course import``: one file, and all that an archive unpacks to.
    archive_entries : int
        For ``course import``: files and folders in an archive.
    """

    running: Mapping[str, int] = {}
    file_megabytes: float = 20.0
    archive_megabytes: float = 2000.0
    archive_entries: int = 5000


class Assignment(NamedTuple):
    """What an assignment counts (None: what its checks give), and when it is due (None: never).

    Attributes
    ----------
    points : float or None
    due : datetime or None
    running : mapping of str to int
        As in :class:`Limits`, for this assignment.
    """

    points: float | None = None
    due: datetime | None = None
    running: Mapping[str, int] = {}


class Student(NamedTuple):
    """A student's exceptions.

    Attributes
    ----------
    extensions : mapping of str to datetime
        Due dates that replace the class's, by assignment.
    excused : tuple of str
        Assignments that don't count.
    free_days : int or None
        Instead of the class's.
    """

    extensions: Mapping[str, datetime] = {}
    excused: tuple[str, ...] = ()
    free_days: int | None = None


class Policy(NamedTuple):
    """All of ``course.toml``; without one, every point counts and nothing is late.

    Attributes
    ----------
    timezone : ZoneInfo
        Of dates that have no offset of their own.
    decimals : int
        Points are rounded to as many, halves up.
    missing : {"zero", "excused"}
        What a submission that never came counts.
    checks : mapping of str to float
        Seconds for the check of an exercise, where they are not the exercise's own.
    drop_lowest : int
        As many of a student's lowest assignments don't count.
    """

    timezone: ZoneInfo = ZoneInfo("UTC")
    decimals: int = 2
    missing: str = "zero"
    drop_lowest: int = 0
    late: Late = Late()
    limits: Limits = Limits()
    assignments: Mapping[str, Assignment] = {}
    students: Mapping[str, Student] = {}
    checks: Mapping[str, float] = {}


def find(home: Path, root: Path, named: Path | None = None) -> Path | None:
    """Return which policy holds: the one named, else the class's own, else the course's.

    Raises
    ------
    Problem
        If the one named is not there.
    """
    if named is not None:
        if not named.is_file():
            raise Problem(f"There is no file {named}. Make one: course policy --example > {NAME}.")
        return named
    return next((path for path in (home / NAME, root / NAME) if path.is_file()), None)


def load(path: Path | None, assignments: Sequence[str]) -> Policy:
    """Return the policy that a file holds.

    Parameters
    ----------
    path : Path or None
        None: the policy that holds without a file.
    assignments : sequence of str
        Those of the course: others are taken for slips of the pen.

    Raises
    ------
    Problem
        If it can't be read, or says something that is not possible; the message says where, what was
        expected, and what to write instead.
    """
    if path is None:
        return Policy()
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{path} can't be read ({error}). Save it as UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise Problem(
            f"{path} is not valid TOML: {error}. Texts need quotes, dates look like "
            "2026-10-05T23:59:00, and a section begins with [its name]."
        ) from None
    return _policy(Fields(str(path), "", data), assignments)


def loads(text: str, assignments: Sequence[str], where: str = NAME) -> Policy:
    """Return the policy that a text holds.

    Examples
    --------
    >>> loads("drop_lowest = 1", []).drop_lowest
    1
    """
    return _policy(Fields(where, "", tomllib.loads(text)), assignments)


def _policy(top: Fields, names: Sequence[str]) -> Policy:
    zone = top.take("timezone", time_zone, ZoneInfo("UTC"))
    made = Policy(
        timezone=zone,
        decimals=top.take("decimals", whole(0, 6), 2),
        missing=top.take("missing", choice("zero", "excused"), "zero"),
        drop_lowest=top.take("drop_lowest", whole(0, max(len(names) - 1, 0) or 99), 0),
        late=_late(top.table("late")),
        limits=_limits(top.table("limits")),
        assignments={
            name: _assignment(fields, zone) for name, fields in top.tables("assignments", names)
        },
        students={
            name: _student(fields, zone, names) for name, fields in top.tables("students", None)
        },
        checks=_checks(top.table("exercises")),
    )
    top.done()
    return made


def _late(fields: Fields) -> Late:
    made = Late(
        per_day=fields.take("per_day", share, 0.0),
        at_most=fields.take("at_most", share, 1.0),
        grace_minutes=fields.take("grace_minutes", number(0, 24 * 60), 0.0),
        free_days=fields.take("free_days", whole(0, 365), 0),
        closes_after_days=fields.take("closes_after_days", whole(0, 365), None),
    )
    fields.done()
    return made


def _limits(fields: Fields) -> Limits:
    made = Limits(
        running=running.take(fields),
        file_megabytes=fields.take("file_megabytes", number(0.001, 20), 20.0),
        archive_megabytes=fields.take("archive_megabytes", number(0.001, 100_000), 2000.0),
        archive_entries=fields.take("archive_entries", whole(1, 1_000_000), 5000),
    )
    fields.done()
    return made


def _checks(fields: Fields) -> dict[str, float]:
    if fields.empty:
        return {}
    from ..checks import EXERCISES  # takes longer to import than all the rest

    rows = [(name, fields.table(name)) for name in fields.known(list(EXERCISES), "an exercise")]
    found = {name: row.take("seconds", number(0.1, 86_400), None) for name, row in rows}
    for _, row in rows:
        row.done()
    return {name: seconds for name, seconds in found.items() if seconds is not None}


def _assignment(fields: Fields, zone: ZoneInfo) -> Assignment:
    own = fields.table("limits")
    made = Assignment(
        running=running.take(own),
        points=fields.take("points", number(0, 100_000), None),
        due=fields.take("due", local_time(zone), None),
    )
    own.done()
    fields.done()
    return made


def _student(fields: Fields, zone: ZoneInfo, names: Sequence[str]) -> Student:
    dates = fields.table("extensions")
    made = Student(
        extensions={name: dates.take(name, local_time(zone), None) for name in dates.known(names)},
        excused=fields.take("excused", name_list(names), ()),
        free_days=fields.take("free_days", whole(0, 365), None),
    )
    dates.done()
    fields.done()
    return made
