"""What the judge knows of an assignment: what students got, and which checks judge it."""

from __future__ import annotations

import ast
import copy
import hashlib
from typing import Any, NamedTuple

import nbformat

from ..checks import EXERCISES
from . import ordinary
from .course import Course, Notes, make_logger, nbgrader_config
from .matching import grade_id
from .ordinary import Owner
from .people import is_for_people
from .ui import Problem

# nbgrader's own steps from the source notebook, before and after it would save the cells.
_BEFORE = ("LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata", "ComputeChecksums")
_AFTER = ("ClearHiddenTests", "ClearMarkScheme", "ComputeChecksums", "CheckCellMetadata")


class Graded(NamedTuple):
    """A cell that gives points.

    Attributes
    ----------
    cell, exercise : str
        Its name, and the exercise that its check belongs to; empty if it is no check. If it is no
        ordinary test either, a person gives the points.
    seed : int
    hidden : bool
    points : float
    source : str
        Text with its hidden part.
    tests : Owner or None
        Of an ordinary test cell, the solution that it tests.
    """

    cell: str
    exercise: str
    seed: int
    hidden: bool
    points: float
    source: str
    tests: Owner | None = None

    @property
    def by_hand(self) -> bool:
        """Whether a person gives the points."""
        return not self.exercise and self.tests is None


class Blueprint(NamedTuple):
    """An assignment.

    Attributes
    ----------
    assignment : str
    release : NotebookNode
        What students got.
    graded : dict of str to Graded
        By name of the cell, in the notebook's order.
    cells : NotebookNode
        The notebook as nbgrader keeps its cells: solutions cleared, hidden parts there.
    digest : str
        Hash of the source notebook.
    """

    assignment: str
    release: Any
    graded: dict[str, Graded]
    cells: Any
    digest: str

    @property
    def max_points(self) -> float:
        """Points that the assignment can give."""
        return sum(row.points for row in self.graded.values())


def draw(course: Course, assignment: str) -> Blueprint:
    """Read an assignment's source notebook.

    Parameters
    ----------
    course : Course
    assignment : str

    Returns
    -------
    Blueprint

    Raises
    ------
    Problem
        If it is no notebook, or a cell gives points that no check of the course's gives.
    """
    path = course.solution(assignment)
    data = path.read_bytes()
    config = nbgrader_config(course)
    names = {"notebook": assignment, "assignment": assignment, "student": "."}
    resources = {"nbgrader": names, "metadata": {}}
    try:
        notebook = nbformat.reads(data.decode(), as_version=4)
        cells = _apply(_BEFORE, notebook, resources, config)
        release = _apply(_AFTER, copy.deepcopy(cells), resources, config)
    except Exception as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise Problem(f"{path} can't be used as an assignment: {what}") from None
    tests = ordinary.owners(cells.cells)
    rows = (_read_check(cell, tests.get(grade_id(cell))) for cell in _grade_cells(cells))
    graded = {row.cell: row for row in rows}
    return Blueprint(assignment, release, graded, cells, hashlib.sha256(data).hexdigest())


def _apply(steps: tuple[str, ...], notebook: Any, resources: Any, config: Any) -> Any:
    from nbgrader import preprocessors

    for step in steps:
        processor = getattr(preprocessors, step)(config=config)
        processor.log = make_logger(Notes())
        notebook, resources = processor.preprocess(notebook, resources)
    return notebook


def _grade_cells(notebook: Any) -> list[Any]:
    rows = ((cell, cell.metadata.get("nbgrader", {})) for cell in notebook.cells)
    return [cell for cell, row in rows if row.get("grade") or row.get("task")]


def _read_check(cell: Any, tests: Owner | None) -> Graded:
    """Return what a cell that gives points says, without running it."""
    name, points = grade_id(cell), float(cell.metadata.nbgrader.points)
    if is_for_people(cell):
        return Graded(name, "", 0, False, points, cell.source)
    if tests is not None:
        return Graded(name, "", 0, False, points, cell.source, tests)
    call = only_call(cell.source)
    if call is None:
        raise Problem(
            f"Cell {name} gives points and calls a check, but is not one known check alone, such as "
            "check.adam_step(adam_step, seed=3). Put what else it does into a cell of its own."
        )
    exercise, seed, hidden = call
    return Graded(name, exercise, seed, hidden, points, cell.source)


def only_call(source: str) -> tuple[str, int, bool] | None:
    r"""Return exercise, seed and hidden of a text that is one call of a check; None if it is not.

    Examples
    --------
    >>> only_call("# more points\ncheck.adam_step(adam_step, seed=3, hidden=True)")
    ('adam_step', 3, True)
    >>> only_call("assert adam_step") is None
    True
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    match body:
        case [
            ast.Expr(
                ast.Call(ast.Attribute(ast.Name("check"), exercise), [ast.Name(name)], keywords)
            )
        ] if name == exercise and name in EXERCISES:
            named = {word.arg: ast.unparse(word.value) for word in keywords}
        case _:
            return None
    seed, hidden = named.pop("seed", "0"), named.pop("hidden", "False")
    if named or not seed.isdecimal() or hidden not in ("True", "False"):
        return None
    return name, int(seed), hidden == "True"
