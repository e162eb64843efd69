"""Moving averages: values against the definition, edges, and how much noise they take away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import averages
from course_lib.averages import (
    effective_sample_size,
    effective_window,
    ewma,
    ewma_effective_sample_size,
    ewma_weights,
    moving_averages,
    sma,
    wma,
)

betas = st.sampled_from([0.0, 0.3, 0.9, 0.99, 0.999999])
series = st.lists(st.floats(-100, 100), min_size=1, max_size=30)
ALL = {
    "sma": lambda g: sma(g, 4),
    "wma": lambda g: wma(g, 4),
    "moving_averages": lambda g: moving_averages(g, 3, [0, 2, 1]),
    "ewma": lambda g: ewma(g, 0.9, bias_correct=False),
    "ewma, corrected": lambda g: ewma(g, 0.9),
}
each = pytest.mark.parametrize("average", ALL.values(), ids=ALL)


@given(g=series, beta=betas, bias_correct=st.booleans())
def test_ewma_is_its_recursion(g, beta, bias_correct):
    v, total, expected = 0.0, 0.0, []
    for value in g:
        v, total = beta * v + (1 - beta) * value, beta * total + (1 - beta)  # total: 1 − βᵗ
        expected.append(v / total if bias_correct else v)
    np.testing.assert_allclose(ewma(g, beta, bias_correct), expected, rtol=1e-12, atol=1e-11)


@given(g=series, beta=betas, bias_correct=st.booleans())
def test_ewma_is_the_weighted_sum(g, beta, bias_correct):
    expected = ewma_weights(len(g), beta, bias_correct) @ g
    assert ewma(g, beta, bias_correct)[-1] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(g=series, window=st.integers(1, 40), seed=st.integers(0, 99))
def test_window_is_a_weighted_mean_of_what_it_covers(g, window, seed):
    weights = np.random.default_rng(seed).random(window) + 0.01
    expected = []
    for t in range(len(g)):
        inside = g[max(0, t + 1 - window) : t + 1]
        expected.append(np.average(inside, weights=weights[-len(inside) :]))
    np.testing.assert_allclose(moving_averages(g, window, weights), expected, atol=1e-11)


@each
def test_causal(average):
    g = np.sin(np.arange(20.0))
    changed = g.copy()
    changed[12:] += 5
    assert np.array_equal(average(g)[:12], average(changed)[:12])
    assert (average(g)[12:15] != average(changed)[12:15]).all()


@each
def test_weight_by_weight_for_any_shape(average):
    g = np.cos(np.arange(60.0)).reshape(10, 2, 3)
    together = average(g)
    assert together.shape == g.shape
    for k in range(2):
        for j in range(3):
            np.testing.assert_allclose(together[:, k, j], average(g[:, k, j]), rtol=1e-14)


@each
def test_dtype_is_kept_and_nothing_is_changed(average):
    g = np.linspace(-1, 1, 15)
    before = g.copy()
    double = average(g)
    assert np.array_equal(g, before)
    assert not np.shares_memory(double, g)
    single = average(g.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, double, rtol=1e-5, atol=1e-6)
    assert average([1, 0, 1]).dtype == np.float64


@each
def test_order_in_memory_does_not_matter(average):
    g = np.cos(np.arange(60.0)).reshape(6, 10)
    assert np.array_equal(average(g.T), average(np.ascontiguousarray(g.T)))


@each
def test_a_constant_stays_what_it_is(average):
    if average is ALL["ewma"]:
        np.testing.assert_allclose(average(np.full(9, 3.0)), 3 * (1 - 0.9 ** np.arange(1, 10)))
    else:
        np.testing.assert_allclose(average(np.full(9, 3.0)), 3.0, rtol=1e-14)


def test_beta_zero_and_window_one_change_nothing():
    g = np.sin(np.arange(7.0))
    assert np.array_equal(ewma(g, 0), g)
    assert np.array_equal(sma(g, 1), g)


def test_only_ratios_of_weights_matter():
    g = np.sin(np.arange(9.0))
    small = moving_averages(g, 3, [1, 2, 4])
    np.testing.assert_allclose(moving_averages(g, 3, [2e307, 4e307, 8e307]), small, rtol=1e-14)
    np.testing.assert_allclose(moving_averages(g, 3, [1e-300, 2e-300, 4e-300]), small, rtol=1e-14)


def test_no_columns():
    assert ewma(np.zeros((3, 0)), 0.9).shape == (3, 0)
    assert sma(np.zeros((3, 0)), 2).shape == (3, 0)


# Laws


@given(beta=st.sampled_from([0.0, 0.5, 0.9, 0.99, 0.9999]), steps=st.integers(1, 2000))
def test_law_effective_sample_size_of_an_ewma(beta, steps):
    for bias_correct in (True, False):
        counted = effective_sample_size(ewma_weights(steps, beta, bias_correct))
        assert ewma_effective_sample_size(beta, steps) == pytest.approx(counted, rel=1e-9)


@pytest.mark.parametrize("beta", [0.5, 0.9])
def test_law_noise_falls_by_the_effective_sample_size(beta):
    noise = np.random.default_rng(1).standard_normal((200, 4000))
    left = ewma(noise, beta)
    for t in (1, 3, 200):
        expected = 1 / ewma_effective_sample_size(beta, t)
        assert left[t - 1].var() == pytest.approx(expected, rel=0.1)
    assert left[-1].var() == pytest.approx((1 - beta) / (1 + beta), rel=0.1)


def test_law_noise_under_windows():
    noise = np.random.default_rng(2).standard_normal((30, 4000))
    assert sma(noise, 10)[-1].var() == pytest.approx(1 / 10, rel=0.1)
    n_eff = effective_sample_size(np.arange(1, 11))
    assert n_eff == pytest.approx(3 * 10 * 11 / (2 * 21))  # 3k(k+1) / (2(2k+1)) for weights 1, …, k
    assert wma(noise, 10)[-1].var() == pytest.approx(1 / n_eff, rel=0.1)


def test_effective_sample_size_limits():
    assert effective_sample_size([0, 0, 5]) == 1
    assert effective_sample_size([1e300] * 7) == pytest.approx(7)
    assert ewma_effective_sample_size(0) == ewma_effective_sample_size(0, 5) == 1
    assert ewma_effective_sample_size(1 - 1e-12, 10) == pytest.approx(10)


@given(beta=st.floats(0, 0.999))
def test_effective_window_is_the_mean_age(beta):
    weights = ewma_weights(30_000, beta)[::-1]
    assert weights @ np.arange(1, 30_001) == pytest.approx(effective_window(beta), rel=1e-6)


def test_every_public_name_exists():
    assert all(callable(getattr(averages, name)) for name in averages.__all__)
