"""What ``course grade`` and ``course overview`` do and print."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from . import database as books
from . import journal
from .course import Course
from .policy import Policy
from .results import Result, Summary
from .running import limits_of, times_of
from .sandbox import LEVELS, weak
from .submissions import find_submissions
from .task import Limits
from .ui import console, plural, status_console
from .watch import Watch

NO_SANDBOX = "Engine nbgrader: students' code runs without a sandbox, with your rights, as in nbgrader itself."
FEW = 60  # results that are shown one by one


class Request(NamedTuple):
    """What ``course grade`` was asked for; None where nothing was said.

    Attributes
    ----------
    assignments : list of str
    submitted : Path
    home : Path
        The class's folder.
    gradebook : str
        URL.
    engine : {"judge", "nbgrader"}
    workers : int
    cell_seconds, seconds : float
    scheduler : str
        ``processes``, ``local`` for a Dask cluster on this machine, or the address of a Dask scheduler.
    level : str
        The least level of the sandbox.
    fresh : bool
    quiet : bool
        Whether all goes to standard error.
    policy : Policy
        Has the limits that the command line says nothing of.
    """

    assignments: list[str]
    submitted: Path
    home: Path
    gradebook: str
    engine: str = "judge"
    workers: int | None = None
    cell_seconds: float | None = None
    seconds: float | None = None
    scheduler: str = "processes"
    level: str = ""
    fresh: bool = False
    quiet: bool = False
    policy: Policy = Policy()

    def limits_of(self, assignment: str = "") -> Limits:
        """Return what a submission may use."""
        asked = {"cell": self.cell_seconds, "total": self.seconds}
        return limits_of(self.policy, assignment, **asked)


def request(home: Path, gradebook: str | None, submitted: Path | None, **rest: Any) -> Request:
    """Return a request with the class's own places where nothing else was said."""
    if gradebook is None:
        home.mkdir(parents=True, exist_ok=True)
    url = books.as_url(gradebook or str(home / "gradebook.db"))
    return Request(home=home, gradebook=url, submitted=submitted or home / "submitted", **rest)


def grade(course: Course, asked: Request) -> tuple[Iterator[Result], bool]:
    """Grade with progress, print what came out and where it is.

    Returns
    -------
    results : iterator of Result
        The results of this run, read from the journal one at a time.
    failed : bool
        Whether the grader itself failed on one.
    """
    for assignment in asked.assignments:
        course.solution(assignment)
    found = find_submissions(asked.submitted, asked.assignments)
    mine = {(assignment, student) for student, assignment, _ in found}
    del found  # the paths of a large class are most of what this process would hold
    with Watch(len(mine)) as watch:
        try:
            engine = _judge if asked.engine == "judge" else _nbgrader
            engine(course, asked, watch)
        except KeyboardInterrupt:
            status_console().print(
                f"{watch.done} of {watch.total} are done and kept. "
                "Run the same command again to go on."
            )
            raise
    screen = status_console() if asked.quiet else console()
    _show(screen, _results(asked.home, mine), watch)
    screen.print(totals(watch.summary, watch.reused), soft_wrap=True)
    if watch.sandbox:
        screen.print(f"  {'sandbox':<11} {watch.sandbox}", soft_wrap=True)
        if LEVELS[-1] in watch.sandbox:
            screen.print(f"[bold red]{weak(LEVELS[-1])}[/]", soft_wrap=True)
    if watch.ordinary:
        from .ordinary import WARNING
    for name in sorted(watch.ordinary) if asked.engine == "judge" else ():
        screen.print(f"{name}: some marks {WARNING}", soft_wrap=True)
    for what, where in (
        ("gradebook", books.shown(asked.gradebook)),
        ("autograded", asked.home / "autograded"),
    ):
        screen.print(f"  {what:<11} {where}", soft_wrap=True)
    return _results(asked.home, mine), watch.summary.to_dict()["grader_failed"] > 0


