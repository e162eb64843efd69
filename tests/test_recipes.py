"""The capstone's trainer: own functions in, the budget kept, what is wrong named."""

import numpy as np
import pytest

from course_lib import recipes
from course_lib.checks.ch08_capstone import right

RECIPE = recipes.Recipe(*right.capstone(40))


def test_the_trainer_counts_and_stops():
    run = recipes.train(RECIPE, budget=40)
    assert (run.evaluations, run.losses.size, run.stopped) == (40, 20, "budget")
    run = recipes.train(RECIPE, budget=41)
    assert (run.evaluations, run.losses.size) == (40, 20)
    run = recipes.train(RECIPE._replace(rho=0.0), budget=41)
    assert (run.evaluations, run.losses.size) == (41, 41)
    assert RECIPE.steps(41) == 20
    assert RECIPE._replace(rho=0).steps(41) == 41


def test_every_part_is_what_trains():
    usual = recipes.train(RECIPE, budget=40)
    used = set()

    def spy(name):
        function = getattr(RECIPE, name)

        def call(*args):
            used.add(name)
            return function(*args)

        return call

    names = ("rule", "schedule", "sam_step", "ghost_batch_norm")
    run = recipes.train(RECIPE._replace(**{name: spy(name) for name in names}), budget=40)
    assert used == set(names)
    assert np.array_equal(run.w, usual.w)


def test_the_seed_is_that_of_data_and_weights():
    runs = [recipes.train(RECIPE, budget=20, seed=seed) for seed in (1, 1, 2)]
    assert np.array_equal(runs[0].w, runs[1].w)
    assert not np.array_equal(runs[0].w, runs[2].w)
    data = [recipes.problem(seed) for seed in (1, 2)]
    assert not np.array_equal(data[0].X_train, data[1].X_train)
    assert np.array_equal(data[0].X_test, data[1].X_test)


def test_decay_leaves_biases_and_normalization_alone():
    def only_decay(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        return w - lr * weight_decay * w, m, v

    still = RECIPE._replace(rule=only_decay, schedule=lambda t: 0.1, weight_decay=0.5)
    model = recipes.network()
    before = model.unpack(model.init(0))
    after = model.unpack(recipes.train(still, budget=4).w)
    for name, part in before.items():
        factor = 0.95**2 if name.startswith("W") else 1.0
        np.testing.assert_allclose(after[name], factor * part, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"rule": lambda *args: args[0]}, ValueError, "rule must return three arrays"),
        ({"schedule": lambda t: -1.0}, ValueError, r"schedule\(0\) is -1"),
        ({"schedule": lambda t: None}, TypeError, r"schedule\(0\) must be a number"),
        ({"sam_step": lambda f, w, lr, rho: f(w) and None}, ValueError, "is there a return"),
        ({"ghost_batch_norm": lambda *args: args[0][:1]}, ValueError, "ghost_batch_norm gave"),
        ({"batch_size": 2.5}, TypeError, "batch_size must be a whole number"),
        ({"ghost": 51}, ValueError, "ghost is 51, but a minibatch has 50"),
        ({"rho": -1}, ValueError, "rho is -1"),
        ({"weight_decay": -1}, ValueError, "weight_decay is -1"),
    ],
)
def test_bad_recipes(change, error, says):
    with pytest.raises(error, match=says):
        recipes.train(RECIPE._replace(**change), budget=4)
