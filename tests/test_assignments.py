"""The assignments as they are written in solutions/: complete, consistent and solvable."""

from __future__ import annotations

import ast
import doctest
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_lib.checks import EXERCISES, judge

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
CHAPTERS = sorted({row.chapter for row in EXERCISES.values()})


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def rows(chapter):
    return [row for row in EXERCISES.values() if row.chapter == chapter]


def functions(chapter):
    return [row for row in rows(chapter) if row.takes == "function"]


def cell(notebook, grade_id):
    found = [c for c in notebook.cells if c.metadata.nbgrader.grade_id == grade_id]
    assert len(found) == 1, grade_id
    return found[0]


def run_solution(notebook, row):
    """Run the solutions up to that of an exercise, as they may use each other."""
    space = {"np": np}
    for block in notebook.cells:
        if block.metadata.nbgrader.solution:
            exec(block.source, space)
        if block.metadata.nbgrader.grade_id == row.name:
            return space[row.name]
    raise AssertionError(f"no cell for {row.name}")


def test_every_chapter_with_exercises_has_an_assignment():
    assert [path.stem for path in NOTEBOOKS] == CHAPTERS
    assert all(path.parent.name == path.stem for path in NOTEBOOKS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_of_every_exercise(path):
    notebook = nbformat.read(path, as_version=4)
    for row in rows(path.stem):
        solution = cell(notebook, row.name)
        assert "### BEGIN SOLUTION" in solution.source
        assert solution.metadata.nbgrader.solution
        visible = cell(notebook, f"{row.name}-check")
        assert visible.source == f"check.{row.name}({row.name})"
        hidden = cell(notebook, f"{row.name}-hidden") if row.hidden else None
        for check in filter(None, (visible, hidden)):
            assert check.metadata.nbgrader.grade
            assert check.metadata.nbgrader.locked
            assert check.metadata.nbgrader.points == row.points / (1 + row.hidden)
        if hidden is None:
            continue
        call = re.search(
            rf"### BEGIN HIDDEN TESTS\ncheck\.{row.name}\({row.name}, seed=(\d+), hidden=True\)\n"
            r"### END HIDDEN TESTS",
            hidden.source,
        )
        assert call, hidden.source
        assert int(call[1]) != 0, "0 is the seed of the visible check"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_solutions_earn_everything(path):
    notebook = nbformat.read(path, as_version=4)
    for row in rows(path.stem):
        function = run_solution(notebook, row)
        assert judge(row, function).passed
        assert judge(row, function, seed=77, hidden=True).passed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_examples_in_docstrings_are_right(path):
    notebook = nbformat.read(path, as_version=4)
    for row in functions(path.stem):
        function = run_solution(notebook, row)
        tests = doctest.DocTestFinder().find(
            function, row.name, globs={"np": np, row.name: function}
        )
        assert tests[0].examples, f"{row.name} has no example"
        assert doctest.DocTestRunner().run(tests[0]).failed == 0


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_have_the_names_the_checks_use(path):
    notebook = nbformat.read(path, as_version=4)
    for row in functions(path.stem):
        tree = ast.parse(cell(notebook, row.name).source)
        function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
        assert tuple(argument.arg for argument in function.args.args) == row.parameters


def test_every_task_has_three_hints(notebook):
    for block in notebook.cells:
        if block.metadata.nbgrader.grade_id.endswith("-task"):
            assert block.source.count("<details><summary>Hint ") == 3
            assert block.source.count("</details>") == 3


def test_no_outputs_are_stored(notebook):
    assert all(not c.get("outputs") and not c.get("execution_count") for c in notebook.cells)


def test_a_table_ends_where_an_empty_line_is(notebook):
    """Otherwise what follows is drawn as its last row."""
    for part in notebook.cells:
        assert part.cell_type != "markdown" or not re.search(
            r"^\|.*\n(?=[^|\n])", part.source, re.M
        )


def test_points_in_the_table_are_those_of_the_checks(notebook):
    title = cell(notebook, "title").source
    table = dict(re.findall(r"\| `(\w+)` \| (\d+) \|", title))
    assert {name: float(points) for name, points in table.items()} == {
        row.name: row.points for row in EXERCISES.values() if row.name in table
    }
    assert table


def test_the_readme_counts_right():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    exercises = [row for row in EXERCISES.values() if row.takes == "function"]
    mistakes = sum(len(row.misconceptions) for row in exercises)
    assert f"with {len(exercises)} exercises and {mistakes} mistakes" in readme
