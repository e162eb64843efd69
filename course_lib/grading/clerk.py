"""What a worker does with a submission: read it, have it judged, and write down what came of it.

It needs no file and no gradebook: a submission's bytes go in, a result and a notebook come out.
"""

from __future__ import annotations

import functools
import gc
import re
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import intake, ordinary, people
from .autograded import fill, mark_of
from .blueprint import Blueprint
from .jobs import Filed as Filed
from .jobs import Job as Job
from .lines import line_of
from .matching import Same, grade_id, is_solution, known
from .needed import needed
from .results import Result, Status, slim
from .sandbox import is_enough
from .task import Kind, Limits, Outcome, Task
from .zygote import Lost

if TYPE_CHECKING:
    from .court import Court

# A student's copy of a check, alone in a cell. It is judged anyway; running it twice costs time only.
_ONLY_CHECKS = re.compile(r"(\s*(#.*|check\.\w+\([\w, =]*\)))*\s*")


class Clerk:
    """Works on jobs one after the other; keeps a court for them.

    Parameters
    ----------
    blueprints : mapping of str to Blueprint
        By assignment.
    level : str
        The least level of the sandbox; empty if any will do. The best there is is taken.
    limits : Limits
    own : mapping of str to Limits
        Those of assignments that have others.

    Attributes
    ----------
    packs : bool
        Whether notebooks are compressed: they may have a way to go.
    """

    def __init__(
        self,
        blueprints: Mapping[str, Blueprint],
        level: str = "",
        limits: Limits | None = None,
        own: Mapping[str, Limits] | None = None,
    ) -> None:
        self.blueprints = dict(blueprints)
        self.level = level
        self.limits = limits or Limits()
        self.own = dict(own or {})
        self.packs = False
        self._court: Court | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave the court behind: each process has its own."""
        return {**self.__dict__, "_court": None}

    def __call__(self, jobs: Sequence[Job]) -> list[Filed]:
        """Work on some jobs; whatever happens to one is its result, never an exception."""
        return [self._pack(self.work(job.with_key())) for job in jobs]

    def _pack(self, filed: Filed) -> Filed:
        """Do what the one writer then need not do for each of a class."""
        notebook = zlib.compress(filed.notebook, 1) if self.packs else filed.notebook
        line = line_of(filed.result)
        return filed._replace(
            result=slim(filed.result), notebook=notebook, packed=self.packs, line=line
        )

    @property
    def court(self) -> Court:
        """The court; opened when it is first needed."""
        if self._court is None:
            from .court import Court  # it brings all that judges: who has others work needs none

            court = Court()
            level = court.zygote().level
            if not is_enough(level, self.level):
                court.close()
                why = "; ".join(court.notes)
                raise Lost(f"there is no sandbox of level {self.level} here, only {level} ({why})")
            self._court = court
            gc.freeze()  # what is here by now stays; to look through it for garbage takes long
        return self._court

    def limits_of(self, assignment: str) -> Limits:
        """Return what a submission of an assignment may use."""
        return self.own.get(assignment, self.limits)

    @property
    def patience(self) -> float:
        """The most seconds that a submission may take."""
        return max(limits.total for limits in (self.limits, *self.own.values()))

    def close(self) -> None:
        """Close the court."""
        if self._court is not None:
            self._court.close()
            self._court = None

    def work(self, job: Job) -> Filed:
        """Work on one job."""
        begin = time.perf_counter()
        try:
            filed = self._work(job)
        except intake.Unreadable as reason:
            filed = Filed(self._without_mark(job, str(reason)))
        except (Exception, Lost) as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            filed = Filed(self.lost(job, what))
        seconds = round(time.perf_counter() - begin, 3)
        return filed._replace(result=filed.result._replace(seconds=seconds))

    def _work(self, job: Job) -> Filed:
        if job.reason:
            raise intake.Unreadable(job.reason)
        blueprint = self.blueprints[job.assignment]
        notebook, notes = intake.repair(intake.parse(job.data), blueprint.release)
        task, names = make_task(job, notebook, blueprint, self.limits_of(job.assignment))
        outcome = self._judge(task)
        if outcome.status == "grader failed":
            return Filed(self.lost(job, "; ".join(outcome.notes)))
        result = self._without_mark(job, "")._replace(
            repaired=(*job.repaired, *notes),
            notes=outcome.notes,
            sandbox=outcome.sandbox,
            cpu=outcome.cpu,
            memory=outcome.memory,
        )
        if outcome.status == "failed":
            reason = "; ".join(outcome.notes) or "no cell could be run"
            return Filed(result._replace(notes=(), reason=reason))
        exercises = tuple(_entries(blueprint, outcome))
        unanswered = _unanswered(notebook, blueprint)
        status: Status = "repaired" if result.repaired else "graded"
        result = result._replace(
            status=status,
            points=round(sum(entry["mark"] or 0.0 for entry in exercises), 6),
            exercises=exercises,
            unanswered=unanswered,
            by_hand=tuple(
                people.entry(row.cell, row.points, begun=row.cell not in unanswered)
                for row in blueprint.graded.values()
                if row.by_hand
            ),
        )
        text = fill(notebook, blueprint, outcome, names)
        return Filed(result, text.encode())

    def _judge(self, task: Task) -> Outcome:
        """Have a task judged; once more with a new court if it was ours that failed."""
        outcome = self.court.run(task)
        if outcome.status == "grader failed":
            self.close()
            outcome = self.court.run(task)
        return outcome

    def _without_mark(self, job: Job, reason: str) -> Result:
        return Result(
            job.student,
            job.assignment,
            "failed",
            None,
            self.blueprints[job.assignment].max_points,
            repaired=job.repaired,
            reason=reason,
            key=job.key,
            engine="judge",
        )

    def lost(self, job: Job, what: str) -> Result:
        """Return the result of a job that our own side failed on."""
        result = self._without_mark(job, f"the grader failed: {what}")
        return result._replace(grader_failed=True)


def make_task(
    job: Job, notebook: Any, blueprint: Blueprint, limits: Limits
) -> tuple[Task, dict[int, str]]:
    """Return what the court is to do with a rebuilt notebook, and what it calls each cell.

    Experiments that no answer needs are left out: :mod:`course_lib.grading.needed`.
    """
    rows = list(_runnable(notebook, blueprint))
    runs = needed([(kind, source) for _, _, kind, source in rows])
    if any(row.tests for row in blueprint.graded.values()):
        runs = [True] * len(rows)  # such tests may rest on whatever the cells before them did
    cells = tuple(row[1:] for row, run in zip(rows, runs, strict=True) if run)
    names = {row[0]: row[1] for row in rows}
    checks = tuple(
        (row.cell, row.exercise, row.seed, row.hidden, row.points)
        for row in blueprint.graded.values()
        if row.exercise
    )
    return Task(job.student, job.assignment, cells, checks, limits), names


def _runnable(notebook: Any, blueprint: Blueprint) -> Iterator[tuple[int, str, Kind, str]]:
    """Yield position, name, kind and text of each cell that can be run."""
    for position, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        graded = blueprint.graded.get(name)
        if cell["cell_type"] != "code" or (graded is not None and graded.exercise):
            continue
        if graded is not None and graded.tests:
            yield position, name, "test", graded.source
            continue
        if not name and _ONLY_CHECKS.fullmatch(cell["source"][:2000]):
            continue
        kind: Kind = "answer" if not name or is_solution(cell) else "given"
        yield position, name or f"own cell {position + 1}", kind, cell["source"]


def _entries(blueprint: Blueprint, outcome: Outcome) -> list[dict[str, Any]]:
    """Return a result's exercises: for each check its verdict, and the mark."""
    ran = {cell.name: cell for cell in outcome.cells}
    entries = []
    for row in blueprint.graded.values():
        if row.tests:
            mark, cause = ordinary.mark_of(ran.get(row.cell), row.points)
            entries.append(ordinary.entry(row.cell, row.tests, mark, row.points, cause))
        elif row.exercise:
            verdict = outcome.verdicts[row.cell]
            mark = mark_of(verdict["points"], row.points)
            entries.append(_entry(Same(verdict), row.cell, mark, row.points))
    return entries


@functools.lru_cache(1024)  # where the verdict is the very same, so is all that is made of it
def _entry(verdict: Same, cell: str, mark: float, most: float) -> dict[str, Any]:
    return {**verdict.it, "cell": cell, "mark": mark, "max_points": most}


def _unanswered(notebook: Any, blueprint: Blueprint) -> tuple[str, ...]:
    """Return the solution cells that are as they were released."""
    released, _ = known(Same(blueprint.release.cells))
    named = ((grade_id(cell), cell) for cell in notebook.cells)
    return tuple(
        name
        for name, cell in named
        if name and cell["source"] == released[name]["source"] and is_solution(cell)
    )
