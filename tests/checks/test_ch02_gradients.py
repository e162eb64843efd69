"""Chapter 2: its references against the library, its cases, and what students are told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import gradients, models
from course_lib.checks import EXERCISES, judge
from course_lib.checks.ch02_gradients import questions, softmax, two_layer
from course_lib.checks.ch02_gradients.bowls import Bowl, kinked, smooth
from course_lib.checks.ch02_gradients.differences import DRIFTING
from course_lib.checks.ch02_gradients.losses import cubes, numbers, waves
from course_lib.checks.render import to_text

SEEDS = st.integers(0, 2**32 - 1)
SHAPES = st.sampled_from([(), (1,), (4,), (2, 3)])


def reference(name):
    return EXERCISES[name].reference


def failed(verdict):
    return [outcome.name for outcome in verdict.outcomes if outcome.status == "fails"]


# ----------------------------------------------------------- the references and the library


@given(SEEDS, SHAPES, st.sampled_from([cubes, waves]), st.sampled_from([0.5, 0.01]))
@settings(max_examples=30, deadline=None)
def test_differences_are_those_of_the_library(seed, shape, make, h):
    f, x = make(shape), numbers(np.random.default_rng(seed), shape)
    for name in ("numerical_gradient", "complex_step"):
        expected = getattr(gradients, name)(f, x, h)
        np.testing.assert_allclose(reference(name)(f, x, h), expected, rtol=1e-9, atol=1e-9)


@given(SEEDS, SHAPES, st.sampled_from([0.0, 1e-300, 1.0, 1e9]))
@settings(max_examples=30, deadline=None)
def test_relative_error_is_that_of_the_library(seed, shape, scale):
    rng = np.random.default_rng(seed)
    a, b = scale * numbers(rng, shape), numbers(rng, shape) * rng.integers(0, 2, shape)
    expected = gradients.relative_error(a, b)
    np.testing.assert_allclose(reference("relative_error")(a, b), expected, rtol=1e-13)


@given(SEEDS, st.integers(2, 5))
@settings(max_examples=30, deadline=None)
def test_gradient_check_agrees_with_that_of_the_library(seed, n):
    rng = np.random.default_rng(seed)
    wrong = ((n - 1,), 0.5)
    for bowl, x in (smooth(rng, (n,)), smooth(rng, (n,), [wrong]), kinked(rng, n, 0, [wrong])):
        is_wrong, is_kink = reference("gradient_check")(bowl.f, bowl.df, x, rng, 1e-3, 1e-6, 0.01)
        report = gradients.gradient_check(bowl.f, bowl.df, x, h=1e-3)
        assert [tuple(i) for i in np.argwhere(is_wrong)] == list(report.wrong)
        assert [tuple(i) for i in np.argwhere(is_kink)] == list(report.kinks)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_softmax_loss_is_that_of_the_library(seed):
    W, X, y = softmax.data(np.random.default_rng(seed), 5, 3, 4)
    loss, gradient = models.softmax_classifier(3, 4).loss_and_gradient(
        np.concatenate([W.ravel(), np.zeros(4)]), X, y
    )
    found, dW = reference("softmax_loss")(W, X, y, 0.3)
    assert found == pytest.approx(loss + 0.15 * np.sum(W**2), rel=1e-12)
    np.testing.assert_allclose(dW, gradient[:12].reshape(3, 4) + 0.3 * W, rtol=1e-9, atol=1e-12)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_two_layer_backward_is_that_of_the_library(seed):
    rng = np.random.default_rng(seed)
    model = models.two_layer_network(3, 4, 2)
    for X, y, *parts in (two_layer.data(rng, 5, 3, 4, 2), two_layer._on_the_kink(rng, 3, 3, 4, 2)):
        loss, gradient = model.loss_and_gradient(np.concatenate([p.ravel() for p in parts]), X, y)
        found, *slopes = reference("two_layer_backward")(X, y, *parts)
        assert found == pytest.approx(loss, rel=1e-12)
        flat = np.concatenate([slope.ravel() for slope in slopes])
        np.testing.assert_allclose(flat, gradient, rtol=1e-9, atol=1e-12)


# --------------------------------------------------------------------------------- the cases


def test_drifting_numbers_do_not_come_back():
    h = 0.1
    for x in DRIFTING:
        assert (x + h) - h != x or (x + h) - 2 * h + h != x
        assert ((x + h) - 2 * h) + h != x


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_a_bowl_has_the_slopes_it_says(seed):
    rng = np.random.default_rng(seed)
    bowl, x = kinked(rng, 4, 2, [((1,), 1.0)], away=-0.5)
    wrong = bowl.df(x) - gradients.numerical_gradient(bowl.f, x, 1e-3)
    np.testing.assert_allclose(wrong, [0, bowl.errors[0][1], 0, 0], atol=1e-8)
    slopes = np.abs(Bowl(bowl.b, bowl.curved).df(x))
    assert slopes[0] > slopes[1:].sum() + 4  # whatever the signs of a direction, they don't cancel


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_no_probability_and_no_hidden_unit_is_on_the_edge(seed):
    rng = np.random.default_rng(seed)
    W, X, _ = softmax.data(rng, 4, 5, 3)
    assert np.abs(X @ W).max() < 2.1
    X, _, W1, b1, W2, b2 = two_layer.data(rng, 4, 3, 5, 2)
    z = X @ W1 + b1
    assert np.abs(z).min() >= 0.01
    assert (z > 0).any()
    assert (z < 0).any()
    assert np.abs(np.maximum(z, 0) @ W2 + b2).max() < 2.7


# -------------------------------------------------------------------- what students are told


def test_a_loss_says_which_shape_it_takes():
    verdict = judge(EXERCISES["numerical_gradient"], lambda f, x, h: f(x[:0]) + x)
    assert "f takes an array of shape (2,), but was given shape (0,)" in verdict.cause


def test_a_gradient_check_that_sees_kinks_everywhere_is_told_where_f_is_smooth():
    def nervous(f, df, x, rng, h, tol, jump):
        return np.zeros(x.shape), np.ones(x.shape)

    verdict = judge(EXERCISES["gradient_check"], nervous)
    assert failed(verdict) == ["right_gradient"]
    assert verdict.cause == "f is smooth at [0] and df is right there, but is_kink[0] is True."
    assert "f = sum(b·x) + sum(c·x²)/2, where b = [" in " ".join(to_text(verdict).split())


def test_a_direction_that_leaves_coordinates_alone_is_found():
    def half(f, df, x, rng, h, tol, jump):
        v = rng.choice([-1.0, 1.0], size=x.shape)
        if x.size > 4:
            v[x.size // 2 :] = 0.0
        g = df(x)
        slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
        if abs(slope - (g * v).sum()) <= tol * abs(slope):
            return np.full(x.shape, False), np.full(x.shape, False)
        here = f(x)
        is_wrong, is_kink = np.full(x.shape, False), np.full(x.shape, False)
        for i in np.ndindex(x.shape):
            e = np.zeros(x.shape)
            e[i] = h
            right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
            size = max(abs(right), abs(left))
            is_kink[i] = abs(right - left) > jump * size
            both = (right + left) / 2
            is_wrong[i] = not is_kink[i] and abs(both - g[i]) > tol * max(abs(both), abs(g[i]))
        return is_wrong, is_kink

    verdict = judge(EXERCISES["gradient_check"], half)
    assert "random_direction" in failed(verdict)
    assert not verdict.misconception


def test_what_the_helps_of_the_questions_claim():
    def error(h, central):
        low = np.exp(1 - h) if central else np.e
        return abs((np.exp(1 + h) - low) / (2 * h if central else h) - np.e) / np.e

    assert questions._best_h() == "1e-5"
    assert error(1e-2, central=True) == pytest.approx(1e-5, rel=1)
    assert error(1e-15, central=True) > 0.01
    forward = [error(float(step), central=False) for step in questions.STEPS]
    assert questions.STEPS[int(np.argmin(forward))] == questions.best_of_the_forward_difference()
    assert questions._gradient_cost() == 2 * models.two_layer_network(64, 32, 10).n_parameters
