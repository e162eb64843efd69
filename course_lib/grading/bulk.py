"""Marks of many submissions into nbgrader's gradebook at once.

nbgrader's own way takes a dozen commits a submission. Here some statements write a batch, in one
transaction: after a crash either all of a batch is there or none of it, and the journal knows what
should be. Tables and their meaning are nbgrader's, read from its own definition.
"""

from __future__ import annotations

import logging
import os
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from nbgrader import api
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveCells
from sqlalchemy.dialects import postgresql, sqlite

from . import database
from .blueprint import Blueprint
from .course import Notes, make_logger
from .gradebook import shown, stream_marks
from .lines import digest_marks, marks_of
from .results import Result
from .ui import Problem

_TABLES = api.Base.metadata.tables
_MANY = 500  # rows in one condition


class Cells(NamedTuple):
    """What an assignment's cells are called in the gradebook.

    Attributes
    ----------
    assignment, notebook : str
        Identifiers.
    grades, comments : dict of str to str
        Identifier of each cell that can have a mark, or a comment, by its name.
    """

    assignment: str
    notebook: str
    grades: dict[str, str]
    comments: dict[str, str]


class Book:
    """A gradebook, open for writing in bulk.

    Parameters
    ----------
    url : str
    course_id : str
        As in the course's nbgrader configuration.
    """

    def __init__(self, url: str, course_id: str) -> None:
        self.url = url
        self.course_id = course_id
        backend = sa.engine.make_url(url).get_backend_name()
        patience = {"connect_args": {"timeout": database.PATIENCE}} if backend == "sqlite" else {}
        self.engine = sa.create_engine(url, **patience)
        self._insert: Any = postgresql.insert if backend == "postgresql" else sqlite.insert
        logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # what is lost is told in one line
        if backend == "sqlite":
            with self.engine.connect() as line:  # readers need not wait for the writer
                line.exec_driver_sql("pragma journal_mode=wal")
        self._cells: dict[str, Cells] = {}

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def prepare(self, blueprint: Blueprint) -> None:
        """See to it that an assignment's cells are in the gradebook as they are in its source.

        Raises
        ------
        Problem
            If cells were added or removed while there are submissions, which nbgrader forbids.
        """
        name = blueprint.assignment
        if not self._is_current(blueprint):
            saver = SaveCells()
            saver.log = make_logger(Notes())
            names = {"notebook": name, "assignment": name, "db_url": self.url}
            try:
                with Gradebook(self.url, self.course_id) as gradebook:
                    gradebook.update_or_create_assignment(name)
                saver.preprocess(blueprint.cells, {"nbgrader": names})
            except RuntimeError:
                raise Problem(
                    f"The graded cells of {name} have changed since submissions were graded into "
                    f"{shown(self.url)}, which nbgrader does not allow. Pass a new --gradebook."
                ) from None
        self._cells[name] = self._read_cells(name)

    def _is_current(self, blueprint: Blueprint) -> bool:
        """Whether the source cells in the gradebook are those of the source, and so are the points."""
        source, notebook = _TABLES["source_cell"], _TABLES["notebook"]
        base = _TABLES["base_cell"]
        mine = notebook.c.name == blueprint.assignment
        with self.engine.connect() as line:
            kept = line.execute(
                sa.select(source.c.name, source.c.checksum, source.c.source)
                .join(notebook, notebook.c.id == source.c.notebook_id)
                .where(mine)
            )
            there = {(row.name, row.checksum, row.source) for row in kept}
            worth: dict[str, float] = {}
            for table in (_TABLES["grade_cells"], _TABLES["task_cells"]):
                points = line.execute(
                    sa.select(base.c.name, table.c.max_score)
                    .join(base, base.c.id == table.c.id)
                    .join(notebook, notebook.c.id == base.c.notebook_id)
                    .where(mine)
                )
                worth |= {row.name: row.max_score for row in points}
        wanted = {
            (row.grade_id, row.get("checksum"), cell.source)
            for cell in blueprint.cells.cells
            if (row := cell.metadata.get("nbgrader"))
            and (row.get("grade") or row.get("solution") or row.get("locked"))
        }
        graded = {row.cell: row.points for row in blueprint.graded.values()}
        return there == wanted and worth == graded

    def _read_cells(self, name: str) -> Cells:
        assignment, notebook, base = (_TABLES[t] for t in ("assignment", "notebook", "base_cell"))
        with self.engine.connect() as line:
            rows = line.execute(
                sa.select(assignment.c.id, notebook.c.id, base.c.id, base.c.name, base.c.type)
                .join(notebook, notebook.c.assignment_id == assignment.c.id)
                .join(base, base.c.notebook_id == notebook.c.id)
                .where(assignment.c.name == name, notebook.c.name == name)
            ).all()
        grades = {row[3]: row[2] for row in rows if row[4] in ("GradeCell", "TaskCell")}
        comments = {row[3]: row[2] for row in rows if row[4] in ("SolutionCell", "TaskCell")}
        return Cells(rows[0][0], rows[0][1], grades, comments)

    # ------------------------------------------------------------------------ writing

    def write(self, results: Sequence[Result]) -> None:
        """Write the marks of some submissions: every cell of each, in one transaction.

        A cell without a mark is written as one that a person has to look at. What people have
        entered stays; a mark of theirs is flagged for review, as nbgrader does it.
        """
        groups: dict[str, dict[str, Result]] = defaultdict(dict)
        for result in results:  # of two results of one submission the last counts
            groups[result.assignment][result.student] = result
        with self.engine.begin() as line:
            for name, group in groups.items():
                self._write(line, self._cells[name], group)

    def _write(self, line: Any, cells: Cells, group: dict[str, Result]) -> None:
        students = sorted(group)
        self._add(line, "student", [{"id": student} for student in students])
        found = self._ids(
            line, "submitted_assignment", "assignment_id", cells.assignment, "student_id", students
        )
        books = self._ids(
            line, "submitted_notebook", "notebook_id", cells.notebook, "assignment_id",
            list(found.values()),
        )  # fmt: skip
        grades, comments = [], []
        for student, result in group.items():
            book, marks = books[found[student]], marks_of(result)
            for name, cell in cells.grades.items():
                grades.append((book, cell, marks.get(name)))
            for name, cell in cells.comments.items():
                empty = name in result.unanswered
                comments.append((book, cell, "No response." if empty else None))
        self._put(line, "grade", "auto_score", grades)
        self._put(line, "comment", "auto_comment", comments)

    def _add(self, line: Any, table: str, rows: list[dict[str, Any]]) -> None:
        line.execute(self._insert(_TABLES[table]).on_conflict_do_nothing(), rows)

    def _ids(
        self, line: Any, table: str, fixed: str, value: str, varies: str, values: list[str]
    ) -> dict[str, str]:
        """Return the identifiers of rows, added where there were none, by one of their columns."""
        ids = _new_ids(len(values))
        rows = [
            {"id": new, fixed: value, varies: other} for new, other in zip(ids, values, strict=True)
        ]
        self._add(line, table, rows)
        columns = _TABLES[table].c
        found: dict[str, str] = {}
        for start in range(0, len(values), _MANY):
            some = columns[varies].in_(values[start : start + _MANY])
            query = sa.select(columns[varies], columns.id).where(columns[fixed] == value, some)
            found.update({other: row for other, row in line.execute(query)})  # noqa: C416
        return found

    def _put(
        self,
        line: Any,
        table: str,
        column: str,
        rows: Sequence[tuple[str, str, float | str | None]],
    ) -> None:
        """Write one column, given notebook, cell and value."""
        ids = _new_ids(len(rows))
        values: list[dict[str, Any]] = [
            {"id": new, "notebook_id": book, "cell_id": cell, column: value}
            for new, (book, cell, value) in zip(ids, rows, strict=True)
        ]
        target = _TABLES[table]
        if table == "grade":
            for row in values:
                row["needs_manual_grade"] = row[column] is None
        insert = self._insert(target)
        change = {column: insert.excluded[column]}
        if table == "grade":
            by_hand = target.c.manual_score.is_not(None)
            review = sa.or_(by_hand, insert.excluded[column].is_(None))
            change["needs_manual_grade"] = review
        keys = ["cell_id", "notebook_id"]
        line.execute(insert.on_conflict_do_update(index_elements=keys, set_=change), values)

    def digests(self) -> dict[tuple[str, str], str]:
        """Return a hash of the marks of each submission, by student and assignment."""
        return {
            (student, name): digest_marks(marks)
            for student, name, marks in stream_marks(self.engine)
        }


def _new_ids(count: int) -> list[str]:
    """Return identifiers of nbgrader's form, each later than the one before.

    So rows go to the end of every index; among random ones a large gradebook would take longer for each.

    Examples
    --------
    >>> ids = [*_new_ids(3), *_new_ids(2)]
    >>> ids == sorted(set(ids)), {len(new) for new in ids}
    (True, {32})
    """
    now, text = time.time_ns(), os.urandom(8 * count).hex()
    return [f"{now + i:016x}{text[16 * i : 16 * i + 16]}" for i in range(count)]
