"""What grading one submission leads to: plain data, kept in the journal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple, TextIO

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
    engine : str
        What graded it, ``judge`` or ``nbgrader``.
    unanswered : tuple of str
        Solution cells that are as they were released.
    cpu : float
        Processor time of the submission's own process, in seconds; 0 if it was not measured.
    memory : int
        Largest resident size of that process, in bytes; 0 if it was not measured.
    by_hand : tuple of dict
        Cells that a person grades, as :func:`course_lib.grading.people.entry` writes them. ``max_points``
        counts them.
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
    engine: str = "nbgrader"
    unanswered: tuple[str, ...] = ()
    cpu: float = 0.0
    memory: int = 0
    by_hand: tuple[dict[str, Any], ...] = ()


def from_dict(data: Any) -> Result | None:
    """Return a result from its JSON form; None if it is none, or from another version.

    Examples
    --------
    >>> from_dict({"schema": 99}) is None
    True
    """
    try:
        if data["schema"] != SCHEMA:
            return None
        row = {name: value for name, value in data.items() if name not in ("schema", "head")}
        for name in ("exercises", "repaired", "notes", "unanswered", "by_hand"):
            row[name] = tuple(row.get(name, ()))
        return Result(**row)
    except (KeyError, TypeError, AttributeError):
        return None


_SLIM = ("cell", "mark", "max_points", "ordinary")


def slim(result: Result) -> Result:
    """Return a result with what the gradebook takes of its exercises, a thirtieth of the whole.

    Examples
    --------
    >>> entry = {"cell": "a", "mark": 1.0, "max_points": 2.0, "help": "Use the old v."}
    >>> slim(Result("ada", "x", "graded", 1.0, 2.0, (entry,))).exercises
    ({'cell': 'a', 'mark': 1.0, 'max_points': 2.0},)
    """
    rows = ({name: row[name] for name in _SLIM if name in row} for row in result.exercises)
    return result._replace(exercises=tuple(rows))


class Summary:
    """Counts and mean of a class, taken one result at a time."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys((*_STATUSES, "grader_failed"), 0)
        self._sum, self._seconds = 0.0, 0.0

    def add(self, result: Result) -> None:
        """Count one result."""
        self._counts[result.status] += 1
        self._counts["grader_failed"] += result.grader_failed
        self._sum += result.points or 0.0
        self._seconds += result.seconds

    def to_dict(self) -> dict[str, Any]:
        """Return the figures.

        Examples
        --------
        >>> summary = Summary()
        >>> summary.add(Result("ada", "x", "failed", None, 2.0, seconds=1.0))
        >>> summary.to_dict()
        {'submissions': 1, 'graded': 0, 'repaired': 0, 'failed': 1, 'grader_failed': 0, 'mean_points': None, 'seconds': 1.0}
        """
        marked = self._counts["graded"] + self._counts["repaired"]
        return {
            "submissions": sum(self._counts[name] for name in _STATUSES),
            **self._counts,
            "mean_points": round(self._sum / marked, 2) if marked else None,
            "seconds": round(self._seconds, 1),
        }


def summarize(results: Iterable[Result]) -> dict[str, Any]:
    """Return counts and mean of a class."""
    summary = Summary()
    for result in results:
        summary.add(result)
    return summary.to_dict()


def write_json(results: Iterable[Result], out: TextIO) -> None:
    """Write the results of a class as JSON, schema 1, one after the other.

    Examples
    --------
    >>> import io, json
    >>> write_json([Result("ada", "x", "failed", None, 2.0)], out := io.StringIO())
    >>> list(json.loads(out.getvalue()))
    ['schema', 'results', 'summary']
    """
    summary = Summary()
    out.write(f'{{\n"schema": {SCHEMA},\n"results": [')
    for number, result in enumerate(results):
        summary.add(result)
        row = {name: value for name, value in result._asdict().items() if name != "key"}
        out.write(",\n" if number else "\n")
        out.write(json.dumps(row, ensure_ascii=False))
    out.write(f'\n],\n"summary": {json.dumps(summary.to_dict())}\n}}\n')


_STATUSES = ("graded", "repaired", "failed")
