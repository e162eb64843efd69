"""``course grade --engine judge``: a class through the judge, on any number of workers.

Student's code runs in a cage, the checks run outside of it. Results come back to one writer: first
the notebook, then the journal, then the gradebook. Whenever a run is ended, the next one goes on, and
the gradebook comes out the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from . import database, schedule
from . import plan as plans
from .jobs import Job
from .journal import Journal
from .results import Result
from .submissions import find_submissions
from .task import Limits
from .ui import Problem
from .waiting import Item, Waiting
from .writer import Desk, Writer


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
        contextlib.closing(
            Desk(plan.course, plan.gradebook, {item.assignment for item in items})
        ) as desk,
    ):
        writer = Writer(plan.home, journal, desk)
        waiting = Waiting(plan, items, journal, writer.enter, on_result)
        _work(plan, waiting, desk, writer, on_result)


def _work(plan: Plan, waiting: Waiting, desk: Desk, writer: Writer, on_result: OnResult) -> None:
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
                with plans.uninterrupted():  # what is written is counted
                    writer.take(filed)
                    for row in filed:
                        on_result(row.result, False)
                        _refuse(plan, row.result)
    finally:
        writer.flush()


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
