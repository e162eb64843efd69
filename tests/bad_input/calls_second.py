"""One right call of every public function, from normalization to regularization."""

import numpy as np

from course_lib import (
    descent,
    landscapes,
    normalization,
    optimizers,
    plotting,
    regularization,
)

from .kinds import (
    Arg,
    Call,
    also,
    array,
    choice,
    loose,
    made,
    number,
    optional,
    plain,
    rate,
    share,
    whole,
)
from .samples import (
    CACHE,
    LANDSCAPE,
    LIKE_W,
    ONES,
    RULE,
    STATIC,
    W3,
    ZEROS,
    H,
    V,
    X,
    Y,
    axes,
    column,
    ghost,
    shape,
    spectrum,
    table,
    targets,
    vector,
)

CALLS = [
    # normalization
    Call("normalization.batch_norm_forward", normalization.batch_norm_forward, {
        "X": table(X), "gamma": column(ONES), "beta": column(ZEROS), "eps": number(1e-5, above=0)}),
    Call("normalization.ghost_batch_norm", normalization.ghost_batch_norm, {
        "X": table(X), "g": ghost(4), "gamma": column(ONES), "beta": column(ZEROS), "eps": number(1e-5, above=0)}),
    Call("normalization.ghost_batch_norm_forward", normalization.ghost_batch_norm_forward, {
        "X": table(X), "g": ghost(4), "gamma": column(ONES), "beta": column(ZEROS), "eps": number(1e-5, above=0)}),
    Call("normalization.batch_norm_backward", normalization.batch_norm_backward, {
        "dY": array(X, shape("dY", X[:4], "the batch of the forward pass has shape (6, 3)")), "cache": made(CACHE, "a BatchNormCache, such as batch_norm_forward returns")}),
    Call("normalization.batch_norm_inference", normalization.batch_norm_inference, {
        "X": table(X), "gamma": column(ONES), "beta": column(ZEROS), "running_mean": column(ZEROS),
        "running_var": also(column(ONES), (-ONES, ValueError, "running_var holds -1, but")), "eps": number(1e-5, above=0)}),
    Call("normalization.ghost_statistics", normalization.ghost_statistics, {"X": table(X), "g": ghost(4)}),
    Call("normalization.update_running_statistics", normalization.update_running_statistics, {
        "running_mean": array(ZEROS), "running_var": also(vector(ONES, "running_mean"), (-ONES, ValueError, "running_var holds -1, but")),
        "mean": array(STATIC.mean), "var": also(array(STATIC.var, shape("var", STATIC.var[:, :2], "mean has shape (2, 3)")), (-STATIC.var, ValueError, "var holds -")),
        "sizes": Arg(STATIC.sizes, (([4, 4, 4], ValueError, "sizes must be 2 whole"), ([4.0, 2.0], ValueError, "sizes must be 2 whole"), ([4, 0], ValueError, "each at least 1")), layout=True),
        "momentum": number(0.1, low=0, high=1)}),
    # optimizers
    Call("optimizers.as_optimizer", optimizers.as_optimizer, {"rule": RULE}),
    Call("optimizers.from_function", optimizers.from_function, {"function": Arg(
        lambda w, g, lr=0.1: w - lr * g, ((min, TypeError, "can't see its parameters"), (lambda w, g: w, TypeError, "then lr")))}),
    Call("optimizers.hyperparameters", optimizers.hyperparameters, {
        "rule": plain(optimizers.OPTIMIZERS["adam"]), "given": Arg({"beta1": 0.5}, (
            ({"beta1": 1.0}, ValueError, "beta1 is 1, but must be a finite number from 0 up to, but not including, 1"),
            ({"eps": np.nan}, ValueError, "eps is nan"), ({"beta": 0.5}, TypeError, "adam has no hyperparameter 'beta'")))}),
    Call("optimizers.learning_rates", optimizers.learning_rates, {
        "rule": plain(optimizers.OPTIMIZERS["sgd"]), "steps": whole(3),
        "lr": Arg([0.1, 0.1, 0.1], (([0.1], ValueError, ("lr has shape (1,)", "(3,)")), ([0.1, np.inf, 0.1], ValueError, "lr[1] is inf"),
                                    (-1.0, ValueError, "lr is -1"), ("a", TypeError, "lr must"), ([0.1, -0.1, 0], ValueError, "lr[1] is -0.1")), layout=True)}),
    Call("optimizers.step", optimizers.step, {
        "rule": RULE, "w": loose(V), "g": loose(W3, shape("g", ONES[:2], *LIKE_W)), "t": whole(1, 1), "lr": rate(0.1), "momentum": share(0.5),
        "state": Arg((ONES,), (((ONES, ONES), ValueError, "momentum keeps 1 running"), ((ONES[:2],), ValueError, ("has shape (2,)", "w has shape (3,)"))))}),
    Call("optimizers.Stepper", lambda rule, lr, momentum: optimizers.Stepper(rule, V.copy(), lr, momentum=momentum).lr, {
        "rule": RULE, "lr": rate(0.1), "momentum": share(0.5)}),
    Call("Stepper.update", lambda g, lr: optimizers.Stepper("sgd", V.copy()).update(g, lr), {
        "g": loose(W3, shape("g", ONES[:2], *LIKE_W)), "lr": rate(0.1)}),
    # plotting
    Call("plotting.figure", plotting.figure, {
        "width": number(5.0, low=1, high=20), "height": number(3.0, low=1, high=20), "rows": whole(1, 1), "columns": whole(1, 1)}),
    Call("plotting.contours", plotting.contours, {
        "ax": made(axes(), "an Axes, such as figure() returns"), "objective": also(LANDSCAPE, (landscapes.quadratic([1.0]), ValueError, "contours need 2")), "levels": whole(3, 1)}),
    Call("plotting.path", plotting.path, {"ax": made(axes(), "an Axes, such as figure() returns"), "style": choice("adam", "there is no style"), "descent": Arg(
        descent.descend("quadratic", steps=3), ((3, TypeError, "descent must be a Descent, such as descend() returns, not int"), (descent.descend(landscapes.quadratic([1.0]), steps=3, lr=0.1), ValueError, "must be (k + 1, 2)"),))}),
    Call("plotting.curves", plotting.curves, {
        "ax": made(axes(), "an Axes, such as figure() returns"), "x": loose(V, shape("x", ONES[:2], "expected (points,) and (seeds, points)")), "runs": loose(X), "label": plain("a"),
        "interval": Arg("95 %", (("std", ValueError, "interval is 'std', but must be 'standard error' or '95 %'"),)),
        "style": choice("adam", "there is no style")}),
    Call("plotting.theory", plotting.theory, {"ax": made(axes(), "an Axes, such as figure() returns"), "x": loose(V, shape("x", ONES[:2], "y has shape (3,)")), "y": loose(W3)}),
    Call("plotting.measured", plotting.measured, {
        "ax": made(axes(), "an Axes, such as figure() returns"), "x": loose(V, shape("x", ONES[:2], "y has shape (3,)")), "y": loose(W3),
        "error": optional(loose(ONES, shape("error", ONES[:2], "y has shape (3,)"))), "style": choice("adam", "there is no style")}),
    Call("plotting.legend", lambda ax: plotting.legend(plotting.theory(ax, V, V) if ax != 3 else ax), {
        "ax": made(axes(), "an Axes, such as figure() returns")}),
    Call("plotting.show", plotting.show, {
        "fig": made(plotting.figure()[0], "a Figure, such as figure() returns"),
        "alt": Arg("A line.", (("", ValueError, "alt is empty; say in it what the picture shows"),))}),
    # regularization
    Call("regularization.penalty", regularization.penalty, {
        "W": array(V), "lam": rate(0.1), "kind": choice("elastic_net", "there is no penalty"), "l1_ratio": number(0.5, low=0, high=1),
        "penalized": Arg([True, False, True], (([1, 0, 1], TypeError, "penalized must hold True and False"),
                                               ([True, False], ValueError, ("penalized has shape (2,)", "W, (3,)"))), layout=True)}),
    Call("regularization.penalty: huber", lambda W, delta: regularization.penalty(W, 0.1, "huber", delta=delta), {
        "W": array(V), "delta": number(0.1, above=0)}),
    Call("regularization.soft_threshold", regularization.soft_threshold, {
        "w": array(V), "t": array(ONES, shape("t", ONES[:2], "w, (3,)"), (-1.0, "t is -1, but"), ([-1, 1, 1], "t holds -1, but"))}),
    Call("regularization.proximal", regularization.proximal, {
        "w": array(V), "t": rate(0.1), "kind": choice("elastic_net", "there is no penalty"), "l1_ratio": number(0.5, low=0, high=1)}),
    Call("regularization.proximal: huber", lambda w, delta: regularization.proximal(w, 0.1, "huber", delta=delta), {
        "w": array(V), "delta": number(0.1, above=0)}),
    Call("regularization.ridge_solution", regularization.ridge_solution, {"X": table(X), "y": targets(Y), "alpha": rate(0.1)}),
    Call("regularization.ridge_with_intercept", regularization.ridge_with_intercept, {"X": table(X), "y": targets(Y), "alpha": rate(0.1)}),
    Call("regularization.lasso_alpha_max", regularization.lasso_alpha_max, {
        "X": table(X), "y": targets(Y), "l1_ratio": also(number(0.5, low=0, high=1), (0.0, ValueError, "l1_ratio is 0, but must be above 0"))}),
    Call("regularization.lasso_path", regularization.lasso_path, {
        "X": table(X), "y": targets(Y), "alphas": optional(array([0.1, 0.2], ([], "one or more numbers"), ([-1.0], "each at least 0"))),
        "l1_ratio": number(0.5, low=0, high=1), "tol": rate(1e-8), "max_sweeps": whole(99, 1)}),
    Call("regularization.lasso_solution", regularization.lasso_solution, {
        "X": table(X), "y": targets(Y), "alpha": rate(0.1), "l1_ratio": number(0.5, low=0, high=1)}),
    Call("regularization.shrinkage_factors", regularization.shrinkage_factors, {"eigenvalues": spectrum([0.5, 2.0]), "alpha": rate(0.1)}),
    Call("regularization.effective_dof", regularization.effective_dof, {"eigenvalues": spectrum([0.5, 2.0]), "alpha": rate(0.1)}),
    Call("regularization.ridge_shrinkage", regularization.ridge_shrinkage, {
        "H": array(H, shape("H", np.eye(2), "(n, n) and (n,) are needed"), (np.triu(H), "H must be symmetric"), (-H, "eigenvalues holds -")),
        "w_star": array(V, (ONES[:2], ("w_star (2,)", "(n, n) and (n,) are needed"))), "alpha": rate(0.1)}),
    Call("regularization.decay_step", regularization.decay_step, {
        "w": array(V), "g": vector(W3, "w"), "lr": rate(0.1), "lam": rate(0.1)}),
    Call("regularization.early_stopping_factors", regularization.early_stopping_factors, {
        "eigenvalues": array([0.5, 2.0]), "lr": rate(0.1), "steps": whole(3)}),
    Call("regularization.early_stopping_alpha", regularization.early_stopping_alpha, {"lr": number(0.1, above=0), "steps": whole(3, 1)}),
]  # fmt: skip
