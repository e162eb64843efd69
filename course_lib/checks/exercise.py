"""What an exercise is, and what a check says about an answer to it.

An :class:`Exercise` is one row: the right function, the properties that make it right, and the wrong
functions that people write. Two docstrings are written for students. That of a property is the
sentence they read when it holds or fails. That of a wrong function is the help they get when theirs
does the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .._validate import Array
from .values import Kind

if TYPE_CHECKING:
    from .trial import Trial

Function = Callable[..., Any]
Status = Literal["holds", "fails", "not checked"]

# Two functions make the same mistake if their fingerprints agree this well: far looser than
# rounding (a student's own state drifts), far tighter than any two mistakes differ.
SAME = 1e-7


@dataclass(frozen=True)
class Property:
    """One thing that must be true of an answer.

    Attributes
    ----------
    name : str
        Identifier, used in reports.
    sentence : str
        What a student reads, whether it holds or fails.
    test : callable
        ``test(trial)`` raises :class:`Failure` if the property does not hold.
    after : tuple of str
        Properties that must hold before this one is worth checking, so that one mistake gives one
        message.
    weight : float
        Share of the points, relative to the other properties; 0 for a mere precondition.
    """

    name: str
    sentence: str
    test: Callable[[Trial], None]
    after: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True)
class Misconception:
    """A wrong function that people write, and what helps the one who wrote it.

    It has two uses. It proves the check, which must reject it; and it diagnoses: an answer that
    computes the same as ``function`` gets ``help``.

    Parameters
    ----------
    function : callable
        The wrong variant. The first line of its docstring names the mistake; the rest is the help.
    """

    function: Function

    @property
    def name(self) -> str:
        """Identifier, such as ``betas_swapped``."""
        return str(self.function.__name__)

    @property
    def title(self) -> str:
        """The mistake in a few words."""
        return _paragraphs(self.function)[0]

    @property
    def help(self) -> str:
        """The sentences that a student who made it should read."""
        return " ".join(_paragraphs(self.function)[1:])


def _paragraphs(function: Function) -> list[str]:
    text = inspect.cleandoc(function.__doc__ or "")
    return [" ".join(part.split()) for part in text.split("\n\n")]


@dataclass(frozen=True)
class Exercise:
    """One function that students write, and everything known about it.

    Attributes
    ----------
    name : str
        The function's name, as in ``check.<name>(function)``.
    chapter : str
        Chapter and assignment it belongs to.
    title : str
        What it is, in a few words.
    parameters, returns : tuple of str
        Names of what goes in, by position, and of what comes back.
    points : float
        For the visible and the hidden check together; each gives half.
    reference : callable
        The right function.
    properties : tuple of Property
        In the order in which they are checked.
    misconceptions : tuple of Misconception
        Wrong variants.
    correct : tuple of callable
        Right ways to write it that differ from the reference; the check must accept each.
    fingerprint : callable
        ``fingerprint(trial, rng)`` puts the function of a trial through one fixed experiment and
        returns the numbers that came out. Two functions with the same fingerprint make the same
        mistake.
    kinds : tuple of str
        What each returned value is: ``array``, ``number``, ``text``, ``truth``, ``arrays`` or
        ``function``.
    probes : tuple of tuple
        For a returned function: the arguments at which it is compared.
    tolerance : mapping of str to float
        By the name of a dtype, where it is not the usual one: how far a right answer may be from the
        reference, relative to the largest number expected.
    same : float
        How closely two fingerprints agree that mean the same mistake.
    takes : str
        ``function``, or ``value`` for a question, whose answer is a number or a text.
    hidden : bool
        Whether there is a hidden check, which then gives half of the points.
    by_result : bool
        Whether many different answers are right, as for a recipe that has to reach an accuracy.
    seconds : float
        Time that one check may take before it is stopped.
    section : str
        Label of the section in the book that explains it.
    """

    name: str
    chapter: str
    title: str
    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    points: float
    reference: Function
    properties: tuple[Property, ...]
    misconceptions: tuple[Misconception, ...]
    correct: tuple[Function, ...]
    fingerprint: Callable[[Trial, np.random.Generator], list[Array]]
    kinds: tuple[Kind, ...] = ()
    probes: tuple[tuple[Any, ...], ...] = ()
    tolerance: Mapping[str, float] = field(default_factory=dict)
    same: float = SAME
    takes: Literal["function", "value"] = "function"
    hidden: bool = True
    by_result: bool = False
    seconds: float = 10.0
    section: str = ""

    def __post_init__(self) -> None:
        if not self.kinds:
            object.__setattr__(self, "kinds", ("array",) * len(self.returns))

    @property
    def own_functions(self) -> tuple[Function, ...]:
        """The functions that this row is made of: right ones, then wrong ones."""
        wrong = (misconception.function for misconception in self.misconceptions)
        return (self.reference, *self.correct, *wrong)


class Failure(Exception):  # noqa: N818  # it is an outcome, not an error
    """A property does not hold: what was seen, and the values that show it.

    Parameters
    ----------
    message : str
        What is wrong, in a sentence.
    arguments : sequence of (str, object), optional
        What the function was called with, by name.
    expected, actual : object, optional
        What should have come back, and what did.
    quantity : str, optional
        Name of the returned value that the two belong to.
    kind : str, optional
        Type of the exception that the answer raised, if it did.
    """

    def __init__(
        self,
        message: str,
        arguments: Sequence[tuple[str, Any]] = (),
        expected: Any = None,
        actual: Any = None,
        quantity: str = "",
        kind: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.arguments = tuple(arguments)
        self.expected = expected
        self.actual = actual
        self.quantity = quantity
        self.kind = kind


@dataclass(frozen=True)
class Outcome:
    """How one property came out."""

    name: str
    sentence: str
    status: Status


@dataclass(frozen=True)
class Evidence:
    """The smallest case that shows the failure, as text, by name: what went in, what came out."""

    arguments: tuple[tuple[str, str], ...]
    results: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What a check says about one answer: plain data, drawn by ``course_lib.checks.render``.

    Attributes
    ----------
    exercise, title : str
        Which exercise.
    points, max_points : float
        Earned, and possible in this check.
    outcomes : tuple of Outcome
        One a property, in order.
    cause : str
        What went wrong first; empty if nothing did.
    misconception, mistake, help : str
        Identifier, short name and help of a mistake that was recognized; empty if none was.
    evidence : Evidence or None
        The case that shows it. None in a hidden check, whose inputs are never shown.
    printed : str
        The beginning of what the function printed while it was checked.
    hidden : bool
        Whether this was the hidden check.
    schema : int
        Version of this form, 1.
    """

    exercise: str
    title: str
    points: float
    max_points: float
    outcomes: tuple[Outcome, ...]
    cause: str = ""
    misconception: str = ""
    mistake: str = ""
    help: str = ""
    evidence: Evidence | None = None
    printed: str = ""
    hidden: bool = False
    schema: int = field(default=1)

    @property
    def passed(self) -> bool:
        """Whether every property holds."""
        return all(outcome.status == "holds" for outcome in self.outcomes)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as JSON-ready data.

        Returns
        -------
        dict
            Every attribute by its name.
        """
        return asdict(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from .render import MIME, to_html, to_text

        return {"text/html": to_html(self), "text/plain": to_text(self), MIME: self.to_dict()}


class CheckFailed(Exception):  # noqa: N818  # named for the student who reads it
    """Raised when an answer earned no points; notebooks show only its message."""

    def _render_traceback_(self) -> list[str]:
        return [f"CheckFailed: {self}"]
