"""The top eigenvalue of a Hessian. Functions whose names begin with an underscore are right."""

from __future__ import annotations

import copy

import numpy as np

from ..exercise import Failure
from ..rows import exercise, form_of, prop
from .draws import product_with
from .eigenvalue_mistakes import MISTAKES


def _top_eigenvalue(hvp, n, rng, steps):
    v = rng.standard_normal(n)
    for _ in range(steps):
        v = hvp(v)
        length = np.sqrt(np.sum(v**2))
        if length == 0:
            return 0.0
        v = v / length
    return v @ hvp(v)


def _normalized_start(hvp, n, rng, steps):
    v = rng.normal(size=n)
    v /= np.linalg.norm(v)
    product = hvp(v)
    for _ in range(steps):
        if not product.any():
            break
        v = product / np.linalg.norm(product)
        product = hvp(v)
    return float(np.dot(v, product))


def _quotient(hvp, n, rng, steps):
    v = rng.standard_normal((n,))
    for _ in range(steps):
        v = hvp(v)
        largest = np.abs(v).max()
        if largest == 0:
            return 0
        v = v / largest
    return (v @ hvp(v)) / (v @ v)


def _stops_early(hvp, n, rng, steps):
    v = rng.standard_normal(n)
    for _ in range(steps):
        v = hvp(v)
        length = np.linalg.norm(v)
        if length == 0:
            return 0.0
        new = v / length
        product = hvp(new)
        if np.linalg.norm(product - (new @ product) * new) < 1e-13 * np.linalg.norm(product):
            return new @ product
        steps -= 1
        v = product
        break
    for _ in range(steps):
        length = np.linalg.norm(v)
        if length == 0:
            return 0.0
        new = v / length
        v = hvp(new)
    return new @ v


def _loop(hvp, n, rng, steps):
    v = [float(number) for number in rng.standard_normal(n)]
    for _ in range(steps):
        product = hvp(np.array(v))
        length = sum(float(number) ** 2 for number in product) ** 0.5
        if length == 0.0:
            return 0.0
        v = [float(number) / length for number in product]
    return sum(a * float(b) for a, b in zip(v, hvp(np.array(v)), strict=True))


def _recursive(hvp, n, rng, steps):
    def iterate(v, left):
        product = hvp(v)
        if left == 0:
            return np.inner(v, product)
        length = np.hypot.reduce(product)
        return iterate(product / length, left - 1) if length > 0 else 0.0

    v = rng.standard_normal(n)
    return np.array(iterate(v / np.linalg.norm(v), steps))


def _arguments(rng, eigenvalues=(3.0, 1.0), steps=2):
    """Draw a symmetric matrix with these eigenvalues, its axes turned at random."""
    n = len(eigenvalues)
    axes = np.linalg.qr(rng.standard_normal((n, n)))[0]
    H = axes * np.asarray(eigenvalues) @ axes.T
    if n == 2:
        H = np.round(H, 2)
    H = (H + H.T) / 2
    return product_with(H), n, np.random.default_rng(int(rng.integers(1_000_000))), steps


def random_start(trial):
    """It starts in the direction of rng.standard_normal(n)."""
    args = _arguments(trial.rng(1))
    trial.call(*args)
    if not trial.seen["hvp"]:
        raise Failure("hvp was never called.", trial.name_arguments(args))
    first = np.asarray(trial.seen["hvp"][0][0], dtype=np.float64)
    start = copy.deepcopy(args[2]).standard_normal(args[1])
    off = abs(first @ start) - np.sqrt(np.sum(first**2) * np.sum(start**2))
    if abs(off) > 1e-9 * np.sum(start**2) * (1 + np.sum(first**2)):
        raise Failure(
            "The first vector that hvp was called with does not point along rng.standard_normal(n).",
            trial.name_arguments(args),
            start,
            first,
            "first v",
        )


