"""One right call of every public function, from averages to noise."""

import numpy as np

from course_lib import averages, datasets, descent, gradients, landscapes, models, momentum, noise

from .kinds import (
    Arg,
    Call,
    also,
    array,
    choice,
    form,
    function,
    loose,
    made,
    number,
    optional,
    plain,
    rate,
    seed,
    share,
    whole,
)
from .samples import (
    LANDSCAPE,
    LIKE_W,
    MODEL,
    NORMED,
    ONES,
    RULE,
    STEP,
    W3,
    V,
    X,
    examples_grads,
    inputs,
    labels,
    series,
    shape,
    square,
    twice,
    vector,
    weights,
)

CALLS = [
    # averages
    Call("averages.sma", averages.sma, {"g": series(V), "window": whole(2, 1)}),
    Call("averages.wma", averages.wma, {"g": series(V), "window": whole(2, 1)}),
    Call("averages.moving_averages", averages.moving_averages, {
        "g": series(X), "window": whole(2, 1),
        "weights": optional(array([1.0, 2.0], shape("weights", ONES, "window is 2"), ([1.0, -1.0], "weights must be at least 0"))),
    }),
    Call("averages.ewma", averages.ewma, {"g": series(X), "beta": share(0.9)}),
    Call("averages.ewma_weights", averages.ewma_weights, {"steps": whole(3, 1), "beta": share(0.9)}),
    Call("averages.effective_sample_size", averages.effective_sample_size, {
        "weights": array(ONES, shape("weights", [], "one or more numbers"), ([0, 0], "not all 0")),
    }),
    Call("averages.ewma_effective_sample_size", averages.ewma_effective_sample_size, {"beta": share(0.9), "steps": whole(3, 1)}),
    Call("averages.effective_window", averages.effective_window, {"beta": share(0.9)}),
    # datasets
    Call("datasets.digits", datasets.digits, {"n_train": whole(20, 10), "label_noise": number(0.1, low=0, high=1), "seed": whole(0)}),
    Call("datasets.digits_1d", datasets.digits_1d, {"n_train": whole(20, 10), "label_noise": number(0.1, low=0, high=1), "seed": whole(0)}),
    # descent
    Call("descent.descend", descent.descend, {
        "objective": LANDSCAPE, "rule": RULE, "steps": whole(5),
        "w0": optional(loose([1.0, 1.0], shape("w0", ONES, "(2,)"), ([1.0, np.nan], "w0 must be a vector of finite numbers"))),
        "lr": plain(0.01), "momentum": share(0.5), "noise": rate(0.1), "batch_size": whole(2, 1),
        "examples": whole(10, 1), "seed": whole(0),
    }),
    Call("descent.sweep", descent.sweep, {
        "objective": LANDSCAPE, "rule": RULE, "steps": whole(5),
        "w0": optional(loose([1.0, 1.0], shape("w0", ONES, "(2,)"))), "grid": plain({"lr": [0.1, 0.2]}),
        "momentum": share(0.5), "tolerance": rate(0.1), "noise": rate(0.1), "batch_size": whole(2, 1),
        "examples": whole(10, 1), "seed": whole(0),
    }),
    # gradients
    Call("gradients.Counted", gradients.Counted, {"function": function(square)}),
    Call("gradients.forward_difference", gradients.forward_difference, {"f": function(square), "x": array(V), "h": STEP}),
    Call("gradients.numerical_gradient", gradients.numerical_gradient, {"f": function(square), "x": array(X), "h": STEP}),
    Call("gradients.complex_step", gradients.complex_step, {"f": function(square), "x": array(V), "h": STEP}),
    Call("gradients.relative_error", gradients.relative_error, {
        "a": loose(V, (np.ones(2), ("a has shape (2,)", "b has shape (3,)", "don't fit"))), "b": loose(W3),
    }),
    Call("gradients.gradient_check", gradients.gradient_check, {
        "f": function(square), "df": function(twice), "x": array(V, ([], "x is empty")), "h": STEP, "tol": STEP,
    }),
    Call("gradients.directional_check", gradients.directional_check, {
        "f": function(square), "df": function(twice), "x": array(V), "direction": optional(vector(W3, "x")), "h": STEP,
    }),
    Call("gradients.directional_check: random", lambda seed: gradients.directional_check(square, twice, V, seed=seed), {"seed": seed()}),
    Call("gradients.error_curve", gradients.error_curve, {
        "f": function(square), "df": function(twice), "x": array(V), "h": optional(array([0.1, 0.01], ([0.1, 0.0], "each above 0"))),
    }),
    Call("gradients.hessian", gradients.hessian, {"df": function(twice), "x": array(V, shape("x", X, "must be a vector, (n,)")), "h": STEP}),
    Call("gradients.hessian_vector_product", gradients.hessian_vector_product, {
        "df": function(twice), "x": array(V), "v": vector(W3, "x"), "h": STEP,
    }),
    Call("gradients.network_gradient", gradients.network_gradient, {
        "model": made(MODEL, "a Model, such as two_layer_network()"), "w": array(MODEL.init(0), shape("w", ONES, f"({MODEL.n_parameters},)")),
        "X": array(X, shape("X", np.ones((6, 2)), "must be (N, 3)")), "y": labels(), "h": STEP,
    }),
    # landscapes
    Call("landscapes.quadratic", landscapes.quadratic, {"eigenvalues": loose(
        [1.0, 2.0], ([], "one or more finite numbers"), ([1.0, np.inf], "one or more finite numbers")), "angle": number(0.5)}),
    Call("landscapes.rosenbrock", landscapes.rosenbrock, {"a": number(1.0), "b": rate(100.0)}),
    Call("landscapes.saddle", landscapes.saddle, {"a": rate(1.0), "b": number(1.0, above=0), "c": rate(0.25)}),
    Call("landscapes.double_well", landscapes.double_well, {
        "barrier": number(-0.25, low=-1, high=1), "depth": number(1.0, above=0), "across": rate(1.0)}),
    Call("landscapes.as_objective", landscapes.as_objective, {"objective": LANDSCAPE}),
    Call("landscapes.values", landscapes.values, {
        "objective": LANDSCAPE, "points": loose(X[:, :2], shape("points", X, "quadratic needs (..., 2)"))}),
    Call("Objective.value_and_gradient", landscapes.rosenbrock().value_and_gradient, {
        "w": loose([1.0, 2.0], shape("w", ONES, "rosenbrock needs (2,)"))}),
    # models
    Call("models.softmax_classifier", models.softmax_classifier, {"n_in": whole(3, 1), "n_out": whole(3, 2)}),
    Call("models.two_layer_network", models.two_layer_network, {
        "n_in": whole(3, 1), "hidden": whole(4, 1), "n_out": whole(3, 2), "activation": choice("tanh", "must be 'relu' or 'tanh'")}),
    Call("models.mlp", models.mlp, {
        "sizes": Arg((3, 4, 3), (((3,), TypeError, "two or more whole numbers"), ((3, 0, 3), ValueError, "hidden is 0"))),
        "activation": choice("tanh", "must be 'relu' or 'tanh'")}),
    Call("Model.init", MODEL.init, {"seed": whole(0)}),
    Call("Model.loss_and_gradient", NORMED.loss_and_gradient, {
        "w": weights(NORMED), "X": inputs(), "y": labels(),
        "ghost": also(whole(4, 1), (7, ValueError, "ghost is 7, but can't be larger than the batch of 6")),
        "update": Arg(NORMED.new_statistics(), ((ONES, ValueError, ("update has shape (3,)", "(8,)")), ([1.0], ValueError, "update has shape (1,)")))}),
    Call("Model.scores", NORMED.scores, {
        "w": weights(NORMED), "X": inputs(), "statistics": Arg(NORMED.new_statistics(), ((ONES, ValueError, ("statistics has shape (3,)", "(8,)")), ([1.0], ValueError, "statistics")))}),
    Call("Model.accuracy", NORMED.accuracy, {
        "w": weights(NORMED), "X": inputs(), "y": labels(), "statistics": Arg(NORMED.new_statistics(), ((ONES, ValueError, ("statistics has shape (3,)", "(8,)")),))}),
    Call("Model.evaluate", MODEL.evaluate, {"w": weights(MODEL), "X": inputs(), "y": labels()}),
    Call("Model.unpack", lambda w: list(MODEL.unpack(w).values()), {"w": weights(MODEL)}),
    # momentum
    Call("momentum.convert_momentum", momentum.convert_momentum, {"form": form(1), "lr": rate(0.1), "rho": share(0.5)}),
    Call("momentum.convert_velocity", momentum.convert_velocity, {
        "velocity": loose(V), "form": form(1), "to": form(2), "lr": rate(0.1), "rho": share(0.5)}),
    Call("momentum.momentum_step", momentum.momentum_step, {
        "form": form(3), "w": loose(V), "g": loose(W3, shape("g", ONES[:2], *LIKE_W)),
        "velocity": loose(ONES, shape("velocity", ONES[:2], *LIKE_W)), "lr": rate(0.1), "rho": share(0.5)}),
    Call("momentum.lookahead", momentum.lookahead, {
        "w": loose(V), "velocity": loose(ONES, shape("velocity", ONES[:2], *LIKE_W)), "lr": rate(0.1), "rho": share(0.5)}),
    Call("momentum.nesterov_step", momentum.nesterov_step, {
        "gradient": function(twice), "w": loose(V), "velocity": loose(ONES, shape("velocity", ONES[:2], *LIKE_W)),
        "lr": rate(0.1), "rho": share(0.5)}),
    # noise
    Call("noise.noise_estimate", noise.noise_estimate, {"per_example_grads": examples_grads(X, 2)}),
    Call("noise.noise_scale", noise.noise_scale, {"per_example_grads": examples_grads(X, 2)}),
    Call("noise.noise_from_two_batches", noise.noise_from_two_batches, {
        "small_square": rate(5.0), "large_square": rate(3.5), "small": whole(2, 1), "large": whole(8, 1)}),
    Call("noise.minibatch_variance", noise.minibatch_variance, {
        "per_example_grads": examples_grads(X, 1), "m": also(whole(2, 1), (7, ValueError, "m is 7, but there are only 6"))}),
    Call("noise.noise_floor", noise.noise_floor, {
        "lr": number(0.1, above=0), "curvature": number(2.0, above=0), "variance": rate(1.0)}),
    Call("noise.critical_batch_size", noise.critical_batch_size, {
        "batches": array([32.0, 128.0, 512.0], ([2, 2, 2], "two different batch sizes"), ([0, 1, 2], "batches holds 0")),
        "steps": array([500.0, 200.0, 125.0], shape("steps", [1.0, 2.0], "batches has shape (3,)"), ([1, 2, -4], "steps holds -4"))}),
    Call("noise.CriticalBatch.steps_at", noise.CriticalBatch(128.0, 100.0, 12800.0).steps_at, {
        "batch": array([1.0, 2.0], ([0.0], "batch holds 0"), ([-1.0], "batch holds -1"))}),
    Call("noise.accumulate_gradients", noise.accumulate_gradients, {
        "parts": Arg([V, W3], (([V, [1.0]], ValueError, ("parts[1] has shape (1,)", "(3,)")), ([], ValueError, "0 parts and 2 sizes"),
                               ([V, [1, 2, np.nan]], ValueError, "parts[1][2] is nan"), ([V, V * 1j], TypeError, "parts[1] must hold real"))),
        "sizes": Arg([2, 1], (([2, 0], ValueError, "sizes[1] is 0"), ([2], ValueError, "2 parts and 1 sizes"), ([2, 1.5], TypeError, "sizes[1] must be a whole")))}),
    Call("noise.minibatches", noise.minibatches, {
        "n": whole(6, 1), "m": also(whole(2, 1), (7, ValueError, "m is 7, but there are only 6")),
        "rng": Arg(np.random.default_rng(0), ((0, TypeError, "rng must be a generator, such as np.random.default_rng(0), not int"),))}),
]  # fmt: skip
