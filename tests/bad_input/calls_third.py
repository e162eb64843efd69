"""One right call of every public function, from schedules to training."""

import numpy as np

from course_lib import (
    recipes,
    schedules,
    second_order,
    sharpness,
    training,
)

from .kinds import (
    Arg,
    Call,
    also,
    array,
    choice,
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
    FEW,
    LABELS,
    LANDSCAPE,
    LIKE_W,
    MODEL,
    ONES,
    RECIPE,
    RULE,
    SMALL,
    W3,
    ZEROS,
    H,
    T,
    V,
    X,
    both,
    hessian,
    product,
    shape,
    square,
    twice,
)

CALLS = [
    # schedules
    Call("schedules.constant", schedules.constant, {"t": T, "lr": rate(0.1)}),
    Call("schedules.step_decay", schedules.step_decay, {"t": T, "lr": rate(0.1), "factor": number(0.5, low=0, high=1), "every": whole(2, 1)}),
    Call("schedules.exponential_decay", schedules.exponential_decay, {"t": T, "lr": rate(0.1), "factor": number(0.5, low=0, high=1), "every": whole(2, 1)}),
    Call("schedules.linear_decay", schedules.linear_decay, {"t": T, "lr": rate(0.1), "T": whole(4, 1), "lr_end": rate(0.01)}),
    Call("schedules.cosine_decay", schedules.cosine_decay, {"t": T, "lr": rate(0.1), "T": whole(4, 1), "lr_end": rate(0.01)}),
    Call("schedules.inverse_sqrt", schedules.inverse_sqrt, {"t": T, "lr": rate(0.1), "offset": number(2.0, above=0)}),
    Call("schedules.inverse_time", schedules.inverse_time, {"t": T, "lr": rate(0.1), "decay": rate(1.0)}),
    Call("schedules.schedule", schedules.schedule, {"kind": choice("linear_decay", "there is no schedule"), "lr": rate(0.1), "T": whole(4, 1)}),
    Call("Schedule.__call__", schedules.schedule("linear_decay", lr=0.1, T=4), {"t": T}),
    Call("schedules.with_warmup", schedules.with_warmup, {
        "schedule": Arg(lambda t: 0.1, ((3, TypeError, "a schedule is a Schedule or a function of t, not int"),)), "warmup": whole(2)}),
    Call("schedules.chain", lambda piece: schedules.chain(piece), {"piece": Arg((lambda t: 0.1, 3), (
        (3, TypeError, "piece 0 must be (schedule, steps), not int"), ((3, 3), TypeError, "a schedule is a Schedule or a function"),
        ((lambda t: 0.1, 0), ValueError, "steps of piece 0 is 0"), ((schedules.schedule("linear_decay", lr=1, T=2), 3), ValueError, "ends after 2 steps, but the run has 3")))}),
    Call("schedules.rates", schedules.rates, {
        "schedule": Arg(schedules.schedule("linear_decay", lr=0.1, T=4), ((3, TypeError, "a schedule is"), (lambda t: -0.1, ValueError, "gives the rate -0.1 at step 0"),
                                                                        (lambda t: np.nan, ValueError, "gives the rate nan at step 0"))),
        "steps": also(whole(4), (5, ValueError, "linear_decay ends after 4 steps, but the run has 5"))}),
    Call("schedules.scale_learning_rate", schedules.scale_learning_rate, {
        "lr": rate(0.1), "batch": whole(64, 1), "base_batch": whole(32, 1), "power": number(0.5, low=0, high=1)}),
    Call("schedules.satisfies_robbins_monro", schedules.satisfies_robbins_monro, {"kind": choice("power", "there is no schedule"), "power": rate(0.75)}),
    # second order
    Call("second_order.best_step_size", second_order.best_step_size, {"H": also(hessian(H), (np.diag([1.0, 0.0]), ValueError, "H has the eigenvalue 0"))}),
    Call("second_order.newton_step", second_order.newton_step, {
        "g": array(V, shape("g", ONES[:2], "must be (3,)")), "H": hessian(H), "damping": rate(0.1)}),
    Call("second_order.newton", second_order.newton, {
        "value_and_gradient": function(lambda w: (float(w @ H @ w), 2 * H @ w)), "hessian": function(lambda w: 2 * H),
        "w0": array(V, shape("w0", X, "must be a vector")), "steps": whole(3), "damping": rate(0.0), "tolerance": rate(1e-10)}),
    Call("second_order.classify_stationary_point", second_order.classify_stationary_point, {"H": hessian(H), "tol": rate(1e-8)}),
    # sharpness
    Call("sharpness.ascent_perturbation", sharpness.ascent_perturbation, {"grads": array(V), "rho": rate(0.1)}),
    Call("sharpness.sam_gradient", sharpness.sam_gradient, {"loss_grad": function(both), "w": loose(V), "rho": rate(0.1)}),
    Call("sharpness.sam_step", sharpness.sam_step, {"loss_grad": function(both), "w": loose(V), "lr": rate(0.1), "rho": rate(0.1)}),
    Call("sharpness.m_sam_gradient", sharpness.m_sam_gradient, {
        "loss_grad": function(MODEL.loss_and_gradient), "w": loose(MODEL.init(0)), "X": Arg(X, ((X[:0], ValueError, "X has 0 examples"),), layout=True),
        "y": Arg(LABELS, ((LABELS[:2], ValueError, "X has 6 examples and y 2"),), layout=True), "rho": rate(0.1),
        "m": also(whole(2, 1), (7, ValueError, "m is 7, but must be at most 6"))}),
    Call("sharpness.sam_objective", sharpness.sam_objective, {"objective": LANDSCAPE, "rho": rate(0.1)}),
    Call("sharpness.SAM", lambda rule, sam_rho, lr, momentum: sharpness.SAM(rule, V.copy(), sam_rho, lr, momentum=momentum).stepper.w, {
        "rule": RULE, "sam_rho": rate(0.1), "lr": rate(0.1), "momentum": share(0.5)}),
    Call("sharpness.sharpness", sharpness.sharpness, {
        "loss": function(square), "w": array(V), "rho": rate(0.1), "rng": seed(), "starts": whole(1, 1), "steps": whole(2, 1), "gradient": function(twice)}),
    Call("sharpness.average_sharpness", sharpness.average_sharpness, {
        "loss": function(square), "w": array(V), "rho": rate(0.1), "rng": seed(), "samples": whole(3, 2)}),
    Call("sharpness.power_iteration", sharpness.power_iteration, {
        "hvp": function(product), "n": whole(3, 1), "rng": seed(), "shift": number(0.0), "tol": rate(1e-8), "max_products": whole(9, 1)}),
    Call("sharpness.top_eigenvalue", sharpness.top_eigenvalue, {
        "hvp": function(product), "n": whole(3, 1), "rng": seed(), "which": choice("highest", "must be 'magnitude' or 'highest'")}),
    Call("sharpness.slice_1d", sharpness.slice_1d, {
        "loss": function(square), "w": array(V), "direction": array(W3, shape("direction", ONES[:2], *LIKE_W)), "steps": array([0.0, 1.0], shape("steps", 0.0, "(k,)"))}),
    Call("sharpness.slice_2d", sharpness.slice_2d, {
        "loss": function(square), "w": array(V), "right": array(W3, shape("right", ONES[:2], *LIKE_W)), "up": array(ONES, shape("up", ONES[:2], *LIKE_W)),
        "a": array([0.0, 1.0], (0.0, ("a has shape ()", "(k,)"))), "b": array([0.0, 1.0], (0.0, ("b has shape ()", "(k,)")))}),
    Call("sharpness.filter_normalized_direction", sharpness.filter_normalized_direction, {
        "w": array(V), "rng": seed(), "shapes": Arg({"W": (2, 1), "b": (1,)}, (({"W": (2, 2)}, ValueError, "the shapes have room for (4,)"),))}),
    Call("sharpness.rescale_relu", sharpness.rescale_relu, {
        "W1": array(H, shape("W1", ONES, "(inputs, units)")), "W2": array(H, (np.eye(2), ("W2 (2, 2)", "(units, outputs)"))),
        "c": array(ONES, (0.0, "c must be a number above 0"), (ONES[:2], "c must be a number above 0, or 3 of them")), "b1": optional(array(ZEROS, shape("b1", ONES[:2], "3 hidden units")))}),
    # recipes
    Call("recipes.problem", recipes.problem, {"seed": whole(0)}),
    Call("recipes.network", recipes.network, {}),
    Call("recipes.train", recipes.train, {"recipe": Arg(RECIPE, (
        (RECIPE._replace(batch_size=1), ValueError, "batch_size is 1, but must be at least 2"),
        (RECIPE._replace(ghost=1), ValueError, "ghost is 1, but must be at least 2"),
        (RECIPE._replace(ghost=60), ValueError, "ghost is 60, but a minibatch has 50"),
        (RECIPE._replace(rho=-1), ValueError, "rho is -1"),
        (RECIPE._replace(weight_decay=np.nan), ValueError, "weight_decay is nan"),
        (RECIPE._replace(schedule=lambda t: -1.0), ValueError, "schedule(0) is -1, but must be"),
        (RECIPE._replace(rule=lambda *parts: None), ValueError, "rule must return three arrays"))), "budget": whole(2), "seed": whole(0)}),
    # training
    Call("training.fit", training.fit, {
        "model": made(SMALL, "a Model, such as two_layer_network()"), "rule": RULE, "epochs": whole(1), "batch_size": whole(8, 1), "lr": plain(0.01), "seed": whole(0),
        "sam_rho": rate(0.1), "momentum": share(0.5), "data": also(made(FEW, "a Digits, such as digits()"),
            (FEW._replace(X_train=FEW.X_train[:0], y_train=FEW.y_train[:0]), ValueError, "X_train has no examples"),
            (FEW._replace(X_train=FEW.X_train * np.nan), ValueError, "X_train[0, 0] is nan")),
        "patience": whole(3, 1), "max_evaluations": whole(9)}),
]  # fmt: skip
