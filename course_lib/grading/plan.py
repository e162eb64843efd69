"""What both engines are told: what to grade, and where to put it; and how both say what went wrong."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .course import Course
from .database import explain
from .ui import Problem

GRACE = 60.0  # seconds beyond its limits before a process that grades is taken to be lost


@dataclass(frozen=True)
class Plan:
    """What to grade, and where to put it.

    Attributes
    ----------
    course : Course
    assignments : list of str
    submitted : Path
        Submissions, in nbgrader's layout.
    home : Path
        The class's folder: journal, autograded notebooks, feedback, report.
    gradebook : str
        URL.
    workers : int
        How many there are, or 0 if that is not known.
    """

    course: Course
    assignments: list[str]
    submitted: Path
    home: Path
    gradebook: str
    workers: int


@contextlib.contextmanager
def in_one_line(gradebook: str) -> Iterator[None]:
    """Say in one line what the gradebook, or the disk, does not allow.

    Parameters
    ----------
    gradebook : str
        URL.

    Raises
    ------
    Problem
        Instead of the error of a database or a file.
    """
    try:
        yield
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise Problem(
            f"Can't write{where} ({error.strerror or error}). What was graded is kept in the journal. "
            "Make room or check the folder's rights, then run the same command again."
        ) from None
    except Exception as error:
        if not _of_a_database(error):
            raise
        raise explain(gradebook, error) from None


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until the block has ended: what is written is counted.

    Raises
    ------
    KeyboardInterrupt
        At the end, if it was pressed meanwhile.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is None:
        yield
        return
    pressed: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def _of_a_database(error: Exception) -> bool:
    """Whether an error is SQLAlchemy's, or what nbgrader makes of one; neither need be imported yet."""
    names = {(kind.__module__, kind.__name__) for kind in type(error).__mro__}
    return bool(names & {("sqlalchemy.exc", "SQLAlchemyError"), ("nbgrader.api", "InvalidEntry")})
