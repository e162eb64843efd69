"""Newton's method, the best rate and kinds of stationary points, against theory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.descent import descend
from course_lib.landscapes import double_well, quadratic, rosenbrock
from course_lib.second_order import best_step_size, classify_stationary_point, newton, newton_step

spectra = st.lists(st.floats(0.1, 10), min_size=1, max_size=5)
seeds = st.integers(0, 10_000)


def with_eigenvalues(eigenvalues, seed=0):
    q, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((len(eigenvalues),) * 2))
    H = q @ np.diag(eigenvalues) @ q.T
    return (H + H.T) / 2


def rosenbrock_hessian(w):
    x, y = w
    return np.array([[2 - 400 * (y - x * x) + 800 * x * x, -400 * x], [-400 * x, 200.0]])


@given(eigenvalues=spectra, seed=seeds)
def test_one_step_ends_at_the_minimum_of_a_bowl(eigenvalues, seed):
    H = with_eigenvalues(eigenvalues, seed)
    w = np.random.default_rng(seed).standard_normal(len(H))
    np.testing.assert_allclose(w + newton_step(H @ w, H), 0, atol=1e-9)


@given(
    eigenvalues=st.lists(st.integers(-100, 100).map(lambda k: k / 10), min_size=1, max_size=5),
    damping=st.floats(0, 3),
    seed=seeds,
)
def test_a_step_always_leads_downhill(eigenvalues, damping, seed):
    H = with_eigenvalues(eigenvalues, seed)
    g = np.random.default_rng(seed + 1).standard_normal(len(H))
    step = newton_step(g, H, damping)
    assert np.isfinite(step).all()
    assert step @ g < 0


def test_damping_is_added_to_every_eigenvalue():
    np.testing.assert_allclose(newton_step([3.0, 6.0], np.diag([1.0, 4.0]), 2.0), [-1.0, -1.0])
    # -1 is raised to 1e-6 · 2, as is everything else: 2 + 1 + 2e-6.
    step = newton_step([1.0, 1.0], np.diag([2.0, -1.0]))
    np.testing.assert_allclose(step, [-1 / (3 + 2e-6), -1 / 2e-6], rtol=1e-6)
    np.testing.assert_allclose(newton_step([1.0], [[0.0]]), [-1.0])


def test_two_thousand_weights_and_no_more():
    n = 2001
    with pytest.raises(ValueError, match="H has 2001 rows"):
        newton_step(np.zeros(n), np.eye(n))


def test_newton_on_rosenbrock():
    run = newton(rosenbrock().value_and_gradient, rosenbrock_hessian, [-1.2, 1.0])
    assert run.converged
    np.testing.assert_allclose(run.path[-1], 1.0, rtol=1e-9)
    assert (np.diff(run.losses) < 0).all()
    assert len(run.rates) == len(run.path) - 1 < 30
    assert (run.rates < 1).any()  # the search was needed
    assert run.evaluations == 1 + len(run.rates) + int(-np.log2(run.rates).sum())
    full = newton(
        rosenbrock().value_and_gradient, rosenbrock_hessian, [-1.2, 1.0], line_search=False
    )
    assert full.losses.max() > full.losses[0]  # full steps go up on the way


def test_undamped_newton_is_drawn_to_a_saddle_and_the_damped_one_is_not():
    well = double_well()
    top = np.array([well.params[1], 0.0])

    def hessian(w):
        k, m, c, _ = well.params
        return np.diag([k * (3 * w[0] ** 2 - 2 * m * w[0] - 1), c])

    assert classify_stationary_point(hessian(top)) == "saddle"
    near_top = np.array([top[0] + 0.05, 0.1])
    g = well.value_and_gradient(near_top)[1]
    plain = near_top + np.linalg.solve(hessian(near_top), -g)
    assert np.linalg.norm(well.value_and_gradient(plain)[1]) < np.linalg.norm(g)  # to the top
    run = newton(well.value_and_gradient, hessian, near_top)
    assert run.converged
    assert classify_stationary_point(hessian(run.path[-1])) == "minimum"


def test_runs_that_end_early():
    assert newton(quadratic().value_and_gradient, lambda w: np.eye(2), [0, 0]).rates.size == 0
    never = newton(lambda w: (0.0, np.ones(1)), lambda w: np.eye(1), [1.0], steps=3)
    assert not never.converged
    assert len(never.path) == 1
    nan = newton(lambda w: (np.nan, w), lambda w: np.eye(1), [1.0], steps=3, line_search=False)
    assert len(nan.path) == 1


@given(eigenvalues=spectra)
def test_best_rate_is_reached_and_no_other_is_better(eigenvalues):
    lr, rate = best_step_size(np.diag(eigenvalues))
    bowl = quadratic(eigenvalues)
    worst = [np.abs(1 - r * bowl.eigenvalues).max() for r in (lr, 0.99 * lr, 1.01 * lr)]
    assert worst[0] == pytest.approx(rate, abs=1e-12)
    assert worst[0] <= min(worst[1:]) + 1e-12
    run = descend(bowl, steps=5, lr=lr)
    np.testing.assert_allclose(np.abs(run.path[-1]).max(), rate**5, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("eigenvalues", "kind"),
    [
        ((1, 2), "minimum"), ((-1, -2), "maximum"), ((1, -1), "saddle"), ((1, 0), "undecided"),
        ((0, 0), "undecided"), ((1, 0, -1), "saddle"), ((1, 1e-12), "undecided"), ((3,), "minimum"),
    ],
)  # fmt: skip
def test_kinds_of_stationary_points(eigenvalues, kind):
    assert classify_stationary_point(with_eigenvalues(np.array(eigenvalues, float))) == kind


def test_the_tolerance_is_a_share():
    assert classify_stationary_point(np.diag([1e-12, 2e-12])) == "minimum"
    assert classify_stationary_point(np.diag([1.0, 1e-3]), tol=1e-2) == "undecided"
