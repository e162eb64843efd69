"""Exercises of chapter 7, large batches and ghost batches."""

from __future__ import annotations

from ..exercise import Exercise
from .backward import BATCH_NORM_BACKWARD
from .forward import BATCH_NORM_FORWARD
from .ghosts import GHOST_BATCH_NORM
from .noise import NOISE_SCALE
from .parts import ACCUMULATE_GRADIENTS
from .questions import FOUR_PARTS, GHOST_NOISE
from .running import UPDATE_RUNNING_STATISTICS

ROWS: tuple[Exercise, ...] = (
    ACCUMULATE_GRADIENTS,
    FOUR_PARTS,
    NOISE_SCALE,
    BATCH_NORM_FORWARD,
    BATCH_NORM_BACKWARD,
    GHOST_NOISE,
    GHOST_BATCH_NORM,
    UPDATE_RUNNING_STATISTICS,
)
