"""``course feedback``: one page a submission, that needs no network.

The judge's results get a page of our own; nbgrader's get nbgrader's, with all of the notebook.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from sqlalchemy.engine import make_url

from . import page
from .course import Course, Notes, converter, nbgrader_config
from .formulas import draw_formulas
from .gradebook import read_by_hand
from .pages import TEMPLATES, environment
from .results import Result
from .submissions import autograded_path, feedback_path, put
from .ui import Problem, progress


def write_all(
    course: Course, home: Path, url: str, found: Iterable[Result], book: str
) -> tuple[int, list[str]]:
    """Write a page for every submission, with or without a mark; a current page is left as it is.

    Parameters
    ----------
    course : Course
    home : Path
        The class's folder.
    url : str
        Its gradebook.
    found : iterable of Result
    book : str
        Where the book's pages are, as seen from a page.

    Returns
    -------
    there : int
        Pages that are there now.
    failures : list of str
        One line for each page that could not be made.
    """
    failures: list[str] = []
    changed = _last_change(url)
    by_hand = read_by_hand(url)
    count = 0
    with tempfile.TemporaryDirectory() as scratch, progress("Writing feedback", None) as bar:
        config = _config(course, home, url, Path(scratch))
        for result in found:
            count += 1
            try:
                hands = by_hand.get((result.student, result.assignment), {})
                if _is_current(home, result, changed):
                    pass
                elif result.status == "failed":
                    text = _no_mark(result, hands)
                    put(feedback_path(home, result.assignment, result.student), text.encode())
                elif result.engine == "judge":
                    _draw(home, result, hands, book)
                else:
                    _write(home, Path(scratch), config, result)
            except Problem as problem:
                failures.append(f"{result.student}, {result.assignment}: {problem.message}")
            bar.advance(bar.task_ids[0])
    return count - len(failures), failures


def _draw(home: Path, result: Result, by_hand: Mapping[str, page.ByHand], book: str) -> None:
    notebook = page.read(_source(home, result).read_text(encoding="utf-8"))
    text = page.render(result, notebook, by_hand, book)
    put(feedback_path(home, result.assignment, result.student), text.encode())


def _source(home: Path, result: Result) -> Path:
    source = autograded_path(home, result.assignment, result.student)
    if not source.is_file():
        raise Problem(f"{source} is gone. Grade it again: course grade -a {result.assignment}.")
    return source


def _config(course: Course, home: Path, url: str, scratch: Path) -> Any:
    import nbgrader

    config = nbgrader_config(
        course,
        autograded_directory=str(scratch),
        feedback_directory=str(home / "feedback"),
        db_url=url,
    )
    theirs = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    config.HTMLExporter.template_name = "feedback_offline"
    config.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), str(theirs)]
    return config


def _last_change(url: str) -> float:
    """Return when the marks or the look of the pages last changed, in seconds; inf if unknown."""
    database = make_url(url)
    if database.get_backend_name() != "sqlite" or not database.database:
        return math.inf
    book = Path(database.database)
    log = book.with_name(book.name + "-wal")  # what is not in the file itself yet
    sources = [book, log, Path(__file__), Path(page.__file__), *TEMPLATES.rglob("*.*")]
    return max(path.stat().st_mtime for path in sources if path.is_file())


def _is_current(home: Path, result: Result, changed: float) -> bool:
    """Whether a page is newer than everything it is made of."""
    path = feedback_path(home, result.assignment, result.student)
    source = autograded_path(home, result.assignment, result.student)
    if not (path.is_file() and source.is_file()):
        return False
    return path.stat().st_mtime > max(changed, source.stat().st_mtime)


def _write(home: Path, scratch: Path, config: Any, result: Result) -> None:
    source = _source(home, result)
    # nbgrader reads a copy in which the formulas are drawn; the autograded notebook stays as it is.
    copy = scratch / result.student / result.assignment / source.name
    copy.parent.mkdir(parents=True)
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = draw_formulas(cell.source)
    nbformat.write(notebook, copy)
    notes = Notes()
    work = converter(
        "GenerateFeedback",
        config,
        notes,
        assignment_id=result.assignment,
        student_id=result.student,
    )
    work.force = True
    try:
        work.start()
    except Exception as error:
        reason = notes.worst() or f"{type(error).__name__}: {error}"
        raise Problem(f"nbgrader could not make the page: {reason}") from None
    finally:
        shutil.rmtree(copy.parent.parent, ignore_errors=True)


def _no_mark(result: Result, by_hand: Mapping[str, page.ByHand]) -> str:
    # Reasons are written for who teaches the class; the page is read by who handed it in.
    reason = result.reason.replace("Ask for it again", "Hand it in again")
    told = result._replace(reason=reason)
    return (
        environment()
        .get_template("no_mark.html.j2")
        .render(
            result=told,
            points=sum((hand.points or 0.0) + hand.extra for hand in by_hand.values())
            if any(hand.points is not None for hand in by_hand.values())
            else None,
            comments=[hand.comment for hand in by_hand.values() if hand.comment],
        )
    )
