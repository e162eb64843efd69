"""``course grade --engine judge``: a class through the judge, on any number of workers.

Student's code runs in a cage, the checks run outside of it. Results come back to one writer: first
the notebook, then the journal, then the gradebook. Whenever a run is ended, the next one goes on, and
the gradebook comes out the same.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import platform
import signal
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import database, intake, schedule
from . import plan as plans
from .fingerprint import fingerprint
from .jobs import Filed, Job
from .journal import Journal
from .results import Result
from .sandbox import LEVELS, is_enough
from .submissions import autograded_path, drop, find_submissions, put
from .task import Limits
from .ui import Problem

if TYPE_CHECKING:
    from .blueprint import Blueprint
    from .bulk import Book

_STARTS = ("grading/clerk.py", "grading/answer.py", "grading/zygote.py", "grading/nursery.py")
_TOGETHER = 100  # results in one transaction of the gradebook, and
_OFTEN = 2.0  # seconds after which fewer are written too


@dataclass(frozen=True)
class Plan(plans.Plan):
    """What to grade, and how.

    Attributes
    ----------
    limits : Limits
    open : callable
        Returns a context manager whose value does the work: :class:`course_lib.grading.schedule.Crew`.
    level : str
        The least level of the sandbox; empty if any will do.
    fresh : bool
        Whether to grade again what is graded already.
    own : mapping of str to Limits
        Limits of assignments that have others.
    """

    limits: Limits
    open: schedule.Open
    level: str = ""
    fresh: bool = False
    own: Mapping[str, Limits] = field(default_factory=dict)


class Item(NamedTuple):
    """One submission to look at."""

    student: str
    assignment: str


OnResult = Callable[[Result, bool], None]


def grade(plan: Plan, on_result: OnResult) -> None:
    """Grade all submissions; their results are in the journal and in the gradebook.

    Parameters
    ----------
    plan : Plan
    on_result : callable
        Called with each result when it is there, and whether it was there already.

    Raises
    ------
    Problem
        If the folders, the journal or the gradebook can't be used. What was done is kept.
    """
    items = [Item(*row[:2]) for row in find_submissions(plan.submitted, plan.assignments)]
    database.look(plan.gradebook)
    with (
        Journal(plan.home) as journal,
        plans.in_one_line(plan.gradebook),
        contextlib.closing(_Desk(plan, {item.assignment for item in items})) as desk,
    ):
        writer = Writer(plan.home, journal, desk)
        waiting = _Waiting(plan, items, writer, on_result)
        _work(plan, waiting, desk, writer, on_result)


class _Desk:
    """What it takes to grade, made when it is needed: a class that is graded needs none of it.

    Parameters
    ----------
    plan : Plan
    names : set of str
        Assignments.
    """

    def __init__(self, plan: Plan, names: set[str]) -> None:
        self.plan, self.names = plan, sorted(names)
        self._close = contextlib.ExitStack()

    @functools.cached_property
    def blueprints(self) -> dict[str, Blueprint]:
        """What students got, by assignment."""
        from . import blueprint

        return {name: blueprint.draw(self.plan.course, name) for name in self.names}

    @functools.cached_property
    def book(self) -> Book:
        """The gradebook, with the cells of all assignments in it."""
        from . import bulk
        from .course import nbgrader_config

        database.require(self.plan.gradebook)
        course = str(nbgrader_config(self.plan.course).CourseDirectory.course_id)
        book = bulk.Book(self.plan.gradebook, course)
        self._close.callback(book.close)
        for blueprint in self.blueprints.values():
            book.prepare(blueprint)
        return book

    def close(self) -> None:
        """Close the gradebook."""
        self._close.close()


def _work(plan: Plan, waiting: _Waiting, desk: _Desk, writer: Writer, on_result: OnResult) -> None:
    jobs = iter(waiting)
    first = next(jobs, None)
    if first is None:
        writer.flush()
        return
    size = schedule.batch_size(waiting.left + 1, plan.workers or 1)
    feed = schedule.Feed(_chain(first, jobs), size)
    try:
        with plan.open() as crew:  # who is to work gets ready meanwhile
            from .clerk import Clerk

            clerk = Clerk(desk.blueprints, plan.level, plan.limits, plan.own)
            _ = desk.book  # what is wrong with it is told before anything is graded
            for filed in crew(clerk, feed):
                with _uninterrupted():  # what is written is counted
                    writer.take(filed)
                    for row in filed:
                        on_result(row.result, False)
                        _refuse(plan, row.result)
    finally:
        writer.flush()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until the block has ended."""
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


