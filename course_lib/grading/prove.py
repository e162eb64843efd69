"""``course checks``: a check is worth something only if it rejects what is wrong and names it.

Every misconception is put through the visible and the hidden check, and so is every right variant.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from rich.table import Table

from ..checks import EXERCISES, Exercise, judge
from .ui import Problem, progress

HIDDEN_SEED = 1  # any other than the visible check's 0


class Proof(NamedTuple):
    """How the check of one exercise did.

    Attributes
    ----------
    name : str
        The exercise.
    variants, rejected, named : int
        Wrong variants; those that both checks reject; those that both call by their name.
    correct_variants, accepted : int
        Right variants; those that get full points from both checks.
    problems : tuple of str
        One sentence for each that did not come out as it should.
    """

    name: str
    variants: int
    rejected: int
    named: int
    correct_variants: int
    accepted: int
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything came out as it should."""
        return not self.problems


def prove(exercise: Exercise) -> Proof:
    """Try the check of one exercise on every variant that it knows."""
    problems: list[str] = []
    rejected = named = accepted = 0
    for wrong in exercise.misconceptions:
        verdicts = both(exercise, wrong.function)
        if any(verdict.passed for verdict in verdicts):
            problems.append(f"accepts the wrong variant {wrong.name}")
            continue
        rejected += 1
        if all(verdict.misconception == wrong.name for verdict in verdicts):
            named += 1
        else:
            seen = {verdict.misconception or "nothing" for verdict in verdicts} - {wrong.name}
            problems.append(f"takes {wrong.name} for {' and '.join(sorted(seen))}")
    right = (exercise.reference, *exercise.correct)
    for function in right:
        verdicts = both(exercise, function)
        if all(v.passed and v.points == v.max_points for v in verdicts):
            accepted += 1
        else:
            name = getattr(function, "__name__", "the reference")
            cause = next(v.cause for v in verdicts if not v.passed)
            problems.append(f"rejects the right variant {name}: {cause}")
    return Proof(
        exercise.name,
        len(exercise.misconceptions),
        rejected,
        named,
        len(right),
        accepted,
        tuple(problems),
    )


def both(exercise: Exercise, function: Any) -> list[Any]:
    """Return the verdicts of the visible check and, if there is one, of the hidden check."""
    visible = judge(exercise, function)
    if not exercise.hidden:
        return [visible]
    return [visible, judge(exercise, function, seed=HIDDEN_SEED, hidden=True)]


def choose(only: tuple[str, ...]) -> list[Exercise]:
    """Return the exercises of these names, or all of them if there are none.

    Raises
    ------
    Problem
        If there is no exercise of one of the names.
    """
    unknown = set(only) - EXERCISES.keys()
    if unknown:
        raise Problem(f"There is no exercise {', '.join(sorted(unknown))}.")
    return [row for row in EXERCISES.values() if not only or row.name in only]


def prove_all(only: tuple[str, ...] = ()) -> list[Proof]:
    """Try the checks of all exercises, or of those named.

    Raises
    ------
    Problem
        If there is no exercise of that name.
    """
    chosen = choose(only)
    proofs = []
    with progress("Testing the checks", len(chosen)) as bar:
        for exercise in chosen:
            proofs.append(prove(exercise))
            bar.advance(bar.task_ids[0])
    return proofs


def to_dict(proofs: list[Proof]) -> dict[str, Any]:
    """Return JSON-ready data, schema 1."""
    return {"schema": 1, "exercises": [proof._asdict() for proof in proofs]}


def to_table(proofs: list[Proof]) -> Table:
    """Return a table for the terminal."""
    table = Table("exercise", title="The checks, tested", title_justify="left")
    for heading in ("wrong", "rejected", "named", "right", "accepted"):
        table.add_column(heading, justify="right")
    for proof in proofs:
        table.add_row(proof.name, *(str(count) for count in proof[1:6]))
    return table
