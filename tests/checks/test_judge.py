"""The checks themselves: right answers pass, each known mistake is rejected and named."""

from __future__ import annotations

import contextlib
import re
import time
import tomllib
import warnings
from html import escape
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import check
from course_lib.checks import EXERCISES, CheckFailed, judge
from course_lib.checks.ch04_optimizers.adam import (
    beta1_keeps_both,
    new_weights_swapped,
    one_beta_for_both,
)
from course_lib.checks.render import MIME, headline, to_html, to_text

ROWS = EXERCISES.values()
WRONG = [(e, m) for e in ROWS for m in e.misconceptions]
RIGHT = [(e, f) for e in ROWS for f in e.correct]
CHECKS = [(0, False), (41, True)]
BOTH = pytest.mark.parametrize(("seed", "hidden"), CHECKS)
PARTLY = tomllib.loads((Path(__file__).parent / "partly_right.toml").read_text(encoding="utf-8"))


def ids(row):
    return getattr(row, "name", None) or getattr(row, "__name__", "")


@pytest.mark.parametrize("exercise", ROWS, ids=ids)
@BOTH
def test_reference_passes(exercise, seed, hidden):
    verdict = judge(exercise, exercise.reference, seed, hidden)
    assert verdict.passed, to_text(verdict)
    assert verdict.points == verdict.max_points == exercise.points / (1 + exercise.hidden)


@pytest.mark.parametrize(("exercise", "function"), RIGHT, ids=ids)
@BOTH
def test_every_right_way_passes(exercise, function, seed, hidden):
    verdict = judge(exercise, function, seed, hidden)
    assert verdict.passed, to_text(verdict)


@pytest.mark.parametrize(("exercise", "mistake"), WRONG, ids=ids)
@BOTH
def test_every_mistake_is_rejected_and_named(exercise, mistake, seed, hidden):
    verdict = judge(exercise, mistake.function, seed, hidden)
    assert not verdict.passed
    partly = PARTLY.get(exercise.name, {"mistakes": ()})
    if mistake.name in partly["mistakes"]:
        assert verdict.points <= partly["most"] * verdict.max_points
    else:
        assert verdict.points < verdict.max_points / 4
    assert verdict.misconception == mistake.name
    assert verdict.help == mistake.help
    assert len(verdict.help) > 40
    assert len(to_text(verdict).splitlines()) <= 40  # a screen


@pytest.mark.parametrize("name", PARTLY)
def test_who_is_said_to_be_partly_right_is(name):
    """No entry of the table is there for nothing, and none allows more than it must."""
    row, partly = EXERCISES[name], PARTLY[name]
    wrong = {mistake.name: mistake.function for mistake in row.misconceptions}
    earned = []
    for mistake in partly["mistakes"]:
        verdicts = [judge(row, wrong[mistake], seed, hidden) for seed, hidden in CHECKS]
        earned.append(max(verdict.points / verdict.max_points for verdict in verdicts))
    assert min(earned) >= 0.25
    assert partly["most"] - 0.02 < max(earned) < 1
    assert len(partly["reason"]) > 20


FUNCTIONS = [row for row in ROWS if row.takes == "function"]
QUICK = [row for row in ROWS if not row.by_result]  # the capstone trains: see test_capstone.py


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=ids)
def test_enough_variants(exercise):
    assert len(exercise.misconceptions) >= 4
    assert len(exercise.correct) >= 5


def test_enough_variants_on_average():
    assert np.mean([len(row.misconceptions) for row in FUNCTIONS]) >= 6


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize("exercise", QUICK, ids=ids)
def test_no_seed_rejects_a_right_answer(exercise, seed):
    for function in (exercise.reference, *exercise.correct[:2]):
        verdict = judge(exercise, function, seed, hidden=True)
        assert verdict.passed, to_text(verdict)


