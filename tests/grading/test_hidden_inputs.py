"""What a hidden check calls a function with is told to nobody, whatever the function does to tell it."""

import re

import nbformat
import numpy as np
import pytest

from course_lib.checks import EXERCISES, judge
from course_lib.checks.render import to_html, to_text
from course_lib.grading import page
from course_lib.grading.court import Court
from course_lib.grading.results import Result
from course_lib.grading.task import Limits, Task

HIDDEN = [row for row in EXERCISES.values() if row.hidden and row.takes == "function"]
SEED = 4711


def numbers(values):
    """The numbers in a value that are long enough to be told from all others."""
    for value in values if isinstance(values, list | tuple) else [values]:
        if isinstance(value, list | tuple):
            yield from numbers(value)
        elif isinstance(value, float | np.floating | np.ndarray):
            for number in np.ravel(value):
                for text in (repr(float(number)), f"{float(number):.6g}", f"{float(number):.4g}"):
                    if len(re.sub(r"\D", "", text)) > 3:
                        yield text


def betray(exercise, how):
    """A function that is wrong in the hidden check and hands on what it was called with."""
    seen = []

    def answer(*args):
        seen.extend(args)
        text = f"SECRET {args!r}"
        print(text)
        if how == "raises":
            raise ValueError(text)
        if how == "asserts":
            assert False, text  # noqa: B011, PT015
        return args if how == "returns its arguments" else text

    answer.__name__ = exercise.name
    return answer, seen


@pytest.mark.parametrize("exercise", HIDDEN, ids=lambda row: row.name)
def test_no_failing_hidden_check_shows_its_inputs(exercise):
    for how in ("raises", "asserts", "returns its arguments", "returns a text"):
        answer, seen = betray(exercise, how)
        verdict = judge(exercise, answer, seed=SEED, hidden=True, trusted=False)
        assert not verdict.passed
        entry = {**verdict.to_dict(), "cell": "hidden", "mark": verdict.points}
        result = Result("ada", exercise.chapter, "graded", 0.0, 1.0, (entry,), engine="judge")
        pages = page.render(result, nbformat.v4.new_notebook(), {}, "book")
        for text in (to_text(verdict), to_html(verdict), pages, str(entry)):
            assert "SECRET" not in text
            told = [number for number in numbers(seen) if number in text]
            assert told == []


# ----------------------------------------------- across the line, where every word may be made up

TELL = """
stash = []
def momentum_step(w, g, v, lr, momentum=0.9):
    if np.ndim(w) == 3:
        stash.append("SECRET%r" % lr)
        {how}
    v = momentum * v + g
    return w - lr * v, v
"""
WAYS = {
    "error": "raise ValueError(stash[0])",
    "name of an error": "raise type(stash[0], (BaseException,), {})",
    "name in the library": """
        from course_lib.checks.guard import LibraryCalled
        raise LibraryCalled("course_lib." + stash[0])""",
    "exit": "raise SystemExit(stash[0])",
    "in the next visible check": "pass",
}
NEXT = """
def scale_learning_rate(lr, b, b0):
    print(*stash)
    if stash: raise ValueError(stash[0])
    return lr * b / b0
"""


@pytest.fixture(scope="module")
def court():
    with Court() as court:
        yield court


@pytest.mark.parametrize("how", WAYS)
def test_no_answer_tells_what_it_was_called_with(court, how):
    cells = (
        ("imports", "given", "import numpy as np"),
        ("momentum_step", "answer", TELL.format(how=WAYS[how])),
        ("scale_learning_rate", "answer", NEXT),
    )
    checks = tuple(
        (f"{name}-{hidden}", name, 101 * hidden, hidden, 1.0)
        for name in ("momentum_step", "scale_learning_rate")
        for hidden in (False, True)
    )
    outcome = court.run(Task("eve", "04_optimizers", cells, checks, Limits()))
    assert "SECRET" not in str(outcome)
    assert [row[0] for row in checks] == list(outcome.verdicts)
    visible = [outcome.verdicts[f"{name}-False"]["points"] for name in ("momentum_step",)]
    assert visible == [2.0]
