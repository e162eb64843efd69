"""From a submitted file to a notebook that can be graded: found, read, and put right.

Only the text of solution cells and the student's own cells are taken over. Everything that belongs
to the course (tests, points, metadata) comes from the released notebook, whatever the file says.
"""

from __future__ import annotations

import copy
import json
import warnings
from pathlib import Path
from typing import Any

import nbformat

MAX_BYTES = 20_000_000


class Unreadable(Exception):  # noqa: N818  # an outcome, told to the instructor
    """The submission can't be graded; the message says why and what to do."""


def find_notebook(folder: Path, assignment: str) -> tuple[Path, list[str]]:
    """Return the submitted notebook, and notes if it had to be guessed.

    Raises
    ------
    Unreadable
        If there is none, or several that could be meant.
    """
    expected = folder / f"{assignment}.ipynb"
    found = sorted(path for path in folder.glob("*.ipynb") if path.is_file())
    if expected in found:
        return expected, []
    if len(found) == 1:
        return found[0], [f"the file is called {found[0].name}; it was taken for {expected.name}"]
    what = f"several notebooks ({len(found)})" if found else "no notebook"
    raise Unreadable(f"{what} in the submission; expected {expected.name}. Ask for it again.")


def read(path: Path) -> Any:
    """Read a notebook of any format version.

    Raises
    ------
    Unreadable
        If it is too large, not JSON, or not a notebook.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable(
            f"the file has {size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} are read. "
            "Ask for it again with its outputs cleared."
        )
    try:
        text = path.read_text(encoding="utf-8")
        json.loads(text)
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(
            f"the file is damaged: it is not valid JSON{where}, as after an upload that broke off. "
            "Ask for it again."
        ) from None
    except RecursionError:
        raise Unreadable("the file is nested too deeply to be a notebook.") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of missing cell ids: they get one below
            notebook = nbformat.reads(text, as_version=4)
        cells = [(cell.cell_type, cell.source.strip(), cell.metadata) for cell in notebook.cells]
    except Exception as error:
        raise Unreadable(
            f"the file is not a notebook that can be read ({type(error).__name__}). "
            "Ask for it again, saved by Jupyter."
        ) from None
    if not cells:
        raise Unreadable("the notebook has no cells. Ask for it again.")
    return notebook


def repair(notebook: Any, release: Any) -> tuple[Any, list[str]]:
    """Rebuild a submitted notebook from the released one.

    Parameters
    ----------
    notebook, release : NotebookNode
        The submitted and the released notebook; neither is changed.

    Returns
    -------
    notebook : NotebookNode
        In the student's order, without outputs.
    notes : list of str
        What had to be put right; empty for a submission as it should be.
    """
    originals = {_grade_id(cell): cell for cell in release.cells if _grade_id(cell)}
    matches = _match(notebook.cells, release.cells)
    notes: list[str] = []
    cells = []
    for position, cell in enumerate(notebook.cells):
        name = matches.get(position, "")
        if name:
            cells.append(_restore(cell, originals[name], notes))
        elif cell.cell_type in ("code", "markdown", "raw"):
            cells.append(_plain(cell))
    present = set(matches.values())
    for name, original in originals.items():
        if name not in present and _needed(original):
            cells.insert(_place(name, list(originals), cells), copy.deepcopy(original))
            notes.append(f"cell {name} was missing and was put back")
    rebuilt = copy.deepcopy(release)
    rebuilt.cells = cells
    _distinct_ids(cells)
    return rebuilt, notes


def _grade_id(cell: Any) -> str:
    metadata = cell.metadata.get("nbgrader")
    name = metadata.get("grade_id", "") if isinstance(metadata, dict) else ""
    return name if isinstance(name, str) else ""


def _is_solution(cell: Any) -> bool:
    return bool(cell.metadata.nbgrader.get("solution"))


def _needed(cell: Any) -> bool:
    """Whether grading needs a cell: text that explains can be missing."""
    return cell.cell_type == "code" or bool(cell.metadata.nbgrader.get("grade"))


def _match(cells: list[Any], originals: list[Any]) -> dict[int, str]:
    """Find the released cell of each submitted one: by its nbgrader id, else by its cell id."""
    by_cell_id = {cell.get("id"): _grade_id(cell) for cell in originals}
    known = set(by_cell_id.values()) - {""}
    matches: dict[str, int] = {}
    for position, cell in enumerate(cells):
        name = _grade_id(cell)
        if name in known:
            matches[name] = position  # of several, the last counts, as for nbgrader
    for position, cell in enumerate(cells):
        name = by_cell_id.get(cell.get("id"), "")
        if name and name not in matches and not _grade_id(cell):
            matches[name] = position
    return {position: name for name, position in matches.items()}


def _restore(cell: Any, original: Any, notes: list[str]) -> Any:
    """Return the released cell, with the student's text if it is a solution cell."""
    new = copy.deepcopy(original)
    name = _grade_id(original)
    if _is_solution(original):
        new.source = cell.source
        if cell.cell_type != original.cell_type:
            notes.append(f"cell {name} had become a {cell.cell_type} cell")
    elif cell.source.rstrip() != original.source.rstrip() or cell.cell_type != original.cell_type:
        notes.append(f"cell {name} had been changed and was restored")
    given = cell.metadata.get("nbgrader")
    keys = ("grade", "grade_id", "locked", "points", "solution")
    if not isinstance(given, dict) or any(
        given.get(key) != original.metadata.nbgrader.get(key) for key in keys
    ):
        notes.append(f"the metadata of cell {name} was restored")
    return new


def _plain(cell: Any) -> Any:
    """Return the student's own cell, without outputs and without claims to be graded."""
    new = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")(cell.source)
    if cell.get("id"):
        new["id"] = cell["id"]
    return new


def _place(name: str, order: list[str], cells: list[Any]) -> int:
    """Return where a missing cell goes: behind the nearest earlier cell that is there."""
    positions = {_grade_id(cell): position for position, cell in enumerate(cells)}
    for earlier in reversed(order[: order.index(name)]):
        if earlier in positions:
            return positions[earlier] + 1
    return 0


def _distinct_ids(cells: list[Any]) -> None:
    """Give cells whose id is taken or missing another one: a notebook must not repeat them."""
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        if not cell.get("id") or cell["id"] in seen:
            cell["id"] = f"cell-{number}"
        seen.add(cell["id"])
