"""Chapter 7: what its checks claim, against the library and against measurements."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import noise, normalization
from course_lib.checks import EXERCISES, judge

SEEDS = pytest.mark.parametrize("seed", range(5))
EPS = 0.07


def reference(name):
    return EXERCISES[name].reference


def batch(seed, n=7, columns=3):
    rng = np.random.default_rng(seed)
    X, dY = rng.normal(size=(n, columns)), rng.normal(size=(n, columns))
    return X, dY, rng.normal(size=columns), rng.normal(size=columns)


@SEEDS
def test_normalization_is_that_of_the_library(seed):
    X, dY, gamma, beta = batch(seed)
    Y, cache = normalization.batch_norm_forward(X, gamma, beta, EPS)
    ours, mean, var = reference("batch_norm_forward")(X, gamma, beta, EPS)
    np.testing.assert_allclose(ours, Y, rtol=1e-10)
    np.testing.assert_allclose([mean, var], [cache.mean[0], cache.var[0]], rtol=1e-10)
    back = reference("batch_norm_backward")(dY, X, gamma, mean, var, EPS)
    for mine, theirs in zip(back, normalization.batch_norm_backward(dY, cache), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


@SEEDS
@pytest.mark.parametrize("g", [1, 2, 3, 7])
def test_ghosts_are_those_of_the_library(seed, g):
    X, _, gamma, beta = batch(seed)
    np.testing.assert_allclose(
        reference("ghost_batch_norm")(X, g, gamma, beta, EPS),
        normalization.ghost_batch_norm(X, g, gamma, beta, EPS),
        rtol=1e-10,
        atol=1e-12,
    )


@SEEDS
def test_running_statistics_are_those_of_the_library(seed):
    X, _, gamma, beta = batch(seed)
    cache = normalization.ghost_batch_norm_forward(X, 3, gamma, beta, EPS)[1]  # ghosts of 3, 3, 1
    arguments = np.zeros(3), np.ones(3), cache.mean, cache.var, cache.sizes, 0.2
    ours = reference("update_running_statistics")(*arguments)
    theirs = normalization.update_running_statistics(*arguments)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12)


@SEEDS
def test_noise_and_parts_are_those_of_the_library(seed):
    rng = np.random.default_rng(seed)
    grads = 1.0 + rng.normal(size=(9, 2, 3))
    assert reference("noise_scale")(grads) == pytest.approx(noise.noise_scale(grads), rel=1e-10)
    assert reference("noise_scale")(np.vstack([grads, -grads])) == np.inf
    parts, sizes = list(rng.normal(size=(4, 3))), [3, 1, 8, 5]
    np.testing.assert_allclose(
        reference("accumulate_gradients")(parts, sizes),
        noise.accumulate_gradients(parts, sizes),
        rtol=1e-12,
    )


def test_answer_to_the_question_on_ghosts_is_what_is_measured():
    """4 times the variance: 20,000 means each; the quotient's standard error is 1.4 %."""
    draws = np.random.default_rng(0)
    small = draws.normal(size=(20_000, 8)).mean(axis=1).var()
    large = draws.normal(size=(20_000, 32)).mean(axis=1).var()
    assert EXERCISES["ghost_noise"].reference() == pytest.approx(small / large, rel=0.06)


def test_parts_have_the_gradient_of_the_whole():
    assert EXERCISES["four_parts"].reference() == "the same"


def test_collapsed_ghosts_move_too_slowly():
    """The help for that mistake says several times: compare how far the mean has come."""
    row = EXERCISES["update_running_statistics"]
    collapsed = next(m for m in row.misconceptions if m.name == "ghosts_collapsed")
    mean, var, sizes = np.ones((8, 1)), np.ones((8, 1)), np.full(8, 16)
    right, wrong = (
        f(np.zeros(1), np.ones(1), mean, var, sizes, 0.1)[0][0]
        for f in (row.reference, collapsed.function)
    )
    assert right / wrong > 5


def test_infinity_is_asked_for_exactly():
    """A number, however large, is no infinity, and neither is minus infinity."""
    row = EXERCISES["noise_scale"]
    for instead in (1e300, -np.inf, np.nan):

        def noise_scale(per_example_grads, instead=instead):
            rows = per_example_grads.reshape(len(per_example_grads), -1)
            mean = rows.mean(axis=0)
            trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
            square = mean @ mean - trace / len(rows)
            return trace / square if square > 0 else instead

        verdict = judge(row, noise_scale)
        assert [o.name for o in verdict.outcomes if o.status == "fails"] == ["lost_in_noise"]


def test_adding_in_place_to_a_part_is_seen():
    def accumulate_gradients(parts, sizes):
        total = parts[0]
        total *= sizes[0]
        for part, size in zip(parts[1:], sizes[1:], strict=True):
            total += size * part
        return total / sum(sizes)

    verdict = judge(EXERCISES["accumulate_gradients"], accumulate_gradients)
    assert [o.name for o in verdict.outcomes if o.status == "fails"] == ["inputs_unchanged"]
    assert verdict.cause.startswith("parts changed in the caller's hands")
