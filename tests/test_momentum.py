"""Momentum's three forms and Nesterov's two take the same steps once converted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib.landscapes import quadratic
from course_lib.momentum import (
    convert_momentum,
    convert_velocity,
    lookahead,
    momentum_step,
    nesterov_step,
)
from course_lib.optimizers import step

forms = st.sampled_from((1, 2, 3))
rates = st.floats(1e-3, 1)
rhos = st.floats(0, 0.99)
runs = arrays(np.float64, (6, 3), elements=st.floats(-10, 10, width=32))


def path(form, gradients, lr, rho, w, v):
    for g in gradients:
        w, v = momentum_step(form, w, g, v, lr, rho)
        yield w


@given(form=forms, to=forms, lr=rates, rho=rhos, gradients=runs)
def test_converted_forms_take_the_same_steps(form, to, lr, rho, gradients):
    here = path(form, gradients, lr, rho, np.ones(3), np.zeros(3))
    there = path(
        to, gradients, convert_momentum(form, lr, rho)[to - 1], rho, np.ones(3), np.zeros(3)
    )
    for a, b in zip(here, there, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-11)


@given(form=forms, to=forms, lr=rates, rho=rhos, gradients=runs)
def test_a_form_can_take_over_in_the_middle_of_a_run(form, to, lr, rho, gradients):
    w, v = np.ones(3), np.zeros(3)
    for g in gradients[:3]:
        w, v = momentum_step(form, w, g, v, lr, rho)
    new_rate = convert_momentum(form, lr, rho)[to - 1]
    u = convert_velocity(v, form, to, lr, rho)
    pairs = zip(
        path(form, gradients[3:], lr, rho, w, v), path(to, gradients[3:], new_rate, rho, w, u),
        strict=True,
    )  # fmt: skip
    for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)


@given(form=forms, to=forms, lr=rates, rho=rhos)
def test_there_and_back(form, to, lr, rho):
    there = convert_momentum(form, lr, rho)[to - 1]
    assert convert_momentum(to, there, rho)[form - 1] == pytest.approx(lr, rel=1e-14)


@pytest.mark.parametrize(("form", "dampening"), [(1, 0.0), (3, 0.6)])
def test_forms_that_are_rules_of_the_library(form, dampening):
    w, v = momentum_step(form, [1.0, 2.0], [0.5, -1.0], [0.3, 0.2], lr=0.1, rho=0.6)
    ours = step(
        "momentum",
        [1.0, 2.0],
        [0.5, -1.0],
        ([0.3, 0.2],),
        lr=0.1,
        momentum=0.6,
        dampening=dampening,
    )
    np.testing.assert_allclose((w, v), ours, rtol=1e-14)


@given(lr=st.floats(1e-3, 0.1), rho=rhos)
def test_the_rule_visits_the_points_that_look_ahead(lr, rho):
    gradient = lambda w: quadratic((1, 10), angle=0.3).value_and_gradient(w)[1]  # noqa: E731
    w, v = np.array([1.0, -1.0]), np.zeros(2)
    ahead, u = lookahead(w, v, lr, rho), np.zeros(2)
    for t in range(1, 11):
        w, v = nesterov_step(gradient, w, v, lr, rho)
        ahead, u = step("nesterov", ahead, gradient(ahead), (u,), t=t, lr=lr, momentum=rho)
        np.testing.assert_allclose(ahead, lookahead(w, v, lr, rho), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(u, v, rtol=1e-9, atol=1e-9)


def test_nesterov_looks_ahead_once_and_changes_nothing():
    seen = []
    w, v = np.array([1.0]), np.array([1.0])
    nesterov_step(lambda x: seen.append(x) or x, w, v, lr=0.5, rho=0.5)
    assert seen == [0.75]
    assert (w[0], v[0]) == (1.0, 1.0)
