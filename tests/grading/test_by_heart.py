"""Answers that know what the visible check asks keep nothing; those that don't keep what they have."""

import dataclasses
import functools
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.checks import EXERCISES, judge
from course_lib.checks.exercise import Outcome
from course_lib.grading import by_heart, hearing, second_look
from course_lib.grading.court import Court
from course_lib.grading.hearing import Hearing
from course_lib.grading.task import Limits, Task

STEP = EXERCISES["momentum_step"]
CELLS = ("momentum_step", "momentum_step-hidden")


@functools.cache
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


LOOPS = known().replace("(w, v)", "endless()") + "def endless():\n    while True: pass\n"

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
    limits = Limits(checks=(("momentum_step", 0.5),))
    earned, outcome = points(court, LOOPS, limits)
    assert earned == [0.0, 0.0]
    cause = outcome.verdicts[CELLS[0]]["cause"]
    assert "took too long, or it ended its process" in cause
    assert "by heart" not in cause
    assert any("with others it did not come to its end" in note for note in outcome.notes)


def test_to_use_up_the_time_of_the_whole_is_no_way_around_the_second_look(court):
    """It loops for all that it does not know: the time is over before the visible check is tried again."""
    limits = Limits(total=1, checks=(("momentum_step", 1.2),))
    earned, outcome = points(court, LOOPS, limits)
    assert earned == [0.0, 0.0]
    assert "took too long, or it ended its process" in outcome.verdicts[CELLS[0]]["cause"]


def test_an_honest_answer_that_used_up_the_time_keeps_what_it_earned(court):
    """It loops for arrays of three dimensions, which only the hidden check has."""
    source = HONEST.replace("raise {}", "while True: pass")
    limits = Limits(total=1, checks=(("momentum_step", 30),))
    (visible, hidden), outcome = points(court, source, limits)
    assert visible == 2.0
    assert hidden < 2.0
    assert not any("alone" in note or "its end" in note for note in outcome.notes)


def test_cells_that_are_stopped_in_the_second_look_are_told_as_they_ran_at_first(court):
    source = LOOPS + "print('here')\n"
    _, outcome = points(court, source, Limits(total=1, checks=(("momentum_step", 0.5),)))
    assert [cell.text for cell in outcome.cells] == ["", "here\n"]
    assert not any(cell.error for cell in outcome.cells)


class Clocked(Hearing):
    """A hearing of functions that take as long as is said, by a clock of its own."""

    def __init__(self, rows, cells, total, clock):
        self.rows, self.cells, self.clock = rows, cells, clock
        checks = [(f"{n}", f"e{n}", 0, False, 1.0) for n in range(len(rows))]
        checks += [(f"{n}-hidden", f"e{n}", 101, True, 1.0) for n in range(len(rows))]
        super().__init__(None, None, Task("eve", "x", (), tuple(checks), Limits(total=total)))
        self.fit = False

    def _wait(self, seconds):
        """Spend seconds, at most until the deadline; whether that was enough."""
        left = max(self.deadline - self.clock.now, 0.0)
        self.clock.now += min(seconds, left)
        return seconds <= left

    def ready(self):
        while not self.fit:
            if self.clock.now >= self.deadline:
                return None
            self.began = self.clock.now
            self.fit = self._wait(self.cells)
            self.took = max(self.took, self.clock.now - self.began)
        self.proxy = SimpleNamespace(fit=True)
        return self.proxy

    def end(self):
        self.fit, self.proxy = False, None

    def check(self, cell, name, seed, hidden, _points):
        kind, seconds = self.rows[int(name[1:])]
        if self.ready() is None:
            return verdict("not checked", "not checked", hidden=hidden)
        known = kind == "honest" or seed == 0
        wanted = seconds if known or kind == "guesses" else 1e9
        if not self._wait(min(wanted, 10.0)) or wanted > 10.0:
            self.end()
            self.proxy = SimpleNamespace(fit=False)
            return verdict("not checked", "not checked", hidden=hidden)
        right = known and not hidden
        return verdict("holds", "holds" if right else "fails", hidden=hidden)


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["honest", "guesses", "loops"]), st.floats(0.1, 9.9)),
        min_size=1,
        max_size=10,
    ),
    cells=st.floats(0.0, 60.0),
    total=st.floats(20.0, 200.0),
)
def test_honest_answers_lose_nothing_and_others_gain_nothing_whatever_time_is_left(
    rows, cells, total
):
    clock = SimpleNamespace(now=0.0)
    row = SimpleNamespace(seconds=10.0)
    with pytest.MonkeyPatch.context() as patch:
        for module in (hearing, second_look):
            patch.setattr(module, "monotonic", lambda: clock.now)
        patch.setattr(second_look, "EXERCISES", {f"e{n}": row for n in range(len(rows))})
        case = Clocked(rows, cells, total, clock)
        case.deadline = total
        first = {}
        plain = case.check

        def noted(cell, *rest):
            found = plain(cell, *rest)
            first.setdefault(cell, found)
            return found

        case.check = noted
        found = case._checks()
    for n, (kind, _) in enumerate(rows):
        cheats = sum(other != "honest" for other, _ in rows[:n])
        suspect = by_heart.is_suspect(first[f"{n}"], first[f"{n}-hidden"])
        if not suspect or (kind == "honest" and cells * (cheats + 1) <= 2 * total):
            assert found[f"{n}"] is first[f"{n}"]
        elif kind != "honest":
            assert [row.status for row in found[f"{n}"].outcomes] != ["holds", "holds"]
    assert clock.now <= total + 2 * total + (3 * cells + 10) + 30 * len(rows)


def test_no_mistake_of_the_course_is_taken_for_one():
    """The rule costs no wrong answer that the course knows anything."""
    for name in ("nesterov_step", "adam_step", "cosine_decay"):
        for mistake in EXERCISES[name].misconceptions:
            visible, again = (
                judge(EXERCISES[name], mistake.function, seed) for seed in (0, 101 + by_heart.OTHER)
            )
            assert by_heart.what_counts(visible, again) is visible, (name, mistake.name)
