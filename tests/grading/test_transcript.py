"""An answer that behaves as one before gets that one's verdict; any other is judged anew."""

import dataclasses

import numpy as np
import pytest

from course_lib.checks import EXERCISES, judge
from course_lib.grading import hearing as hearings
from course_lib.grading import patterns
from course_lib.grading.court import Court
from course_lib.grading.proxy import Proxy
from course_lib.grading.task import Task
from course_lib.grading.transcript import LARGEST, MOST, Tape, Transcripts

RIGHT = "def scale_learning_rate(lr, batch, base_batch):\n    return lr * batch / base_batch"
OTHER = "def scale_learning_rate(lr, batch, base_batch):\n    return batch / base_batch * lr + 0.0"
WRONG = "def scale_learning_rate(lr, batch, base_batch):\n    return lr * base_batch / batch"
LATE = (
    "n = 0\ndef scale_learning_rate(lr, batch, base_batch):\n"
    "    global n\n    n += 1\n    return lr * batch / base_batch if n < 3 else -1.0"
)
ENDS = (
    "n = 0\ndef scale_learning_rate(lr, batch, base_batch):\n"
    "    global n\n    n += 1\n    if n == 3: raise SystemExit\n    return lr * batch / base_batch"
)


def run(court, source, hidden=False):
    cells = (("scale_learning_rate", "answer", source),)
    check = ("c", "scale_learning_rate", int(hidden), hidden, 1.0)
    outcome = court.run(Task("ada", "05_schedules", cells, (check,)))
    assert outcome.status == "graded", outcome.notes
    return outcome.verdicts["c"]


@pytest.fixture
def judged(monkeypatch):
    """How often a check was run from its beginning to its end."""
    count = []
    real = hearings.judge
    monkeypatch.setattr(
        hearings, "judge", lambda *args, **named: count.append(1) or real(*args, **named)
    )
    return count


def test_the_same_conversation_is_judged_once(judged):
    with Court() as court:
        first = [run(court, source, hidden) for source in (RIGHT, WRONG) for hidden in (0, 1)]
        assert len(judged) == 4
        again = [run(court, source, hidden) for source in (RIGHT, WRONG) for hidden in (0, 1)]
        assert len(judged) == 4
    assert first == again
    assert first[0]["points"] > 0 == first[2]["points"]


@pytest.mark.parametrize("source", [OTHER, WRONG, LATE, ENDS])
def test_who_leaves_the_known_way_is_judged_as_if_there_were_none(source):
    with Court() as court:
        alone = run(court, source)
    with Court() as court:
        run(court, RIGHT)
        after = run(court, source)
        assert after == alone
        assert run(court, RIGHT)["points"] > 0


def test_a_conversation_that_was_cut_off_is_not_kept(judged):
    with Court() as court:
        for _ in range(2):
            assert run(court, ENDS)["points"] == 0
    assert len(judged) == 2


def both(court, source):
    """Hold the visible check, then the hidden one."""
    cells = (("scale_learning_rate", "answer", source),)
    checks = tuple((str(h), "scale_learning_rate", h, bool(h), 1.0) for h in (0, 1))
    return court.run(Task("ada", "05_schedules", cells, checks)).verdicts


@pytest.mark.parametrize("source", [RIGHT, WRONG])
def test_a_mistake_is_looked_for_once(source, monkeypatch):
    """The hidden check names the one that the visible check has found, as if it had looked for it."""
    calls, real = [], Proxy.call
    monkeypatch.setattr(Proxy, "call", lambda *args: calls.append(1) or real(*args))
    with Court() as court:
        verdicts = both(court, source)
        together = len(calls)
        assert both(court, source) == verdicts
    with Court() as court:
        calls.clear()
        alone = [run(court, source, hidden) for hidden in (False, True)]
    assert [verdicts["0"], verdicts["1"]] == alone
    assert (len(calls) > together) == (source == WRONG)
    names = {}
    exec(source, names)
    for hidden, verdict in enumerate(alone):
        mine = judge(EXERCISES["scale_learning_rate"], names["scale_learning_rate"], hidden, hidden)
        assert verdict["misconception"] == mine.misconception


def test_what_is_right_is_found_once(monkeypatch):
    exercise, calls = EXERCISES["momentum_step"], []
    counted = dataclasses.replace(
        exercise, reference=lambda *args: calls.append(1) or exercise.reference(*args)
    )
    monkeypatch.setattr(patterns, "_right", {})
    first = judge(patterns.remembering(counted), exercise.correct[0], 7, True)
    assert first == judge(exercise, exercise.correct[0], 7, True)
    count = len(calls)
    assert judge(patterns.remembering(counted), exercise.correct[1], 7, True) == first
    assert len(calls) == count > 0
    monkeypatch.setattr(patterns, "MOST", 2)
    assert judge(patterns.remembering(counted), exercise.correct[0], 8, True).passed
    assert len(patterns._right) <= 2


def test_a_check_that_says_something_else_is_not_believed():
    tape = Tape([b"f(1)"], [b"1"])
    assert tape.say(b"f(1)")
    assert tape.old() == b"1"
    assert not tape.say(b"f(2)")
    assert tape.old() is None
    with pytest.raises(RuntimeError, match="something else"):
        Tape([b"f(1)"], [b"1"]).say(b"f(2)")


def test_what_is_kept_is_bounded():
    exercise = EXERCISES["scale_learning_rate"]
    verdict = judge(exercise, exercise.reference)
    known = Transcripts()
    known.keep(("a", 0, False, True), Tape([b"x"], [bytes(LARGEST)]), verdict)
    assert not known._roots
    for k in range(MOST // LARGEST + 8):
        known.keep(("a", k, False, True), Tape([b"x"], [bytes(LARGEST - 1)]), verdict)
        assert known._size <= MOST
    assert np.isclose(2 * len(known._roots) * LARGEST, known._size, rtol=0.01)
