"""Chapter 6: what its checks claim, against the library and against exact results."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import models, sharpness
from course_lib.checks import EXERCISES, judge
from course_lib.checks.ch06_sharpness import draws
from course_lib.checks.ch06_sharpness import questions as asked
from course_lib.checks.ch06_sharpness.worst_case_mistakes import random_direction

SEEDS = pytest.mark.parametrize("seed", range(5))


def reference(name):
    return EXERCISES[name].reference


def loss_grad_of(rng, n):
    """A bowl with a known top curvature, and its minimum."""
    h, c = rng.permutation([3.0, *np.linspace(0.5, 1.5, n - 1)]), rng.normal(size=n)
    return draws.bowl(h, c), h, c


@SEEDS
def test_perturbation_is_that_of_the_library(seed):
    rng = np.random.default_rng(seed)
    grads = [rng.normal(size=shape) for shape in ((3,), (2, 4), ())]
    ours = reference("ascent_perturbation")(grads, 0.3)
    for mine, theirs in zip(ours, sharpness.ascent_perturbation(grads, 0.3), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


@SEEDS
def test_step_is_that_of_the_library(seed):
    rng = np.random.default_rng(seed)
    loss_grad, _, _ = loss_grad_of(rng, 4)
    w = rng.normal(size=4)
    for lr, rho in ((0.1, 0.05), (0.4, 0.7)):
        np.testing.assert_allclose(
            reference("sam_step")(loss_grad, w, lr, rho),
            sharpness.sam_step(loss_grad, w, lr, rho),
            rtol=1e-12,
        )


@SEEDS
def test_sharpness_comes_to_what_the_library_finds(seed):
    """At the minimum of a bowl both find the exact value, ½ ρ² times the top curvature."""
    loss_grad, h, c = loss_grad_of(np.random.default_rng(seed), 5)
    ours = reference("sharpness")(loss_grad, c, 0.2, np.random.default_rng(seed), 400)
    assert ours == pytest.approx(0.5 * 0.2**2 * h.max(), rel=1e-6)
    theirs = sharpness.sharpness(
        lambda w: loss_grad(w)[0], c, 0.2, seed, gradient=lambda w: loss_grad(w)[1], steps=400
    )
    assert ours == pytest.approx(theirs, rel=1e-6)


def test_a_random_direction_is_far_below_the_worst():
    """The help for that mistake says so: in many dimensions it is nearly always harmless."""
    h = np.full(1000, 0.01)
    h[0] = 10.0
    loss_grad, w = draws.bowl(h, np.zeros(1000)), np.zeros(1000)
    found = reference("sharpness")(loss_grad, w, 0.1, np.random.default_rng(0), 20)
    rises = [random_direction(loss_grad, w, 0.1, np.random.default_rng(s), 20) for s in range(100)]
    assert max(rises) < 0.05 * found


@SEEDS
def test_eigenvalue_is_that_of_the_library_and_of_numpy(seed):
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    H = axes * [-4.0, 2.0, 1.0, 0.5] @ axes.T
    ours = reference("top_eigenvalue")(draws.product_with(H), 4, rng, 80)
    assert ours == pytest.approx(np.linalg.eigvalsh(H)[0], rel=1e-10)
    assert ours == pytest.approx(sharpness.top_eigenvalue(lambda v: H @ v, 4, seed), rel=1e-10)


@SEEDS
def test_rescaling_is_that_of_the_library(seed):
    rng = np.random.default_rng(seed)
    W1, W2, c = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.uniform(0.1, 9.0, size=3)
    ours, theirs = reference("rescale_relu")(W1, W2, c), sharpness.rescale_relu(W1, W2, c)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12)


def test_the_two_cycle_has_the_amplitude_of_the_theory():
    slope = asked.RATE * asked.CURVATURE
    theory = slope * asked.RADIUS / (2 - slope)
    assert EXERCISES["two_cycle"].reference() == pytest.approx(theory, rel=1e-9)


def test_rescaling_changes_sharpness_alone():
    assert EXERCISES["changed_by_rescaling"].reference() == "sharpness"


def test_a_step_with_the_library_inside_earns_nothing():
    verdict = judge(EXERCISES["sam_step"], sharpness.sam_step)
    assert verdict.points == 0
    assert "belongs to the library" in verdict.cause


def test_another_minibatch_by_name_is_seen_too():
    def sam_step(loss_grad, w, lr, rho):
        g = loss_grad(w)[1]
        e = rho * g / np.linalg.norm(g.ravel())
        return w - lr * loss_grad(w + e, batch=1)[1]

    assert judge(EXERCISES["sam_step"], sam_step).misconception == ""
    assert not judge(EXERCISES["sam_step"], sam_step).passed


def test_wrong_shapes_are_explained_by_what_is_called():
    def sam_step(loss_grad, w, lr, rho):
        return w - lr * loss_grad(np.append(w, 1.0))[1]

    assert (
        "got weights of shape (3,), expected (2,)" in judge(EXERCISES["sam_step"], sam_step).cause
    )

    def top_eigenvalue(hvp, n, rng, steps):
        return hvp(np.ones((n, 1)))

    cause = judge(EXERCISES["top_eigenvalue"], top_eigenvalue).cause
    assert "got a vector of shape (2, 1), expected (2,)" in cause


def test_answer_works_on_a_network_of_the_library():
    """loss_grad(w) of a model takes no minibatch: a step that asks for none works with both."""
    network = models.two_layer_network(hidden=4)
    X, y = np.random.default_rng(0).normal(size=(20, 64)), np.arange(20) % 10
    w = network.init(0)
    for step in (EXERCISES["sam_step"].reference, *EXERCISES["sam_step"].correct[:3]):
        new = step(lambda w: network.loss_and_gradient(w, X, y), w, 0.1, 0.05)
        assert network.loss_and_gradient(new, X, y)[0] < network.loss_and_gradient(w, X, y)[0]
