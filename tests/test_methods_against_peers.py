"""Every method against what other libraries give for it: one table, recorded by `make oracles`."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest

from course_lib import gradients, normalization, sharpness
from course_lib.models import two_layer_network
from course_lib.regularization import lasso_path, penalty, ridge_with_intercept
from course_lib.schedules import chain, schedule, with_warmup

ROWS = json.loads((Path(__file__).parent / "oracles" / "methods.json").read_text())


def wave(x):
    """The loss that tests/oracles/methods.py has too."""
    return np.sum(np.sin(x) * np.exp(0.3 * x)) + np.sum(x**3) / 3


def d_wave(x):
    """The gradient of wave(x) + x₀² x₁, of which the Hessian isn't diagonal."""
    slope = np.exp(0.3 * x) * (np.cos(x) + 0.3 * np.sin(x)) + x**2
    slope[:2] += [2 * x[0] * x[1], x[0] ** 2]
    return slope


def ghost_norm_everything(X, gamma, beta, dY, g, eps):
    """Return Y, dX, dgamma, dbeta and the running statistics, in one row."""
    Y, cache = normalization.ghost_batch_norm_forward(X, g, gamma, beta, eps)
    running = normalization.update_running_statistics(
        np.zeros(3), np.ones(3), cache.mean, cache.var, cache.sizes
    )
    parts = Y, *normalization.batch_norm_backward(dY, cache), *running
    return np.concatenate([np.ravel(part) for part in parts])


# Where one row of the table needs more than one call of ours.
COMPOSED = {
    "warmup_cosine": lambda t, lr, T, warmup: with_warmup(
        schedule("cosine_decay", lr=lr, T=T), warmup
    )(t),
    "chain_of_three": lambda t, lr: chain(
        (schedule("constant", lr=lr), 4),
        (schedule("exponential_decay", lr=lr, factor=0.9), 8),
        (schedule("linear_decay", lr=lr, T=10), None),
    )(t),
    "ridge_intercept_last": lambda **given: np.append(*ridge_with_intercept(**given)),
    "lasso_path_w": lambda **given: lasso_path(**given).w,
    "forward_difference_of_wave": lambda **given: gradients.forward_difference(wave, **given),
    "numerical_gradient_of_wave": lambda **given: gradients.numerical_gradient(wave, **given),
    "complex_step_of_wave": lambda **given: gradients.complex_step(wave, **given),
    "hessian_of_wave": lambda **given: gradients.hessian(d_wave, **given),
    "hessian_vector_product_of_wave": lambda **given: gradients.hessian_vector_product(
        d_wave, **given
    ),
    "ghost_norm_everything": ghost_norm_everything,
    "sam_network": lambda w, X, y, rho: sharpness.sam_gradient(
        lambda v: two_layer_network(4, 5, 3, "tanh").loss_and_gradient(v, np.array(X), np.array(y)),
        w,
        rho,
    )[1],
    "sharpness_of_quadratic": lambda curvatures, w, rho: sharpness.sharpness(
        lambda v: 0.5 * float(curvatures @ v**2),
        w,
        rho,
        gradient=lambda v: np.array(curvatures) * v,
        steps=300,
    ),
    "top_eigenvalue_of_matrix": lambda H: sharpness.top_eigenvalue(
        lambda v: np.array(H) @ v, len(H)
    ),
    "network_gradient": lambda **given: gradients.network_gradient(
        two_layer_network(4, 5, 3, "tanh"), **given
    ),
    "penalty_flat": lambda **given: np.append(*penalty(**given)),
}


def ours(name):
    if name in COMPOSED:
        return COMPOSED[name]
    module, function = name.split(".")
    return getattr(importlib.import_module(f"course_lib.{module}"), function)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['ours']} = {row['peer']}")
def test_same_as_the_peer(row):
    found = ours(row["ours"])(**row["arguments"])
    np.testing.assert_allclose(found, row["expected"], rtol=row["rtol"], atol=row["atol"])
