"""The judge gives the marks, and says the words, that the check gives in a notebook."""

import itertools
import linecache
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_lib.checks import EXERCISES, judge
from course_lib.grading import answers
from course_lib.grading.court import Court
from course_lib.grading.task import Limits, Task

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENTS = sorted(path.parent.name for path in ROOT.glob("solutions/*/*.ipynb"))
IMPORTS = ("imports", "given", "import numpy as np\nfrom course_lib import check")
PATIENT = Limits(cell=60, check=600, total=900)


@pytest.fixture(scope="module")
def court():
    with Court() as court:
        yield court


def read(assignment):
    solution = nbformat.read(ROOT / f"solutions/{assignment}/{assignment}.ipynb", as_version=4)
    release = nbformat.read(ROOT / f"exercises/{assignment}/{assignment}.ipynb", as_version=4)
    return answers.read_blanks(solution, release)


def texts(blank):
    """Everything that may stand in a cell: right ways, misconceptions, nothing."""
    row = blank.exercise
    plain = [blank.body(text) for f in row.correct if (text := own_text(f))]
    wrong = [blank.body(blank._text(mistake.function)) for mistake in row.misconceptions]
    return [blank.solution, *plain, *wrong, blank.release]


def own_text(function):
    return answers._own_text(function) if hasattr(function, "__code__") else ""


def classmates(assignment):
    """Students who together hand in every text of every exercise."""
    blanks = read(assignment)
    columns = [texts(blank) for blank in blanks]
    if assignment == "08_capstone":  # its checks train networks: some texts must do
        columns = [column[:1] + column[4::6] for column in columns]
    for row in itertools.zip_longest(*columns):
        chosen = [text or column[0] for text, column in zip(row, columns, strict=True)]
        yield list(zip(blanks, chosen, strict=True))


def task_of(assignment, pairs):
    cells = tuple((blank.exercise.name, "answer", text) for blank, text in pairs)
    checks = tuple(
        (f"{blank.exercise.name}-{hidden}", blank.exercise.name, seed, hidden, 1.0)
        for blank, _ in pairs
        for seed, hidden in blank.checks
    )
    return Task("ada", assignment, (IMPORTS, *cells), checks, PATIENT)


def in_notebook(task):
    """What the checks say where the cells and the checks share one process."""
    names = {"np": np}
    for name, _, source in task.cells[1:]:
        file = f"<cell {name}>"
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        try:
            exec(compile(source, file, "exec"), names)
        except NotImplementedError:
            assert "raise NotImplementedError" in source
    return {
        cell: judge(EXERCISES[name], names[name], seed, hidden, trusted=False).to_dict()
        for cell, name, seed, hidden, _ in task.checks
        if name in names
    }


def without_digits(verdict):
    """A verdict as it is, but for numbers inside texts: another alignment rounds differently."""
    texts = ("cause", "evidence")
    masked = {name: re.sub(r"\d[\d.e+-]*", "#", str(verdict[name])) for name in texts}
    return verdict | masked


@pytest.mark.slow
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_text_of_every_exercise_has_the_verdict_of_the_notebook(court, assignment):
    count = 0
    for pairs in classmates(assignment):
        task = task_of(assignment, pairs)
        outcome = court.run(task)
        assert outcome.status == "graded", outcome.notes
        assert outcome.notes == ()
        expected = in_notebook(task)
        for cell, name, *_ in task.checks:
            found = outcome.verdicts[cell]
            if cell in expected:
                assert without_digits(found) == without_digits(expected[cell]), cell
            else:
                assert found["points"] == 0
                assert found["cause"].startswith(f"NameError: name {name!r} is not defined.")
            count += 1
    assert count > 10
