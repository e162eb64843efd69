"""The judge: one submission in, what became of it out.

The checks run here, in a process that runs no line of a student's. They are the rows of
:data:`course_lib.checks.EXERCISES` that also run in notebooks; the functions they call are
:class:`~course_lib.grading.proxy.Remote` ones.
"""

from __future__ import annotations

from time import monotonic
from types import TracebackType

from .cores import Seat
from .hearing import Hearing
from .sandbox import LEVELS
from .task import Outcome, Status, Task
from .transcript import Transcripts
from .wire import WireError
from .zygote import Lost, Zygote, open_at

_GRADER: Status = "grader failed"


class Court:
    """Keeps a zygote warm, and judges one submission after another.

    To be used in a process and a thread of its own: a check takes over standard output.

    Parameters
    ----------
    level : str, optional
        Level of the sandbox; by default the best there is.

    Attributes
    ----------
    notes : list of str
        Why it is not a better level.

    Examples
    --------
    >>> cells = (("scale_learning_rate", "answer", "scale_learning_rate = lambda a, b, c: a * b / c"),)
    >>> checks = (("scale_learning_rate-check", "scale_learning_rate", 0, False, 1.0),)
    >>> with Court() as court:
    ...     outcome = court.run(Task("ada", "05_schedules", cells, checks))
    >>> outcome.status, outcome.verdicts["scale_learning_rate-check"]["points"]
    ('graded', 1.0)
    """

    def __init__(self, level: str = "") -> None:
        self._level = level
        self._zygote: Zygote | None = None
        self._seat = Seat()
        self.transcripts = Transcripts()
        self.notes: list[str] = []

    def __enter__(self) -> Court:
        self.zygote()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def zygote(self) -> Zygote:
        """Return the zygote, started anew if there is none."""
        if self._zygote is None:
            self._zygote = self._start()
            self._level = self._zygote.level
        return self._zygote

    def _start(self) -> Zygote:
        """Start a zygote at the best level that can be had, or the one asked for."""
        levels = (self._level,) if self._level else LEVELS
        for level in levels[:-1]:
            try:
                return open_at(level)
            except Lost as problem:
                self.notes.append(f"no sandbox of level {level}: {problem}")
        return open_at(levels[-1])

    def close(self) -> None:
        """End the zygote."""
        self._seat.leave()
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    def run(self, task: Task) -> Outcome:
        """Judge a submission; whatever happens is an outcome, never an exception."""
        begin = monotonic()
        try:
            zygote = self.zygote()
            zygote.core = self._seat.take()
            outcome = Hearing(zygote, self.transcripts, task).run()
        except (Lost, OSError, WireError) as problem:
            self.close()
            outcome = Outcome(_GRADER, {}, notes=(f"the grader failed: {problem}",))
        except Exception as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            outcome = Outcome(_GRADER, {}, notes=(f"the grader failed: {what}",))
        self._seat.rest()
        return outcome._replace(seconds=round(monotonic() - begin, 4))


def run(task: Task) -> Outcome:
    """Judge one submission, with a zygote for it alone.

    Parameters
    ----------
    task : Task

    Returns
    -------
    Outcome
    """
    try:
        with Court() as court:
            return court.run(task)
    except Lost as problem:
        return Outcome(_GRADER, {}, notes=(f"the grader failed: {problem}",))
