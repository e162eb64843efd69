"""Exercises of chapter 1: they agree with the library, and their texts are true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import datasets, regularization
from course_lib.checks import EXERCISES, judge
from course_lib.checks.ch01_regularization import penalty, ridge_mistakes

seeds = given(seed=st.integers(0, 2**32 - 1))


def right(name):
    return EXERCISES[name].reference


@pytest.mark.parametrize("kind", penalty.KINDS)
@pytest.mark.parametrize("shape", [(1,), (4,), (3, 2)])
@seeds
def test_penalty_is_the_library_s_with_a_free_last_row(kind, shape, seed):
    W = np.random.default_rng(seed).normal(size=shape)
    weights = np.arange(shape[0]) < shape[0] - 1
    mask = weights if len(shape) == 1 else weights[:, None]
    R, dR = right("penalty")(W, 0.7, kind)
    expected, slope = regularization.penalty(W, 0.7, kind, penalized=mask)
    assert expected == pytest.approx(R)
    np.testing.assert_allclose(dR, slope, atol=1e-15)


def test_kinds_are_kinds_of_the_library():
    assert set(penalty.KINDS) < set(regularization.PENALTIES)


@seeds
def test_elementwise_rules_are_the_library_s(seed):
    rng = np.random.default_rng(seed)
    w, g = rng.normal(size=(2, 3, 4))
    t, lr, lam = rng.uniform(0, 1.5, size=3).tolist()
    np.testing.assert_allclose(
        right("soft_threshold")(w, t), regularization.soft_threshold(w, t), atol=1e-15
    )
    expected = regularization.decay_step(w, g, lr, lam)
    np.testing.assert_allclose(right("decay_step")(w, g, lr, lam), expected, atol=1e-14)


@pytest.mark.parametrize("targets", [(), (2,)])
@seeds
def test_ridge_is_the_library_s_with_an_intercept(targets, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(9, 3)) + 1.0, rng.normal(size=(9, *targets))
    w, b = right("ridge_solution")(X, y, 0.3)
    fit = regularization.ridge_with_intercept(X, y, 0.3)
    np.testing.assert_allclose(w, fit.w, atol=1e-12)
    np.testing.assert_allclose(b, fit.intercept, atol=1e-12)


@seeds
def test_shrinkage_and_freedom_are_the_library_s(seed):
    rng = np.random.default_rng(seed)
    A, w_star = rng.normal(size=(2, 4)), rng.normal(size=4)
    H = A.T @ A  # two of its eigenvalues are 0
    np.testing.assert_allclose(
        right("ridge_shrinkage")(H, w_star, 0.3),
        regularization.ridge_shrinkage(H, w_star, 0.3),
        atol=1e-10,
    )
    eigenvalues = np.append(rng.uniform(0, 3, size=4), 0.0)
    for alpha in (0.0, 0.3):
        expected = regularization.effective_dof(eigenvalues, alpha)
        assert right("effective_dof")(eigenvalues, alpha) == pytest.approx(expected)


def test_what_the_helps_claim_about_size():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(5, 2)), rng.normal(size=5)
    w, _ = right("ridge_solution")(X, y, 0.4)
    too_large, _ = ridge_mistakes.right_side_not_scaled(X, y, 0.4)
    np.testing.assert_allclose(too_large, 5 * w)  # "w is N times too large"
    dof = right("effective_dof")
    assert dof(np.array([2.0]), 1.0) == pytest.approx(2 / 3)  # "counts two thirds"
    assert dof(np.array([0.5]), 1.0) == pytest.approx(1 / 3)  # "counts one third"


def test_questions_agree_with_the_exercises():
    length = np.linalg.norm(
        right("ridge_shrinkage")(np.diag([4.0, 0.0]), np.array([3.0, 4.0]), 1e-6)
    )
    assert judge(EXERCISES["flat_direction"], float(length)).passed
    border = EXERCISES["growing_rate"].reference()
    step = right("decay_step")
    sizes = [abs(step(1.0, 0.0, lr, 0.4)) for lr in (0.99 * border, border, 1.01 * border)]
    assert sizes[0] < sizes[1] == 1.0 < sizes[2]


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("effective_dof", lambda eigenvalues, alpha: eigenvalues, "must be one number"),
        ("penalty", lambda W, lam, kind: (lam, W[:-1]), "dR has shape (2,); it must be (3,)"),
        ("penalty", lambda W, lam, kind: lam, "must return R, dR"),
        ("ridge_solution", lambda X, y, alpha: (X[0], y), "b has shape (3,); it must be ()"),
        ("soft_threshold", lambda w, t: None, "returned nothing"),
    ],
)
def test_a_wrong_form_gets_a_readable_cause(name, answer, message):
    verdict = judge(EXERCISES[name], answer)
    assert message in verdict.cause
    assert verdict.points == 0
    assert not verdict.misconception


def test_a_guard_too_small_to_matter_is_accepted():
    def effective_dof(eigenvalues, alpha):
        return np.sum(eigenvalues / (eigenvalues + alpha + 1e-13))

    assert judge(EXERCISES["effective_dof"], effective_dof).passed
    assert judge(EXERCISES["effective_dof"], effective_dof, seed=5, hidden=True).passed


def test_what_the_notebook_says_about_the_pixels():
    images = datasets.digits(n_train=200).X_train
    assert np.sum(images.max(axis=0) == 0) == 9  # "Nine pixels have no ink in any of these images"
