"""Mistakes that concern one function alone: (call, error, words that the message must hold)."""

import math

import numpy as np

from course_lib import (
    averages,
    datasets,
    descent,
    gradients,
    landscapes,
    models,
    momentum,
    noise,
    normalization,
    optimizers,
    plotting,
    regularization,
    schedules,
    second_order,
    sharpness,
    training,
)

from .samples import FEW, MODEL, NORMED, ONES, SMALL, H, V, X, Y, axes, both, square, twice

MODEL_10 = models.two_layer_network(64, 4, 10)
NORMED_10 = models.mlp((64, 4, 10), batch_norm=True)
NEG = np.diag([1.0, -1.0])


def descend(**arguments):
    return lambda: descent.descend("quadratic", **arguments)


def sweep(**arguments):
    return lambda: descent.sweep("quadratic", **arguments)


def fit(model=SMALL, data=FEW, **arguments):
    return lambda: training.fit(model, data, **{"batch_size": 8, **arguments})


def own_sam(step, **others):
    return fit(NORMED_10, sam_step=step, **{"sam_rho": 0.1, **others})


def own_norm(function):
    return fit(NORMED_10, ghost_batch_norm=function)


def own_rule(function):
    return lambda: optimizers.step(function, [1.0, 2.0], [1.0, 1.0])


def stepper(w, rule="sgd", **arguments):
    return lambda: optimizers.Stepper(rule, w, **arguments)


def update(g):
    """Return a step of a view of the weights, which ``g`` is made of."""
    w = np.ones(5)[1:4]
    return lambda: optimizers.Stepper("adam", w).update(g(w))


