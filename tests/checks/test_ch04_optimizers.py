"""Exercises of chapter 4: their references agree with the library, and claims of the helps are true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import momentum
from course_lib.checks import EXERCISES, judge
from course_lib.checks.ch04_optimizers import questions, radam
from course_lib.checks.ch04_optimizers.adadelta import eps_missing, eps_missing_above


@given(form=st.integers(1, 3), lr=st.floats(1e-3, 10), rho=st.floats(0, 0.999))
def test_rates_of_the_forms_as_in_the_library(form, lr, rho):
    right = momentum.convert_momentum(form, lr, rho)
    assert EXERCISES["convert_momentum"].reference(form, lr, rho) == pytest.approx(right)


@given(
    w=st.floats(-3, 3), v=st.floats(-3, 3), lr=st.floats(1e-3, 1), rho=st.floats(0, 0.99)
)  # fmt: skip
def test_nesterov_as_in_the_library(w, v, lr, rho):
    def grad(at):
        return at**3 - at

    start = np.array([w, v])
    right = momentum.nesterov_step(grad, start, start[::-1], lr, rho)
    mine = EXERCISES["nesterov_step"].reference(grad, start, start[::-1], lr, rho)
    np.testing.assert_allclose(mine, right, rtol=1e-12, atol=1e-14)


@given(beta2=st.floats(*radam.SLOW))
def test_radam_switches_between_steps_4_and_5(beta2):
    """As the comment beside the bounds says."""
    longest = 2 / (1 - beta2) - 1
    length = {t: longest - 2 * t * beta2**t / (1 - beta2**t) for t in (4, 5)}
    assert 3.5 < length[4] < 4 < 4.3 < length[5] < 5


def test_radam_at_step_5_with_the_usual_memory():
    """The statement and a help say 4.996."""
    power = 0.999**5
    assert 2 / 0.001 - 1 - 10 * power / (1 - power) == pytest.approx(4.996, abs=5e-4)


@pytest.mark.parametrize("wrong", [eps_missing_above, eps_missing])
def test_adadelta_without_eps_never_moves(wrong):
    """As its help says."""
    w, s, d = np.ones(1), np.zeros(1), np.zeros(1)
    for _ in range(5):
        w, s, d = wrong(w, np.ones(1), s, d, 1.0, 0.9, 1e-6)
    assert w == 1
    assert d == 0


@pytest.mark.parametrize(
    ("wrong", "value"),
    [
        (questions.without_correction, 0.316),
        (questions.only_m_small, 0.01),
        (questions.as_gradient_descent, 25.0),
        (questions.two_steps, 0.019),
    ],
)
def test_wrong_predictions_are_recognized_as_people_round_them(wrong, value):
    name = "momentum_top_speed" if wrong is questions.two_steps else "first_adam_step"
    verdict = judge(EXERCISES[name], value)
    assert not verdict.passed
    assert verdict.misconception == wrong.__name__


def test_nesterov_is_told_where_it_called_the_gradient():
    def step(grad, w, v, lr, momentum):
        v = momentum * v + grad(w)
        return w - lr * v, v

    verdict = judge(EXERCISES["nesterov_step"], step)
    assert verdict.cause == "point ahead is not right."
    shown = dict(verdict.evidence.arguments)
    assert shown["grad"].startswith("[")


@pytest.mark.parametrize("name", ["momentum_step", "nesterov_step"])
@pytest.mark.parametrize("hidden", [False, True])
def test_what_was_drawn_once_is_as_it_was_for_the_next_answer(name, hidden):
    exercise = EXERCISES[name]

    def spoil(*args):
        result = exercise.reference(*args)
        for arg in args:
            if isinstance(arg, np.ndarray):
                arg[...] = np.nan
        return result

    before = judge(exercise, exercise.reference, seed=3, hidden=hidden)
    spoilt = judge(exercise, spoil, seed=3, hidden=hidden, trusted=True)
    assert [row.name for row in spoilt.outcomes if row.status == "fails"] == ["inputs_unchanged"]
    assert judge(exercise, exercise.reference, seed=3, hidden=hidden) == before


def test_nesterovs_properties_share_two_calls():
    calls = []
    exercise = EXERCISES["nesterov_step"]
    judge(exercise, lambda *args: calls.append(1) or exercise.reference(*args), trusted=True)
    assert len(calls) == 2 + 6 + 2 + 1 + 4
