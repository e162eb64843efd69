"""Batch and ghost batch normalization: slopes, what ghosts are, their noise, running statistics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import normalization as norm
from course_lib.gradients import numerical_gradient
from course_lib.kernels import normalization as kernels

seeds = st.integers(0, 2**32)
RNG = np.random.default_rng(7)
X = RNG.standard_normal((10, 3)) * [1.0, 5.0, 0.1] + [0.0, 100.0, -3.0]
GAMMA, BETA, DY = (
    np.array([1.0, -2.0, 0.5]),
    np.array([0.0, 3.0, 1.0]),
    RNG.standard_normal((10, 3)),
)


def formula(X, gamma, beta, eps):
    """Batch normalization as it is written down."""
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta


def cut(g):
    return [slice(start, start + g) for start in range(0, len(X), g)]


@given(g=st.integers(1, 10), eps=st.sampled_from([1e-5, 0.1]))
def test_every_ghost_is_normalized_by_itself(g, eps):
    wanted = np.concatenate([formula(X[rows], GAMMA, BETA, eps) for rows in cut(g)])
    found = norm.ghost_batch_norm(X, g, GAMMA, BETA, eps)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-11)


def test_one_ghost_is_batch_normalization():
    Y, cache = norm.batch_norm_forward(X, GAMMA, BETA)
    ghost_Y, ghost_cache = norm.ghost_batch_norm_forward(X, 10, GAMMA, BETA)
    assert np.array_equal(Y, ghost_Y)
    assert cache.sizes.tolist() == [10]
    for one, other in zip(
        norm.batch_norm_backward(DY, cache), norm.batch_norm_backward(DY, ghost_cache), strict=True
    ):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("g", [2, 3, 4, 9, 10])
def test_gradients_are_slopes(g):
    def loss(values):
        x, gamma, beta = np.split(values, [30, 33])
        return float(np.sum(DY * norm.ghost_batch_norm(x.reshape(10, 3), g, gamma, beta, 0.01)))

    _, cache = norm.ghost_batch_norm_forward(X, g, GAMMA, BETA, 0.01)
    found = np.concatenate([part.ravel() for part in norm.batch_norm_backward(DY, cache)])
    slopes = numerical_gradient(loss, np.concatenate([X.ravel(), GAMMA, BETA]))
    np.testing.assert_allclose(found, slopes, rtol=1e-5, atol=1e-7)


@given(g=st.integers(1, 10))
def test_a_common_shift_of_a_ghost_costs_nothing(g):
    dX, _, dbeta = norm.batch_norm_backward(DY, norm.ghost_batch_norm_forward(X, g, GAMMA, BETA)[1])
    for rows in cut(g):
        np.testing.assert_allclose(dX[rows].sum(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(dbeta, DY.sum(axis=0), rtol=1e-12)


@given(shift=st.floats(-100, 100), scale=st.floats(0.1, 100), seed=seeds)
def test_shift_and_scale_of_the_inputs_do_not_matter(shift, scale, seed):
    x = np.random.default_rng(seed).standard_normal((8, 2))
    one, gamma, beta = np.ones(2), np.ones(2), np.zeros(2)
    wanted = norm.ghost_batch_norm(x, 4, gamma, beta, 1e-12)
    found = norm.ghost_batch_norm(scale * x + shift * one, 4, gamma, beta, 1e-12)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


@given(seed=seeds, g=st.integers(1, 5))
def test_order_within_a_ghost_and_of_columns_does_not_matter(seed, g):
    rng = np.random.default_rng(seed)
    rows = np.concatenate([rng.permutation(np.arange(len(X))[part]) for part in cut(g)])
    columns = rng.permutation(3)
    wanted = norm.ghost_batch_norm(X, g, GAMMA, BETA)[rows][:, columns]
    found = norm.ghost_batch_norm(X[rows][:, columns], g, GAMMA[columns], BETA[columns])
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-10)


def test_what_is_left_is_a_ghost_too_even_a_single_example():
    Y, cache = norm.ghost_batch_norm_forward(X, 3, GAMMA, BETA)
    assert cache.sizes.tolist() == [3, 3, 3, 1]
    assert np.array_equal(Y[-1], BETA)
    dX, dgamma, _ = norm.batch_norm_backward(DY, cache)
    assert np.all(dX[-1] == 0)
    assert np.isfinite(dgamma).all()


def test_a_constant_column_gives_beta():
    Y, cache = norm.batch_norm_forward(np.full((4, 1), 7.0), [2.0], [5.0])
    assert np.all(Y == 5)
    assert np.isfinite(norm.batch_norm_backward(np.eye(4, 1), cache)[0]).all()


@pytest.mark.parametrize("g", [4, 16, 64])
def test_noise_of_the_ghosts_mean_falls_as_one_over_their_size(g):
    x = np.random.default_rng(0).standard_normal((64 * 400, 5))
    means = norm.ghost_statistics(x, g).mean
    # The spread of a variance estimated from k values is √(2/(k − 1)): 5 of those are allowed.
    k = means.size
    assert means.var(ddof=1) * g == pytest.approx(1, abs=5 * np.sqrt(2 / (k - 1)))


def test_without_normalization_ghosts_change_nothing():
    w, x, y = RNG.standard_normal(6), RNG.standard_normal((20, 6)), RNG.standard_normal(20)
    gradient = lambda rows: x[rows].T @ (x[rows] @ w - y[rows]) / len(x[rows])  # noqa: E731
    parts = np.mean([gradient(slice(k, k + 5)) for k in range(0, 20, 5)], axis=0)
    np.testing.assert_allclose(parts, gradient(slice(None)), rtol=1e-12, atol=1e-14)

    def normalized(rows):  # the same model on a normalized batch
        z = norm.batch_norm_forward(x[rows], np.ones(6), np.zeros(6))[0]
        return z.T @ (z @ w - y[rows]) / len(z)

    parts = np.mean([normalized(slice(k, k + 5)) for k in range(0, 20, 5)], axis=0)
    assert np.abs(parts - normalized(slice(None))).max() > 0.01


@pytest.mark.parametrize("g", [3, 10])
def test_single_precision_is_near_double(g):
    x = X.astype(np.float32)
    Y, cache = norm.ghost_batch_norm_forward(x, g, GAMMA, BETA)
    wanted, exact = norm.ghost_batch_norm_forward(x.astype(np.float64), g, GAMMA, BETA)
    assert Y.dtype == np.float32
    np.testing.assert_allclose(Y, wanted, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(cache.mean, exact.mean, rtol=1e-6)
    for one, other in zip(
        norm.batch_norm_backward(DY, cache), norm.batch_norm_backward(DY, exact), strict=True
    ):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("g", [3, 5, 10])
def test_compiled_loops_and_numpy_agree(g, monkeypatch):
    compiled = norm.ghost_batch_norm_forward(X, g, GAMMA, BETA)
    slopes = norm.batch_norm_backward(DY, compiled[1])
    monkeypatch.setattr(kernels, "jit_enabled", lambda: False)
    plain = norm.ghost_batch_norm_forward(X, g, GAMMA, BETA)
    np.testing.assert_allclose(plain[0], compiled[0], rtol=1e-11, atol=1e-12)
    for one, other in zip(norm.batch_norm_backward(DY, plain[1]), slopes, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_large_batches_are_shared_among_threads_and_stay_right():
    x = np.random.default_rng(1).standard_normal((4099, 128))
    ones, zeros = np.ones(128), np.zeros(128)
    found = norm.ghost_batch_norm(x, 64, ones, zeros)
    np.testing.assert_allclose(found[64:128], formula(x[64:128], 1, 0, 1e-5), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(found[4096:], formula(x[4096:], 1, 0, 1e-5), rtol=1e-9, atol=1e-11)


def test_nothing_that_is_passed_in_changes():
    given_ = [X.copy(), GAMMA.copy(), BETA.copy(), DY.copy()]
    _, cache = norm.ghost_batch_norm_forward(*given_[:1], 4, *given_[1:3])
    norm.batch_norm_backward(given_[3], cache)
    for now, then in zip(given_, (X, GAMMA, BETA, DY), strict=True):
        assert np.array_equal(now, then)


def test_arrays_of_any_layout():
    wanted = norm.ghost_batch_norm(X, 4, GAMMA, BETA)
    assert np.array_equal(norm.ghost_batch_norm(np.asfortranarray(X), 4, GAMMA, BETA), wanted)
    assert np.array_equal(
        norm.ghost_batch_norm(np.repeat(X, 2, axis=0)[::2], 4, GAMMA.tolist(), BETA), wanted
    )


# Running statistics --------------------------------------------------------------------------------


@given(g=st.integers(2, 10), momentum=st.floats(0, 1))
def test_ghosts_are_taken_in_one_after_the_other(g, momentum):
    stats = norm.ghost_statistics(X, g)
    mean, var = np.zeros(3), np.ones(3)
    for one_mean, one_var, m in zip(*stats, strict=True):
        if m > 1:
            mean, var = norm.update_running_statistics(mean, var, one_mean, one_var, m, momentum)
    found = norm.update_running_statistics(np.zeros(3), np.ones(3), *stats, momentum)
    np.testing.assert_allclose(found, (mean, var), rtol=1e-10, atol=1e-12)


def test_running_statistics_come_to_those_of_the_population():
    rng = np.random.default_rng(2)
    mean, var = np.zeros(2), np.ones(2)
    for _ in range(3000):
        batch = rng.standard_normal((8, 2)) * 3 + 5
        mean, var = norm.update_running_statistics(
            mean, var, *norm.ghost_statistics(batch, 8), momentum=0.005
        )
    # Their own noise: √(momentum / 2) of what one batch has.
    np.testing.assert_allclose(mean, 5, atol=5 * np.sqrt(0.0025 * 9 / 8))
    np.testing.assert_allclose(var, 9, atol=5 * np.sqrt(0.0025 * 2 * 81 / 7))


def test_inference_with_the_batchs_own_statistics_is_the_forward_pass():
    Y, cache = norm.batch_norm_forward(X, GAMMA, BETA)
    found = norm.batch_norm_inference(X, GAMMA, BETA, cache.mean[0], cache.var[0])
    np.testing.assert_allclose(found, Y, rtol=1e-10, atol=1e-11)
