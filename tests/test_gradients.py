"""Differences: their order, their cost, and that the check finds what is wrong and only that."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_lib import gradients
from course_lib.gradients import (
    Counted,
    complex_step,
    directional_check,
    error_curve,
    forward_difference,
    gradient_check,
    hessian,
    hessian_vector_product,
    network_gradient,
    numerical_gradient,
    relative_error,
)
from course_lib.kernels import policy
from course_lib.landscapes import LANDSCAPES
from course_lib.models import softmax_classifier, two_layer_network


def wave(x):
    """A smooth loss that also takes complex numbers."""
    return (np.sin(x) * np.exp(0.3 * x)).sum() + (x**3).sum() / 3


def d_wave(x):
    return np.exp(0.3 * x) * (np.cos(x) + 0.3 * np.sin(x)) + x**2


METHODS = {
    "forward": (forward_difference, lambda n: n + 1, 1e-6),
    "central": (numerical_gradient, lambda n: 2 * n, 1e-9),
    "complex": (complex_step, lambda n: n, 1e-14),
}
methods = pytest.mark.parametrize(("method", "cost", "error"), METHODS.values(), ids=METHODS)
POINT = np.array([[0.3, -1.2, 2.0], [0.0, 5.0, -0.7]])


@methods
def test_close_to_the_gradient_in_any_shape(method, cost, error):
    for x in (POINT, POINT[0], POINT[0, 0], np.zeros((0, 3))):
        found = method(wave, x)
        assert found.shape == np.shape(x)
        np.testing.assert_allclose(found, d_wave(x), rtol=error, atol=error)


@methods
@pytest.mark.parametrize("shape", [(), (1,), (7,), (2, 3, 2)])
def test_law_cost(method, cost, error, shape):
    loss = Counted(wave)
    method(loss, np.full(shape, 0.4))
    assert loss.calls == cost(math.prod(shape))


@methods
def test_whole_numbers_and_lists_will_do(method, cost, error):
    expected = d_wave(np.array([1.0, 2.0]))
    for x in ([1, 2], np.array([1, 2]), (1.0, 2.0)):
        np.testing.assert_allclose(method(wave, x), expected, rtol=10 * error)


@methods
def test_the_point_stays_as_it_was_whatever_the_loss_does_to_it(method, cost, error):
    def rude(x):
        value = wave(x)
        x[...] = 99.0
        return value

    x = POINT.copy()
    found = method(rude, x)
    assert np.array_equal(x, POINT)
    np.testing.assert_allclose(found, d_wave(POINT), rtol=error, atol=error)


@pytest.mark.parametrize("h", [0.5, 0.25, 2.0**-10])
def test_values_are_the_formulas(h):
    # Powers of two: every operation is exact.
    assert forward_difference(lambda x: float(x[0] ** 2), [3.0], h)[0] == 6 + h
    assert numerical_gradient(lambda x: float(x[0] ** 3), [2.0], h)[0] == 12 + h * h
    assert complex_step(lambda x: x[0] ** 3, [2.0], h)[0] == 12 - h * h


def test_large_coordinates_get_large_steps():
    for x in (1e8, -3e4, 1e-8):
        for method, error in ((numerical_gradient, 1e-9), (forward_difference, 1e-7)):
            found = method(lambda x: (x**2).sum(), [x])
            np.testing.assert_allclose(found, [2 * x], rtol=error, atol=error)


def test_float32_stays_float32():
    x = POINT.astype(np.float32)
    seen = []

    def loss(v):
        seen.append(v.dtype)
        return wave(v)

    for method in (forward_difference, numerical_gradient):
        found = method(loss, x)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, d_wave(POINT), rtol=0.03, atol=0.02)
    assert set(seen) == {np.dtype(np.float32)}


# The V-curve


def test_law_slopes_and_minimum_of_the_v_curve():
    # At cancelling points the constants of the two errors could be small; this one is ordinary.
    curve = error_curve(lambda x: np.exp(x).sum(), np.exp, [0.6, 1.3])

    def slope(errors, start, stop):
        part = (curve.h <= start) & (curve.h >= stop)
        return np.polyfit(np.log10(curve.h[part]), np.log10(errors[part]), 1)[0]

    assert slope(curve.forward, 1e-1, 1e-6) == pytest.approx(1, abs=0.05)
    assert slope(curve.central, 1e-1, 1e-4) == pytest.approx(2, abs=0.05)
    assert slope(curve.complex_step, 1e-1, 1e-6) == pytest.approx(2, abs=0.05)
    assert slope(curve.forward, 1e-9, 1e-14) == pytest.approx(-1, abs=0.25)
    assert slope(curve.central, 1e-7, 1e-14) == pytest.approx(-1, abs=0.25)
    assert curve.complex_step[-1] < 1e-15
    eps = 2.0**-52
    best = curve.h[curve.forward.argmin()], curve.h[curve.central.argmin()]
    assert math.sqrt(eps) / 10 < best[0] < math.sqrt(eps) * 10
    assert eps ** (1 / 3) / 10 < best[1] < eps ** (1 / 3) * 10
    assert curve.forward.min() > curve.central.min()


def test_default_steps_are_near_the_best_of_the_curve():
    curve = error_curve(wave, d_wave, POINT[0])
    for method, errors in (
        (forward_difference, curve.forward),
        (numerical_gradient, curve.central),
    ):
        error = np.linalg.norm(method(wave, POINT[0]) - d_wave(POINT[0]))
        # The curve's best may be luck: the median around it is what can be had.
        near = np.sort(errors)[:9]
        assert error / np.linalg.norm(d_wave(POINT[0])) < 10 * near[-1]


def test_curve_counts_and_does_without_complex_numbers():
    curve = error_curve(lambda x: float(wave(x)), d_wave, POINT, h=[1e-3, 1e-6])
    assert curve.evaluations == 2 * (7 + 12)
    assert np.isnan(curve.complex_step).all()
    assert np.isfinite(curve.central).all()
    assert error_curve(wave, d_wave, POINT, h=[1e-3, 1e-6]).evaluations == 2 * (7 + 12 + 6)


def test_where_h_is_lost_in_x_the_difference_is_zero():
    curve = error_curve(lambda x: x.sum(), np.ones_like, [1.0], h=[1e-17])
    assert curve.forward[0] == curve.central[0] == 1
    assert curve.complex_step[0] == 0


# Relative error


@given(a=st.floats(allow_nan=False, allow_infinity=False), b=st.floats(-1e308, 1e308))
def test_relative_error_is_symmetric_and_between_zero_and_two(a, b):
    error = relative_error(a, b)
    assert error == relative_error(b, a)
    assert 0 <= error <= 2
    assert (error == 0) == (a == b) or error < 1e-15


@given(a=st.floats(0.1, 10), b=st.floats(0.1, 10), power=st.integers(-300, 300))
def test_relative_error_does_not_depend_on_the_unit(a, b, power):
    scale = 2.0**power
    assert relative_error(scale * a, scale * b) == relative_error(a, b)


def test_relative_error_elementwise():
    np.testing.assert_allclose(relative_error([[0, 1], [2, -1]], [0, 2]), [[0, 0.5], [1, 1.5]])
    assert relative_error(3, 3) == 0.0
    assert isinstance(relative_error(3, 4), float)


# The check


@given(seed=st.integers(0, 500), n=st.integers(1, 12))
def test_a_right_gradient_passes(seed, n):
    x = np.random.default_rng(seed).uniform(-2, 2, n)
    report = gradient_check(wave, d_wave, x)
    assert report.ok
    assert report.wrong == report.kinks == ()
    assert report.evaluations == 2 * n or report.errors.max() > 1e-6
    assert "right" in report.message


@given(
    seed=st.integers(0, 500), n=st.integers(1, 12), off=st.sampled_from([1e-4, -0.5, 2.0, math.nan])
)
def test_one_wrong_coordinate_is_found_and_named(seed, n, off):
    rng = np.random.default_rng(seed)
    x, at = rng.uniform(0.5, 2, n), int(rng.integers(n))

    def wrong(v):
        slope = d_wave(v)
        slope[at] *= 1 + off
        return slope

    report = gradient_check(wave, wrong, x)
    assert not report.ok
    assert report.wrong == ((at,),)
    assert report.worst == (at,)
    assert f"most at [{at}]" in report.message


def test_the_worst_of_several_is_named_in_a_matrix():
    report = gradient_check(wave, lambda x: d_wave(x) * [1, 1.1, 3], POINT)
    assert report.worst[1] == 2
    assert len(report.wrong) == 4
    assert report.errors.shape == report.analytic.shape == report.numerical.shape == (2, 3)


def kinked(x):
    return np.maximum(x - 1, 0).sum() + (x**2).sum()


def d_kinked(x):
    return (x > 1) + 2 * x


@pytest.mark.parametrize("distance", [0.0, 1e-7, -1e-7, 3e-6, -3e-6])
def test_a_kink_is_not_an_error(distance):
    report = gradient_check(kinked, d_kinked, [1 + distance, 3.0])
    assert report.ok
    assert report.kinks == ((0,),)
    assert report.worst == (1,)
    assert report.evaluations == 4 + 5
    assert "kink at 1" in report.message


@pytest.mark.parametrize("distance", [-3e-6, 3e-6])
def test_an_error_beside_a_kink_is_an_error(distance):
    report = gradient_check(kinked, lambda x: d_kinked(x) + 1.5, [1 + distance, 3.0])
    assert report.wrong == ((0,), (1,))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("curvatures", [(0.0, 8.0), (-3.0, 5.0), (40.0, 1.0)])
def test_where_the_second_derivative_jumps_the_gradient_is_right(curvatures, dtype):
    low, high = curvatures

    def f(x):
        t = float(x[0])
        return t + 0.5 * (high if t > 0 else low) * t * t + float(x[1]) ** 2

    x = np.array([0.0, 1.5], dtype=dtype)
    report = gradient_check(f, lambda x: np.array([1.0, 2 * x[1]]), x)
    assert report.ok, report.message
    assert report.wrong == report.kinks == ()
    wrong = gradient_check(f, lambda x: np.array([1.05, 2 * x[1]]), x)
    assert wrong.wrong == ((0,),)


def test_an_error_elsewhere_is_found_in_spite_of_a_kink():
    report = gradient_check(kinked, lambda x: d_kinked(x) + 1.5, [1.0, 3.0])
    assert not report.ok
    assert report.wrong == ((1,),)
    assert report.kinks == ((0,),)


def test_nothing_but_kinks():
    report = gradient_check(kinked, d_kinked, np.ones(3))
    assert report.ok
    assert "nothing can be said" in report.message


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_networks_pass_even_at_a_kink(activation):
    model = two_layer_network(n_in=4, hidden=3, n_out=3, activation=activation)
    rng = np.random.default_rng(0)
    w, X, y = model.init(1), rng.standard_normal((5, 4)), rng.integers(3, size=5)
    w[:12] = 0.0  # every hidden unit is exactly at the kink
    w += 0.0

    def loss(v):
        return model.loss_and_gradient(v, X, y)[0]

    def gradient(v):
        return model.loss_and_gradient(v, X, y)[1]

    report = gradient_check(loss, gradient, w)
    assert report.ok, report.message
    assert bool(report.kinks) == (activation == "relu")
    broken = gradient_check(
        loss, lambda v: gradient(v) * np.where(np.arange(v.size) == 25, 1.01, 1), w
    )
    assert broken.wrong == ((25,),)


def test_a_step_too_large_for_the_curvature_is_not_held_against_the_gradient():
    report = gradient_check(wave, d_wave, [1.5, -1.0], h=0.003)
    assert report.ok
    assert report.kinks == ()
    assert report.errors.max() < 1e-6
    assert gradient_check(wave, lambda x: 1.001 * d_wave(x), [1.5, -1.0], h=0.003).wrong == (
        (0,),
        (1,),
    )


def test_a_tiny_gradient_under_a_large_loss_is_not_called_wrong():
    """Rounding of the loss, 1e6 · ε, is all that the difference sees."""
    report = gradient_check(lambda x: 1e6 + 1e-9 * float(x @ x), lambda x: 2e-9 * x, [1.0, 2.0])
    assert report.ok


def test_check_in_float32():
    x = POINT.astype(np.float32)
    assert gradient_check(wave, d_wave, x).ok
    assert not gradient_check(wave, lambda v: 1.5 * d_wave(v), x).ok


@given(seed=st.integers(0, 200))
@settings(max_examples=30)
def test_directional_check(seed):
    x = np.random.default_rng(seed).uniform(-2, 2, (3, 4))
    loss = Counted(wave)
    check = directional_check(loss, d_wave, x, seed=seed)
    assert loss.calls == check.evaluations == 2
    assert np.linalg.norm(check.direction) == pytest.approx(1)
    assume(abs(check.analytic) > 0.1)
    assert check.error < 1e-7
    assert directional_check(wave, lambda v: 1.01 * d_wave(v), x, seed=seed).error > 0.009


def test_direction_that_is_given():
    check = directional_check(wave, d_wave, POINT[0], [0, 2, 0])
    assert check.analytic == pytest.approx(d_wave(POINT[0])[1])
    assert check.direction.tolist() == [0, 1, 0]


# Second derivatives


@pytest.mark.parametrize("name", LANDSCAPES)
def test_hessian_and_its_products(name):
    landscape = LANDSCAPES[name]()
    df = Counted(lambda w: landscape.value_and_gradient(w)[1])
    x = landscape.start
    H = hessian(df, x)
    assert df.calls == 2 * x.size
    assert np.array_equal(H, H.T)
    if landscape.eigenvalues is not None:
        np.testing.assert_allclose(np.linalg.eigvalsh(H), np.sort(landscape.eigenvalues), rtol=1e-8)
    for v in (np.array([1.0, 2.0]), np.array([-3e5, 0.0]), np.array([1e-9, 1e-9])):
        df.calls = 0
        product = hessian_vector_product(df, x, v)
        assert df.calls == 2
        np.testing.assert_allclose(product, H @ v, rtol=1e-6, atol=1e-6 * np.linalg.norm(v))


def test_rosenbrocks_hessian_is_known():
    df = lambda w: LANDSCAPES["rosenbrock"]().value_and_gradient(w)[1]  # noqa: E731
    np.testing.assert_allclose(hessian(df, [1.0, 1.0]), [[802, -400], [-400, 200]], rtol=1e-8)


def test_product_with_nothing_is_nothing():
    assert hessian_vector_product(d_wave, POINT, 0 * POINT).tolist() == (0 * POINT).tolist()


# A network's loss


def network(activation, n, seed, hidden=5):
    model = two_layer_network(n_in=6, hidden=hidden, n_out=4, activation=activation)
    rng = np.random.default_rng(seed)
    w = rng.standard_normal(model.n_parameters)
    return model, w, rng.standard_normal((n, 6)), rng.integers(4, size=n)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@given(n=st.integers(1, 20), seed=st.integers(0, 300), h=st.sampled_from([None, 1e-4, 1e-6, 0.3]))
@settings(max_examples=40)
def test_network_gradient_is_the_difference_of_the_loss(activation, n, seed, h):
    model, w, X, y = network(activation, n, seed)
    slow = numerical_gradient(lambda v: model.loss_and_gradient(v, X, y)[0], w, h)
    fast = network_gradient(model, w, X, y, h)
    np.testing.assert_allclose(fast, slow, atol=1e-15 / (h or 7e-6) * 40 + 1e-12)


def test_network_gradient_of_another_model():
    model = softmax_classifier(3, 4)
    X, y = np.eye(3), np.array([0, 3, 1])
    _, gradient = model.loss_and_gradient(model.init(0), X, y)
    np.testing.assert_allclose(network_gradient(model, model.init(0), X, y), gradient, atol=1e-9)


def test_network_gradient_of_a_loss_of_ones_own():
    model, w, X, y = network("tanh", 5, 0)

    def penalized(w, X, y):
        loss, gradient = model.loss_and_gradient(w, X, y)
        return loss + 0.5 * float(w @ w), gradient + w

    own = model._replace(loss_and_gradient=penalized)
    found = network_gradient(own, w, X, y)
    np.testing.assert_allclose(found, penalized(w, X, y)[1], atol=1e-8)


def test_network_gradient_needs_no_name():
    for activation in ("relu", "tanh"):
        model, w, X, y = network(activation, 5, 0)
        known = network_gradient(model, w, X, y)
        unnamed = network_gradient(model._replace(name="mine"), w, X, y)
        np.testing.assert_array_equal(unnamed, known)


def test_the_fast_way_is_taken_where_it_can_be(monkeypatch):
    used = []
    monkeypatch.setattr(gradients, "_network_central", lambda *a: used.append("fast"))
    monkeypatch.setattr(gradients, "numerical_gradient", lambda *a: used.append("slow"))
    monkeypatch.setattr(gradients, "jit_enabled", lambda: True)
    model, w, X, y = network("tanh", 4, 0)
    network_gradient(model._replace(name="mine"), w, X, y)
    network_gradient(model, w, X, y, h=0.1)  # too far for its series
    network_gradient(model, w, 1e6 * X, y)
    monkeypatch.setattr(gradients, "jit_enabled", lambda: False)
    network_gradient(model, w, X, y)
    assert used == ["fast", "slow", "slow", "slow"]


# Compiled losses and threads


@pytest.mark.skipif(not policy.jit_enabled(), reason="needs numba")
@pytest.mark.parametrize("workers", [1, 3])
def test_compiled_losses_run_in_the_compiled_loop(monkeypatch, workers):
    import numba

    monkeypatch.setattr(policy, "threads", lambda: workers)
    monkeypatch.setattr(policy, "_PAYS", 1.0)

    @numba.njit
    def loss(x):
        return np.sum(np.sin(x) * np.exp(0.3 * x)) + np.sum(x * x * x) / 3

    @numba.njit
    def one_of_a_matrix(x):
        return x[0, 0] * x[0, 1]

    @numba.njit
    def whole(x):
        return x.size

    x = np.linspace(-1, 2, 50)
    used = []
    share_out = policy.share_out
    module = pytest.importorskip("course_lib._differences")
    monkeypatch.setattr(module, "share_out", lambda *a: used.append(1) or share_out(*a))
    np.testing.assert_allclose(numerical_gradient(loss, x), d_wave(x), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(forward_difference(loss, x), d_wave(x), rtol=1e-5, atol=1e-5)
    assert len(used) == 2
    np.testing.assert_allclose(
        numerical_gradient(one_of_a_matrix, [[2.0, 3.0]]), [[3, 2]], rtol=1e-9
    )
    assert numerical_gradient(whole, x[:2]).tolist() == [0, 0]


@pytest.mark.skipif(not policy.jit_enabled(), reason="needs numba")
def test_threads_give_the_same_numbers(monkeypatch):
    model, w, X, y = network("relu", 30, 1, hidden=7)
    found = []
    for workers in (1, 2, 5, 50):
        monkeypatch.setattr(policy, "threads", lambda workers=workers: workers)
        monkeypatch.setattr(policy, "_PAYS", 1.0)
        found.append(network_gradient(model, w, X, y))
    for other in found[1:]:
        assert np.array_equal(found[0], other)


def test_every_public_name_exists():
    assert all(hasattr(gradients, name) for name in gradients.__all__)
