"""What goes to a worker, and what comes back: one submission, and what came of it."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from . import intake
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
        Empty if whoever works on it is to find it: only what was graded before is looked up by it.
    salt : str
        Hash of all that the key depends on beside the submission.
    """

    student: str
    assignment: str
    data: bytes
    repaired: tuple[str, ...] = ()
    reason: str = ""
    key: str = ""
    salt: str = ""

    def with_key(self) -> Job:
        """Return the job with its key.

        Examples
        --------
        >>> one, other = (Job("ada", "x", data, salt="s").with_key().key for data in (b"{}", b"[]"))
        >>> len(one), one == other
        (64, False)
        """
        if self.key:
            return self
        read = intake.digest(self.data) if self.data else self.reason
        text = f"{self.salt} {read} {list(self.repaired)}"
        return self._replace(key=hashlib.sha256(text.encode()).hexdigest())


class Filed(NamedTuple):
    """What came of a submission.

    Attributes
    ----------
    result : Result
    notebook : bytes
        The executed notebook, as JSON; empty if there is none.
    packed : bool, optional
        Whether the notebook is compressed with zlib, as for the way to another machine.
    line : bytes
        The result as the journal keeps it, if it was written out already. Then ``result`` may be a
        :func:`course_lib.grading.results.slim` one.
    """

    result: Result
    notebook: bytes = b""
    packed: bool = False
    line: bytes = b""
