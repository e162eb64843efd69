"""A mark comes from a number that a check returned, and from nothing else."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_lib import check
from course_lib.checks import EXERCISES, judge
from course_lib.checks.render import MIME
from course_lib.grading import marks


def cell_with(*outputs, points=2.0, name="adam_step-check"):
    cell = new_code_cell("check.adam_step(adam_step)", outputs=list(outputs))
    cell.metadata["nbgrader"] = nbformat.from_dict(
        {"grade": True, "grade_id": name, "points": points, "solution": False, "locked": True}
    )
    return cell


def number(text):
    return new_output("execute_result", {"text/plain": text}, execution_count=1)


def verdict(function, name="adam_step", **changes):
    data = judge(EXERCISES[name], function).to_dict() | changes
    return new_output("display_data", {MIME: data, "text/plain": "…"})


def grade(*outputs, **options):
    notebook = new_notebook(cells=[cell_with(*outputs, **options)])
    notes = marks.settle(notebook)
    (entry,) = marks.read_checks(notebook)
    return entry, notes


@pytest.mark.parametrize("text", ["2.0", "1.75", "0.25"])
def test_partial_credit_is_the_number(text):
    entry, notes = grade(number(text))
    assert entry["mark"] == float(text)
    assert notes == []


@pytest.mark.parametrize("text", ["'full marks'", "True", "100.0", "-1.0", "nan", "<object>"])
def test_what_is_no_number_within_the_points_earns_nothing(text):
    entry, notes = grade(number(text))
    assert entry["mark"] == 0
    assert len(notes) == 1


def test_a_check_without_result_earns_nothing():
    assert grade()[0]["mark"] == 0


def test_an_error_earns_nothing_and_is_the_cause():
    error = new_output(
        "error", ename="NameError", evalue="\x1b[31mname 'adam_step'\x1b[0m", traceback=[]
    )
    entry, notes = grade(error)
    assert entry["mark"] == 0
    assert entry["cause"] == "NameError: name 'adam_step'"
    assert entry["outcomes"] == []
    assert notes == []


def test_the_verdict_is_read():
    wrong = next(m for m in EXERCISES["adam_step"].misconceptions if m.name == "betas_swapped")
    entry, _ = grade(verdict(wrong.function), number("0.5"))
    assert entry["misconception"] == "betas_swapped"
    assert entry["help"] == wrong.help
    assert entry["cell"] == "adam_step-check"
    assert [o["name"] for o in entry["outcomes"]] == [
        p.name for p in EXERCISES["adam_step"].properties
    ]


@pytest.mark.parametrize(
    "changes",
    [{"exercise": "momentum_step"}, {"outcomes": "all hold"}, {"outcomes": [1, "x", None]}],
)
def test_a_forged_verdict_does_no_harm(changes):
    right = EXERCISES["adam_step"].reference
    entry, _ = grade(verdict(right, **changes), number("2.0"))
    assert entry["mark"] == 2
    assert entry["outcomes"] == []


def momentum_step(w, g, v, lr, momentum):
    v = momentum * v + g
    return w - lr * v, v


def test_checks_return_what_nbgrader_takes_for_points():
    # As IPython writes it: the very text that nbgrader turns into a number.
    points = check.momentum_step(momentum_step)
    assert type(points) is float
    assert grade(number(repr(points)), points=4.0)[0]["mark"] == points
