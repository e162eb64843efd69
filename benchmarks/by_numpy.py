"""What is measured of NumPy: whole arrays at a time, in place (a process of :mod:`_measure`)."""

from __future__ import annotations

import numpy as np
from tasks import CURVATURES, FAR_AWAY, TOLERANCE, momenta, rates


def prepare(task):
    """Return NumPy's way to do a task; it has one for grids of momentum."""
    if (task["what"], task.get("rule")) != ("grid", "momentum"):
        return {}

    def run(calls):
        for _ in range(calls):
            _grid(task["size"], task["steps"])

    return {"numpy": run}


def _grid(size, steps):
    """Run every point of the grid."""
    lr, rho, curvatures = rates(size)[:, np.newaxis], momenta(size), CURVATURES
    x, y = np.ones((2, size, size))
    vx, vy = np.zeros((2, size, size))
    last = np.full((size, size), 0.5 * sum(curvatures))
    reached, diverged = np.full((2, size, size), -1)
    for t in range(1, steps + 1):
        vx *= rho
        vx += curvatures[0] * x
        vy *= rho
        vy += curvatures[1] * y
        x -= lr * vx
        y -= lr * vy
        inside = (np.abs(x) <= FAR_AWAY) & (np.abs(y) <= FAR_AWAY) & (diverged < 0)
        diverged[~inside & (diverged < 0)] = t
        loss = 0.5 * (curvatures[0] * x * x + curvatures[1] * y * y)
        last = np.where(inside, loss, last)
        reached[(reached < 0) & inside & (last <= TOLERANCE)] = t
    return last, reached, diverged


def grid_result():
    """Return what the small grid comes to."""
    return [part.tolist() for part in _grid(16, 200)]
