"""Gradient noise: formulas against every possible batch, and the laws of chapters 3 and 7."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import noise
from course_lib.datasets import digits
from course_lib.descent import descend
from course_lib.landscapes import quadratic
from course_lib.models import softmax_classifier
from course_lib.noise import (
    accumulate_gradients,
    critical_batch_size,
    minibatch_variance,
    minibatches,
    noise_estimate,
    noise_floor,
    noise_from_two_batches,
    noise_scale,
)


def sample(n=6, seed=0, shape=(3,)):
    return np.random.default_rng(seed).standard_normal((n, *shape)) + 0.7


@pytest.mark.parametrize("m", [1, 2, 3, 5, 6])
def test_law_variance_over_all_batches_without_replacement(m):
    g = sample()
    means = [g[list(rows)].mean(axis=0) for rows in itertools.combinations(range(6), m)]
    np.testing.assert_allclose(minibatch_variance(g, m), np.var(means, axis=0), atol=1e-15)
    np.testing.assert_allclose(np.mean(means, axis=0), g.mean(axis=0))  # and no bias


@pytest.mark.parametrize("m", [1, 2, 4])
def test_law_variance_over_all_batches_with_replacement(m):
    g = sample(4)
    means = [g[list(rows)].mean(axis=0) for rows in itertools.product(range(4), repeat=m)]
    found = minibatch_variance(g, m, replacement=True)
    np.testing.assert_allclose(found, np.var(means, axis=0), atol=1e-15)


def test_variance_keeps_the_shape_of_a_gradient():
    assert minibatch_variance(sample(5, shape=(2, 4)), 2).shape == (2, 4)
    assert minibatch_variance([1.0, 2.0], 1).shape == ()
    assert minibatch_variance([3.0], 1) == 0
    assert minibatch_variance([1.0, 3.0], 9, replacement=True) == pytest.approx(1 / 9)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_estimates_have_no_bias(n):
    """Over all samples of n from a population of 4, drawn with replacement."""
    population = sample(4)
    found = [
        noise_estimate(population[list(rows)]) for rows in itertools.product(range(4), repeat=n)
    ]
    assert np.mean([one.trace for one in found]) == pytest.approx(population.var(axis=0).sum())
    true_gradient = population.mean(axis=0)
    assert np.mean([one.square for one in found]) == pytest.approx(true_gradient @ true_gradient)


def test_estimates_from_two_batch_sizes_have_no_bias():
    population = sample(4)

    def mean_square(m):
        means = [
            population[list(rows)].mean(axis=0) for rows in itertools.product(range(4), repeat=m)
        ]
        return np.mean([g @ g for g in means])

    found = noise_from_two_batches(mean_square(2), mean_square(4), small=2, large=4)
    assert found.trace == pytest.approx(population.var(axis=0).sum())
    assert found.square == pytest.approx((population.mean(axis=0) ** 2).sum())
    assert found.scale == pytest.approx(found.trace / found.square)


@given(seed=st.integers(0, 99), unit=st.sampled_from([1e-6, 3.0, -1e4]))
def test_scale_has_no_unit_and_no_order(seed, unit):
    g = sample(7, seed) + 3
    assert noise_scale(unit * g[::-1]) == pytest.approx(noise_scale(g), rel=1e-9)
    assert noise_scale(g.reshape(7, 3, 1)) == noise_scale(g)


def test_no_noise_and_no_signal():
    assert noise_scale(np.ones((5, 2))) == 0
    assert noise_scale([[1.0], [-1.0]]) == math.inf
    assert noise_estimate([[1.0], [-1.0]]).square < 0


def test_law_at_the_noise_scale_noise_equals_signal():
    model, data = softmax_classifier(), digits(n_train=200)
    w = model.init(0)
    grads = np.array(
        [
            model.loss_and_gradient(w, data.X_train[i : i + 1], data.y_train[i : i + 1])[1]
            for i in range(200)
        ]
    )
    found = noise_estimate(grads)
    assert found.trace / found.scale == pytest.approx(found.square)
    # 200 examples as a whole population: the variance of a batch of one, summed over the weights
    assert minibatch_variance(grads, 1).sum() == pytest.approx(found.trace * 199 / 200)


def test_law_floor_of_a_constant_rate():
    lr, curvature, copies = 0.3, 2.0, 3000
    run = descend(quadratic([curvature] * copies), np.zeros(copies), steps=60, lr=lr, noise=0.5)
    assert (run.path[-1] ** 2).mean() == pytest.approx(noise_floor(lr, curvature, 0.25), rel=0.1)
    assert noise_floor(1.0, 2.0, 1.0) == noise_floor(5.0, 2.0, 1.0) == math.inf


# Critical batch size


@given(batch=st.floats(1, 1e5), steps=st.floats(1, 1e6))
def test_an_exact_knee_is_found(batch, steps):
    sizes = 2.0 ** np.arange(18)
    found = critical_batch_size(sizes, steps * (1 + batch / sizes))
    assert found.batch == pytest.approx(batch, rel=1e-6)
    assert found.steps == pytest.approx(steps, rel=1e-6)
    assert found.examples == pytest.approx(steps * batch, rel=1e-6)
    # twice the fewest steps, twice the fewest examples
    assert found.steps_at(batch) == pytest.approx(2 * steps, rel=1e-6)
    assert batch * found.steps_at(batch) == pytest.approx(2 * steps * batch, rel=1e-6)


def test_without_a_knee():
    sizes = np.array([1.0, 10.0, 100.0])
    assert critical_batch_size(sizes, [7, 7, 7]).batch == pytest.approx(0, abs=1e-12)
    rising = critical_batch_size(sizes, [6, 7, 8])
    assert rising.batch == 0
    assert 6 < rising.steps < 8
    perfect = critical_batch_size(sizes, [1000, 90, 8])
    assert perfect.batch == math.inf
    assert 800 < perfect.examples < 1000
    assert perfect.steps == 0


# Accumulation and minibatches


@given(seed=st.integers(0, 99), sizes=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_law_parts_add_up_to_the_whole(seed, sizes):
    g = np.random.default_rng(seed).standard_normal((sum(sizes), 2, 3))
    ends = np.cumsum(sizes)[:-1]
    parts = [part.mean(axis=0) for part in np.split(g, ends)]
    np.testing.assert_allclose(accumulate_gradients(parts, sizes), g.mean(axis=0), atol=1e-14)


def test_law_without_normalization_the_parts_of_a_batch_are_the_batch():
    model, data = softmax_classifier(), digits(n_train=100)
    w, sizes, parts, start = model.init(1), [32, 32, 32, 4], [], 0
    for size in sizes:
        rows = slice(start, start + size)
        parts.append(model.loss_and_gradient(w, data.X_train[rows], data.y_train[rows])[1])
        start += size
    whole = model.loss_and_gradient(w, data.X_train[:100], data.y_train[:100])[1]
    np.testing.assert_allclose(accumulate_gradients(parts, sizes), whole, atol=1e-14)


def test_accumulation_keeps_float32_and_its_parts():
    part = np.ones(3, dtype=np.float32)
    assert accumulate_gradients([part, part], [1, 2]).dtype == np.float32
    assert accumulate_gradients([part, np.zeros(3)], [1, 2]).dtype == np.float64
    accumulate_gradients([part], [5])[:] = 7
    assert (part == 1).all()


@given(n=st.integers(1, 50), seed=st.integers(0, 9))
def test_minibatches_cover_everything_once(n, seed):
    rng = np.random.default_rng(seed)
    for m in {1, n // 2 or 1, n}:
        batches = minibatches(n, m, rng)
        assert sorted(np.concatenate(batches).tolist()) == list(range(n))
        assert [len(rows) for rows in batches[:-1]] == [m] * (len(batches) - 1)


def test_every_epoch_has_its_own_order():
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(minibatches(20, 5, rng)) for _ in range(2))
    assert not np.array_equal(first, second)
    again = np.concatenate(minibatches(20, 5, np.random.default_rng(0)))
    assert np.array_equal(first, again)


def test_every_public_name_exists():
    assert all(hasattr(noise, name) for name in noise.__all__)
