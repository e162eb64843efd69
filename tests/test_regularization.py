"""Penalties, ridge and lasso against their definitions, and the laws of chapter 1."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import regularization as reg
from course_lib.descent import descend
from course_lib.kernels import regularization as kernels
from course_lib.landscapes import quadratic
from course_lib.regularization import (
    PENALTIES,
    decay_step,
    early_stopping_alpha,
    early_stopping_factors,
    effective_dof,
    lasso_alpha_max,
    lasso_path,
    lasso_solution,
    penalty,
    proximal,
    ridge_shrinkage,
    ridge_solution,
    ridge_with_intercept,
    shrinkage_factors,
    soft_threshold,
)

kinds = pytest.mark.parametrize("kind", PENALTIES)
OPTIONS = {"l1_ratio": 0.3, "delta": 0.7}
numbers = st.floats(-10, 10)


def data(N=40, n=6, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((N, n))
    return X, X @ rng.standard_normal(n) + 0.5 * rng.standard_normal(N)


# Penalties


@kinds
@given(w=st.lists(numbers.filter(lambda w: abs(w) > 0.01), min_size=1, max_size=5))
def test_gradient_is_the_slope_of_the_penalty(kind, w):
    _, slope = penalty(w, 0.8, kind, **OPTIONS)
    for i in range(len(w)):
        e = np.zeros(len(w))
        e[i] = 1e-5
        up, down = (penalty(np.array(w) + s * e, 0.8, kind, **OPTIONS)[0] for s in (1, -1))
        assert slope[i] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-6)


@kinds
def test_zero_at_zero_even_and_proportional_to_lambda(kind):
    w = np.array([[-2.0, 0.0], [0.4, 3.0]])
    R, dR = penalty(w, 0.5, kind, **OPTIONS)
    assert dR[0, 1] == 0
    assert penalty(0 * w, 0.5, kind, **OPTIONS)[0] == 0
    mirrored = penalty(-w, 0.5, kind, **OPTIONS)
    assert mirrored[0] == R
    assert np.array_equal(mirrored[1], -dR)
    twice = penalty(w, 1.0, kind, **OPTIONS)
    assert twice[0] == pytest.approx(2 * R)
    np.testing.assert_allclose(twice[1], 2 * dR)
    assert penalty(w, 0.0, kind, **OPTIONS)[0] == 0


@kinds
def test_a_bias_goes_free(kind):
    w = np.array([[-2.0, 5.0], [0.4, 3.0]])
    R, dR = penalty(w, 0.5, kind, **OPTIONS, penalized=[True, False])  # the last column
    alone, slope = penalty(w[:, 0], 0.5, kind, **OPTIONS)
    assert alone == R
    assert np.array_equal(dR, np.column_stack([slope, [0, 0]]))


def test_penalties_between_their_relatives():
    w = np.array([-2.0, 0.3, 1.0])
    for kind, l1_ratio in (("l1", 1.0), ("l2", 0.0)):
        mixed = penalty(w, 0.5, "elastic_net", l1_ratio=l1_ratio)
        one = penalty(w, 0.5, kind)
        assert mixed[0] == pytest.approx(one[0])
        np.testing.assert_allclose(mixed[1], one[1])
    nearly = penalty(w, 0.5, "huber", delta=1e-9)
    assert nearly[0] == pytest.approx(penalty(w, 0.5, "l1")[0])
    assert np.array_equal(nearly[1], penalty(w, 0.5, "l1")[1])
    half, whole = penalty(w, 0.5, "l2"), penalty(w, 0.5, "l2_without_half")
    assert whole[0] == 2 * half[0]
    assert np.array_equal(whole[1], 2 * half[1])


@kinds
def test_float32_stays_float32(kind):
    w = np.array([-2.0, 0.3], dtype=np.float32)
    assert penalty(w, 0.5, kind)[1].dtype == np.float32
    assert proximal(w, 0.5, kind).dtype == np.float32
    assert soft_threshold(w, 0.5).dtype == np.float32
    assert decay_step(w, w, 0.1, 0.1).dtype == np.float32


# Proximal operators


@kinds
@given(w=numbers, t=st.floats(0, 5))
def test_proximal_point_is_the_minimum(kind, w, t):
    def cost(v):
        return 0.5 * (v - w) ** 2 + penalty(v, t, kind, **OPTIONS)[0]

    best = float(proximal(w, t, kind, **OPTIONS))
    for step in (1e-3, 0.1, 1.0):
        # A strongly convex cost rises by at least half the square of the distance.
        assert cost(best + step) >= cost(best) + 0.49 * step**2
        assert cost(best - step) >= cost(best) + 0.49 * step**2


@given(w=st.lists(numbers, max_size=6), t=st.floats(0, 5))
def test_soft_threshold(w, t):
    expected = [math.copysign(max(abs(v) - t, 0.0), v) for v in w]
    found = soft_threshold(w, t)
    np.testing.assert_allclose(found, expected, atol=1e-15)
    assert (found[np.abs(w) <= t] == 0).all()
    np.testing.assert_array_equal(found, proximal(w, t, "l1"))


def test_soft_threshold_one_a_weight():
    assert np.array_equal(soft_threshold([[1, -3], [2, 2]], [1, 2]), [[0, -1], [1, 0]])


# Ridge


@given(seed=st.integers(0, 99), alpha=st.floats(1e-6, 100))
def test_ridge_solves_its_equations(seed, alpha):
    X, y = data(12, 5, seed)
    w = ridge_solution(X, y, alpha)
    expected = np.linalg.solve(X.T @ X / 12 + alpha * np.eye(5), X.T @ y / 12)
    np.testing.assert_allclose(w, expected, rtol=1e-8, atol=1e-10)


def test_ridge_does_not_depend_on_how_often_the_data_is_repeated():
    X, y = data()
    repeated = ridge_solution(np.tile(X, (3, 1)), np.tile(y, 3), 0.2)
    np.testing.assert_allclose(repeated, ridge_solution(X, y, 0.2), rtol=1e-12)


@pytest.mark.parametrize("alpha", [0.0, 1e-40, 1e-12, 1e-3])
def test_ridge_with_columns_that_depend_on_each_other(alpha):
    X, y = data(20, 3)
    doubled = ridge_solution(np.hstack([X, X]), y, alpha)
    # Two equal weights share the work: w/2 each costs half the penalty.
    half = ridge_solution(X, y, alpha / 2) / 2
    np.testing.assert_allclose(doubled, np.tile(half, 2), rtol=1e-9)


def test_ridge_of_nothing_but_zeros_and_more_weights_than_examples():
    assert np.array_equal(ridge_solution(np.zeros((3, 2)), [1, 2, 3], 0.0), [0, 0])
    X, y = data(4, 9)
    w = ridge_solution(X, y, 0.0)
    np.testing.assert_allclose(X @ w, y, atol=1e-12)
    np.testing.assert_allclose(w, np.linalg.pinv(X) @ y, atol=1e-12)


def test_ridge_for_several_targets_is_ridge_for_each():
    X, y = data()
    both = ridge_solution(X, np.column_stack([y, 2 * y + 1]), 0.3)
    np.testing.assert_allclose(both[:, 0], ridge_solution(X, y, 0.3))
    np.testing.assert_allclose(both[:, 1], ridge_solution(X, 2 * y + 1, 0.3))


def test_the_intercept_is_not_penalized():
    X, y = data()
    fit, moved = ridge_with_intercept(X, y, 0.5), ridge_with_intercept(X + 3, y + 100, 0.5)
    np.testing.assert_allclose(moved.w, fit.w, atol=1e-10)
    np.testing.assert_allclose(moved.intercept, fit.intercept + 100 - 3 * fit.w.sum(), atol=1e-9)
    only = ridge_with_intercept(X, np.full(40, 7.0), 1e9)
    np.testing.assert_allclose(only.intercept, 7.0)
    two = ridge_with_intercept(X, np.column_stack([y, y + 1]), 0.5)
    np.testing.assert_allclose(two.intercept, [fit.intercept, fit.intercept + 1])


# Laws


@given(seed=st.integers(0, 99), alpha=st.floats(1e-3, 100))
def test_law_shrinkage_factors(seed, alpha):
    """Along each eigenvector of H, ridge leaves λ/(λ+α) of the least squares solution."""
    X, y = data(12, 4, seed)
    spectrum, axes = np.linalg.eigh(X.T @ X / 12)
    left = (axes.T @ ridge_solution(X, y, alpha)) / (axes.T @ ridge_solution(X, y, 0))
    np.testing.assert_allclose(left, shrinkage_factors(spectrum, alpha), rtol=1e-6)
    shrunk = ridge_shrinkage(X.T @ X / 12, ridge_solution(X, y, 0), alpha)
    np.testing.assert_allclose(shrunk, ridge_solution(X, y, alpha), rtol=1e-7, atol=1e-9)


def test_law_effective_dof_is_the_trace_of_the_smoother():
    X, _ = data(20, 5)
    H = X.T @ X / 20
    smoother = X @ np.linalg.inv(X.T @ X + 20 * 0.7 * np.eye(5)) @ X.T
    assert effective_dof(np.linalg.eigvalsh(H), 0.7) == pytest.approx(np.trace(smoother))
    assert effective_dof([3, 2, 0, 0], 0) == 2
    assert effective_dof([3, 2, 0], 1e12) == pytest.approx(0, abs=1e-10)


def test_shrinkage_of_a_singular_hessian_is_a_projection():
    axis = np.array([3.0, 4.0]) / 5
    H = 7 * np.outer(axis, axis)
    np.testing.assert_allclose(ridge_shrinkage(H, [1, 1], 0), axis * (axis @ [1, 1]), rtol=1e-12)
    near = ridge_shrinkage(H, [1, 1], 1e-9)
    np.testing.assert_allclose(near, axis * (axis @ [1, 1]), rtol=1e-8)


def test_law_gradient_descent_on_the_regularized_quadratic_ends_there():
    bowl = quadratic((1, 10), angle=0.6)
    H = np.column_stack([bowl.value_and_gradient(e)[1] for e in np.eye(2)])
    w, w_star = np.zeros(2), np.array([2.0, -1.0])
    for _ in range(500):
        w = decay_step(w, H @ (w - w_star), lr=0.1, lam=0.8)
    np.testing.assert_allclose(w, ridge_shrinkage(H, w_star, 0.8), rtol=1e-10)


@given(lr=st.floats(0.001, 0.5), tau=st.integers(0, 40))
def test_law_early_stopping_factors_are_what_gradient_descent_does(lr, tau):
    spectrum = np.array([0.1, 1.0, 3.0])
    # The landscape's minimum is 0: what is left of the start is one minus what was covered.
    run = descend(quadratic(spectrum), steps=tau, lr=lr)
    covered = early_stopping_factors(spectrum, lr, tau)
    np.testing.assert_allclose(1 - run.path[-1], covered, atol=1e-12)


@pytest.mark.parametrize(("lr", "tau"), [(0.01, 50), (0.001, 5000), (1.0, 3)])
def test_law_tau_steps_are_a_penalty_of_one_over_lr_tau(lr, tau):
    alpha = early_stopping_alpha(lr, tau)
    spectrum = np.array([1e-4, 1e-3, 1e-2]) * min(alpha, 1 / lr)
    stopped = early_stopping_factors(spectrum, lr, tau)
    np.testing.assert_allclose(stopped, shrinkage_factors(spectrum, alpha), rtol=0.01)  # λ/α
    assert abs(stopped[0] / shrinkage_factors(spectrum, 2 * alpha)[0] - 1) > 0.9  # 2α is not it


def test_early_stopping_keeps_its_digits():
    np.testing.assert_allclose(early_stopping_factors([1e-17], 1.0, 10), [1e-16], rtol=1e-12)
    assert early_stopping_factors([0.0, 2.0], 1.0, 0).tolist() == [0, 0]
    assert early_stopping_factors([5.0], 1.0, 2000)[0] == -math.inf  # diverges: (1 − 5)^2000


def test_decay_is_a_shrinkage_only_up_to_one():
    zero = [0.0]
    assert decay_step([2.0], zero, lr=0.5, lam=1.0) == 1.0
    assert decay_step([2.0], zero, lr=0.5, lam=3.0) == -1.0
    assert decay_step([2.0], zero, lr=0.5, lam=6.0) == -4.0
    w = np.ones(3)
    decay_step(w, w, 0.1, 0.1)
    assert (w == 1).all()


# Lasso


def test_law_zeros_of_the_path():
    X, y = data(60, 8)
    top = lasso_alpha_max(X, y)
    assert not lasso_solution(X, y, top).any()
    just_below = lasso_solution(X, y, 0.999 * top)
    assert np.flatnonzero(just_below).tolist() == [int(np.argmax(np.abs(X.T @ y)))]
    path = lasso_path(X, y)
    assert path.alphas[0] == pytest.approx(top)
    assert not path.w[0].any()
    assert np.count_nonzero(path.w[-1]) == 8
    sizes = np.abs(path.w).sum(axis=1)
    assert (np.diff(sizes) >= -1e-9).all()  # Σ|w| grows as α falls


def test_law_lasso_is_soft_thresholding_where_columns_are_orthonormal():
    X = np.linalg.qr(data(30, 5)[0])[0] * math.sqrt(30)  # XᵀX/N = I
    y = data(30, 5)[1]
    least_squares = X.T @ y / 30
    for alpha in (0.01, 0.2, 0.5):
        expected = soft_threshold(least_squares, alpha)
        np.testing.assert_allclose(lasso_solution(X, y, alpha), expected, atol=1e-12)
        mixed = lasso_solution(X, y, alpha, l1_ratio=0.25)
        expected = proximal(least_squares, alpha, "elastic_net", l1_ratio=0.25)
        np.testing.assert_allclose(mixed, expected, atol=1e-12)


def test_law_the_path_is_straight_between_its_corners():
    X, y = data(60, 4)
    alphas = np.linspace(0.02, 0.01, 5)
    w = lasso_path(X, y, alphas).w
    assert (np.sign(w) == np.sign(w[0])).all()  # no corner in between
    np.testing.assert_allclose(np.diff(w, n=2, axis=0), 0, atol=1e-9)


@given(seed=st.integers(0, 50), alpha=st.floats(0.001, 2), l1_ratio=st.floats(0, 1))
def test_every_solution_meets_the_condition_of_optimality(seed, alpha, l1_ratio):
    X, y = data(15, 6, seed)
    path = lasso_path(X, y, [alpha], l1_ratio)
    w = path.w[0]
    slope = X.T @ (y - X @ w) / 15 - alpha * (1 - l1_ratio) * w
    np.testing.assert_allclose(slope[w != 0], alpha * l1_ratio * np.sign(w[w != 0]), atol=1e-8)
    assert (np.abs(slope[w == 0]) <= alpha * l1_ratio + 1e-8).all()
    assert path.violation[0] <= 1e-8


def test_without_l1_it_is_ridge():
    X, y = data()
    ridge = ridge_solution(X, y, 0.3)
    np.testing.assert_allclose(lasso_path(X, y, [0.3], 0.0).w[0], ridge, atol=1e-9)


def test_a_column_of_zeros_gets_no_weight():
    X, y = data(20, 3)
    X[:, 1] = 0
    w = lasso_solution(X, y, 0.0)
    assert w[1] == 0
    np.testing.assert_allclose(w, ridge_solution(X, y, 0), atol=1e-8)


def test_too_few_sweeps_are_a_result():
    X, y = data()
    path = lasso_path(X, y, [0.01], max_sweeps=1)
    assert path.sweeps.tolist() == [1]
    assert path.violation[0] > 1e-6
    assert lasso_path(X, y, [0.01]).violation[0] < 1e-9


@pytest.mark.parametrize(
    ("w", "off"), [([0.0, 0.0], 2.0), ([1.0, 0.0], 0.5), ([-1.0, 0.0], 5.5), ([1.5, 0.4], 1.1)]
)
def test_how_far_a_slope_is_off(w, off):
    """½ (w₀² + w₁²) − 3 w₀ − ½ w₁ + Σ|w| + ¼ (w₀² + w₁²): its minimum is at w₀ = 2/1.5, w₁ = 0."""
    w = np.array(w)
    found = kernels.worst_slope(np.array([3.0, 0.5]), 1.0, 0.5, w, w.copy())
    assert found == pytest.approx(off)


def test_every_public_name_exists():
    assert all(hasattr(reg, name) for name in reg.__all__)
