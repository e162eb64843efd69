"""Reading a class's code for ``course similarity``, and the page and the JSON that it writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from . import intake
from .course import Course
from .matching import grade_id
from .pages import environment, printable
from .similarity import Pair, Print, pairs, prints
from .submissions import find_submissions
from .ui import Problem, progress


class Line(NamedTuple):
    """A line of code, and whether it is part of what both have."""

    text: str
    same: bool


class Side(NamedTuple):
    """A cell with something in common, as one of the two wrote it."""

    cell: str
    lines: tuple[Line, ...]


def find(
    course: Course, submitted: Path, assignment: str, most: int
) -> tuple[int, list[Pair], dict[str, dict[str, str]]]:
    """Return how many submissions were read, the pairs, and the code of those in them."""
    released = _cells(intake.parse(course.release(assignment).read_bytes()), {})
    texts: dict[str, str] = dict(released)
    code: dict[str, dict[str, str]] = {}
    found: dict[str, list[Print]] = {}
    rows = find_submissions(submitted, [assignment])
    with progress("Reading", len(rows)) as bar:
        for student, _, folder in rows:
            bar.advance(bar.task_ids[0])
            try:
                path, _ = intake.find_notebook(folder, assignment)
                cells = _cells(intake.parse(intake.load(path)), texts)
            except intake.Unreadable:
                continue  # course grade says why
            code[student] = cells
            found[student] = prints(cells)
    alike = pairs(found, prints(released), most)
    named = {name for pair in alike for name in (pair.one, pair.other)}
    return len(found), alike, {name: code[name] for name in named}


def _cells(notebook: Any, released: dict[str, str]) -> dict[str, str]:
    """Return code by name of the cell, without what is as it was released."""
    texts = set(released.values())
    return {
        grade_id(cell) or f"own cell {position}": cell.source
        for position, cell in enumerate(notebook.cells, 1)
        if cell.cell_type == "code" and cell.source not in texts
    }


def sides(pair: Pair, code: dict[str, dict[str, str]]) -> list[tuple[Side, Side]]:
    """Return the cells with something in common, of the one and of the other."""
    marked: dict[tuple[str, str], tuple[set[int], set[int]]] = {}
    for a, b in pair.spots:
        here, there = marked.setdefault((a.cell, b.cell), (set(), set()))
        here.update(range(a.first, a.last + 1))
        there.update(range(b.first, b.last + 1))
    return [
        (_side(code[pair.one], cells[0], lines[0]), _side(code[pair.other], cells[1], lines[1]))
        for cells, lines in marked.items()
    ]


def _side(code: dict[str, str], cell: str, same: set[int]) -> Side:
    rows = code[cell].split("\n")[:200]
    return Side(cell, tuple(Line(printable(text)[:200], n in same) for n, text in enumerate(rows)))


def write(
    out: Path, assignment: str, count: int, alike: Sequence[Pair], code: dict[str, dict[str, str]]
) -> Path:
    """Write ``similarity.html`` and ``similarity.json`` into a folder; return the page."""
    page = environment().get_template("similarity.html.j2").render(
        assignment=assignment,
        count=count,
        pairs=[(pair, sides(pair, code)) for pair in alike],
    )  # fmt: skip
    data = {
        "schema": 1,
        "assignment": assignment,
        "submissions": count,
        "pairs": [
            {
                "one": pair.one, "other": pair.other, "shared": pair.shared, "share": pair.share,
                "spots": [{"one": _where(a), "other": _where(b)} for a, b in pair.spots],
            }
            for pair in alike
        ],
    }  # fmt: skip
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "similarity.html").write_text(page, encoding="utf-8")
        (out / "similarity.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise Problem(f"Can't write into {out}: {error.strerror}. Choose another --out.") from None
    return out / "similarity.html"


def _where(spot: Print) -> dict[str, Any]:
    return {"cell": spot.cell, "lines": [spot.first + 1, spot.last + 1]}
