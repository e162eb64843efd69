"""Which submissions of a class are to be graded: those that the journal has no result for."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

from . import database, intake
from .fingerprint import fingerprint
from .jobs import Job
from .journal import Journal
from .results import Result
from .sandbox import LEVELS, is_enough

if TYPE_CHECKING:
    from .judge_engine import OnResult, Plan

_STARTS = ("grading/clerk.py", "grading/answer.py", "grading/zygote.py", "grading/nursery.py")


class Item(NamedTuple):
    """One submission to look at."""

    student: str
    assignment: str


class Waiting:
    """The jobs that a journal has no result for; what it has is told and written on the way.

    Parameters
    ----------
    plan : Plan
        As in :mod:`course_lib.grading.judge_engine`.
    items : list of Item
    journal : Journal
    enter : callable
        Called with each result whose marks the gradebook lacks.
    on_result : callable
        Called with each result that is there already, and True.
    """

    def __init__(
        self,
        plan: Plan,
        items: list[Item],
        journal: Journal,
        enter: Callable[[Result], None],
        on_result: OnResult,
    ) -> None:
        self.plan, self.items, self.journal = plan, items, journal
        self.enter, self.on_result = enter, on_result
        common = f"{fingerprint(_STARTS)} {sys.version} {platform.machine()} {version('numpy')}"
        self.salt = {name: self._salt(common, name) for name in {row.assignment for row in items}}
        self.known = database.digests(plan.gradebook)
        self.left = len(items)

    def _salt(self, common: str, name: str) -> str:
        limits = self.plan.own.get(name, self.plan.limits)
        text = f"{common} {self.plan.course.digest(name)} {limits!r}"
        return hashlib.sha256(text.encode()).hexdigest()

    def __iter__(self) -> Iterator[Job]:
        for item in self.items:
            self.left -= 1
            job = self._job(item)
            if self.plan.fresh or item not in self.journal.kept:
                yield job  # its key is found by whoever works on it
            elif not self._kept(item, (job := job.with_key()).key):
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
        salt = self.salt[item.assignment]
        return Job(item.student, item.assignment, data, tuple(repaired), reason, salt=salt)

    def _kept(self, item: Item, key: str) -> bool:
        """Use what the journal has of a submission, if it still holds."""
        kept = self.journal.holds(*item, key)
        if kept is None:
            return False
        if kept.sandbox in LEVELS and not is_enough(kept.sandbox, self.plan.level):
            return False
        result = self.journal.result(*item)
        if result is None:
            return False
        if self.known.get(item) != kept.marks:
            self.enter(result)
        self.on_result(result, True)
        return True
