"""Texts of answers, as students might type them into a solution cell."""

from __future__ import annotations

import ast
import functools
import inspect
import re
import textwrap
from typing import Any, NamedTuple

import numpy as np

from ..checks import EXERCISES, Exercise, judge

_STUB = re.compile(r"^( *)# YOUR CODE HERE\n *raise NotImplementedError\(\)$", re.MULTILINE)
_SOLUTION = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
_CHECK = re.compile(r"^check\.(\w+)\(\w+(?:, seed=(\d+))?(, hidden=True)?\)$", re.MULTILINE)


class Answer(NamedTuple):
    """What stands in a student's solution cell, and what it should earn.

    Attributes
    ----------
    label : str
        ``right``, the name of a misconception, or what else was done.
    source : str
        Text of the cell.
    points : float
        From the visible and the hidden check together.
    """

    label: str
    source: str
    points: float


class Blank(NamedTuple):
    """One exercise of an assignment, as the notebooks have it.

    Attributes
    ----------
    exercise : Exercise
    release, solution : str
        Text of the solution cell as students get it, and with the solution.
    checks : tuple of (int, bool)
        Seed of each of its graded checks, and whether it is hidden. None for a function that was
        written in an earlier assignment and is used again.
    context : str
        Solutions of earlier cells that this one uses.
    """

    exercise: Exercise
    release: str
    solution: str
    checks: tuple[tuple[int, bool], ...]
    context: str = ""

    @property
    def right(self) -> Answer:
        """The solution."""
        return self.answer("right", self.solution)

    @property
    def empty(self) -> Answer:
        """What was released, untouched."""
        return self.answer("empty", self.release)

    def body(self, text: str) -> str:
        """Return the released cell with a body put in place of the stub."""
        stub = _STUB.search(self.release)
        assert stub is not None, f"{self.exercise.name}: no stub in the released cell"
        body = textwrap.indent(textwrap.dedent(text).rstrip(), stub.group(1))
        return self.release[: stub.start()] + body + self.release[stub.end() :]

    @property
    def right_body(self) -> str:
        """The lines of the solution."""
        return body_of(self.solution)

    def answer(self, label: str, source: str, runs: bool = True) -> Answer:
        """Make an answer; its points come from the judge, or are 0 if it can't be run here."""
        return Answer(label, source, score(self, source) if runs else 0.0)

    def variants(self) -> list[Answer]:
        """Return the other right ways to write it that stand as text of their own."""
        plain = [f for f in self.exercise.correct if inspect.isfunction(f)]
        texts = dict.fromkeys(_own_text(function) for function in plain)
        return [self.answer("right", self.body(text)) for text in texts if text]

    def mistakes(self) -> list[Answer]:
        """Return an answer with each misconception; none where nothing is graded."""
        if not self.checks:
            return []
        return [
            self.answer(wrong.name, self.body(self._text(wrong.function)))
            for wrong in self.exercise.misconceptions
        ]

    def _text(self, function: Any) -> str:
        """Return what a student would type who thinks what a wrong function computes."""
        if self.exercise.takes == "value":
            value = function()
            endless = isinstance(value, float) and not np.isfinite(value)
            text = f'float("{value}")' if endless else repr(value)
            return f"{self.exercise.name} = {text}"
        return body_of(inspect.getsource(function))


def _own_text(function: Any) -> str:
    if hasattr(function, "__wrapped__"):
        return ""
    return body_of(inspect.getsource(function))


def body_of(source: str) -> str:
    """Return the body of the function in a text, without its docstring.

    Examples
    --------
    >>> body_of("def f(x): return x")
    'return x'
    """
    source = textwrap.dedent(source)
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    first = function.body[1 if ast.get_docstring(function) is not None else 0]
    lines = source.splitlines()[first.lineno - 1 : function.end_lineno]
    return textwrap.dedent(
        "\n".join([" " * first.col_offset + lines[0][first.col_offset :], *lines[1:]])
    )


def read_blanks(solution: Any, release: Any) -> list[Blank]:
    """Find the exercises of an assignment in its source and its released notebook."""
    released = {_id(cell): cell.source for cell in release.cells}
    checks: dict[str, list[tuple[int, bool]]] = {}
    for cell in solution.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            for name, seed, hidden in _CHECK.findall(cell.source):
                checks.setdefault(name, []).append((int(seed or 0), bool(hidden)))
    blanks: list[Blank] = []
    for cell in solution.cells:
        name, text = _id(cell), _SOLUTION.sub("", cell.source)
        if name in EXERCISES:
            used = [b.solution for b in blanks if re.search(rf"\b{b.exercise.name}\b", text)]
            blanks.append(
                Blank(
                    EXERCISES[name],
                    released[name],
                    text,
                    tuple(checks.get(name, ())),
                    "\n\n".join(used),
                )
            )
    return blanks


def _id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def score(blank: Blank, source: str) -> float:
    """Return the points that the text of a solution cell should earn, by asking the judge."""
    return _score(blank.exercise.name, blank.checks, blank.context, source)


@functools.cache
def _score(name: str, checks: tuple[tuple[int, bool], ...], context: str, source: str) -> float:
    names: dict[str, Any] = {"np": np}
    exec(compile(context, "<earlier cells>", "exec"), names)
    try:
        exec(compile(source, f"<{name}>", "exec"), names)
    except Exception:
        return 0.0
    verdicts = (judge(EXERCISES[name], names[name], seed, hidden) for seed, hidden in checks)
    return round(sum(verdict.points for verdict in verdicts), 6)
