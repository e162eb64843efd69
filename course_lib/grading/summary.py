"""``course check``: what the checks of a notebook say, in one table, for the one who wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from rich.markup import escape
from rich.table import Table

from . import intake, marks
from .execute import Limits, Stopped, execute
from .ui import Problem

LIMITS = Limits(cell=30, total=150)


def check(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Run a notebook, in a kernel of its own, and read its checks. The file is not changed.

    Parameters
    ----------
    path : Path

    Returns
    -------
    checks : list of dict
        As :func:`course_lib.grading.marks.read_checks` gives them, without the ones that are only
        there after handing in.
    notes : list of str
        Cells that ran out of time.

    Raises
    ------
    Problem
        If the file is not there, not a notebook, or can't be run to its end.
    """
    if not path.is_file():
        raise Problem(f"There is no file {path}. Pass a notebook, such as exercises/x/x.ipynb.")
    try:
        notebook = intake.read(path)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []
        nbformat.validate(notebook)
        late = execute(notebook, LIMITS)
    except (intake.Unreadable, Stopped) as reason:
        raise Problem(f"{path}: {reason}") from None
    except nbformat.ValidationError as error:
        raise Problem(f"{path} is not a valid notebook: {error.message[:200]}") from None
    shown = [cell for cell in marks.grade_cells(notebook) if "check." in cell.source]
    if not shown:
        raise Problem(
            f"{path} has no cells with checks (check.…). Pass a notebook of the course's exercises."
        )
    names = {cell.metadata.nbgrader.grade_id for cell in shown}
    return [entry for entry in marks.read_checks(notebook) if entry["cell"] in names], late


def to_table(path: Path, checks: list[dict[str, Any]]) -> Table:
    """Return one row a check."""
    earned = sum(entry["mark"] or 0 for entry in checks)
    most = sum(entry["max_points"] for entry in checks)
    title = f"{escape(path.name)}: {earned:g} of {most:g} points so far"
    table = Table("exercise", title=title, title_justify="left")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("first cause")
    table.add_column("looks like")
    for entry in checks:
        table.add_row(
            entry["exercise"],
            f"{entry['mark'] or 0:g} / {entry['max_points']:g}",
            escape(entry["cause"]) or "✓",
            escape(entry["mistake"]),
        )
    return table
