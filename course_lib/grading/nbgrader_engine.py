"""``course grade``: a class through nbgrader, a few submissions at a time, each on its own.

nbgrader's own steps do the work (cells overwritten from the source, notebook executed, marks saved).
What is added: each submission runs in a separate process within limits, every one ends with a mark or
a reason, marks that no longer hold are taken back, and what is unchanged is not graded again.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

from . import gradebook, pool, worker
from . import plan as plans
from .course import CONFIG, nbgrader_config
from .execute import Limits
from .exercises import generate_one
from .fingerprint import fingerprint
from .journal import Journal
from .lines import digest_marks
from .results import Result, Status
from .submissions import autograded_path, drop, find_submissions, put
from .ui import Problem


@dataclass(frozen=True)
class Plan(plans.Plan):
    """What to grade, and within what limits.

    Attributes
    ----------
    limits : mapping of str to Limits
        By assignment.
    """

    limits: Mapping[str, Limits]


class Item(NamedTuple):
    """One submission to look at: whose, where, and the hash of all that its result depends on."""

    student: str
    assignment: str
    folder: Path
    key: str


def grade(plan: Plan, on_result: Callable[[Result, bool], None]) -> list[Result]:
    """Grade all submissions; return one result for each, in order.

    Parameters
    ----------
    plan : Plan
    on_result : callable
        Called with each result and whether it was there already.

    Raises
    ------
    Problem
        If the folders or the gradebook can't be used.
    """
    items = find_items(plan)
    gradebook.require(plan.gradebook)
    finished: dict[tuple[str, str], Result] = {}
    with (
        tempfile.TemporaryDirectory() as scratch,
        Journal(plan.home) as journal,
        plans.in_one_line(plan.gradebook),
    ):
        known = gradebook.read_marks(plan.gradebook)
        waiting = []
        for item in items:
            kept = reuse(plan, journal, item, known.get((item.student, item.assignment)))
            if kept is None:
                waiting.append(item)
            else:
                finished[item.student, item.assignment] = kept
                on_result(kept, True)
        releases = prepare(plan, Path(scratch)) if waiting else {}
        for item, outcome in _run(plan, waiting, Path(scratch), releases):
            with plans.uninterrupted():
                result = _record(plan, journal, item, outcome, releases[item.assignment])
                finished[item.student, item.assignment] = result
                on_result(result, False)
    return [finished[item.student, item.assignment] for item in items]


def find_items(plan: Plan) -> list[Item]:
    """Find the submissions, and name the state that each is in."""
    library = fingerprint().encode()
    items = []
    for student, assignment, folder in find_submissions(plan.submitted, plan.assignments):
        digest = hashlib.sha256(library)
        digest.update(plan.course.solution(assignment).read_bytes())
        digest.update((plan.course.root / CONFIG).read_bytes())
        digest.update(repr(plan.limits[assignment]).encode())
        for path in sorted(folder.glob("*.ipynb")):
            digest.update(path.name.encode())
            if path.is_file() and not path.is_symlink():
                digest.update(path.read_bytes())
        items.append(Item(student, assignment, folder, digest.hexdigest()))
    return items


def prepare(plan: Plan, scratch: Path) -> dict[str, Path]:
    """Put the assignments' cells into the gradebook and into the workers' private one.

    Returns
    -------
    dict of str to Path
        The released notebook of each assignment.
    """
    for url in (_private(scratch), plan.gradebook):
        config = nbgrader_config(plan.course, release_directory=str(scratch), db_url=url)
        for assignment in plan.assignments:
            try:
                generate_one(plan.course, assignment, config)
            except Problem as problem:
                if "there are submissions" not in problem.message:
                    raise
                raise Problem(
                    f"The graded cells of {assignment} have changed since submissions were graded "
                    f"into {gradebook.shown(url)}, which nbgrader does not allow. Pass a new --gradebook."
                ) from None
    return {name: scratch / name / f"{name}.ipynb" for name in plan.assignments}


def _private(scratch: Path) -> str:
    return f"sqlite:///{scratch.as_posix()}/cells.db"


def reuse(
    plan: Plan, journal: Journal, item: Item, marks: dict[str, float | None] | None
) -> Result | None:
    """Return the kept result if nothing has changed and the gradebook's marks say the same."""
    kept = journal.holds(item.student, item.assignment, item.key)
    if kept is None or marks is None or digest_marks(marks) != kept.marks:
        return None
    return journal.result(item.student, item.assignment)


def _run(plan: Plan, items: list[Item], scratch: Path, releases: dict[str, Path]) -> Any:
    """Yield each item with the outcome that its worker found."""
    by_task = {
        worker.Task(
            item.student,
            item.assignment,
            item.folder.resolve(),
            releases[item.assignment],
            plan.course.root,
            _private(scratch),
            plan.limits[item.assignment],
        ): item
        for item in items
    }
    give_up = max(limits.total for limits in plan.limits.values()) + plans.GRACE
    for task, outcome in pool.run(worker.grade, list(by_task), plan.workers, give_up):
        if isinstance(outcome, str):
            outcome = worker.Outcome(reason=f"the grader failed: {outcome}", fault=outcome)
        yield by_task[task], outcome


def _record(
    plan: Plan, journal: Journal, item: Item, outcome: worker.Outcome, release: Path
) -> Result:
    """Write one outcome down: notebook, gradebook, and last the result that says it is done."""
    path = autograded_path(plan.home, item.assignment, item.student)
    max_points = sum(
        float(cell.metadata.nbgrader.points)
        for cell in nbformat.read(release, as_version=4).cells
        if (row := cell.metadata.get("nbgrader", {})).get("grade") or row.get("task")
    )
    if outcome.notebook:
        put(path, outcome.notebook.encode())
        gradebook.write_marks(plan.gradebook, item.assignment, item.student, outcome.notebook)
    else:
        drop(plan.home, item.assignment, item.student)
        gradebook.clear_marks(plan.gradebook, item.assignment, item.student)
    if outcome.fault:
        put(plan.home / "faults" / item.assignment / f"{item.student}.log", outcome.fault.encode())
    points = round(sum(entry["mark"] or 0.0 for entry in outcome.checks), 6)
    status: Status = "failed"
    if outcome.notebook:
        status = "repaired" if outcome.repaired else "graded"
    result = Result(
        item.student,
        item.assignment,
        status,
        points if outcome.notebook else None,
        max_points,
        tuple(outcome.checks),
        tuple(outcome.repaired),
        tuple(outcome.notes),
        outcome.reason,
        seconds=outcome.seconds,
        grader_failed=bool(outcome.fault),
        key=item.key,
        by_hand=tuple(outcome.by_hand),
    )
    journal.append([result])
    return result
