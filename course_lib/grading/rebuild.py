"""A submitted notebook put right: the course's cells as the course has them, with the student's text.

Only the text of solution cells and the student's own cells are taken over. Everything that belongs
to the course (tests, points, metadata, order) comes from the released notebook, whatever the file says.
"""

from __future__ import annotations

from typing import Any

from .matching import Same, grade_id, is_solution, known, match

_KEYS = ("grade", "grade_id", "locked", "points", "solution")
_FEW = 3  # cells that are named one by one; of more, only the number is told


def repair(notebook: Any, release: Any) -> tuple[Any, list[str]]:
    """Rebuild a submitted notebook from the released one.

    Parameters
    ----------
    notebook, release : NotebookNode
        The submitted and the released notebook; neither is changed.

    Returns
    -------
    notebook : NotebookNode
        In the course's order, without outputs. A student's own cell stays behind the course's cell
        that it stood behind. Metadata are the released notebook's own: replace them, don't write
        into them.
    notes : list of str
        What had to be put right; empty for a submission as it should be.
    """
    matches, notes = match(notebook.cells, release.cells)
    originals, _ = known(Same(release.cells))
    unmarked: list[str] = []
    groups: dict[str, list[Any]] = {"": []}
    name = ""
    for position, cell in enumerate(notebook.cells):
        if position in matches:
            name = matches[position]
            groups[name] = [_restore(cell, originals[name], notes, unmarked)]
        elif cell["cell_type"] in ("code", "markdown", "raw"):
            groups[name].append(_plain(cell))
    order = [name for name in originals if name in groups]
    if order != [name for name in groups if name]:
        notes.append("the cells stood in another order; they were put back in the course's")
    cells = list(groups[""])
    for name, original in originals.items():
        if name in groups:
            cells += groups[name]
        elif _needed(original):
            cells.append(_copied(original))
            notes.append(f"cell {name} was missing and was put back")
    notes += _about_metadata(unmarked)
    _distinct_ids(cells)
    rebuilt = type(release)(release)
    rebuilt.cells = cells
    return rebuilt, notes


def _needed(cell: Any) -> bool:
    """Whether grading needs a cell: text that explains can be missing."""
    row = cell["metadata"]["nbgrader"]
    return cell["cell_type"] == "code" or bool(row.get("grade") or row.get("task"))


def _restore(cell: Any, original: Any, notes: list[str], unmarked: list[str]) -> Any:
    """Return the released cell, with the student's text if it is a solution cell."""
    new = _copied(original)
    name = grade_id(original)
    if is_solution(original):
        new["source"] = cell["source"]
        if cell["cell_type"] != original["cell_type"]:
            notes.append(f"cell {name} had become a {cell['cell_type']} cell")
    elif (
        cell["source"].rstrip() != original["source"].rstrip()
        or cell["cell_type"] != original["cell_type"]
    ):
        notes.append(f"cell {name} had been changed and was restored")
    given, wanted = cell["metadata"].get("nbgrader"), original["metadata"]["nbgrader"]
    if not isinstance(given, dict) or any(given.get(key) != wanted.get(key) for key in _KEYS):
        unmarked.append(name)
    return new


def _about_metadata(names: list[str]) -> list[str]:
    if len(names) > _FEW:
        return [f"the metadata of {len(names)} cells was restored"]
    return [f"the metadata of cell {name} was restored" for name in names]


def _plain(cell: Any) -> Any:
    """Return the student's own cell, without outputs and without claims to be graded."""
    from nbformat import NotebookNode  # not needed to see that a submission is as it was

    new: dict[str, Any] = {"cell_type": cell["cell_type"], "source": cell["source"]}
    if cell.get("id"):
        new["id"] = cell["id"]
    if cell["cell_type"] == "code":
        new |= {"execution_count": None, "outputs": []}
    new["metadata"] = NotebookNode()
    return NotebookNode(new)


def _distinct_ids(cells: list[Any]) -> None:
    """Give cells whose id is taken or missing another one: a notebook must not repeat them."""
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        if not cell.get("id") or cell["id"] in seen:
            cell["id"] = f"cell-{number}"
            while cell["id"] in seen:
                cell["id"] += "x"
        seen.add(cell["id"])


def _copied(original: Any) -> Any:
    """Return a released cell, to be filled. Copying its metadata, too, would take longer than all else."""
    new = type(original)(original)
    if "outputs" in new:
        new["outputs"] = []
    return new
