"""What ``course grade`` prints while it works and when it is done."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from . import gradebook as books
from . import nbgrader_engine as engine
from .course import Course
from .execute import Limits
from .results import Result, summarize
from .ui import console, plural, progress, status_console

WARNING = "Engine nbgrader: students' code runs without a sandbox, with your rights, as in nbgrader itself."


def grade(
    course: Course,
    assignments: list[str],
    submitted: Path,
    home: Path,
    gradebook: str | None,
    workers: int,
    seconds: tuple[float, float],
    quiet: bool = False,
) -> list[Result]:
    """Grade with progress, print the table and where things are, and return the results.

    With ``quiet``, standard output stays empty: all goes to standard error.
    """
    for assignment in assignments:
        course.solution(assignment)
    submissions = engine.find_submissions(submitted, assignments)
    if gradebook is None:
        home.mkdir(parents=True, exist_ok=True)
    url = books.as_url(gradebook or str(home / "gradebook.db"))
    plan = engine.Plan(course, assignments, submitted, home, url, workers, Limits(*seconds))
    status_console().print(WARNING, style="yellow", soft_wrap=True)
    done = {True: 0, False: 0}
    with progress("Grading", len(submissions)) as bar:

        def on_result(result: Result, reused: bool) -> None:
            done[reused] += 1
            bar.advance(bar.task_ids[0])

        try:
            found = engine.grade(plan, on_result)
        except KeyboardInterrupt:
            total = sum(done.values())
            bar.console.print(
                f"{total} of {len(submissions)} are done and kept. "
                "Run the same command again to go on."
            )
            raise
    screen = status_console() if quiet else console()
    screen.print(to_table(found))
    for result in found:
        for remark in filter(None, [result.reason, *result.repaired, *result.notes]):
            screen.print(f"{escape(result.student)}: {escape(remark)}", soft_wrap=True)
    screen.print(_totals(found, done[True]), soft_wrap=True)
    for what, where in (("gradebook", url), ("autograded", home / "autograded")):
        screen.print(f"  {what:<11} {where}", soft_wrap=True)
    return found


def to_table(found: list[Result]) -> Table:
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


def overview(course: Course, home: Path, site: Path, found: list[Result]) -> list[str]:
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
    return [*lines, f"{'class':<12} {_totals(found, 0)}"]


def _totals(found: list[Result], reused: int) -> str:
    summary = summarize([result._asdict() for result in found])
    marked = summary["graded"] + summary["repaired"]
    mean = "" if summary["mean_points"] is None else f", mean {summary['mean_points']:g} points"
    text = f"{plural(len(found), 'submission')}: {marked} with a mark{mean}"
    if summary["failed"]:
        text += f", {summary['failed']} without"
    return text + (f"; {reused} unchanged since last time" if reused else "") + "."