def _results(home: Path, mine: set[tuple[str, str]]) -> Iterator[Result]:
    return (row for row in journal.read(home) if (row.assignment, row.student) in mine)


def _judge(course: Course, asked: Request, watch: Watch) -> None:
    from . import judge_engine, schedule

    workers = asked.workers or schedule.cores()

    def crew() -> AbstractContextManager[schedule.Crew]:
        if asked.scheduler == "processes":
            return schedule.Processes(workers)
        from .cluster import Cluster

        return Cluster("" if asked.scheduler == "local" else asked.scheduler, workers)

    plan = judge_engine.Plan(
        course,
        asked.assignments,
        asked.submitted,
        asked.home,
        asked.gradebook,
        workers,
        asked.limits_of(),
        crew,
        asked.level,
        asked.fresh,
        {name: asked.limits_of(name) for name in asked.assignments},
    )
    judge_engine.grade(plan, watch.see)


def _nbgrader(course: Course, asked: Request, watch: Watch) -> None:
    from . import nbgrader_engine
    from .execute import Limits as Times

    said = {"cell": asked.cell_seconds, "total": asked.seconds}
    status_console().print(NO_SANDBOX, style="yellow", soft_wrap=True)
    plan = nbgrader_engine.Plan(
        course,
        asked.assignments,
        asked.submitted,
        asked.home,
        asked.gradebook,
        asked.workers or 2,
        {name: Times(*times_of(asked.policy, name, **said)) for name in asked.assignments},
    )
    nbgrader_engine.grade(plan, watch.see)


def _show(screen: Console, results: Iterable[Result], watch: Watch) -> None:
    """Print a table of a small class; of a large one, what the instructor should look at."""
    if watch.total <= FEW:
        rows = list(results)
        screen.print(to_table(rows))
        told = rows
    else:
        told = list(itertools.islice((row for row in results if _remarks(row)), FEW))
    for result in told:
        for remark in _remarks(result):
            screen.print(f"{escape(result.student)}: {escape(remark)}", soft_wrap=True)
    if watch.total > FEW and len(told) == FEW:
        screen.print("… `course report` has the rest.")


def _remarks(result: Result) -> list[str]:
    return [text for text in (result.reason, *result.repaired, *result.notes) if text]


def to_table(found: Iterable[Result]) -> Table:
    """Return one row a submission."""
    table = Table("student", "assignment", "status")
    table.add_column("points", justify="right")
    table.add_column("seconds", justify="right")
    for result in found:
        points = "–" if result.points is None else f"{result.points:g} / {result.max_points:g}"
        table.add_row(
            result.student,
            result.assignment,
            result.status,
            points,
            f"{result.seconds:.1f}",
        )
    return table


def overview(course: Course, home: Path, site: Path, found: Iterable[Result]) -> list[str]:
    """Return lines that say where everything is, and the class's figures."""
    places = {
        "site": site / "index.html",
        "assignments": course.exercises,
        "gradebook": home / "gradebook.db",
        "feedback": home / "feedback",
        "report": home / "report" / "index.html",
    }
    lines = [
        f"{what:<12} {path}{'' if path.exists() else '   (not made yet)'}"
        for what, path in places.items()
    ]
    summary = Summary()
    for result in found:
        summary.add(result)
    return [*lines, f"{'class':<12} {totals(summary, 0)}"]


def totals(counts: Summary, reused: int) -> str:
    """Return a class's figures in a sentence."""
    summary = counts.to_dict()
    marked = summary["graded"] + summary["repaired"]
    mean = "" if summary["mean_points"] is None else f", mean {summary['mean_points']:g} points"
    text = f"{plural(summary['submissions'], 'submission')}: {marked} with a mark{mean}"
    if summary["failed"]:
        text += f", {summary['failed']} without"
    return text + (f"; {reused} unchanged since last time" if reused else "") + "."