ROWS = [
    (lambda: averages.moving_averages([1, 2], 2, [1, 0]), ValueError, ("weights[-1] is 0", "must be above 0")),
    (lambda: averages.sma(np.zeros((0, 3)), 2), ValueError, "g has shape (0, 3)"),
    (lambda: averages.ewma([[1, 2], [math.inf, 0]], 0.9), ValueError, "g[1, 0] is inf"),
    (lambda: datasets.digits(1001), ValueError, "only 1000 training images"),
    (lambda: datasets.digits_1d(2501), ValueError, "only 2500 training examples"),
    # descent
    (descend(lr=-0.1), ValueError, "lr is -0.1"),
    (descend(lr=[0.1, 0.1]), ValueError, ("lr has shape (2,)", "(100,)")),
    (descend(lr=[0.1, -0.1, 0.1], steps=3), ValueError, "lr[1] is -0.1"),
    (descend(lr="fast"), TypeError, "lr must"),
    (descend(momentum=0.9), TypeError, "sgd has no hyperparameter 'momentum'"),
    (descend(batch_size=5, examples=4), ValueError, "only 4 examples"),
    (lambda: descent.descend(landscapes.Objective("mine", lambda w: (0.0, np.zeros(3)), np.zeros(2))),
     ValueError, "mine returned a gradient of shape (3,)"),
    (sweep(grid={}), TypeError, ("grid must be a dict of the values to try", "an empty one")),
    (sweep(grid=[0.1]), TypeError, "not list"),
    (sweep(grid={"lr": 0.1}), ValueError, "grid['lr'] has shape (), but must be a list"),
    (sweep(grid={"lr": []}), ValueError, "grid['lr'] has shape (0,)"),
    (sweep(grid={"lr": [0.1, -1]}), ValueError, "lr is -1"),
    (sweep(grid={"lr": [0.1, np.nan]}), ValueError, "grid['lr'][1] is nan"),
    (sweep(grid={"lr": ["a"]}), TypeError, "must hold real numbers"),
    (sweep(grid={"momentum": [0.1, 1.0]}, rule="momentum"), ValueError, "momentum is 1"),
    (sweep(grid={"beta1": [0.1]}), TypeError, "sgd has no hyperparameter 'beta1'"),
    (sweep(grid={"lr": [0.1]}, lr=0.1), TypeError, "lr is given twice"),
    (sweep(grid={"lr": [0.1]}, beta1=0.1), TypeError, "sgd has no hyperparameter 'beta1'"),
    (sweep(grid={"lr": [0.1]}, batch_size=5, examples=4), ValueError, "only 4 examples"),
    # gradients
    (lambda: gradients.numerical_gradient(twice, [1, 2]), TypeError, "f must return one real number, but it returned an array of shape (2,)"),
    (lambda: gradients.numerical_gradient(lambda x: None, [1]), TypeError, "object None"),
    (lambda: gradients.numerical_gradient(lambda x: x[0] * 1j, [1.0]), TypeError, "one real number"),
    (lambda: gradients.complex_step(lambda x: np.abs(x).sum(), [1]), ValueError, "f returned a real number for a complex point"),
    (lambda: gradients.complex_step(twice, [1, 2]), TypeError, "one number, but it returned an array"),
    (lambda: gradients.gradient_check(square, lambda x: x[:1], [1, 2]), ValueError, "what df returned has shape (1,)"),
    (lambda: gradients.directional_check(square, twice, [1, 2], [0, 0]), ValueError, "direction has length 0"),
    (lambda: gradients.directional_check(square, twice, [1.0], seed=-1), ValueError, "seed is -1"),
    (lambda: gradients.error_curve(square, twice, [0.0]), ValueError, "the gradient is 0 at x"),
    (lambda: gradients.network_gradient(NORMED, NORMED.init(0), X[:, :1], [0] * 6), ValueError, "X has shape (6, 1)"),
    # landscapes, models
    (lambda: landscapes.quadratic((1,), angle=1), ValueError, "nothing to turn"),
    (lambda: landscapes.as_objective(abs), TypeError, "not builtin_function_or_method"),
    (lambda: models.mlp((64, 10), batch_norm=True), ValueError, "batch_norm needs a hidden layer"),
    (lambda: models.mlp("ab"), TypeError, "two or more whole numbers"),
    (lambda: MODEL.loss_and_gradient(MODEL.init(0), X, [0] * 6, ghost=2), ValueError, "ghost needs a model with batch normalization"),
    (lambda: MODEL.scores(MODEL.init(0), X, np.zeros(4)), ValueError, "statistics needs a model with batch normalization"),
    # momentum, noise
    (lambda: momentum.convert_velocity([1.0], 2, 1, 0.0, 0.9), ValueError, "lr is 0: with form 2"),
    (lambda: momentum.nesterov_step(lambda w: [1.0, 2.0], [1.0], [0.0], 0.1), ValueError, "the gradient has shape (2,)"),
    (lambda: momentum.nesterov_step(lambda w: ["a"], [1.0], [0.0], 0.1), TypeError, "the gradient must hold real numbers"),
    (lambda: noise.noise_scale([[1.0, 2.0]]), ValueError, ("has shape (1, 2)", "(N, ...) with N at least 2")),
    (lambda: noise.noise_from_two_batches(1, 1, 4, 4), ValueError, "small is 4 and large is 4, but small must be below large"),
    (lambda: noise.accumulate_gradients([], []), ValueError, "0 parts and 0 sizes"),
    # normalization
    (lambda: normalization.update_running_statistics([0.0], [1.0], [[1.0, 2.0]], [[1.0, 2.0]], 5),
     ValueError, "mean has shape (1, 2) and running_mean (1,)"),
    # optimizers
    (lambda: optimizers.step("adam", ONES, ONES, (ONES, ONES[:2])), ValueError, "v has shape (2,)"),
    (lambda: optimizers.step("sgd", [1.0], [1.0], beta1=0.9), TypeError, "sgd has no hyperparameter 'beta1'; it has none besides lr"),
    (lambda: optimizers.hyperparameters(optimizers.OPTIMIZERS["adamw"], {"weight_decay": -1}), ValueError, "weight_decay is -1"),
    (lambda: optimizers.hyperparameters(optimizers.OPTIMIZERS["adamw"], {"beta2": -0.1}), ValueError, "beta2 is -0.1"),
    (lambda: optimizers.from_function(lambda g, w, lr: w), TypeError, "(g, w, lr) can't be used as an update rule"),
    (lambda: optimizers.from_function(lambda w, g, *state, lr: w), TypeError, ("*state", "each with its own name")),
    (lambda: optimizers.from_function(lambda w, g, lr, **hyper: w), TypeError, "**hyper"),
    (lambda: optimizers.from_function(lambda w, g, lr=None: w), TypeError, "the default of lr must be a number, not NoneType"),
    (own_rule(lambda w, g, v, lr: w), ValueError, "returned 1 value(s); expected the new weights and then v"),
    (own_rule(lambda w, g, lr: (w, g)), ValueError, "returned 2 value(s); expected the new weights."),
    (own_rule(lambda w, g, lr: None), ValueError, "w with shape (); expected (2,) (is there a `return`?)"),
    (own_rule(lambda w, g, v, lr: (w, 0.0)), ValueError, "returned v with shape (); expected (2,)"),
    (stepper([1.0]), TypeError, "w must be a writeable, C-contiguous array"),
    (stepper(np.ones((4, 4))[:, ::2]), TypeError, "w must be a writeable, C-contiguous array"),
    (stepper(np.broadcast_to(1.0, 3)), TypeError, "w must be a writeable, C-contiguous array"),
    (stepper(np.ones(3, dtype=int)), TypeError, "w must be float64 or float32, not int64"),
    (stepper(np.ones(3), "adam", decay_mask=[True] * 3), ValueError, "decay_mask is given, but adam has no weight_decay"),
    (stepper(np.ones(3), "adamw", decay_mask=[True] * 2), ValueError, "decay_mask has shape (2,), but w has shape (3,)"),
    (stepper(np.ones(3), "adamw", decay_mask=[1, 0, 1]), TypeError, "must hold True and False, but its dtype is int64"),
    (update(lambda w: w), ValueError, "g shares memory with w"),
    (update(lambda w: w[:]), ValueError, "g shares memory with w"),
    (update(lambda w: w.base[:3]), ValueError, "g shares memory with w"),
    (update(lambda w: 1.0), ValueError, "g has shape ()"),
    # plotting
    (lambda: plotting.curves(axes(), [0, 1], np.zeros((0, 2)), "a"), ValueError, "x has shape (2,) and runs (0, 2)"),
    (lambda: plotting.curves(axes(), [0], [1.0], "a", style=2.5), TypeError, "style must be a whole number"),
    # regularization
    (lambda: regularization.ridge_shrinkage(NEG, [1, 2], 1), ValueError, "eigenvalues holds -1"),
    (lambda: regularization.lasso_path(X, np.column_stack([Y, Y])), ValueError, "y has shape (6, 2)"),
    (lambda: regularization.lasso_path(X, Y, l1_ratio=0), ValueError, ("l1_ratio is 0", "without L1 no weight")),
    (lambda: regularization.ridge_with_intercept(X, 1.0, 1), ValueError, "y has shape ()"),
    # schedules
    (lambda: schedules.schedule("cosine_decay", lr=0.1), TypeError, "needs a value for T"),
    (lambda: schedules.schedule("constant", lr=0.1, T=3), TypeError, "constant has no parameter 'T'"),
    (lambda: schedules.chain(), ValueError, "at least one piece"),
    (lambda: schedules.chain((lambda t: 1.0, None), (lambda t: 1.0, 2)), ValueError, "piece 0 has no number of steps"),
    (lambda: schedules.rates(lambda t: 1 - t, 5), ValueError, "gives the rate -1 at step 2"),
    (lambda: schedules.rates(lambda t: 1 / t if t else math.inf, 5), ValueError, "rate inf at step 0"),
    (lambda: schedules.satisfies_robbins_monro("power"), TypeError, "needs a value for power"),
    (lambda: schedules.satisfies_robbins_monro("constant", 1), TypeError, "constant takes no power"),
    # second order, sharpness
    (lambda: second_order.newton_step(np.ones(2001), np.eye(2001)), ValueError, ("H has 2001 rows", "at most 2000")),
    (lambda: sharpness.ascent_perturbation([np.ones(2), np.array([np.inf])], 1), ValueError, "grads[1][0] is inf"),
    (lambda: sharpness.sam_gradient(twice, [1.0], 1), TypeError, "must return two things"),
    (lambda: sharpness.sam_gradient(lambda w: (0.0, ONES), [1.0], 1), ValueError, "the gradient has shape (3,), but w has shape (1,)"),
    (lambda: sharpness.SAM("sgd", np.ones(8)[::2]), TypeError, "C-contiguous"),
    (lambda: sharpness.SAM("sgd", [1.0]), TypeError, "w must be a writeable"),
    (lambda: sharpness.sharpness(both, V, 1), TypeError, "loss(w) returned tuple, but must return one number"),
    (lambda: sharpness.sharpness(square, V, 1, gradient=lambda w: w[:1]), ValueError, "gradient(w) has shape (1,)"),
    (lambda: sharpness.top_eigenvalue(lambda v: v[:1], 3), ValueError, "hvp(v) has shape (1,)"),
    (lambda: sharpness.top_eigenvalue(lambda v: v * np.nan, 2), ValueError, "hvp(v)[0] is nan"),
    (lambda: sharpness.rescale_relu(H, H, -1.0), ValueError, "c must be a number above 0"),
    # training
    (fit(lr=-1), ValueError, "lr is -1"),
    (fit(lr=[0.1] * 4, epochs=2), ValueError, ("lr has shape (4,)", "shape (6,)")),
    (fit(lr=schedules.schedule("linear_decay", lr=0.1, T=4), epochs=2), ValueError, "ends after 4 steps, but the run has 6"),
    (fit(rule="adam", momentum=0.9), TypeError, "adam has no hyperparameter 'momentum'"),
    (fit(models.softmax_classifier(n_in=10)), ValueError, ("X has shape (20, 64)", "must be (N, 10)")),
    (fit(models.softmax_classifier(n_out=3)), ValueError, "whole numbers from 0 to 2"),
    (fit(epochs=None), ValueError, "epochs is None"),
    (fit(sam_m=4), ValueError, "sam_m needs SAM"),
    (fit(sam_rho=0.1, sam_m=0), ValueError, "sam_m is 0"),
    (fit(sam_rho=0.1, sam_m=9), ValueError, "sam_m is 9, but a minibatch has 8"),
    (fit(ghost=8), ValueError, "ghost needs a model with batch normalization"),
    (fit(NORMED_10, ghost=9), ValueError, "ghost is 9, but a minibatch has 8"),
    (fit(NORMED_10, ghost=0), ValueError, "ghost is 0"),
    (own_sam(lambda f, w, lr, rho: w, sam_rho=0.0), ValueError, "sam_step needs SAM"),
    (own_sam(lambda f, w, lr, rho: w, sam_m=8), ValueError, "leave sam_m out"),
    (own_sam(lambda f, w, lr, rho: None), ValueError, "did not call"),
    (own_sam(lambda f, w, lr, rho: f(w) and None), ValueError, "is there a"),
    (own_sam(lambda f, w, lr, rho: f(w)[1][:2]), ValueError, "shape (2,)"),
    (own_sam(lambda f, w, lr, rho: f(w[1:])), ValueError, "w for loss_grad"),
    (own_norm(lambda *args: None), ValueError, "is there a return"),
    (own_norm(lambda *args: args[0][1:]), ValueError, "shaped like X"),
    (fit(MODEL_10, ghost_batch_norm=lambda *args: args[0]), ValueError, "ghost_batch_norm needs a model with batch norm"),
]  # fmt: skip
