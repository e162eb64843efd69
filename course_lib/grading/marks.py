"""Reading an executed notebook: the verdicts that the checks showed, and the marks nbgrader gives."""

from __future__ import annotations

import re
from typing import Any

import nbformat

from ..checks.render import MIME
from . import ordinary
from .people import entry, is_for_people

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_TEXTS = ("title", "cause", "misconception", "mistake", "help", "printed")


def grade_cells(notebook: Any) -> list[Any]:
    """Return the cells that give points."""
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def max_points(notebook: Any) -> float:
    """Return the points that a notebook can give."""
    return float(sum(cell.metadata.nbgrader.points for cell in grade_cells(notebook)))


def settle(notebook: Any) -> list[str]:
    """See to it that no check gives points by accident; return a note for each that would have.

    nbgrader gives full marks for a result that is not a number, and for none at all, and stops at one
    that is too large. A check of this course either raises or returns a number within its points.
    """
    notes = []
    for cell in grade_cells(notebook):
        if is_for_people(cell) or any(o.output_type == "error" for o in cell.outputs):
            continue
        mark = _result(cell)
        if mark is None and not ordinary.is_check(cell.source):
            continue  # a test of the usual kind, which gives all of its points
        most = float(cell.metadata.nbgrader.points)
        if mark is None or not 0 <= mark <= most:
            what = "reported no points" if mark is None else f"reported {mark:g} of {most:g} points"
            name = cell.metadata.nbgrader.grade_id
            notes.append(f"the check in cell {name} {what}: it counts as 0")
            message = f"This check {what}, so it counts as 0. Is `check` still the course's?"
            error = nbformat.v4.new_output(
                "error", ename="NoPoints", evalue=message, traceback=[message]
            )
            cell.outputs.insert(0, error)  # first, because nbgrader looks no further
    return notes


def _result(cell: Any) -> float | None:
    """Return the number that a cell evaluated to."""
    for output in cell.outputs:
        if output.output_type == "execute_result":
            try:
                return float(output.data.get("text/plain", ""))
            except ValueError:
                return None
    return None


def read_checks(notebook: Any) -> list[dict[str, Any]]:
    """Return one entry for each cell that a test grades: its verdict, its name, and nbgrader's mark."""
    from nbgrader.utils import determine_grade

    entries = []
    tests = ordinary.owners(notebook.cells)
    for cell in grade_cells(notebook):
        if is_for_people(cell):
            continue
        name = str(cell.metadata.nbgrader.grade_id)
        if name in tests:
            mark, most = determine_grade(cell)
            entries.append(ordinary.entry(name, tests[name], mark, most, _error_of(cell)))
            continue
        exercise, _, kind = name.rpartition("-")
        mark, most = determine_grade(cell)
        verdict = _verdict(cell, exercise) or _without_verdict(cell, exercise, kind == "hidden")
        entries.append({**verdict, "cell": name, "mark": mark, "max_points": most})
    return entries


def read_by_hand(notebook: Any) -> list[dict[str, Any]]:
    """Return one entry for each cell that a person grades."""
    from nbgrader.utils import determine_grade

    entries = []
    for cell in notebook.cells:
        row = cell.metadata.get("nbgrader", {})
        if row.get("task") or (row.get("grade") and is_for_people(cell)):
            begun = bool(row.get("task")) or determine_grade(cell)[0] is None
            entries.append(entry(str(row.grade_id), float(row.points), begun))
    return entries


def _verdict(cell: Any, exercise: str) -> dict[str, Any] | None:
    """Return the last verdict that a cell displayed on its exercise, checked for its form."""
    found = None
    for output in cell.get("outputs", []):
        data = output.get("data", {}).get(MIME)
        if isinstance(data, dict) and data.get("exercise") == exercise:
            found = data
    if found is None or not isinstance(found.get("outcomes"), list):
        return None
    entry = {name: str(found.get(name) or "") for name in _TEXTS}
    outcomes = [
        {key: str(row.get(key, "")) for key in ("name", "sentence", "status")}
        for row in found["outcomes"]
        if isinstance(row, dict)
    ]
    points = found.get("points")
    return {
        "exercise": exercise,
        **entry,
        "points": points if isinstance(points, int | float) else 0.0,
        "outcomes": outcomes,
        "evidence": found.get("evidence"),
        "hidden": found.get("hidden") is True,
    }


def _without_verdict(cell: Any, exercise: str, hidden: bool) -> dict[str, Any]:
    """Return an entry for a check that never came to a verdict: its error is the cause."""
    return {
        "exercise": exercise,
        **dict.fromkeys(_TEXTS, ""),
        "cause": _error_of(cell) or "The check did not run.",
        "points": 0.0,
        "outcomes": [],
        "evidence": None,
        "hidden": hidden,
    }


def _error_of(cell: Any) -> str:
    """Return the last error that a cell ended with, in one line; empty if there is none."""
    found = ""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            found = _ANSI.sub("", f"{output.ename}: {output.evalue}".rstrip(": "))
    return found