def adam(w, g, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


ADAM = EXERCISES["adam_step"]


def broken(change):
    """Adam, with something else wrong: ``change(args)`` runs first and may return the result."""

    def function(*args):
        early = change(args)
        return adam(*args) if early is None else early

    return function


def raises(args):
    raise ZeroDivisionError("by hand")


def writes_into_w(args):
    args[0][...] += 1.0


def rounds(args):
    return tuple(part.astype(np.float32) for part in adam(*args))


OTHER_FAULTS = [
    (raises, "raised ZeroDivisionError: by hand", "form"),
    (lambda args: adam(*args)[:2], "returned 2 values: it must return w, m, v", "form"),
    (lambda args: adam(*args)[0], "one ndarray: it must return w, m, v", "form"),
    (lambda args: (None, None, None), "w is not made of real numbers (it is None)", "form"),
    (lambda args: tuple(p.astype(complex) for p in adam(*args)), "array of complex128", "form"),
    (lambda args: tuple(p.sum() for p in adam(*args)), "has shape ()", "form"),
    (lambda args: tuple(p * np.nan for p in adam(*args)), "contains nan", "state_update"),
    (rounds, "was rounded to float32", "state_update"),
    (writes_into_w, "w is not right", "first_step"),
]


@pytest.mark.parametrize(("change", "message", "failed"), OTHER_FAULTS)
def test_other_faults_get_a_readable_cause(change, message, failed):
    verdict = judge(ADAM, broken(change))
    assert message in verdict.cause
    assert next(o.name for o in verdict.outcomes if o.status == "fails") == failed
    assert not verdict.misconception
    assert "Traceback" not in to_text(verdict)


def test_returning_nothing_is_explained():
    verdict = judge(ADAM, lambda *args: None)
    assert "returned nothing" in verdict.cause
    assert "return?" in verdict.cause


def test_change_in_place_is_found():
    def in_place(w, g, v, lr, momentum):
        v *= momentum
        v += g
        return w - lr * v, v

    verdict = judge(EXERCISES["momentum_step"], in_place)
    assert [o.name for o in verdict.outcomes if o.status == "fails"] == ["inputs_unchanged"]
    assert verdict.cause.startswith("v changed in the caller's hands")
    assert 0 < verdict.points < verdict.max_points


def test_line_of_the_error_is_shown():
    def adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
        return undefined_name + w  # noqa: F821

    cause = judge(ADAM, adam_step).cause
    assert "NameError" in cause
    assert "return undefined_name + w" in cause


def test_one_cause_one_message():
    verdict = judge(ADAM, lambda *args: (args[0], args[2], args[3]))
    assert [o.status for o in verdict.outcomes].count("fails") == 1


def test_unfinished_function_ends_in_time():
    exercise = ADAM.__class__(**{**vars(ADAM), "seconds": 0.2})

    def forever(*args):
        while True:
            with contextlib.suppress(Exception):  # must not swallow the limit
                time.sleep(0.01)

    verdict = judge(exercise, forever)
    assert "did not finish within 0.2 seconds" in verdict.cause
    assert verdict.points == 0


def test_noise_is_kept_but_out_of_the_way(capsys):
    def chatty(*args):
        print("look", args[4])
        warnings.warn("careful", stacklevel=1)
        np.log(np.zeros(1))
        return adam(*args)

    verdict = judge(ADAM, chatty)
    assert verdict.passed
    assert verdict.printed.startswith("look 1")
    assert len(verdict.printed) < 500
    assert capsys.readouterr() == ("", "")


def test_hidden_check_shows_no_input():
    def angry(*args):
        raise ValueError(f"{args[0]} {args[1]}")

    verdict = judge(ADAM, angry, seed=5, hidden=True)
    assert verdict.evidence is None
    assert not verdict.printed
    assert "ValueError" not in verdict.cause
    assert "not shown" in verdict.cause


def test_check_returns_a_plain_number_or_raises(capsys):
    points = check.adam_step(adam)
    assert type(points) is float
    assert points == ADAM.points / 2
    assert "adam_step: check passed, 4 of 4 points" in capsys.readouterr().out
    with pytest.raises(CheckFailed, match="not written yet"):
        check.adam_step(_unwritten)


def _unwritten(*args):
    raise NotImplementedError


def test_partial_credit():
    # State right, step wrong: one of the eight parts.
    verdict = judge(ADAM, lambda *args: (args[0], *adam(*args)[1:]))
    assert verdict.points == pytest.approx(verdict.max_points / 8)


@pytest.mark.parametrize("value", [None, 3, adam(*[np.ones(2)] * 4, 1, 0.1, 0.9, 0.9, 0.0)])
def test_handing_over_something_else(value):
    verdict = judge(ADAM, value)
    assert "takes your function itself" in verdict.cause
    assert verdict.points == 0


def test_unknown_check_names_the_others():
    with pytest.raises(AttributeError, match=r"check\.adam_step"):
        _ = check.adamstep


def test_verdict_is_the_same_in_all_forms():
    verdict = judge(ADAM, ADAM.misconceptions[0].function)
    bundle = verdict._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain", MIME}
    for form in (to_text(verdict), to_html(verdict)):
        flat = " ".join(form.split())
        assert verdict.mistake in flat
        assert "0 of 4 points" in flat
    assert bundle[MIME]["misconception"] == "betas_swapped"
    assert bundle[MIME]["schema"] == 1
    assert len(to_text(verdict).splitlines()) <= 40


def test_html_says_in_words_what_colors_and_marks_show():
    """What is left without style, color and what screen readers leave out says the same."""
    for function in (ADAM.reference, ADAM.misconceptions[0].function, _in_place):
        verdict = judge(ADAM, function)
        html = re.sub(r"<span aria-hidden='true'.*?</span>", "", to_html(verdict))
        words = " ".join(re.sub(r"<[^>]*>", " ", html).split())
        assert words.startswith(headline(verdict))
        for outcome in verdict.outcomes:
            said = f"{outcome.status}: {escape(outcome.sentence)}"
            assert (said in words) is (outcome.status != "not checked")


def _in_place(*args):
    args[2][...] += 1.0
    return adam(*args)


def test_html_is_inert():
    def adam_step(*args):
        raise ValueError("<script>alert(1)</script>")

    html = to_html(judge(ADAM, adam_step))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_what_the_helps_claim_about_size():
    """'A hundred times too short' and the like are computed here."""

    def first_move(function):
        zero = np.zeros(1)
        w, *_ = function(zero, np.ones(1), zero, zero, 1, 1.0, 0.9, 0.999, 1e-8)
        return -w[0]

    right = first_move(adam)
    assert right / first_move(one_beta_for_both) == pytest.approx(100, rel=1e-6)
    assert right / first_move(beta1_keeps_both) == pytest.approx(100, rel=1e-6)
    assert right / first_move(new_weights_swapped) == pytest.approx(1000, rel=1e-6)
