"""Every run of a grid is the run that descend makes."""

import numpy as np
import pytest

from course_lib import _descend, _sweep, descent
from course_lib.descent import descend, sweep
from course_lib.landscapes import LANDSCAPES, quadratic
from course_lib.optimizers import OPTIMIZERS

rules = pytest.mark.parametrize("rule", OPTIMIZERS)
landscapes = pytest.mark.parametrize("landscape", LANDSCAPES)

# One axis besides the rate for each rule.
AXES = {
    "sgd": {},
    "momentum": {"momentum": [0.0, 0.5, 0.99], "dampening": [0.0, 0.5]},
    "nesterov": {"momentum": [0.0, 0.5, 0.99]},
    "adagrad": {"eps": [1e-10, 0.1]},
    "rmsprop": {"rho": [0.5, 0.99], "eps": [1e-8, 0.1]},
    "adadelta": {"rho": [0.5, 0.95], "eps": [1e-6, 0.1]},
    "adam": {"beta1": [0.0, 0.9], "beta2": [0.5, 0.999], "eps": [1e-8, 0.1]},
    "adamw": {"weight_decay": [0.0, 0.5], "beta1": [0.5, 0.9]},
    "adam_l2": {"weight_decay": [0.0, 0.5], "beta1": [0.5, 0.9]},
    "radam": {"threshold": [4.0, 5.0], "beta2": [0.0, 0.5, 0.9, 0.999], "eps": [0.0, 1e-8]},
}


def assert_is_descend(runs, objective, rule, tolerance=1e-6, **arguments):
    names = list(runs.axes)
    for place in np.ndindex(runs.final_losses.shape):
        chosen = {n: float(runs.axes[n][k]) for n, k in zip(names, place, strict=True)}
        one = descend(objective, rule=rule, **chosen, **arguments)
        assert runs.diverged_at[place] == (one.diverged_at or -1), chosen
        np.testing.assert_allclose(runs.final_losses[place], one.losses[-1], rtol=1e-8, atol=1e-11)
        np.testing.assert_allclose(
            runs.lowest_losses[place], one.losses.min(), rtol=1e-8, atol=1e-11
        )
        within = np.flatnonzero(one.losses <= (objective.minimum or 0.0) + tolerance)
        assert runs.steps_to_tolerance[place] == (within[0] if within.size else -1), chosen


@rules
@landscapes
def test_every_run_is_that_of_descend(rule, landscape):
    objective = LANDSCAPES[landscape]()
    grid = {"lr": [0.0, 1e-4, 2e-3], **AXES[rule]}
    arguments = {"steps": 40, "noise": 0.1, "seed": 2, "batch_size": 4}
    runs = sweep(objective, rule=rule, grid=grid, tolerance=0.5, **arguments)
    assert runs.final_losses.shape == tuple(len(values) for values in grid.values())
    assert_is_descend(runs, objective, rule, tolerance=0.5, **arguments)


@pytest.mark.parametrize(
    "bowl", [quadratic((1, 10)), quadratic((1, 10), angle=0.7), quadratic(range(1, 7))]
)
def test_bowls_of_all_kinds_with_divergence_and_arrival(bowl):
    runs = sweep(
        bowl, rule="momentum", steps=300, grid={"lr": [0.01, 0.1, 1.0], "momentum": [0.0, 0.9]}
    )
    assert_is_descend(runs, bowl, "momentum", steps=300)
    assert (runs.diverged_at > 0).any()
    assert (runs.steps_to_tolerance > 0).any()
    assert (runs.steps_to_tolerance == -1).any()


def test_more_lanes_than_a_block_on_several_threads(monkeypatch):
    rates = np.linspace(0.001, 0.25, 1201)
    alone = sweep("quadratic", steps=50, grid={"lr": rates})
    cut = lambda run, n, operations, *args: [run(a, b, *args) for a, b in ((0, 700), (700, n))]  # noqa: E731
    monkeypatch.setattr(_sweep, "share_out", cut)
    for ours, theirs in zip(
        sweep("quadratic", steps=50, grid={"lr": rates})[3:], alone[3:], strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    one = descend("quadratic", steps=50, lr=rates[900])
    assert alone.diverged_at[900] == (one.diverged_at or -1)
    assert alone.final_losses[900] == pytest.approx(one.losses[-1], rel=1e-10)


def test_own_rules_and_objectives_run_one_by_one(monkeypatch):
    monkeypatch.setattr(descent, "run_lanes", None)  # would be an error
    arguments = {"steps": 30, "grid": {"lr": [0.01, 0.5], "momentum": [0.0, 0.9]}}

    def heavy_ball(w, g, v, lr, momentum):
        v = momentum * v + g
        return w - lr * v, v

    own_rule = sweep("quadratic", rule=heavy_ball, **arguments)
    bowl = quadratic()._replace(family=None)
    own_objective = sweep(bowl, rule="momentum", **arguments)
    monkeypatch.undo()
    ours = sweep("quadratic", rule="momentum", **arguments)
    for runs in (own_rule, own_objective):
        for a, b in zip(runs[3:], ours[3:], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9)


def test_the_best_is_the_best_that_did_not_diverge():
    runs = sweep(quadratic((1, 10)), steps=50, grid={"lr": [0.05, 2 / 11, 0.3]})
    assert runs.best() == {"lr": 2 / 11}
    with pytest.raises(ValueError, match="every run diverged"):
        sweep(quadratic((1, 10)), steps=50, grid={"lr": [0.3]}).best()


def test_a_run_that_begins_at_the_minimum_has_arrived_at_step_0():
    runs = sweep("quadratic", [0.0, 0.0], steps=0, grid={"lr": [0.1]})
    assert runs.steps_to_tolerance.tolist() == [0]


def test_noise_of_a_minibatch():
    """Variance (S²/m)(N − m)/(N − 1), and none when the batch is everything."""
    arguments = {"steps": 4000, "lr": 0.0, "noise": 3.0, "seed": 1}
    for m, n, expected in ((1, None, 9.0), (4, None, 2.25), (4, 10, 1.5), (10, 10, 0.0)):
        shifts = _descend.noise_of(3.0, m, n, 1, 4000, 2)
        assert np.var(shifts) == pytest.approx(expected, rel=0.05) if shifts.size else expected == 0
        noisy = descend("quadratic", batch_size=m, examples=n, **{**arguments, "lr": 1e-3})
        assert np.isfinite(noisy.path).all()
