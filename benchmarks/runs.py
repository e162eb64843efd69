"""A path of 100,000 Adam steps, and a grid of 256 × 256 hyperparameters, against JAX, torch and NumPy.

``make bench`` runs it in the peers' environment.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from _measure import Log, medians

from course_lib.descent import descend, sweep
from course_lib.landscapes import quadratic

jax.config.update("jax_enable_x64", True)
torch.set_num_threads(2)

STEPS = 100_000
TORCH_STEPS = 1_000  # enough to know what a step costs


def rosenbrock(w):
    """Rosenbrock's function, for JAX and for torch."""
    return (1.0 - w[0]) ** 2 + 100.0 * (w[1] - w[0] ** 2) ** 2


def path_of_jax():
    """Return a run that keeps path and losses, as ours does."""
    transform = optax.adam(1e-3)

    @jax.jit
    def run(w):
        def step(carry, _):
            w, state = carry
            loss, g = jax.value_and_grad(rosenbrock)(w)
            update, state = transform.update(g, state)
            w = optax.apply_updates(w, update)
            return (w, state), (w, loss)

        return jax.lax.scan(step, (w, transform.init(w)), None, length=STEPS)

    start = jnp.array([-1.5, 2.0])
    return lambda: jax.block_until_ready(run(start))


def path_of_torch():
    """Return a loop as one would write it."""

    def run():
        w = torch.tensor([-1.5, 2.0], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([w], lr=1e-3, fused=True)
        for _ in range(TORCH_STEPS):
            optimizer.zero_grad()
            rosenbrock(w).backward()
            optimizer.step()

    return run


RATES, MOMENTA = np.linspace(1e-3, 0.02, 256), np.linspace(0.0, 0.99, 256)
CURVATURES = np.array([1.0, 100.0])


def grid_of_jax():
    """Return vmap over scan, with what ours tells: last loss, step of arrival, step of divergence."""

    def one(lr, rho):
        def step(carry, t):
            w, v, last, reached, diverged = carry
            v = rho * v + CURVATURES * w
            w = w - lr * v
            inside = (jnp.abs(w) <= 1e10).all() & (diverged < 0)
            diverged = jnp.where(inside | (diverged > 0), diverged, t)
            last = jnp.where(inside, 0.5 * jnp.sum(CURVATURES * w * w), last)
            reached = jnp.where((reached < 0) & inside & (last <= 1e-6), t, reached)
            return (w, v, last, reached, diverged), None

        begin = (jnp.ones(2), jnp.zeros(2), 0.5 * CURVATURES.sum(), -1, -1)
        return jax.lax.scan(step, begin, jnp.arange(1, 201))[0][2:]

    run = jax.jit(jax.vmap(jax.vmap(one, (None, 0)), (0, None)))
    return lambda: jax.block_until_ready(run(RATES, MOMENTA))


def grid_of_numpy():
    """Return the same with whole arrays at a time."""

    def run():
        rates, momenta = RATES[:, np.newaxis], MOMENTA
        x, y = np.ones((2, 256, 256))
        vx, vy = np.zeros((2, 256, 256))
        last = np.full((256, 256), 0.5 * CURVATURES.sum())
        reached, diverged = np.full((2, 256, 256), -1)
        for t in range(1, 201):
            vx *= momenta
            vx += CURVATURES[0] * x
            vy *= momenta
            vy += CURVATURES[1] * y
            x -= rates * vx
            y -= rates * vy
            inside = (np.abs(x) <= 1e10) & (np.abs(y) <= 1e10) & (diverged < 0)
            diverged[~inside & (diverged < 0)] = t
            loss = 0.5 * (CURVATURES[0] * x * x + CURVATURES[1] * y * y)
            last = np.where(inside, loss, last)
            reached[(reached < 0) & inside & (last <= 1e-6)] = t
        return last, reached, diverged

    return run


def main() -> None:
    """Measure both."""
    log = Log("runs")
    path = {
        "ours": lambda: descend("rosenbrock", rule="adam", steps=STEPS, lr=1e-3),
        "jax scan": path_of_jax(),
        "torch loop": path_of_torch(),
    }
    seconds = medians(path)
    seconds["torch loop"] *= STEPS / TORCH_STEPS
    log("path of 100,000 Adam steps", STEPS, "float64", seconds)
    bowl = quadratic((1, 100))
    ours = sweep(bowl, rule="momentum", steps=200, grid={"lr": RATES, "momentum": MOMENTA})
    for peer in (grid_of_numpy()(), grid_of_jax()()):
        np.testing.assert_allclose(ours.final_losses, peer[0], rtol=1e-6, atol=1e-12)
        np.testing.assert_array_equal(ours.diverged_at, peer[2])
        # Rounding may bring a run to the tolerance one step sooner or later.
        assert (ours.steps_to_tolerance == peer[1]).mean() > 0.999
    grid = {
        "ours": lambda: sweep(
            bowl, rule="momentum", steps=200, grid={"lr": RATES, "momentum": MOMENTA}
        ),
        "jax vmap + scan": grid_of_jax(),
        "numpy": grid_of_numpy(),
    }
    log("grid of 256 × 256, 200 steps", 256 * 256, "float64", medians(grid))


if __name__ == "__main__":
    main()
