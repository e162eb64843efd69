"""Answers that know what the visible check asks keep nothing; those that don't keep what they have."""

import dataclasses

import pytest

from course_lib.checks import EXERCISES, judge
from course_lib.checks.exercise import Outcome
from course_lib.grading import by_heart
from course_lib.grading.court import Court
from course_lib.grading.task import Limits, Task

STEP = EXERCISES["momentum_step"]
CELLS = ("momentum_step", "momentum_step-hidden")


def verdict(*statuses, hidden=False):
    made = judge(STEP, STEP.reference, hidden=hidden)
    outcomes = tuple(
        Outcome(row.name, row.sentence, status)
        for row, status in zip(made.outcomes, statuses, strict=False)
    )
    return dataclasses.replace(made, outcomes=outcomes)


def test_what_is_suspect():
    assert by_heart.is_suspect(verdict("holds", "holds"), verdict("holds", "fails"))
    assert by_heart.is_suspect(verdict("holds"), verdict("not checked"))
    assert not by_heart.is_suspect(verdict("holds", "fails"), verdict("holds", "holds"))
    assert not by_heart.is_suspect(verdict("fails"), verdict("fails"))


def test_what_counts():
    visible = verdict("holds", "holds")
    assert by_heart.what_counts(visible, verdict("holds", "holds")) is visible
    counts = by_heart.what_counts(visible, verdict("holds", "fails"))
    assert [row.status for row in counts.outcomes] == ["holds", "fails"]
    assert counts.evidence is None
    assert "by heart" in counts.cause


def known():
    """A function that knows the visible check's inputs, in the text of a cell."""
    rows = {}

    def note(*args):
        result = STEP.reference(*args)
        rows[repr(args)] = [part.tolist() for part in result], str(result[0].dtype)
        return result

    assert judge(STEP, note, trusted=True).passed
    return f"""
def momentum_step(w, g, v, lr, momentum=0.9):
    found = {rows!r}.get(repr((w, g, v, lr, momentum)))
    return tuple(np.array(part, found[1]) for part in found[0]) if found else (w, v)
"""


# Both are right but for arrays of three dimensions, which only the hidden check has.
HONEST = """
def momentum_step(w, g, v, lr, momentum=0.9):
    if np.ndim(w) == 3:
        raise {}
    v = momentum * v + g
    return w - lr * v, v
"""


@pytest.fixture(scope="module")
def court():
    with Court() as court:
        yield court


def points(court, source, limits=None):
    cells = (("imports", "given", "import numpy as np"), ("momentum_step", "answer", source))
    checks = (
        (CELLS[0], "momentum_step", 0, False, 2.0),
        (CELLS[1], "momentum_step", 101, True, 2.0),
    )
    outcome = court.run(Task("eve", "04_optimizers", cells, checks, limits or Limits()))
    return [outcome.verdicts[cell]["points"] for cell in CELLS], outcome


def test_the_visible_answers_by_heart_earn_nothing(court):
    earned, outcome = points(court, known())
    assert earned == [0.0, 0.0]
    assert "by heart" in outcome.verdicts[CELLS[0]]["cause"]
    assert outcome.verdicts[CELLS[0]]["evidence"] is None
    assert any("inputs that it shows alone" in note for note in outcome.notes)


@pytest.mark.parametrize("error", ["ValueError", "SystemExit"])
def test_an_honest_answer_keeps_what_the_visible_check_gave(court, error):
    (visible, hidden), outcome = points(court, HONEST.format(error))
    assert visible == 2.0
    assert hidden < 2.0
    assert not any("alone" in note for note in outcome.notes)


def test_one_that_loops_for_other_inputs_has_no_second_look_to_itself(court):
    source = known().replace("(w, v)", "endless()") + "def endless():\n    while True: pass\n"
    limits = Limits(checks=(("momentum_step", 0.5),))
    earned, outcome = points(court, source, limits)
    assert earned == [0.0, 0.0]
    cause = outcome.verdicts[CELLS[0]]["cause"]
    assert "took too long, or it ended its process" in cause
    assert "by heart" not in cause
    assert any("with others it did not come to its end" in note for note in outcome.notes)


def test_points_that_no_time_was_left_to_confirm_say_so(court):
    source = known().replace("(w, v)", "endless()") + "def endless():\n    while True: pass\n"
    earned, outcome = points(court, source, Limits(total=2))
    assert earned == [2.0, 0.0]
    cause = outcome.verdicts[CELLS[0]]["cause"]
    assert cause.startswith("These points are not confirmed.")
    assert "time for the whole submission was over" in cause
    assert "momentum_step: not confirmed, as the time for the whole" in " ".join(outcome.notes)


def test_no_mistake_of_the_course_is_taken_for_one():
    """The rule costs no wrong answer that the course knows anything."""
    for name in ("nesterov_step", "adam_step", "cosine_decay"):
        for mistake in EXERCISES[name].misconceptions:
            visible, again = (
                judge(EXERCISES[name], mistake.function, seed) for seed in (0, 101 + by_heart.OTHER)
            )
            assert by_heart.what_counts(visible, again) is visible, (name, mistake.name)
