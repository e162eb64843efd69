"""What goes to a worker, and what comes back: one submission, and what came of it."""

from __future__ import annotations

from typing import NamedTuple

from .results import Result


class Job(NamedTuple):
    """One submission, ready to be sent to a worker.

    Attributes
    ----------
    student, assignment : str
    data : bytes
        The submitted file.
    repaired : tuple of str
        What was put right so far.
    reason : str
        Why there is no file.
    key : str
    """

    student: str
    assignment: str
    data: bytes
    repaired: tuple[str, ...] = ()
    reason: str = ""
    key: str = ""


class Filed(NamedTuple):
    """What came of a submission.

    Attributes
    ----------
    result : Result
    notebook : bytes
        The executed notebook, as JSON, compressed with zlib; empty if there is none.
    """

    result: Result
    notebook: bytes = b""
