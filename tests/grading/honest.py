"""A class that only did its work: right, wrong in every way that the checks know, partly, not at all."""

import copy
import functools
import hashlib
import json
from typing import Any, NamedTuple

import nbformat
import numpy as np

from course_lib.grading import answers, sample_class
from course_lib.grading.needed import needed

CASES = ("right", "empty", "partly right", "crashed", "syntax error", "noisy", "another way")
STUDENTS = 25  # in each assignment; more where there are more mistakes to make


class Honest(NamedTuple):
    student: str
    case: str
    answers: list[str]
    notebook: Any


def make(course, assignment):
    """Return the class of an assignment; the same one every time."""
    return copy.deepcopy(_made(course, assignment))


@functools.cache
def _made(course, assignment):
    """Make it, once: the values that mistakes lead to are computed, and some take long."""
    solution = nbformat.read(course.solution(assignment), as_version=4)
    release = nbformat.read(course.release(assignment), as_version=4)
    blanks = answers.read_blanks(solution, release)
    rng = np.random.default_rng(7)
    rows = [row for row in sample_class._special(blanks, rng) if row.case in CASES]
    mistakes = [blank.mistakes() for blank in blanks]
    rows += sample_class._with_mistakes(blanks, mistakes, rng)
    while len(rows) < STUDENTS - 1:
        rows += sample_class._with_mistakes(blanks, mistakes, rng)[: STUDENTS - 1 - len(rows)]
    made = [
        Honest(
            f"student{number:02}",
            row.case,
            [answer.source for answer in row.answers],
            sample_class._fill(release, row.answers),
        )
        for number, row in enumerate(rows, start=1)
    ]
    return [*made, with_a_helper(release, blanks, f"student{len(rows) + 1:02}")]


def with_a_helper(release, blanks, student):
    """Right, with a cell of one's own that every answer uses."""
    texts = [
        blank.body("keep(0)\n" + blank.right_body) if blank.exercise.parameters else blank.solution
        for blank in blanks
    ]
    notebook = copy.deepcopy(release)
    left = iter(texts)
    for cell in notebook.cells:
        if cell.metadata.nbgrader.solution:
            cell.source = next(left)
    first = next(i for i, cell in enumerate(notebook.cells) if cell.metadata.nbgrader.solution)
    helper = "kept = []\n\n\ndef keep(value):\n    kept.append(value)"
    notebook.cells.insert(first, nbformat.v4.new_code_cell(helper, id="my-own"))
    return Honest(student, "helper", [helper, *texts], notebook)


def digest(course, assignment, made):
    """Hash what the marks depend on: the answers, and which checks there are."""
    solution = nbformat.read(course.solution(assignment), as_version=4)
    checks = [cell.source for cell in solution.cells if cell.metadata.nbgrader.get("grade")]
    text = json.dumps([checks, [row.answers for row in made]])
    return hashlib.sha256(text.encode()).hexdigest()


def write(made, assignment, folder):
    """Write the class in nbgrader's layout."""
    for row in made:
        place = folder / row.student / assignment
        place.mkdir(parents=True)
        nbformat.write(row.notebook, place / f"{assignment}.ipynb")


def without_experiments(notebook):
    """Take out the course's cells that no answer needs: the marks are the same, and come sooner."""
    rows = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade")
    ]
    kinds = [
        "given" if cell.metadata.get("nbgrader", {}).get("locked") else "answer" for cell in rows
    ]
    runs = needed([(kind, cell.source) for kind, cell in zip(kinds, rows, strict=True)])
    idle = [id(cell) for cell, run in zip(rows, runs, strict=True) if not run]
    notebook.cells = [cell for cell in notebook.cells if id(cell) not in idle]
    return notebook
