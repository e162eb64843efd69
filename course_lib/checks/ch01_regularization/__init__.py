"""Exercises of chapter 1."""

from __future__ import annotations

from ..exercise import Exercise
from .decay import DECAY_STEP
from .freedom import EFFECTIVE_DOF
from .penalty import PENALTY
from .questions import FLAT_DIRECTION, GROWING_RATE
from .ridge import RIDGE_SOLUTION
from .shrinkage import RIDGE_SHRINKAGE
from .soft_threshold import SOFT_THRESHOLD

ROWS: tuple[Exercise, ...] = (
    PENALTY,
    SOFT_THRESHOLD,
    RIDGE_SOLUTION,
    RIDGE_SHRINKAGE,
    FLAT_DIRECTION,
    EFFECTIVE_DOF,
    DECAY_STEP,
    GROWING_RATE,
)
