"""A student's feedback: one page that needs nothing beside it, and in which nothing runs."""

from __future__ import annotations

import base64
import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

import nbformat
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from ..checks import EXERCISES
from ..checks.render import to_html
from .autograded import verdict_of
from .matching import grade_id, is_solution
from .pages import CONTROL, book_link, environment, printable
from .results import Result

_MOST_CODE = 100_000  # characters of one cell


class ByHand(NamedTuple):
    """What a person entered for a cell: points instead of the check's, points on top, a comment."""

    points: float | None = None
    extra: float = 0.0
    comment: str = ""


class Cell(NamedTuple):
    """A cell as the page shows it: its code, drawn, and what it put out."""

    name: str
    code: Markup
    text: str
    error: str
    images: tuple[str, ...]


class Part(NamedTuple):
    """One exercise: its points, the student's code, what the checks say, what a person said.

    Of an answer that a person grades, ``text`` is what was written, ``blank`` whether that is nothing,
    and ``waits`` whether it has no points yet.
    """

    name: str
    title: str
    points: float
    max_points: float
    cell: Cell | None
    verdicts: tuple[Markup, ...]
    comments: tuple[str, ...]
    link: str = ""
    ordinary: bool = False
    text: str = ""
    blank: bool = False
    waits: bool = False


def render(result: Result, notebook: Any, by_hand: Mapping[str, ByHand], book: str) -> str:
    """Return the page.

    Parameters
    ----------
    result : Result
        With a mark.
    notebook : NotebookNode
        The autograded one.
    by_hand : mapping of str to ByHand
        By name of the cell.
    book : str
        Where the book's pages are, as seen from the page: an address or a relative path.

    Returns
    -------
    str
        HTML without scripts, and without a source of anything. What a hidden check was called with
        is not in it.
    """
    parts = [_part(name, rows, notebook, by_hand, book) for name, rows in _group(result).items()]
    parts += [_answer(row, notebook, by_hand.get(row["cell"], ByHand())) for row in result.by_hand]
    own = [_cell(cell, "") for cell in notebook.cells if cell.cell_type == "code" and _is_own(cell)]
    text = (
        environment()
        .get_template("feedback.html.j2")
        .render(
            result=result,
            parts=parts,
            own=[cell for cell in own if cell.code],
            said=_said_elsewhere(result, by_hand),
            points=sum(part.points for part in parts),
            waiting=sum(part.max_points for part in parts if part.waits),
        )
    )
    return CONTROL.sub("", text)


def _group(result: Result) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in result.exercises:
        groups.setdefault(entry["exercise"], []).append(entry)
    return groups


def _part(
    name: str,
    rows: list[dict[str, Any]],
    notebook: Any,
    by_hand: Mapping[str, ByHand],
    book: str,
) -> Part:

    cells = [cell for cell in notebook.cells if grade_id(cell) == name and is_solution(cell)]
    ordinary = any(row.get("ordinary") for row in rows)
    hands = [by_hand.get(cell, ByHand()) for cell in (name, *(row["cell"] for row in rows))]
    points = sum(
        (row["mark"] or 0.0 if hand.points is None else hand.points) + hand.extra
        for row, hand in zip(rows, hands[1:], strict=True)
    )
    ours = name in EXERCISES and not all(row.get("ordinary") for row in rows)
    title = EXERCISES[name].title if ours else rows[0]["title"]
    return Part(
        name,
        title,
        round(points, 6),
        sum(row["max_points"] for row in rows),
        _cell(cells[0], name) if cells else None,
        tuple(Markup(to_html(verdict_of(row))) for row in rows),  # escapes all that it is given
        tuple(hand.comment for hand in hands if hand.comment),
        book_link(book, name) if ours else "",
        ordinary,
    )


def _answer(row: Mapping[str, Any], notebook: Any, hand: ByHand) -> Part:
    """Return the part of a cell that a person grades."""
    name = row["cell"]
    mark = row["mark"] if hand.points is None else hand.points
    cell = next((cell for cell in notebook.cells if grade_id(cell) == name), None)
    code = cell is not None and cell.cell_type == "code"
    return Part(
        name,
        name,
        round((mark or 0.0) + hand.extra, 6),
        row["max_points"],
        _cell(cell, name) if code else None,
        (),
        (hand.comment,) if hand.comment else (),
        text="" if cell is None or code else printable(cell.source)[:_MOST_CODE],
        blank=row["mark"] is not None,
        waits=mark is None,
    )


def _said_elsewhere(result: Result, by_hand: Mapping[str, ByHand]) -> list[tuple[str, str]]:
    """Return the comments on cells that have no part of their own, with the cells' names."""
    shown = {row["cell"] for row in (*result.exercises, *result.by_hand)}
    shown |= {row["exercise"] for row in result.exercises}
    return [
        (cell, hand.comment) for cell, hand in by_hand.items() if hand.comment and cell not in shown
    ]


def _is_own(cell: Any) -> bool:
    return not grade_id(cell) or (is_solution(cell) and not cell.source.strip())


def _cell(cell: Any, name: str) -> Cell:
    texts, errors, images = [], [], []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            texts.append(str(output.text))
        elif output.output_type == "error":
            errors.append(f"{output.ename}: {output.evalue}".rstrip(": "))
        elif "image/png" in output.get("data", {}):
            images.append(_checked_image(output.data["image/png"]))
    return Cell(
        name,
        draw_code(cell.source),
        printable("".join(texts)),
        printable("\n".join(errors)),
        tuple(filter(None, images)),
    )


def _checked_image(data: Any) -> str:
    """Return a picture's text if it is the PNG that it says it is."""
    try:
        image = base64.b64decode(data, validate=True)
    except (ValueError, TypeError):
        return ""
    return base64.b64encode(image).decode() if image.startswith(b"\x89PNG\r\n\x1a\n") else ""


@functools.cache
def _formatter() -> Any:
    return HtmlFormatter(nowrap=True)


def draw_code(source: str) -> Markup:
    r"""Return Python code with its words marked by classes, and escaped.

    Examples
    --------
    >>> draw_code("a < b")
    Markup('<span class="n">a</span> <span class="o">&lt;</span> <span class="n">b</span>\n')
    """
    text = CONTROL.sub("", source[:_MOST_CODE])
    return Markup(highlight(text, PythonLexer(), _formatter())) if text.strip() else Markup()


def read(text: str) -> Any:
    """Return an autograded notebook from its JSON."""
    return nbformat.reads(text, as_version=4)
