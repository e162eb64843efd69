"""What the judge is given, and what it hands back: one submission, and what became of it."""

from __future__ import annotations

import base64
from typing import Any, Literal, NamedTuple

Kind = Literal["given", "answer", "test"]
Status = Literal["graded", "failed", "grader failed"]


class Limits(NamedTuple):
    """What one submission may use.

    Attributes
    ----------
    cell, check, total : float
        Seconds for one cell, for one check, and for the whole submission, by the wall clock. A
        check has at most the seconds of its exercise.
    memory : int
        Bytes of address space beyond what the process begins with.
    output : int
        Characters of text, and bytes of pictures, that are kept of one cell.
    files : int
        Bytes in one file, and in all files together.
    processes : int
        Processes and threads at a time.
    checks : tuple of (str, float)
        Seconds for the check of an exercise, where they are not the exercise's own.
    """

    cell: float = 10.0
    check: float = 60.0
    total: float = 150.0
    memory: int = 1 << 30
    output: int = 1_000_000
    files: int = 16 << 20
    processes: int = 32
    checks: tuple[tuple[str, float], ...] = ()


class Task(NamedTuple):
    """One submission, rebuilt from the course's notebook.

    Attributes
    ----------
    student, assignment : str
    cells : tuple of (str, str, str)
        Name (``grade_id``), kind and text of each code cell that is to be run, in the notebook's
        order. ``given`` cells are the course's, ``answer`` cells hold the student's text, ``test``
        cells are ordinary ones that give points. Cells that call a check are not among them.
    checks : tuple of (str, str, int, bool, float)
        For each graded cell its name, the exercise, the seed, whether it is hidden, and its points.
    limits : Limits
    """

    student: str
    assignment: str
    cells: tuple[tuple[str, Kind, str], ...]
    checks: tuple[tuple[str, str, int, bool, float], ...]
    limits: Limits = Limits()


class Ran(NamedTuple):
    """What running one cell led to.

    Attributes
    ----------
    name, kind : str
    text : str
        What it printed and displayed.
    error : str
        The error that ended it, in one line; empty if none did.
    images : tuple of bytes
        Pictures that it displayed, as PNG.
    seconds : float
    value : str
        Of a test, what its last line evaluated to.
    """

    name: str
    kind: Kind
    text: str = ""
    error: str = ""
    images: tuple[bytes, ...] = ()
    seconds: float = 0.0
    value: str = ""


class Outcome(NamedTuple):
    """What became of a submission.

    Attributes
    ----------
    status : {"graded", "failed", "grader failed"}
        ``failed``: nothing of the submission could be run. ``grader failed``: the fault is ours; it
        is to be tried again, and is never a mark.
    verdicts : dict of str to dict
        By the name of the graded cell, as :meth:`course_lib.checks.Verdict.to_dict` writes it. One
        for each check of the task, unless the grader failed.
    cells : tuple of Ran
    sandbox : str
        Level of the cage that it ran in.
    seconds, cpu : float
        Wall clock of the whole, and processor time of the submission's process.
    memory : int
        Largest resident size of the submission's process, in bytes.
    notes : tuple of str
        What happened beside, such as a cell that was stopped.
    """

    status: Status
    verdicts: dict[str, dict[str, Any]]
    cells: tuple[Ran, ...] = ()
    sandbox: str = "none"
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON-ready data; pictures as base64.

        Examples
        --------
        >>> ran = Ran("adam_step", "answer", images=(b"PNG",))
        >>> Outcome("graded", {}, (ran,)).to_dict()["cells"][0]["images"]
        ['UE5H']
        """
        cells = [
            {**ran._asdict(), "images": [base64.b64encode(image).decode() for image in ran.images]}
            for ran in self.cells
        ]
        return {**self._asdict(), "cells": cells, "notes": list(self.notes)}
