"""Which cell of a submission was which cell of the course's notebook.

By its name (``grade_id``), else by its cell id, else by its text, else by where it stands: programs
such as Colab and VS Code may strip one or the other.
"""

from __future__ import annotations

import difflib
import functools
import re
from typing import Any

ALIKE = 0.6  # share of lines in common from which on a text is taken for an edited one
_DEFINED = re.compile(r"^(?:def +(\w+) *\(|(\w+) *=(?!=))", re.MULTILINE)
_MOST_TEXT = 50_000  # characters of a cell,
_MOST_LINES = 200  # lines of a cell, and
_MOST_CELLS = 100  # cells of a submission, that are compared


def grade_id(cell: Any) -> str:
    """Return a cell's name; empty if it has none.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell
    >>> grade_id(new_code_cell(metadata={"nbgrader": {"grade_id": "adam_step"}}))
    'adam_step'
    >>> grade_id(new_code_cell(metadata={"nbgrader": "nonsense"}))
    ''
    """
    metadata = cell["metadata"].get("nbgrader")
    name = metadata.get("grade_id", "") if isinstance(metadata, dict) else ""
    return name if isinstance(name, str) else ""


def is_solution(cell: Any) -> bool:
    """Whether a released cell is one for the student to write in."""
    return bool(cell["metadata"]["nbgrader"].get("solution"))


class Same:
    """Something that is the same as another if it is this very object, whatever is in it.

    Parameters
    ----------
    it : object
    """

    __slots__ = ("it",)

    def __init__(self, it: Any) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


@functools.lru_cache(64)  # each submission is compared with the same
def known(originals: Same) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the released cells by their name, and these names by the cells' ids.

    Parameters
    ----------
    originals : Same
        The list of them, which is never changed.
    """
    named = {name: cell for cell in originals.it if (name := grade_id(cell))}
    return named, {cell["id"]: name for name, cell in named.items() if cell.get("id")}


def match(cells: list[Any], originals: list[Any]) -> tuple[dict[int, str], list[str]]:
    """Find the released cell of each submitted one.

    Parameters
    ----------
    cells, originals : list of NotebookNode
        Cells of the submission and of the released notebook.

    Returns
    -------
    matches : dict of int to str
        The released cell's name by the position of the submitted one.
    notes : list of str
        Names that stood there more than once.
    """
    named, by_cell_id = known(Same(originals))
    found: dict[str, int] = {}
    notes = []
    for position, cell in enumerate(cells):
        name = grade_id(cell)
        if name in named:
            if name in found:
                notes.append(f"cell {name} stood there more than once; the last one counts")
            found[name] = position  # of several, the last counts, as for nbgrader
    for position, cell in _free(cells, found):
        name = by_cell_id.get(cell.get("id"), "")
        if name and name not in found and grade_id(cell) not in named:
            found[name] = position
    if len(found) < len(named):
        _by_same_text(cells, named, found)
        _by_definition(cells, named, found)
        _by_likeness(cells, named, found)
        _by_position(cells, named, found)
    return {position: name for name, position in found.items()}, list(dict.fromkeys(notes))


def _free(cells: list[Any], found: dict[str, int]) -> list[tuple[int, Any]]:
    taken = set(found.values())
    return [(position, cell) for position, cell in enumerate(cells) if position not in taken]


def _by_same_text(cells: list[Any], named: dict[str, Any], found: dict[str, int]) -> None:
    texts: dict[str, list[int]] = {}
    for position, cell in _free(cells, found):
        texts.setdefault(cell["source"].strip(), []).append(position)
    for name, original in named.items():
        places = texts.get(original["source"].strip())
        if name not in found and places:
            found[name] = places.pop(0)


def _by_definition(cells: list[Any], named: dict[str, Any], found: dict[str, int]) -> None:
    """Match a solution cell with the last cell that defines what it is there to define."""
    wanted = {
        defined: name
        for name, original in named.items()
        if name not in found and original["cell_type"] == "code" and is_solution(original)
        for defined in definitions(original["source"])[:1]
    }
    for position, cell in _free(cells, found):
        for defined in definitions(cell["source"]):
            if defined in wanted and cell["cell_type"] != "markdown":
                found[wanted[defined]] = position


def definitions(source: str) -> list[str]:
    r"""Return the names that a text defines at its left margin: functions, then values.

    Examples
    --------
    >>> definitions("rate = None  # until you answer")
    ['rate']
    >>> definitions("import numpy as np\n\ndef f(x):\n    y = x\n    return y")
    ['f']
    """
    found = _DEFINED.findall(source[:_MOST_TEXT])
    functions = [function for function, _ in found if function]
    return functions + [value for _, value in found if value]


def _by_likeness(cells: list[Any], named: dict[str, Any], found: dict[str, int]) -> None:
    missing = [
        (name, original)
        for name, original in named.items()
        if name not in found and (original["cell_type"] == "code" or is_solution(original))
    ]
    rows = []
    for position, cell in _free(cells, found)[:_MOST_CELLS]:
        matcher = difflib.SequenceMatcher(None, autojunk=False)
        matcher.set_seq2(_lines(cell["source"]))
        for name, original in missing:
            if cell["cell_type"] != original["cell_type"]:
                continue
            matcher.set_seq1(_lines(original["source"]))
            if matcher.quick_ratio() >= ALIKE and (ratio := matcher.ratio()) >= ALIKE:
                rows.append((ratio, name, position))
    for _, name, position in sorted(rows, key=lambda row: -row[0]):
        if name not in found and position not in found.values():
            found[name] = position


def _lines(source: str) -> list[str]:
    return [line.strip() for line in source[:_MOST_TEXT].splitlines() if line.strip()][:_MOST_LINES]


def _by_position(cells: list[Any], named: dict[str, Any], found: dict[str, int]) -> None:
    """Match a solution cell with the only code cell between its neighbors, if there is just one."""
    order = list(named)
    for index, name in enumerate(order):
        if name in found or not is_solution(named[name]):
            continue
        before = [found[other] for other in order[:index] if other in found]
        after = [found[other] for other in order[index + 1 :] if other in found]
        if not before or not after:
            continue
        between = [
            position
            for position, cell in _free(cells, found)
            if before[-1] < position < after[0] and cell["cell_type"] == named[name]["cell_type"]
        ]
        if len(between) == 1:
            found[name] = between[0]
