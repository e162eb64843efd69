"""What ``course grade`` shows while it works: how far it is, how fast, and what failed so far."""

from __future__ import annotations

import time
from types import TracebackType

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from .results import Result, Summary
from .ui import status_console


class Watch:
    """A bar, and the counts of what came by.

    Parameters
    ----------
    total : int
        Submissions.

    Attributes
    ----------
    summary : Summary
    reused : int
        Results that were there already.
    sandbox : str
        Level of the sandbox, once something was graded; several if workers differ.
    ordinary : set of str
        Assignments with marks from ordinary test cells.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.summary = Summary()
        self.done = self.reused = self.failed = 0
        self.sandbox = ""
        self.ordinary: set[str] = set()
        self._levels: set[str] = set()
        self._begin = time.monotonic()
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("Grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[failures]}"),
            console=status_console(),
            transient=True,
        )

    def __enter__(self) -> Watch:
        self._bar.start()
        self._task = self._bar.add_task("Grading", total=self.total, rate="", failures="")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def see(self, result: Result, reused: bool) -> None:
        """Count one result."""
        self.done += 1
        self.reused += reused
        self.failed += result.points is None
        self.summary.add(result)
        if result.points is not None and result.sandbox not in self._levels and not reused:
            self._levels.add(result.sandbox)
            self.sandbox = ", ".join(sorted(self._levels))
        if any(row.get("ordinary") for row in result.exercises):
            self.ordinary.add(result.assignment)
        graded = self.done - self.reused
        minutes = (time.monotonic() - self._begin) / 60
        self._bar.update(
            self._task,
            completed=self.done,
            rate=f"{graded / minutes:.0f}/min" if graded and minutes > 0 else "",
            failures=f"{self.failed} without a mark" if self.failed else "",
        )
