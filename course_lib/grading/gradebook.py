"""nbgrader's gradebook: is it one, is it free, and the one place that writes marks into it."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import nbformat
import sqlalchemy as sa
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import SaveAutoGrades
from sqlalchemy.exc import SAWarning

from .course import Notes, make_logger
from .database import as_url as as_url
from .database import explain as explain
from .database import require as require
from .database import shown as shown
from .page import ByHand


def write_marks(url: str, assignment: str, student: str, notebook: str) -> None:
    """Write the marks of an executed notebook, with nbgrader's own preprocessor."""
    _register(url, assignment, student)
    names = {"notebook": assignment, "assignment": assignment, "student": student}
    saver = SaveAutoGrades()
    saver.log = make_logger(Notes())
    nb = nbformat.reads(notebook, as_version=4)
    saver.preprocess(nb, {"nbgrader": {**names, "db_url": url}})
    present = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells}
    _clear(url, assignment, student, keep=present)


def clear_marks(url: str, assignment: str, student: str) -> None:
    """Take back every automatic mark of a submission; it then waits for a person.

    What a person entered stays, flagged for review, as nbgrader does it.
    """
    _register(url, assignment, student)
    _clear(url, assignment, student, keep=set())


def _register(url: str, assignment: str, student: str) -> None:
    with Gradebook(url) as gradebook, warnings.catch_warnings():
        # nbgrader builds a submission step by step; SQLAlchemy 2.1 warns of the half-built one.
        warnings.simplefilter("ignore", SAWarning)
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(assignment, student)


def _clear(url: str, assignment: str, student: str, keep: set[Any]) -> None:
    with Gradebook(url) as gradebook:
        for notebook in gradebook.find_submission(assignment, student).notebooks:
            for grade in notebook.grades:
                if grade.cell.name not in keep:
                    grade.auto_score = None
                    grade.needs_manual_grade = True
        gradebook.db.commit()


def read_marks(url: str) -> dict[tuple[str, str], dict[str, float | None]]:
    """Return all automatic marks: by student and assignment, then by cell."""
    with Gradebook(url) as gradebook:
        rows = stream_marks(gradebook.engine)
        return {(student, assignment): marks for student, assignment, marks in rows}


def stream_marks(engine: Any) -> Iterator[tuple[str, str, dict[str, float | None]]]:
    """Yield student, assignment and automatic marks by cell of each submission, one at a time."""
    query = (
        sa.select(SubmittedAssignment.student_id, Assignment.name, BaseCell.name, Grade.auto_score)
        .select_from(Grade)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .order_by(Assignment.name, SubmittedAssignment.student_id)
        .execution_options(yield_per=5_000)
    )
    with engine.connect() as line:
        groups = itertools.groupby(line.execute(query), key=lambda row: (row[0], row[1]))
        for (student, assignment), rows in groups:
            yield student, assignment, {cell: mark for _, _, cell, mark in rows}


def read_by_hand(url: str) -> dict[tuple[str, str], dict[str, ByHand]]:
    """Return what people entered: by student and assignment, then by cell."""
    found: dict[tuple[str, str], dict[str, ByHand]] = {}
    with Gradebook(url) as gradebook:
        for table, columns in (
            (Grade, (Grade.manual_score, Grade.extra_credit)),
            (Comment, (Comment.manual_comment,)),
        ):
            rows = (
                gradebook.db.query(
                    SubmittedAssignment.student_id, Assignment.name, BaseCell.name, *columns
                )
                .select_from(table)
                .join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
                .join(
                    SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id
                )
                .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
                .join(BaseCell, BaseCell.id == table.cell_id)
                .where(sa.or_(*(column.is_not(None) for column in columns)))
            )
            for student, assignment, cell, *values in rows:
                cells = found.setdefault((student, assignment), {})
                hand = cells.get(cell, ByHand())  # an essay can have points and a comment
                if table is Grade:
                    cells[cell] = hand._replace(points=values[0], extra=values[1] or 0.0)
                else:
                    cells[cell] = hand._replace(comment=values[0])
    return found


def canonical(url: str) -> list[tuple[Any, ...]]:
    """Return all that a gradebook says of submissions, sorted, without its identifiers."""
    rows: list[tuple[Any, ...]] = []
    with Gradebook(url) as gradebook:
        for sent in gradebook.db.query(SubmittedAssignment):
            who = sent.student.id, sent.assignment.name, sent.timestamp, sent.score
            for book in sent.notebooks:
                rows += [
                    (*who, g.name, g.auto_score, g.manual_score, g.needs_manual_grade, g.max_score)
                    for g in book.grades
                ]
                rows += [(*who, c.name, c.auto_comment, c.manual_comment) for c in book.comments]
    return sorted(rows, key=repr)
