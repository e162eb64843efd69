"""The one writer of a class: notebooks, journal, gradebook.

What is written here once for a submission is what bounds a large class on many cores. So workers send
each line of the journal as it is to stand there, and of a result only what the gradebook takes.
"""

from __future__ import annotations

import contextlib
import functools
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from . import database
from .course import Course
from .jobs import Filed
from .journal import Journal
from .lines import line_of
from .results import Result
from .submissions import autograded_path, drop, put

if TYPE_CHECKING:
    from .blueprint import Blueprint
    from .bulk import Book

_TOGETHER = 100  # results in one transaction of the gradebook, and
_OFTEN = 2.0  # seconds after which fewer are written too


class Desk:
    """What it takes to grade, made when it is needed: a class that is graded needs none of it.

    Parameters
    ----------
    course : Course
    gradebook : str
        URL.
    names : set of str
        Assignments.
    """

    def __init__(self, course: Course, gradebook: str, names: set[str]) -> None:
        self.course, self.gradebook, self.names = course, gradebook, sorted(names)
        self._close = contextlib.ExitStack()

    @functools.cached_property
    def blueprints(self) -> dict[str, Blueprint]:
        """What students got, by assignment."""
        from . import blueprint

        return {name: blueprint.draw(self.course, name) for name in self.names}

    @functools.cached_property
    def book(self) -> Book:
        """The gradebook, with the cells of all assignments in it."""
        from . import bulk
        from .course import nbgrader_config

        database.require(self.gradebook)
        course_id = str(nbgrader_config(self.course).CourseDirectory.course_id)
        book = bulk.Book(self.gradebook, course_id)
        self._close.callback(book.close)
        for blueprint in self.blueprints.values():
            book.prepare(blueprint)
        return book

    def close(self) -> None:
        """Close the gradebook."""
        self._close.close()


class Writer:
    """The one place that writes: notebooks, journal, gradebook, in this order.

    Parameters
    ----------
    home : Path
    journal : Journal
    desk : Desk
        Has the gradebook.
    """

    def __init__(self, home: Path, journal: Journal, desk: Desk) -> None:
        self.home, self.journal, self.desk = home, journal, desk
        self._pending: list[Result] = []
        self._last = time.monotonic()

    def take(self, filed: list[Filed]) -> None:
        """Write down what a worker sends."""
        for row in filed:
            who = row.result.assignment, row.result.student
            if row.notebook:
                text = zlib.decompress(row.notebook) if row.packed else row.notebook
                put(autograded_path(self.home, *who), text)
            else:
                drop(self.home, *who)
        lines = [row.line or line_of(row.result) for row in filed]
        self.journal.append([row.result for row in filed], lines)
        for row in filed:
            self.enter(row.result)

    def enter(self, result: Result) -> None:
        """Enter a result into the gradebook, soon."""
        self._pending.append(result)
        late = time.monotonic() - self._last > _OFTEN
        if len(self._pending) >= _TOGETHER or late:
            try:
                self.flush()
            except Exception as error:  # somebody else writes: tried again later
                if "locked" not in str(getattr(error, "orig", "")):
                    raise

    def flush(self) -> None:
        """Enter what is left."""
        self._last = time.monotonic()
        if self._pending:
            self.desk.book.write(self._pending)
            self._pending.clear()
