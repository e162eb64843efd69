"""``course report``: one page on how a class did, and on what it has not understood."""

from __future__ import annotations

import statistics
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from ..checks import EXERCISES
from . import charts
from .feedback import environment
from .results import Result


class ExerciseRow(NamedTuple):
    """How one exercise went: mean share of its points, how many got all and none of them."""

    name: str
    title: str
    share: float
    full: int
    none: int
    submissions: int


class PropertyRow(NamedTuple):
    """How often one property held in both checks, out of those that were judged at all."""

    exercise: str
    sentence: str
    holds: int
    fails: int
    unchecked: int

    @property
    def share(self) -> float:
        """Share of submissions in which it held."""
        total = self.holds + self.fails + self.unchecked
        return self.holds / total if total else 0.0


class MistakeRow(NamedTuple):
    """A mistake that was recognized: how often, its help, and where the book explains it."""

    exercise: str
    title: str
    help: str
    times: int
    link: str


class CauseRow(NamedTuple):
    """What stopped a check when no mistake was recognized, and how often."""

    exercise: str
    cause: str
    times: int


def by_exercise(results: list[Result]) -> list[ExerciseRow]:
    """Return a row for each exercise, in the order of the assignment."""
    shares: dict[str, list[float]] = {}
    for result in results:
        earned: dict[str, list[float]] = {}
        for entry in result.exercises:
            pair = earned.setdefault(entry["exercise"], [0.0, 0.0])
            pair[0] += entry["mark"] or 0.0
            pair[1] += entry["max_points"]
        for name, (points, most) in earned.items():
            shares.setdefault(name, []).append(points / most if most else 0.0)
    return [
        ExerciseRow(
            name,
            EXERCISES[name].title if name in EXERCISES else name,
            statistics.fmean(values),
            sum(value >= 1 for value in values),
            sum(value <= 0 for value in values),
            len(values),
        )
        for name, values in shares.items()
    ]


def by_property(results: list[Result]) -> list[PropertyRow]:
    """Return a row for each property of each exercise; it holds if it does in every check."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    sentences: dict[tuple[str, str], str] = {}
    for result in results:
        seen: dict[tuple[str, str], set[str]] = {}
        for entry in result.exercises:
            for outcome in entry["outcomes"]:
                key = (entry["exercise"], outcome["name"])
                sentences.setdefault(key, outcome["sentence"])
                seen.setdefault(key, set()).add(outcome["status"])
        for key, states in seen.items():
            worst = next(s for s in ("fails", "not checked", "holds") if s in states)
            counts.setdefault(key, Counter())[worst] += 1
    return [
        PropertyRow(key[0], sentences[key], c["holds"], c["fails"], c["not checked"])
        for key, c in counts.items()
    ]


def mistakes(results: list[Result], book: str) -> list[MistakeRow]:
    """Return the recognized mistakes, most frequent first; each counts once a submission."""
    found: Counter[tuple[str, str]] = Counter()
    texts: dict[tuple[str, str], dict[str, Any]] = {}
    for result in results:
        own = {}
        for entry in result.exercises:
            if entry["misconception"]:
                own[entry["exercise"], entry["misconception"]] = entry
        found.update(own.keys())
        texts.update(own)
    return [
        MistakeRow(
            key[0], texts[key]["mistake"], texts[key]["help"], count, book_link(book, key[0])
        )
        for key, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]


def book_link(book: str, exercise: str) -> str:
    """Return the address of the section that explains an exercise; empty if it is not known."""
    row = EXERCISES.get(exercise)
    if row is None:
        return ""
    anchor = f"#{row.section}" if row.section else ""
    return f"{book.rstrip('/')}/{row.chapter}.html{anchor}"


def other_causes(results: list[Result]) -> list[CauseRow]:
    """Return what went wrong where no mistake was recognized; each counts once a submission."""
    found: Counter[tuple[str, str]] = Counter()
    for result in results:
        first: dict[str, str] = {}
        for entry in result.exercises:
            if entry["cause"] and not entry["misconception"]:
                first.setdefault(entry["exercise"], entry["cause"])
        found.update(first.items())
    return [
        CauseRow(*key, count)
        for key, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]


def render(results: list[Result], book: str) -> str:
    """Return the page.

    Parameters
    ----------
    results : list of Result
        At least one.
    book : str
        Where the book's pages are, as seen from the report: an address or a relative path.
    """
    marked = [result for result in results if result.points is not None]
    names = sorted({result.assignment for result in results})
    sections = []
    for name in names:
        mine = [result for result in marked if result.assignment == name]
        sections.append(_section(name, mine, [r for r in results if r.assignment == name], book))
    return (
        environment()
        .get_template("report.html.j2")
        .render(sections=sections, submissions=len(results), marked=len(marked))
    )


def _section(name: str, marked: list[Result], every: list[Result], book: str) -> dict[str, Any]:
    points = [result.points for result in marked if result.points is not None]
    exercises, wrong = by_exercise(marked), mistakes(marked, book)
    most = max((result.max_points for result in every), default=0.0)
    return {
        "name": name,
        "count": len(every),
        "marked": len(marked),
        "max_points": most,
        "mean": statistics.fmean(points) if points else None,
        "median": statistics.median(points) if points else None,
        "exercises": exercises,
        "properties": by_property(marked),
        "mistakes": wrong,
        "causes": other_causes(marked),
        "seconds": statistics.median([result.seconds for result in every]),
        "figures": {
            "scores": charts.scores(points, most) if points else None,
            "exercises": charts.success(exercises) if exercises else None,
            "mistakes": charts.mistakes(wrong[:10]) if wrong else None,
            "time": charts.seconds([result.seconds for result in every]),
        },
        "unmarked": [result for result in every if result.points is None],
        "remarks": [result for result in marked if result.repaired or result.notes],
    }


def write(results: list[Result], out: Path, book: str) -> Path:
    """Write the page as ``index.html`` into a folder, and return where it is."""
    out.mkdir(parents=True, exist_ok=True)
    page = out / "index.html"
    page.write_text(render(results, book), encoding="utf-8")
    return page