def _chain(first: Job, rest: Iterator[Job]) -> Iterator[Job]:
    yield first
    yield from rest


def _refuse(plan: Plan, result: Result) -> None:
    if plan.level and result.grader_failed and "no sandbox" in result.reason:
        why = result.reason.removeprefix("the grader failed: ").removeprefix("Lost: ")
        raise Problem(
            f"Grading stopped: {why}. `course doctor` says how to get a better one; "
            "--require-sandbox rlimits asks for less."
        )


class _Waiting:
    """The jobs that a journal has no result for; what it has is told and written on the way."""

    def __init__(
        self,
        plan: Plan,
        items: list[Item],
        writer: Writer,
        on_result: OnResult,
    ) -> None:
        self.plan, self.items, self.writer, self.on_result = plan, items, writer, on_result
        common = f"{fingerprint(_STARTS)} {sys.version} {platform.machine()} {version('numpy')}"
        self.salt = {
            name: f"{common} {plan.course.digest(name)} {plan.own.get(name, plan.limits)!r}"
            for name in {item.assignment for item in items}
        }
        self.known = database.digests(plan.gradebook)
        self.left = len(items)

    def __iter__(self) -> Iterator[Job]:
        for item in self.items:
            self.left -= 1
            job = self._job(item)
            if not self._kept(item, job.key):
                yield job

    def _job(self, item: Item) -> Job:
        """Read a submission; what can't be read is a job too, and soon done."""
        data, repaired, reason = b"", list[str](), ""
        try:
            folder = self.plan.submitted / item.student / item.assignment
            path, repaired = intake.find_notebook(folder, item.assignment)
            data = intake.load(path)
        except intake.Unreadable as why:
            reason = str(why)
        read = intake.digest(data) if data else reason
        text = f"{self.salt[item.assignment]} {read} {repaired}"
        key = hashlib.sha256(text.encode()).hexdigest()
        return Job(item.student, item.assignment, data, tuple(repaired), reason, key)

    def _kept(self, item: Item, key: str) -> bool:
        """Use what the journal has of a submission, if it still holds."""
        who = item.student, item.assignment
        kept = None if self.plan.fresh else self.writer.journal.holds(*who, key)
        if kept is None:
            return False
        if kept.sandbox in LEVELS and not is_enough(kept.sandbox, self.plan.level):
            return False
        result = self.writer.journal.result(*who)
        if self.known.get(who) != kept.marks:
            self.writer.enter(result)
        self.on_result(result, True)
        return True


class Writer:
    """The one place that writes: notebooks, journal, gradebook, in this order.

    Parameters
    ----------
    home : Path
    journal : Journal
    desk : _Desk
        Has the gradebook.
    """

    def __init__(self, home: Path, journal: Journal, desk: _Desk) -> None:
        self.home, self.journal, self.desk = home, journal, desk
        self._pending: list[Result] = []
        self._last = time.monotonic()

    def take(self, filed: list[Filed]) -> None:
        """Write down what a worker sends."""
        for row in filed:
            who = row.result.assignment, row.result.student
            if row.notebook:
                put(autograded_path(self.home, *who), zlib.decompress(row.notebook))
            else:
                drop(self.home, *who)
        self.journal.append([row.result for row in filed])
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
