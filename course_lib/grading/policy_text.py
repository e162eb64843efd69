"""A policy in words, and one to begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from .policy import Policy
from .running import ROWS
from .task import Limits
from .ui import plural


def example(assignments: Sequence[str]) -> str:
    """Return a ``course.toml`` with every field, its meaning, and these assignments."""
    parts = [_HEAD.replace("{running}", _running())]
    for week, name in enumerate(assignments):
        due = (datetime(2026, 10, 5, 23, 59) + timedelta(weeks=week)).isoformat()
        parts.append(f"\n[assignments.{name}]\npoints = 10\ndue = {due}\n")
    if assignments:
        parts.append(_STUDENT.format(first=assignments[0], last=assignments[-1]))
    return "".join(parts)


def _running() -> str:
    """Return a line for each limit of a submission, with its default."""
    usual = Limits()
    lines = []
    for name, row in ROWS.items():
        value = int(getattr(usual, row.field)) // row.unit
        lines.append(f"{f'{name} = {value}':<28} # {row.meaning}\n")
    return "".join(lines)


_HEAD = """\
# What turns the marks of the checks into the marks of the course. Every field may be left out.
# After a change, run `course export` again: all marks are computed anew, and no code is run.

timezone = "Europe/Zurich"   # of dates without an offset such as +02:00
decimals = 2                 # points are rounded to as many, halves up
missing = "zero"             # what was never handed in: "zero" or "excused"
drop_lowest = 1              # as many of a student's lowest assignments don't count

[late]
per_day = 0.10               # share of the points earned that each day begun costs
at_most = 0.50               # the most that lateness can cost
grace_minutes = 15           # not late; the due date stays where it is
free_days = 3                # for each student in all, spent on what is due first
closes_after_days = 7        # what comes later gets no points

# For course grade; these are the defaults. After a change run `course exercises`: students' notebooks
# say what holds. One assignment can have others under [assignments.NAME.limits], and one check
# under [exercises.NAME]: seconds = 20.
[limits]
{running}file_megabytes = 20          # course import: for one file
archive_megabytes = 2000     # course import: all that an archive unpacks to
archive_entries = 5000       # course import: files and folders in an archive

# What an assignment counts (without `points`: as many as its checks give), and when it is due.
"""
_STUDENT = """
# Exceptions, by student: the name of the student's folder.
[students.student07]
extensions = {{ "{first}" = 2026-10-12T23:59:00 }}
excused = ["{last}"]
free_days = 5
"""


def describe(policy: Policy) -> list[str]:
    """Return what a policy says, one line each."""
    late = policy.late
    lines = [f"Dates without an offset are in {policy.timezone.key}."]
    if late.per_day:
        lines.append(
            f"Each day begun after the due date costs {late.per_day:.0%} of the points earned, "
            f"at most {late.at_most:.0%}."
        )
    else:
        lines.append("Lateness costs nothing.")
    if late.grace_minutes:
        lines.append(f"The first {late.grace_minutes:g} minutes are not late.")
    if late.free_days:
        lines.append(f"Each student has {plural(late.free_days, 'day')} that cost nothing.")
    if late.closes_after_days is not None:
        lines.append(f"{plural(late.closes_after_days, 'day')} after the due date it closes.")
    if policy.drop_lowest:
        lines.append(f"{plural(policy.drop_lowest, 'assignment')} with the lowest share: dropped.")
    zero = policy.missing == "zero"
    lines.append("What was never handed in " + ("counts zero." if zero else "does not count."))
    for name, rule in sorted(policy.assignments.items()):
        counts = "as its checks give" if rule.points is None else f"{rule.points:g}"
        due = rule.due.isoformat(" ", "minutes") if rule.due else "never"
        lines.append(f"{name}: points {counts}, due {due}.")
        lines += [f"{name}: {text}" for text in _limits(rule.running)]
    lines += _limits(policy.limits.running)
    for name, seconds in sorted(policy.checks.items()):
        lines.append(f"{name}: its check has {seconds:g} seconds.")
    for name, own in sorted(policy.students.items()):
        for assignment, day in sorted(own.extensions.items()):
            lines.append(f"{name}: {assignment} due {day.isoformat(' ', 'minutes')}.")
        if own.excused:
            lines.append(f"{name}: excused from {', '.join(own.excused)}.")
        if own.free_days is not None:
            lines.append(f"{name}: {plural(own.free_days, 'free day')}.")
    return lines


def _limits(running: Mapping[str, int]) -> list[str]:
    """Say which limits of a submission differ from the defaults."""
    return [
        f"{name} = {running[row.field] // row.unit}, {row.meaning}."
        for name, row in ROWS.items()
        if row.field in running
    ]
