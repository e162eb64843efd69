"""Bounds between which hyperparameters are drawn."""

from __future__ import annotations

RATE = (0.05, 0.3)
DECAY_RATE = (0.6, 0.95)
EPS = (1e-4, 1e-3)  # large enough to be seen next to a small gradient
