"""What is measured of JAX and optax, in double precision where asked (a process of :mod:`_measure`)."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optax
from tasks import CURVATURES, FAR_AWAY, LR, TOLERANCE, momenta, rates, weights_and_gradient

jax.config.update("jax_enable_x64", True)

OPTIMIZERS = {
    "sgd": lambda lr: optax.sgd(lr), "momentum": lambda lr: optax.sgd(lr, momentum=0.9),
    "nesterov": lambda lr: optax.sgd(lr, momentum=0.9, nesterov=True), "adagrad": optax.adagrad,
    "rmsprop": lambda lr: optax.rmsprop(lr, decay=0.99), "adadelta": optax.adadelta,
    "adam": optax.adam, "adamw": lambda lr: optax.adamw(lr, weight_decay=0.01),
    "adam_l2": lambda lr: optax.chain(optax.add_decayed_weights(0.01), optax.adam(lr)),
    "radam": optax.radam,
}  # fmt: skip


def prepare(task):
    """Return JAX's way to do a task."""
    return globals()[task["what"]](**{k: v for k, v in task.items() if k != "what"})


def step(rule, n, dtype):
    """One jitted step that reuses the memory of weights and state; waits at the end of a turn only."""
    transform = OPTIMIZERS[rule](LR)
    w, g = map(jnp.array, weights_and_gradient(n, dtype))
    held = [w, transform.init(w)]

    def one(w, state, g):
        update, state = transform.update(g, state, w)
        return optax.apply_updates(w, update), state

    jitted = jax.jit(one, donate_argnums=(0, 1))

    def run(calls):
        w, state = held
        for _ in range(calls):
            w, state = jitted(w, state, g)
        w.block_until_ready()
        held[:] = w, state

    return {"optax": run}


def path(steps):
    """A run that keeps path and losses, as ours does."""
    transform = optax.adam(1e-3)

    def rosenbrock(w):
        return (1.0 - w[0]) ** 2 + 100.0 * (w[1] - w[0] ** 2) ** 2

    @jax.jit
    def whole(w):
        def step(carry, _):
            w, state = carry
            loss, g = jax.value_and_grad(rosenbrock)(w)
            update, state = transform.update(g, state)
            w = optax.apply_updates(w, update)
            return (w, state), (w, loss)

        return jax.lax.scan(step, (w, transform.init(w)), None, length=steps)

    start = jnp.array([-1.5, 2.0])

    def run(calls):
        for _ in range(calls):
            jax.block_until_ready(whole(start))

    return {"jax scan": run}


def _grid(rule, steps):
    """Return vmap over scan, with what ours tells: last loss, step of arrival, step of divergence."""
    curvatures = jnp.array(CURVATURES)

    def one(lr, rho):
        kinds = {
            "momentum": lambda: optax.sgd(lr, momentum=rho),
            "adam": lambda: optax.adam(lr, b1=rho),
        }
        transform = kinds[rule]()

        def step(carry, t):
            w, state, last, reached, diverged = carry
            update, state = transform.update(curvatures * w, state, w)
            w = w + update
            inside = (jnp.abs(w) <= FAR_AWAY).all() & (diverged < 0)
            diverged = jnp.where(inside | (diverged > 0), diverged, t)
            last = jnp.where(inside, 0.5 * jnp.sum(curvatures * w * w), last)
            reached = jnp.where((reached < 0) & inside & (last <= TOLERANCE), t, reached)
            return (w, state, last, reached, diverged), None

        w = jnp.ones(2)
        begin = (w, transform.init(w), 0.5 * curvatures.sum(), -1, -1)
        return jax.lax.scan(step, begin, jnp.arange(1, steps + 1))[0][2:]

    return jax.jit(jax.vmap(jax.vmap(one, (None, 0)), (0, None)))


def grid(rule, size, steps):
    """A grid of learning rates and momenta (of Adam: beta1)."""
    whole, axes = _grid(rule, steps), (jnp.array(rates(size)), jnp.array(momenta(size)))

    def run(calls):
        for _ in range(calls):
            jax.block_until_ready(whole(*axes))

    return {"jax vmap + scan": run}


def grid_result():
    """Return what the small grid comes to."""
    return [part.tolist() for part in _grid("momentum", 200)(rates(16), momenta(16))]
