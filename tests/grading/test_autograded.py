"""The notebook of a submission after grading: lines that are written once for many submissions."""

import json

import nbformat
import pytest

from course_lib.checks import EXERCISES, judge
from course_lib.grading import autograded, intake
from course_lib.grading.blueprint import draw
from course_lib.grading.task import Outcome, Ran

NAME = "04_optimizers"


@pytest.fixture(scope="module")
def blueprint(course):
    return draw(course, NAME)


def outcome(blueprint, wrong):
    """Return what becomes of a class's right answers, or of its wrong ones."""
    verdicts = {}
    for row in blueprint.graded.values():
        exercise = EXERCISES[row.exercise]
        answer = exercise.misconceptions[0].function if wrong else exercise.reference
        answer = answer() if exercise.takes == "value" and callable(answer) else answer
        verdicts[row.cell] = judge(exercise, answer, row.seed, row.hidden).to_dict()
    return Outcome("graded", verdicts, (Ran("setup", "given", "printed\n"),), "rlimits")


def written(blueprint, said, **texts):
    """Write the notebook of a submission; ``texts`` are what stands in cells."""
    given = nbformat.from_dict(blueprint.release)
    for cell in given.cells:
        cell.source = texts.get(autograded.grade_id(cell), cell.source)
    notebook, _ = intake.repair(given, blueprint.release)
    return autograded.fill(notebook, blueprint, said, {})


def test_a_line_that_is_remembered_is_the_line_of_its_own_submission(blueprint):
    right, wrong = outcome(blueprint, wrong=False), outcome(blueprint, wrong=True)
    long = "# " + "x" * autograded._LONG
    submissions = [
        (right, {}),
        (wrong, {}),
        (right, {"adam_step": "1"}),
        (wrong, {"adam_step": long}),
    ]
    alone = []
    for said, texts in submissions:
        autograded._line_of_text.cache_clear()
        autograded._line_of_check.cache_clear()
        alone.append(written(blueprint, said, **texts))
    assert len({*alone}) == len(submissions)
    for said, texts in submissions[::-1] + submissions:
        assert written(blueprint, said, **texts) in alone
    assert [written(blueprint, said, **texts) for said, texts in submissions] == alone


def test_a_long_text_of_a_student_is_not_remembered(blueprint):
    said = outcome(blueprint, wrong=False)
    written(blueprint, said)
    before = autograded._line_of_text.cache_info().currsize
    written(blueprint, said, adam_step="x" * autograded._LONG)
    assert autograded._line_of_text.cache_info().currsize == before
    written(blueprint, said, adam_step="x")
    assert autograded._line_of_text.cache_info().currsize == before + 1


def test_it_is_a_notebook_with_verdicts(blueprint):
    notebook = nbformat.from_dict(json.loads(written(blueprint, outcome(blueprint, wrong=True))))
    nbformat.validate(notebook)
    checks = [cell for cell in notebook.cells if autograded.grade_id(cell) in blueprint.graded]
    assert [cell.execution_count for cell in checks] == [*range(1, len(checks) + 1)]
    assert all(cell.outputs[0].data for cell in checks)
    assert [cell.source for cell in checks] == [row.source for row in blueprint.graded.values()]
