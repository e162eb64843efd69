"""Exercises of chapter 5: their references agree with the library, and claims of the helps are true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import schedules
from course_lib.checks import EXERCISES, judge
from course_lib.checks.render import to_text

numbers = st.floats(0.01, 1.0)
steps = st.lists(st.floats(-50, 300), min_size=1, max_size=5).map(np.array)
whole = st.integers(1, 40)


def same(name, t, *parameters):
    right = getattr(schedules, name)(t, *parameters)
    np.testing.assert_allclose(
        EXERCISES[name].reference(t, *parameters), right, rtol=1e-12, atol=1e-15
    )


@given(t=steps, lr=numbers, factor=numbers, every=whole)
@pytest.mark.parametrize("name", ["step_decay", "exponential_decay"])
def test_falls_by_a_factor_as_in_the_library(name, t, lr, factor, every):
    same(name, t, lr, factor, every)


@given(t=steps, lr=numbers, T=whole, end=st.floats(0, 1))
@pytest.mark.parametrize("name", ["linear_decay", "cosine_decay"])
def test_falls_to_an_end_as_in_the_library(name, t, lr, T, end):
    same(name, t, lr, T, end)


@given(t=steps, lr=numbers, offset=st.floats(0.1, 100))
def test_inverse_sqrt_as_in_the_library(t, lr, offset):
    same("inverse_sqrt", t, lr, offset)


@given(t=st.integers(0, 60), warmup=st.integers(0, 30), T=whole)
def test_warmup_as_in_the_library(t, warmup, T):
    base = schedules.schedule("cosine_decay", lr=0.3, T=T)
    right = schedules.with_warmup(base, warmup)(t)
    assert EXERCISES["with_warmup"].reference(base, warmup)(t) == pytest.approx(right, abs=1e-15)


@given(lr=numbers, batch=whole, base=whole)
def test_scaling_as_in_the_library(lr, batch, base):
    right = schedules.scale_learning_rate(lr, batch, base)
    assert EXERCISES["scale_learning_rate"].reference(lr, batch, base) == pytest.approx(right)


@pytest.mark.parametrize("kind", list(schedules.SCHEDULES))
def test_robbins_monro_of_named_schedules_as_in_the_library(kind):
    reference = EXERCISES["satisfies_robbins_monro"].reference
    assert reference(kind, None) == schedules.satisfies_robbins_monro(kind)


@given(power=st.floats(0, 3))
def test_robbins_monro_of_powers_as_in_the_library(power):
    reference = EXERCISES["satisfies_robbins_monro"].reference
    assert reference("power", power) == schedules.satisfies_robbins_monro("power", power)


def test_rates_given_as_whole_numbers_will_do():
    """Whole steps come as Python's int and as int64: neither may break a right answer."""

    def step_decay(t, lr, factor, every):
        return lr * factor ** (np.maximum(t, 0) // every)

    verdict = judge(EXERCISES["step_decay"], step_decay, hidden=True)
    assert verdict.passed, to_text(verdict)


def test_answer_for_single_steps_alone_fails_at_arrays():
    def with_warmup(schedule, warmup):
        def rate(t):
            if t < warmup:
                return schedule(0) * (t + 1) / warmup
            return schedule(t - warmup)

        return rate

    verdict = judge(EXERCISES["with_warmup"], with_warmup)
    assert [o.name for o in verdict.outcomes if o.status == "fails"] == ["arrays"]
    assert "truth value of an array" in verdict.cause


def test_a_rate_instead_of_a_function_is_explained():
    verdict = judge(EXERCISES["with_warmup"], lambda schedule, warmup: schedule(0) / warmup)
    assert "rate is not a function (it is a float)" in verdict.cause


def test_a_function_that_counts_its_calls_is_found():
    def with_warmup(schedule, warmup):
        step = -1

        def rate(_t):
            nonlocal step
            step += 1
            return schedule(0) * (step + 1) / warmup if step < warmup else schedule(step - warmup)

        return rate

    verdict = judge(EXERCISES["with_warmup"], with_warmup)
    assert not verdict.passed


@pytest.mark.parametrize(("answer", "right"), [(0.5, True), (0.49, True), (0.55, False)])
def test_rule_of_thumb_is_good_enough_for_the_floor(answer, right):
    assert judge(EXERCISES["floor_after_halving"], answer).passed == right


def test_choices_of_the_question_are_named():
    verdict = judge(EXERCISES["longer_way"], "both")
    assert "'cosine', 'linear', 'the same'" in verdict.cause
