"""Cells that a person grades: essays, code that no test can judge, and nbgrader's task cells.

No engine gives them points, with one exception that is nbgrader's too: an answer that was never begun
has 0, and *No response.* beside it. What a person enters in formgrader stands above both, and stays when
a submission is graded again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def is_for_people(cell: Any) -> bool:
    """Whether a cell that gives points gets them from a person.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_markdown_cell
    >>> essay = new_markdown_cell(metadata={"nbgrader": {"grade": True, "solution": True}})
    >>> test = new_code_cell(metadata={"nbgrader": {"grade": True, "solution": False}})
    >>> is_for_people(essay), is_for_people(test)
    (True, False)
    """
    row = cell.metadata.nbgrader
    return bool(row.get("task") or row.get("solution") or cell.cell_type != "code")


def entry(cell: str, most: float, begun: bool) -> dict[str, Any]:
    """Return what a result keeps of such a cell; without a mark, it waits for a person.

    Examples
    --------
    >>> entry("essay", 3.0, begun=False)
    {'cell': 'essay', 'mark': 0.0, 'max_points': 3.0}
    """
    return {"cell": cell, "mark": None if begun else 0.0, "max_points": most}


def waiting(entries: Iterable[Mapping[str, Any]], hands: Mapping[str, Any]) -> list[str]:
    """Return the cells that have neither a mark nor a person's points.

    Parameters
    ----------
    entries : iterable of mapping
        As :func:`entry` makes them.
    hands : mapping of str to ByHand
        What a person entered, by cell.
    """
    return [
        row["cell"]
        for row in entries
        if row["mark"] is None and ((hand := hands.get(row["cell"])) is None or hand.points is None)
    ]
