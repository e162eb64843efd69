"""A path of 100,000 Adam steps, and grids of 256 × 256 hyperparameters, against JAX, torch and NumPy.

``make bench`` runs it in the peers' environment.
"""

from __future__ import annotations

import itertools
from contextlib import ExitStack

import numpy as np
from _measure import QUICK, SECONDS, Log, Process, take_turns

STEPS = 100_000
SIZE = 32 if QUICK else 256


def agree(processes) -> None:
    """Stop if a small grid does not come to the same everywhere."""
    losses, reached, diverged = (
        [np.array(part) for part in parts]
        for parts in zip(*(process.tell("grid_result") for process in processes), strict=True)
    )
    for a, b in itertools.pairwise(range(len(processes))):
        np.testing.assert_allclose(losses[a], losses[b], rtol=1e-6, atol=1e-12)
        np.testing.assert_array_equal(diverged[a], diverged[b])
        # Rounding may bring a run to the tolerance one step sooner or later.
        assert (reached[a] == reached[b]).mean() > 0.98


def main() -> None:
    """Measure both."""
    log = Log("runs")
    with ExitStack() as stack:
        ours, jax, torch, numpy = (
            stack.enter_context(Process(f"by_{who}")) for who in ("ours", "jax", "torch", "numpy")
        )
        # A call after a rest is slower than one that follows another: by how much differs between libraries.
        for turn in (SECONDS, 10 * SECONDS):
            name = f"path of 100,000 Adam steps, in turns of {1000 * turn:g} ms"
            if not log.known(name, STEPS, "float64"):
                task = {"what": "path", "steps": STEPS}
                seconds = take_turns([ours, jax, torch], task, turn)
                seconds["torch loop"] *= 100
                log.compare(name, STEPS, "float64", seconds)
        agree([ours, jax, numpy])
        for rule in ("momentum", "adam"):
            name = f"grid of {SIZE} × {SIZE}, 200 steps of {rule}"
            if not log.known(name, SIZE**2, "float64"):
                task = {"what": "grid", "rule": rule, "size": SIZE, "steps": 200}
                log.compare(name, SIZE**2, "float64", take_turns([ours, jax, numpy], task))
    log.finish()


if __name__ == "__main__":
    main()
