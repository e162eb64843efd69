"""descend: the compiled loop, the Python loop and theory agree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import _descend
from course_lib.descent import descend
from course_lib.kernels import descent as kernels
from course_lib.landscapes import LANDSCAPES, Objective, quadratic
from course_lib.optimizers import OPTIMIZERS, step

rules = pytest.mark.parametrize("rule", OPTIMIZERS)
landscapes = pytest.mark.parametrize("landscape", LANDSCAPES)


def in_python(objective):
    """The same function, but one that the compiled loop doesn't know."""
    return objective._replace(family=None)


def assert_same_run(a, b):
    assert (a.evaluations, a.diverged_at) == (b.evaluations, b.diverged_at)
    np.testing.assert_allclose(a.path, b.path, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(a.losses, b.losses, rtol=1e-9, atol=1e-11)


@rules
@landscapes
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_compiled_loop_equals_python_loop(rule, landscape, noise):
    objective = LANDSCAPES[landscape]()
    # The objective's curvatures go up to 1,000: small steps, so that rounding isn't multiplied.
    arguments = {"rule": rule, "steps": 60, "lr": 5e-4, "noise": noise, "seed": 3}
    assert_same_run(descend(objective, **arguments), descend(in_python(objective), **arguments))


def test_every_rule_of_the_table_has_its_place_in_the_compiled_loop():
    assert {row.kernel for row in OPTIMIZERS.values()} == set(kernels.RULES)


@rules
def test_each_step_is_the_rules_step(rule):
    rates = np.linspace(0.02, 0.01, 10)
    run = descend(quadratic((1, 5), angle=1), [2.0, -1.0], rule, steps=10, lr=rates)
    w, state = np.array([2.0, -1.0]), None
    for t in range(1, 11):
        loss, g = quadratic((1, 5), angle=1).value_and_gradient(w)
        np.testing.assert_allclose(run.losses[t - 1], loss, rtol=1e-12)
        w, *state = step(rule, w, g, state and tuple(state), t=t, lr=rates[t - 1])
        np.testing.assert_allclose(run.path[t], w, rtol=1e-12, atol=1e-14)


@given(
    eigenvalues=st.lists(st.floats(0.1, 10), min_size=1, max_size=6), share=st.floats(0.01, 0.99)
)
@settings(max_examples=30)
def test_gradient_descent_shrinks_each_axis_by_one_minus_lr_lambda(eigenvalues, share):
    bowl = quadratic(eigenvalues)
    lr = share * 2 / bowl.lipschitz
    run = descend(bowl, steps=20, lr=lr)
    factors = (1 - lr * bowl.eigenvalues)[np.newaxis] ** np.arange(21)[:, np.newaxis]
    np.testing.assert_allclose(run.path, factors, rtol=1e-11, atol=1e-14)
    assert run.diverged_at is None
    assert run.evaluations == 20


@pytest.mark.parametrize("change", [lambda o: o, in_python], ids=["compiled", "python"])
def test_divergence_is_a_result(change):
    bowl = change(quadratic((1, 10)))
    run = descend(bowl, steps=10_000, lr=0.3)  # the second axis is doubled and turned every step
    assert run.diverged_at == 34  # 2^33 < 1e10 < 2^34
    assert run.evaluations == 34
    assert run.path.shape == (34, 2)
    assert run.path[-1, 1] == pytest.approx(-(2**33), rel=1e-9)
    assert run.losses.shape == (34,)
    assert np.isfinite(run.losses).all()


@pytest.mark.parametrize("change", [lambda o: o, in_python], ids=["compiled", "python"])
def test_overflow_in_one_step_is_divergence_too(change):
    run = descend(change(LANDSCAPES["rosenbrock"]()), [1e9, 1e9], steps=5, lr=1e300)
    assert run.diverged_at == 1
    assert len(run.path) == 1


@pytest.mark.parametrize("change", [lambda o: o, in_python], ids=["compiled", "python"])
def test_nan_is_divergence_too(change):
    # The gradient overflows, and Adam divides infinity by infinity.
    run = descend(change(quadratic((1e300, 1))), [1e10, 1.0], "adam", steps=5)
    assert run.diverged_at == 1
    assert len(run.path) == 1


def test_nan_from_a_students_function_is_divergence():
    assert descend("quadratic", rule=lambda w, g, lr: w * np.nan).diverged_at == 1


@rules
def test_noise_depends_on_the_seed_alone(rule):
    runs = [descend("quadratic", rule=rule, lr=0.001, noise=1.0, seed=seed) for seed in (1, 1, 2)]
    assert np.array_equal(runs[0].path, runs[1].path)
    assert not np.array_equal(runs[0].path, runs[2].path)


def test_noise_has_the_stated_spread():
    flat = Objective("flat", lambda w: (0.0, np.zeros_like(w)), np.zeros(4))
    steps = np.diff(descend(flat, steps=5000, lr=1.0, noise=0.3).path, axis=0)
    assert steps.std() == pytest.approx(0.3, rel=0.02)
    assert abs(steps.mean()) < 0.01


def test_a_students_function_runs_like_the_kernel():
    def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        w = w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w, m, v

    ours = descend("saddle", rule="adam", steps=50, lr=0.05, beta1=0.8)
    theirs = descend("saddle", rule=adam, steps=50, lr=0.05, beta1=0.8)
    assert_same_run(ours, theirs)
    assert theirs.rule == "adam"


def test_what_is_passed_in_stays_as_it_was():
    start = np.array([1.0, 1.0])
    bowl = quadratic()
    run = descend(bowl, start, steps=3, lr=0.01)
    run.path[:] = 9
    assert (start == 1).all()
    assert (bowl.start == 1).all()


def test_no_steps():
    run = descend("double_well", steps=0)
    assert run.path.shape == (1, 2)
    assert run.evaluations == 0


def test_the_compiled_loop_is_used_where_it_can_be(monkeypatch):
    used = []
    monkeypatch.setattr(_descend, "_compiled", lambda run: used.append("compiled") or 0)
    monkeypatch.setattr(_descend, "_in_python", lambda run: used.append("python") or 0)
    monkeypatch.setattr(_descend, "jit_enabled", lambda: True)
    descend("quadratic", rule="adam")
    descend("quadratic", rule=lambda w, g, lr: w)
    descend(in_python(quadratic()), rule="adam")
    monkeypatch.setattr(_descend, "jit_enabled", lambda: False)
    descend("quadratic", rule="adam")
    assert used == ["compiled", "python", "python", "python"]
