"""``course checks --seeds N``: no check rejects a right answer, whatever the seed.

Every check is tried on its reference with every seed, and with each tenth on one of the other right
ways in turn. A record keeps what was tried, next to a digest of the code that it was tried with; what
stands there already, with the same code, is not tried again. So a long run can be interrupted, and a
change of one exercise costs the seeds of one exercise.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from ..checks import EXERCISES, Exercise, judge
from .prove import choose
from .rowcode import digest
from .ui import Problem, progress

PIECE = 50  # seeds between two notes in the record
OTHERS = 10  # another right way is tried with every tenth seed


class Piece(NamedTuple):
    """Some seeds of one check.

    Attributes
    ----------
    name : str
        The exercise.
    hidden : bool
        Which of its checks.
    first, end : int
        Seeds from ``first`` up to, but not including, ``end``.
    """

    name: str
    hidden: bool
    first: int
    end: int

    @property
    def check(self) -> str:
        """The check in a word."""
        return "hidden" if self.hidden else "visible"


def run(seeds: int, only: tuple[str, ...] = (), record: Path | None = None) -> dict[str, Any]:
    """Try the seeds 0, 1, ... of every check that the record does not have yet.

    Parameters
    ----------
    seeds : int
        How many.
    only : tuple of str, optional
        Names of exercises; all without.
    record : path, optional
        File that keeps what was tried. It is written after every piece of work.

    Returns
    -------
    dict
        The record of the exercises asked for, schema 1: for each exercise the digest of its code, how
        many seeds each check was tried with, and what was rejected.

    Raises
    ------
    Problem
        If there is no exercise of a name in ``only``, or the record can't be read or written.
    """
    chosen = choose(only)
    rows = _read(record)
    for exercise in chosen:
        code = digest(exercise)
        if rows.get(exercise.name, {}).get("code") != code:
            rows[exercise.name] = {"code": code, **dict.fromkeys(checks_of(exercise), 0)}
            rows[exercise.name]["rejected"] = []
    pieces = [piece for exercise in chosen for piece in _left(exercise, rows, seeds)]
    pieces.sort(key=lambda piece: EXERCISES[piece.name].by_result)  # those that train come last
    with (
        ProcessPoolExecutor(os.cpu_count(), initializer=_leave_interrupts) as pool,
        progress("Trying seeds", len(pieces)) as bar,
    ):
        for piece, found in zip(pieces, pool.map(rejections, pieces), strict=True):
            rows[piece.name][piece.check] = piece.end
            rows[piece.name]["rejected"] += found
            _write(record, rows)
            bar.advance(bar.task_ids[0])
    return {"schema": 1, "exercises": {row.name: rows[row.name] for row in chosen}}


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the process that waits: a worker ends the piece that it has begun."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def checks_of(exercise: Exercise) -> tuple[str, ...]:
    """Return the names of the checks that an exercise has."""
    return ("visible", "hidden")[: 1 + exercise.hidden]


def _left(exercise: Exercise, rows: dict[str, Any], seeds: int) -> Iterator[Piece]:
    for check in checks_of(exercise):
        for first in range(rows[exercise.name][check], seeds, PIECE):
            yield Piece(exercise.name, check == "hidden", first, min(first + PIECE, seeds))


def rejections(piece: Piece) -> list[str]:
    """Try one piece; return a line for each right answer that was rejected."""
    exercise = EXERCISES[piece.name]
    lines = []
    for seed in range(piece.first, piece.end):
        for function in _right_ways(exercise, seed):
            # A busy machine must not look like a bad seed.
            verdict = judge(exercise, function, seed, piece.hidden, timed=False)
            if not verdict.passed:
                name = getattr(function, "__name__", "the reference")
                lines.append(f"seed {seed}, {piece.check} check, {name}: {verdict.cause}")
    return lines


def _right_ways(exercise: Exercise, seed: int) -> Iterable[Any]:
    yield exercise.reference
    turn, rest = divmod(seed, OTHERS)
    if exercise.correct and not rest:
        yield exercise.correct[turn % len(exercise.correct)]


def stale(record: Path, seeds: int) -> list[str]:
    """Return the exercises whose checks have not been tried with so many seeds as they are now.

    Parameters
    ----------
    record : path
    seeds : int

    Returns
    -------
    list of str
        New exercises, and those whose code has changed since.
    """
    rows = _read(record)
    return [
        name
        for name, exercise in EXERCISES.items()
        if rows.get(name, {}).get("code") != digest(exercise)
        or any(rows[name].get(check, 0) < seeds for check in checks_of(exercise))
    ]


def _read(record: Path | None) -> dict[str, Any]:
    if record is None or not record.exists():
        return {}
    try:
        data = json.loads(record.read_text(encoding="utf-8"))
        return dict(data["exercises"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Problem(f"{record} is not a record of seeds. Name another file, or none.") from None


def _write(record: Path | None, rows: dict[str, Any]) -> None:
    if record is None:
        return
    in_order = {name: rows[name] for name in EXERCISES if name in rows}
    text = json.dumps({"schema": 1, "exercises": in_order}, indent=1, ensure_ascii=False)
    new = record.with_suffix(".new")
    try:
        new.write_text(text + "\n", encoding="utf-8")
        new.replace(record)
    except OSError as error:
        raise Problem(f"Can't write {record}: {error.strerror}. Name another file.") from None
