"""Grading one submission, in a process of its own: from the file to an executed, marked notebook.

It reads the cells' originals from a private copy of the gradebook and writes to none.
"""

from __future__ import annotations

import time
import traceback
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

from . import intake, marks
from .course import Course, Notes, nbgrader_config
from .execute import Limits, Stopped, execute


class Task(NamedTuple):
    """One submission to grade.

    Attributes
    ----------
    student, assignment : str
    folder : Path
        The submission.
    release : Path
        The released notebook.
    course : Path
        The course's folder.
    gradebook : str
        URL of the worker's private gradebook, with the assignment's cells.
    limits : Limits
    """

    student: str
    assignment: str
    folder: Path
    release: Path
    course: Path
    gradebook: str
    limits: Limits


class Outcome(NamedTuple):
    """What a worker found.

    Attributes
    ----------
    notebook : str
        The executed notebook as JSON; empty if there is none.
    checks : list of dict
        As :func:`course_lib.grading.marks.read_checks` returns them.
    by_hand : list of dict
        As :func:`course_lib.grading.marks.read_by_hand` returns them.
    repaired, notes : list of str
    reason : str
        Why there is no mark.
    fault : str
        Traceback, if the grader itself failed.
    seconds : float
    """

    notebook: str = ""
    checks: list[dict[str, Any]] = []  # noqa: RUF012  # never changed
    by_hand: list[dict[str, Any]] = []  # noqa: RUF012
    repaired: list[str] = []  # noqa: RUF012
    notes: list[str] = []  # noqa: RUF012
    reason: str = ""
    fault: str = ""
    seconds: float = 0.0


def grade(task: Task) -> Outcome:
    """Grade one submission; whatever happens is an outcome, never an exception."""
    start = time.perf_counter()
    try:
        outcome = _grade(task)
    except (intake.Unreadable, Stopped) as reason:
        outcome = Outcome(reason=str(reason))
    except Exception as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        outcome = Outcome(reason=f"the grader failed: {what}", fault=traceback.format_exc())
    return outcome._replace(seconds=round(time.perf_counter() - start, 2))


def _grade(task: Task) -> Outcome:
    path, repaired = intake.find_notebook(task.folder, task.assignment)
    release = nbformat.read(task.release, as_version=4)
    notebook, notes = intake.repair(intake.read(path), release)
    config = nbgrader_config(Course(task.course), db_url=task.gradebook)
    names = {"notebook": task.assignment, "assignment": task.assignment, "student": task.student}
    resources = {"nbgrader": {**names, "db_url": task.gradebook}, "metadata": {}}
    for step in ("OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata"):
        notebook = _preprocess(step, notebook, resources, config)
    late = execute(notebook, task.limits, config)
    for step in ("IgnorePattern", "LimitOutput"):
        notebook = _preprocess(step, notebook, resources, config)
    late += marks.settle(notebook)
    return Outcome(
        nbformat.writes(notebook) + "\n",
        marks.read_checks(notebook),
        marks.read_by_hand(notebook),
        repaired=repaired + notes,
        notes=late,
    )


def _preprocess(step: str, notebook: Any, resources: Any, config: Any) -> Any:
    """Apply one of nbgrader's own steps."""
    from nbgrader import preprocessors

    processor = getattr(preprocessors, step)(config=config)
    processor.log = _quiet()
    notebook, _ = processor(notebook, resources)  # if it is switched on
    return notebook


def _quiet() -> Any:
    from .course import make_logger

    return make_logger(Notes())
