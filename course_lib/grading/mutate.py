"""``course checks --mutate``: small random damage to the right answers, which the checks must notice.

The catalogue of misconceptions holds what people are known to get wrong. This looks beyond it: every
solution is changed in one place (an operator, a constant, an argument, a line left out), and the
changed one put through both checks. A change that passes shows a gap in the check, unless it computes
the same thing, or is another right answer, as another good recipe is; such are listed, with the reason,
in the chapter's ``equivalents.toml``. Every change is counted, those included.
"""

from __future__ import annotations

import ast
import dataclasses
import os
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np
from rich.table import Table

from .. import checks
from ..checks import EXERCISES, judge
from ._mutations import changes, only_order
from .answers import Blank, read_blanks
from .course import Course
from .prove import HIDDEN_SEED
from .ui import Problem, progress

SECONDS = 3.0  # a change can make a loop endless; no solution takes a tenth of this
USUAL = 10.0  # who is given more than this trains networks, and gets all of it
ORDER = "The order of the arguments of a maximum or minimum means nothing."


class Mutant(NamedTuple):
    """A solution changed in one place.

    Attributes
    ----------
    exercise : str
        Which exercise.
    before, after : str
        The changed statement, as it was and as it is.
    source : str
        Text of the whole changed solution.
    context : str
        Solutions of earlier cells that it uses.
    """

    exercise: str
    before: str
    after: str
    source: str
    context: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies it in ``equivalents.toml``."""
        return self.exercise, self.before, self.after


class Survey(NamedTuple):
    """How the checks of one exercise did against random changes.

    Attributes
    ----------
    name : str
        The exercise.
    mutants, killed : int
        How many changes were tried, and how many the checks noticed.
    equivalent : tuple of dict
        Survivors that compute the same or are right as well, with the reason.
    survivors : tuple of dict
        Survivors that nobody has explained.
    """

    name: str
    mutants: int
    killed: int
    equivalent: tuple[dict[str, str], ...]
    survivors: tuple[dict[str, str], ...]


def mutants_of(exercise: str, solution: str) -> Iterator[Mutant]:
    """Make every change of a solution, each once."""
    seen = {ast.unparse(ast.parse(solution))}
    for before, after, source in changes(solution):
        if source not in seen:
            seen.add(source)
            yield Mutant(exercise, before, after, source)


def survives(mutant: Mutant) -> bool:
    """Whether both checks accept a changed solution."""
    names: dict[str, Any] = {"np": np}
    exec(compile(mutant.context, "<earlier cells>", "exec"), names)
    try:
        exec(compile(mutant.source, f"<{mutant.exercise}>", "exec"), names)
        answer = names[mutant.exercise]
    except Exception:
        return False
    row = EXERCISES[mutant.exercise]
    row = dataclasses.replace(row, seconds=SECONDS if row.seconds <= USUAL else row.seconds)
    return all(
        judge(row, answer, seed, hidden).passed
        for seed, hidden in ((0, False), (HIDDEN_SEED, True))[: 1 + row.hidden]
    )


def explained() -> dict[tuple[str, str, str], str]:
    """Read the changes that are known to compute the same, with the reason."""
    table = {}
    for path in sorted(Path(checks.__file__).parent.glob("ch*/equivalents.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]:
            table[row["exercise"], row["before"], row["after"]] = row["reason"]
    return table


def survey(blank: Blank, pool: Any, reasons: dict[tuple[str, str, str], str]) -> Survey:
    """Put every change of one solution through its checks."""
    found = mutants_of(blank.exercise.name, blank.solution)
    mutants = [mutant._replace(context=blank.context) for mutant in found]
    lived = [m for m, alive in zip(mutants, pool.map(survives, mutants), strict=True) if alive]
    told = {m: _reason(m, blank.solution, reasons) for m in lived}
    known = tuple(_row(m) | {"reason": told[m]} for m in lived if told[m])
    unknown = tuple(_row(m) for m in lived if not told[m])
    return Survey(blank.exercise.name, len(mutants), len(mutants) - len(lived), known, unknown)


def _reason(mutant: Mutant, solution: str, reasons: dict[tuple[str, str, str], str]) -> str:
    return ORDER if only_order(solution, mutant.source) else reasons.get(mutant.key, "")


def _row(mutant: Mutant) -> dict[str, str]:
    return {"before": mutant.before, "after": mutant.after}


def survey_all(course: Course, only: tuple[str, ...] = ()) -> list[Survey]:
    """Change every solution in every way, and report what the checks did not notice.

    Parameters
    ----------
    course : Course
    only : tuple of str, optional
        Names of exercises; all without.

    Returns
    -------
    list of Survey

    Raises
    ------
    Problem
        If an exercise of that name does not exist.
    """
    blanks = [
        blank
        for name in course.assignments()
        for blank in read_blanks(
            nbformat.read(course.solution(name), as_version=4),
            nbformat.read(course.release(name), as_version=4),
        )
        if blank.exercise.takes == "function" and blank.checks
    ]
    unknown = set(only) - {blank.exercise.name for blank in blanks}
    if unknown:
        raise Problem(f"There is no exercise {', '.join(sorted(unknown))}.")
    chosen = [blank for blank in blanks if not only or blank.exercise.name in only]
    reasons = explained()
    found = []
    with (
        ProcessPoolExecutor(os.cpu_count()) as pool,
        progress("Changing solutions", len(chosen)) as bar,
    ):
        for blank in chosen:
            found.append(survey(blank, pool, reasons))
            bar.advance(bar.task_ids[0])
    return found


def to_dict(surveys: list[Survey]) -> dict[str, Any]:
    """Return JSON-ready data, schema 1."""
    mutants, killed = (sum(getattr(s, part) for s in surveys) for part in ("mutants", "killed"))
    share = killed / mutants if mutants else 1.0  # the explained ones are among the rest
    rows = [row._asdict() for row in surveys]
    return {"schema": 1, "mutants": mutants, "killed": killed, "share": share, "exercises": rows}


def to_table(surveys: list[Survey]) -> Table:
    """Return a table for the terminal."""
    table = Table("exercise", title="Solutions, changed at random", title_justify="left")
    for heading in ("changes", "noticed", "explained", "not noticed"):
        table.add_column(heading, justify="right")
    for row in surveys:
        counts = (row.mutants, row.killed, len(row.equivalent), len(row.survivors))
        table.add_row(row.name, *map(str, counts))
    return table
