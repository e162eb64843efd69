"""What the report says of a submission, of an exercise and of a property, each in a row."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One submission, in short.

    Attributes
    ----------
    student, status : str
    points : float or None
    max_points : float
        What checks and tests can give; what a person grades is not in it.
    seconds : float
    repaired, notes : tuple of str
    reason, sandbox, engine : str
    unanswered : int
        Solution cells as they were released.
    shares : dict of str to float
        Share of the points of each exercise.
    """

    student: str
    status: str
    points: float | None
    max_points: float
    seconds: float
    repaired: tuple[str, ...]
    notes: tuple[str, ...]
    reason: str
    sandbox: str
    engine: str
    unanswered: int
    shares: dict[str, float]

    @property
    def share(self) -> float | None:
        """Share of all points; None if there is no mark."""
        if self.points is None:
            return None
        return self.points / self.max_points if self.max_points else 0.0


class Asked(NamedTuple):
    """A cell that a person grades: its points, how many wrote something, and how many nothing."""

    cell: str
    points: float
    begun: int = 0
    blank: int = 0


class Facts(NamedTuple):
    """One check of a submission, in short."""

    exercise: str
    mark: float
    max_points: float
    states: list[tuple[tuple[str, str], int]]
    mistake: tuple[str, str] | None
    cause: str


class ExerciseRow(NamedTuple):
    """How one exercise went.

    Attributes
    ----------
    name, title : str
    share : float
        Mean share of its points.
    full, none : int
        How many got all of them, and none.
    submissions : int
    discrimination : float or None
        Correlation of its share with the points in the other exercises.
    """

    name: str
    title: str
    share: float
    full: int
    none: int
    submissions: int
    discrimination: float | None = None


class PropertyRow(NamedTuple):
    """How often one property held in every check, out of those that were judged at all.

    Attributes
    ----------
    exercise, sentence : str
    holds, fails, unchecked : int
    discrimination : float or None
        Point-biserial: correlation of whether it holds with the points in the other exercises.
    """

    exercise: str
    sentence: str
    holds: int
    fails: int
    unchecked: int
    discrimination: float | None = None

    @property
    def share(self) -> float:
        """Share of submissions in which it held."""
        total = self.holds + self.fails + self.unchecked
        return self.holds / total if total else 0.0
