"""What grading one submission leads to: plain data that is kept as JSON beside the gradebook."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, NamedTuple

Status = Literal["graded", "repaired", "failed"]
SCHEMA = 1


class Result(NamedTuple):
    """What became of one submission.

    Attributes
    ----------
    student, assignment : str
    status : {"graded", "repaired", "failed"}
        ``repaired`` is graded too, after something in the file was put right. ``failed`` has no mark.
    points : float or None
        None if there is no mark.
    max_points : float
    exercises : tuple of dict
        One for each check, as :class:`course_lib.checks.Verdict` writes itself, with the ``cell`` it
        stands in and the ``mark`` that nbgrader gave for it.
    repaired : tuple of str
        What was put right.
    notes : tuple of str
        What else happened, such as a cell that was stopped.
    reason : str
        Why there is no mark.
    sandbox : str
        What kept the student's code away from the machine.
    seconds : float
        Wall clock from reading the file to its mark.
    grader_failed : bool
        Whether it was the grader that failed, not the submission.
    key : str
        Hash of everything that the result depends on.
    """

    student: str
    assignment: str
    status: Status
    points: float | None
    max_points: float
    exercises: tuple[dict[str, Any], ...] = ()
    repaired: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""
    sandbox: str = "none"
    seconds: float = 0.0
    grader_failed: bool = False
    key: str = ""


def load(path: Path) -> Result | None:
    """Read a kept result; None if there is none, or it is from another version."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.pop("schema") != SCHEMA:
            return None
        for name in ("exercises", "repaired", "notes"):
            data[name] = tuple(data[name])
        return Result(**data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def save(path: Path, result: Result) -> None:
    """Keep a result; after a crash there is either the whole of it or the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"schema": SCHEMA, **result._asdict()}, indent=1, ensure_ascii=False)
    draft = path.with_suffix(".new")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)


def to_dict(results: Iterable[Result]) -> dict[str, Any]:
    """Return the results of a class as JSON-ready data, schema 1."""
    rows = [
        {name: value for name, value in result._asdict().items() if name != "key"}
        for result in results
    ]
    return {"schema": SCHEMA, "results": rows, "summary": summarize(rows)}


def summarize(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the counts and the mean of a class.

    Examples
    --------
    >>> summarize([{"status": "failed", "points": None, "seconds": 1.0, "grader_failed": False}])
    {'submissions': 1, 'graded': 0, 'repaired': 0, 'failed': 1, 'grader_failed': 0, 'mean_points': None, 'seconds': 1.0}
    """
    marks = [row["points"] for row in rows if row["points"] is not None]
    counts = {name: sum(row["status"] == name for row in rows) for name in _STATUSES}
    return {
        "submissions": len(rows),
        **counts,
        "grader_failed": sum(row["grader_failed"] for row in rows),
        "mean_points": round(sum(marks) / len(marks), 2) if marks else None,
        "seconds": round(sum(row["seconds"] for row in rows), 1),
    }


_STATUSES = ("graded", "repaired", "failed")


def find(home: Path) -> list[Result]:
    """Return all results that a class folder keeps, by assignment and student."""
    found = (load(path) for path in sorted(home.glob("results/*/*.json")))
    return [result for result in found if result is not None]


def path_of(home: Path, assignment: str, student: str) -> Path:
    """Return where a result is kept."""
    return home / "results" / assignment / f"{student}.json"
