"""What the report needs of one assignment, taken one result at a time.

A class may be large: of a result only numbers are kept, and of texts each once.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from .._validate import Array
from ..checks import EXERCISES
from .report_rows import Asked, ExerciseRow, Facts, PropertyRow, Row
from .results import Result

_STATES = {"holds": 0, "not checked": 1, "fails": 2}
_MOST_SEEN = 4096


class Tally:
    """Counts of one assignment.

    Attributes
    ----------
    name : str
    rows : list of Row
    mistakes, causes : Counter
        By exercise and mistake, or cause: in how many submissions.
    texts : dict
        Of each mistake: what it is called, and its help.
    ordinary : set of str
        Exercises with tests that are ordinary cells.
    by_hand : dict of str to Asked
        Cells that a person grades.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[Row] = []
        self.mistakes: Counter[tuple[str, str]] = Counter()
        self.causes: Counter[tuple[str, str]] = Counter()
        self.texts: dict[tuple[str, str], tuple[str, str]] = {}
        self.titles: dict[str, str] = {}
        self.ordinary: set[str] = set()
        self.by_hand: dict[str, Asked] = {}
        self.sentences: dict[tuple[str, str], str] = {}
        self._states: list[dict[tuple[str, str], int]] = []
        self._points: list[dict[str, tuple[float, float]]] = []
        self._seen: dict[int, tuple[dict[str, Any], Facts]] = {}

    def add(self, result: Result) -> None:
        """Take one result."""
        points: dict[str, tuple[float, float]] = {}
        if result.points is not None:
            points = self._look(result)
        for row in result.by_hand:
            asked = self.by_hand.get(row["cell"], Asked(row["cell"], row["max_points"]))
            begun = row["mark"] is None
            self.by_hand[asked.cell] = asked._replace(
                begun=asked.begun + begun, blank=asked.blank + (not begun)
            )
        most = result.max_points - sum(row["max_points"] for row in result.by_hand)
        self.rows.append(
            Row(
                result.student, result.status, result.points, most, result.seconds,
                result.repaired, result.notes, result.reason, result.sandbox, result.engine,
                len(result.unanswered),
                {name: earned / most if most else 0.0 for name, (earned, most) in points.items()},
            )
        )  # fmt: skip

    def _look(self, result: Result) -> dict[str, tuple[float, float]]:
        points: dict[str, tuple[float, float]] = {}
        states: dict[tuple[str, str], int] = {}
        wrong: set[tuple[str, str]] = set()
        first: dict[str, str] = {}
        for entry in result.exercises:
            facts = self._facts(entry)
            name = facts.exercise
            earned, most = points.get(name, (0.0, 0.0))
            points[name] = (earned + facts.mark, most + facts.max_points)
            for key, state in facts.states:
                if state > states.get(key, -1):  # it holds if it does in every check
                    states[key] = state
            if facts.mistake:
                wrong.add(facts.mistake)
            elif facts.cause:
                first.setdefault(name, facts.cause)
        self.mistakes.update(wrong)
        self.causes.update(first.items())
        self._states.append(states)
        self._points.append(points)
        return points

    def _facts(self, entry: dict[str, Any]) -> Facts:
        """Return what counts of an entry; results that were read from the journal share theirs."""
        kept = self._seen.get(id(entry))
        if kept is not None:
            return kept[1]
        name = entry["exercise"]
        self.titles.setdefault(name, entry["title"])
        if entry.get("ordinary"):
            self.ordinary.add(name)
        states = []
        for outcome in entry["outcomes"]:
            key = (name, outcome["name"])
            self.sentences.setdefault(key, outcome["sentence"])
            states.append((key, _STATES.get(outcome["status"], 1)))
        mistake = None
        if entry["misconception"]:
            mistake = (name, entry["misconception"])
            self.texts[mistake] = entry["mistake"], entry["help"]
        mark, most = entry["mark"] or 0.0, entry["max_points"]
        facts = Facts(name, mark, most, states, mistake, entry["cause"])
        if len(self._seen) >= _MOST_SEEN:
            self._seen.clear()
        self._seen[id(entry)] = entry, facts  # with the entry, or its number would be used again
        return facts

    @property
    def marked(self) -> list[Row]:
        """Submissions with a mark."""
        return [row for row in self.rows if row.points is not None]

    @property
    def points(self) -> Array:
        """Points of those with a mark."""
        return np.array([row.points for row in self.marked], float)

    @property
    def max_points(self) -> float:
        """Points that could be earned."""
        return max((row.max_points for row in self.marked or self.rows), default=0.0)

    def exercises(self) -> list[ExerciseRow]:
        """Return a row for each exercise, in the order of the assignment."""
        total = self.points
        rows = []
        for name, title in self.titles.items():
            own = np.array([p[name][0] if name in p else np.nan for p in self._points])
            share = np.array([row.shares.get(name, np.nan) for row in self.marked])
            there = ~np.isnan(share)
            share, rest = share[there], (total - own)[there]
            ours = name in EXERCISES and name not in self.ordinary
            known = EXERCISES[name].title if ours else title
            rows.append(
                ExerciseRow(
                    name, known, float(share.mean()), int((share >= 1 - 1e-9).sum()),
                    int((share <= 1e-9).sum()), len(share), correlation(share, rest),
                )
            )  # fmt: skip
        return rows

    def properties(self) -> list[PropertyRow]:
        """Return a row for each property; it holds if it does in every check."""
        total = self.points
        own = {
            name: np.array([p.get(name, (0.0, 0.0))[0] for p in self._points])
            for name in self.titles
        }
        rows = []
        for (name, key), sentence in self.sentences.items():
            state = np.array([s.get((name, key), -1) for s in self._states])
            there = state >= 0
            holds, unchecked, fails = ((state == value).sum() for value in (0, 1, 2))
            found = correlation((state[there] == 0).astype(float), (total - own[name])[there])
            rows.append(PropertyRow(name, sentence, int(holds), int(fails), int(unchecked), found))
        return rows


FEWEST = 10  # submissions; a correlation of fewer says nothing


def correlation(one: Array, other: Array) -> float | None:
    """Return Pearson's correlation; None of few values, or where one does not vary.

    With a variable that is 0 or 1 this is the point-biserial correlation.

    Examples
    --------
    >>> correlation(np.arange(10.0), np.arange(10.0)), correlation(np.ones(10), np.arange(10.0))
    (1.0, None)
    """
    if len(one) < FEWEST:
        return None
    a, b = one - one.mean(), other - other.mean()
    size = math.sqrt(float(a @ a) * float(b @ b))
    return round(float(a @ b) / size, 6) if size > 1e-12 * len(one) else None


def tallies(results: Any) -> dict[str, Tally]:
    """Return the tallies of results, by assignment."""
    found: dict[str, Tally] = {}
    for result in results:
        if result.assignment not in found:
            found[result.assignment] = Tally(result.assignment)
        found[result.assignment].add(result)
    return dict(sorted(found.items()))