def few_steps(trial):
    """After each step v is H v / ‖H v‖; the result is vᵀ H v for the last v."""
    rng = trial.rng(2)
    for steps in (1, 2, 3):
        when = " for steps = 1" if steps == 1 else f" for {steps} steps"
        trial.compare(*_arguments(rng, (3.0, 1.0), steps), when=when)
        trial.compare(*_arguments(rng, (2.5, 1.5, -0.5), steps), when=when)


def many_steps(trial):
    """Many steps neither overflow nor vanish, and find the eigenvalue furthest from zero."""
    rng = trial.rng(3)
    for top, rest in ((40.0, (9.0, 4.0)), (0.02, (0.005, -0.003))):
        args = _arguments(rng, (top, *rest), 250)
        (found,) = trial.compare(*args, when=" for 250 steps")
        trial.expect(found, np.array(top), "eigenvalue", args, " for 250 steps")
    if trial.hidden:
        trial.compare(*_arguments(rng, (1e6, 2e5, -3e5, 1e5, 0.0), 120), when=" for 120 steps")
        trial.compare(*_arguments(rng, (1e-5, 1e-6), 120), when=" for 120 steps")


def sign_kept(trial):
    """A negative eigenvalue comes out negative."""
    rng = trial.rng(4)
    for steps in (1, 30):
        args = _arguments(rng, (-3.0, -1.0), steps)
        trial.compare(*args, when=" for a matrix with negative eigenvalues")
    trial.compare(*_arguments(rng, (1.0, -4.0, 0.5), 60), when=" where −4 is furthest from zero")


def flat_ground(trial):
    """Where H v is zero, the result is zero."""
    rng = trial.rng(5)
    for n in (1, 3):
        args = (product_with(np.zeros((n, n))), n, np.random.default_rng(int(rng.integers(99))), 3)
        trial.compare(*args, when=" for a matrix of zeros")


def any_size(trial):
    """It works for one weight and for many."""
    rng = trial.rng(6)
    trial.compare(*_arguments(rng, (1.7,), 2), when=" for n = 1")
    for n in (6, *((25, 60) if trial.hidden else ())):
        eigenvalues = np.r_[-2.5, rng.uniform(-1.0, 1.2, size=n - 1)]
        trial.compare(*_arguments(rng, eigenvalues, 3), when=f" for n = {n}")


def few_products(trial):
    """hvp is called at most steps + 1 times."""
    args = _arguments(trial.rng(7), steps=4)
    trial.call(*args)
    if trial.calls["hvp"] > 5:
        raise Failure(
            f"hvp was called {trial.calls['hvp']} times for 4 steps; 5 are enough: keep each product "
            "in a variable.",
            trial.name_arguments(args),
        )


def _cases(rng):
    flat = (product_with(np.zeros((2, 2))), 2, np.random.default_rng(5), 2)
    return [
        _arguments(rng, (3.0, 1.0), 2), _arguments(rng, (-2.0, 1.0, 0.7), 3),
        _arguments(rng, (40.0, 9.0), 250), flat,
    ]  # fmt: skip


TOP_EIGENVALUE = exercise(
    "top_eigenvalue",
    "06_sharpness",
    title="The top eigenvalue by power iteration",
    points=6,
    section="sec-top-eigenvalue",
    parameters=("hvp", "n", "rng", "steps"),
    returns=("eigenvalue",),
    kinds=("number",),
    reference=_top_eigenvalue,
    cases=_cases,
    properties=(
        form_of("It returns one number.", _arguments),
        prop(random_start),
        prop(few_steps, after="random_start", weight=2),
        prop(many_steps, after="few_steps"),
        prop(sign_kept, after="few_steps"),
        prop(flat_ground, after="few_steps"),
        prop(any_size, after="few_steps"),
        prop(few_products, after="few_steps"),
    ),
    misconceptions=MISTAKES,
    correct=(_normalized_start, _quotient, _stops_early, _loop, _recursive),
)
