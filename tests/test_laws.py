"""The quantitative laws of chapter 4: what theory says, held against what the library does."""

import numpy as np
import pytest

from course_lib import descent, landscapes
from course_lib.optimizers import Stepper


def steps_until(run, shrink):
    distance = np.linalg.norm(run.path, axis=1)
    return int(np.flatnonzero(distance <= shrink * distance[0])[0])


@pytest.mark.parametrize("kappa", [10, 100, 1000])
def test_steps_of_gradient_descent_grow_with_the_condition_number(kappa):
    run = descent.descend(landscapes.quadratic((1, kappa)), steps=20_000, lr=2 / (1 + kappa))
    rate = (kappa - 1) / (kappa + 1)
    assert abs(steps_until(run, 1e-6) - np.log(1e-6) / np.log(rate)) <= 1


@pytest.mark.parametrize("kappa", [10, 100, 1000])
def test_steps_of_momentum_grow_with_its_root(kappa):
    r = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    lr = (2 / (np.sqrt(kappa) + 1)) ** 2
    run = descent.descend(
        landscapes.quadratic((1, kappa)), rule="momentum", steps=5000, lr=lr, momentum=r**2
    )
    # From rest, the flattest and the steepest direction are exactly (1 + (1 ∓ r) t) (±r)ᵗ.
    t = np.arange(5001)
    size = np.hypot(1 + (1 - r) * t, 1 + (1 + r) * t) / np.sqrt(2) * r**t
    assert abs(steps_until(run, 1e-6) - int(np.flatnonzero(size <= 1e-6)[0])) <= 1


def test_adam_moves_by_the_rate_and_without_correction_by_up_to_six_and_a_half_times_that():
    def uncorrected(w, g, m, v, lr):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        return w - lr * m / np.sqrt(v), m, v

    slope = landscapes.Objective("slope", lambda w: (float(w[0]), np.ones(1)), np.zeros(1))
    t = np.arange(1, 2001)
    theory = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    for rule, expected in (("adam", np.ones(2000)), (uncorrected, theory)):
        run = descent.descend(slope, rule=rule, steps=2000, lr=1.0)
        np.testing.assert_allclose(-np.diff(run.path[:, 0]), expected, rtol=1e-6)
    assert theory.argmax() + 1 == 12
    assert theory.max() == pytest.approx(6.5685, abs=1e-4)


def after(rule, scale, weight_decay, steps=200):
    rng = np.random.default_rng(0)
    w = np.ones(20)
    stepper = Stepper(rule, w, lr=0.01, weight_decay=weight_decay, eps=0.0)
    for _ in range(steps):
        stepper.update(scale * rng.standard_normal(20))
    return w


def test_rescaled_gradients_change_the_decay_of_adam_with_l2_and_not_that_of_adamw():
    np.testing.assert_allclose(after("adamw", 100, 0.1), after("adamw", 1, 0.1), rtol=1e-9)
    # In Adam with L2 it is the quotient of decay and gradient that counts.
    np.testing.assert_allclose(after("adam_l2", 100, 0.1), after("adam_l2", 1, 0.001), rtol=1e-9)
    assert not np.allclose(after("adam_l2", 100, 0.1), after("adam_l2", 1, 0.1), rtol=1e-3)
