"""What the course asks of an exercise beside its check: ``course checks NAME`` tells what is missing.

Each has a test of its own. Who makes an exercise should not have to find that out from all tests.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ..checks import Exercise
from .course import Course
from .prove import both

MOST = 0.25  # share of a check's points that a mistake keeps at most


def missing(course: Course, exercise: Exercise) -> list[str]:
    """Return what the book lacks: the section that explains the exercise, and an objective.

    Parameters
    ----------
    course : Course
        What it has no book for is not asked.
    exercise : Exercise
    """
    found = []
    page = course.root / "book" / f"{exercise.chapter}.md"
    if page.is_file():
        label = f"({exercise.section})="
        if not exercise.section or label not in page.read_text(encoding="utf-8"):
            what = f"no section labeled {label}" if exercise.section else "section= is empty"
            found.append(f"book/{page.name}: {what}; the exercise names the one that explains it")
    rows = _read(course.root / "book" / "objectives.toml").get("chapter")
    if rows is not None:
        shown = {name for chapter in rows.values() for row in chapter for name in _shown(row)}
        if exercise.name not in shown:
            found.append(f"book/objectives.toml: no objective that {exercise.name} shows")
    return found


def _shown(row: dict[str, Any]) -> list[str]:
    """Return the exercises of an objective, of some only properties."""
    return [*row.get("exercises", ()), *(p.partition(".")[0] for p in row.get("properties", ()))]


def generous(course: Course, exercise: Exercise) -> list[str]:
    """Return the mistakes that keep a quarter of a check's points or more, without a reason given."""
    listed = _read(course.root / "tests" / "checks" / "partly_right.toml")
    reasoned = listed.get(exercise.name, {}).get("mistakes", ())
    found = []
    for wrong in exercise.misconceptions:
        verdicts = both(exercise, wrong.function)
        share = max(verdict.points / verdict.max_points for verdict in verdicts)
        if share >= MOST and wrong.name not in reasoned:
            found.append(
                f"{wrong.name} keeps {share:.0%} of the points: let properties come after the one that "
                "it breaks, or say in tests/checks/partly_right.toml why it should"
            )
    return found


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
