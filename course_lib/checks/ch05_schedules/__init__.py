"""Exercises of chapter 5, learning-rate schedules."""

from __future__ import annotations

from ..exercise import Exercise
from .cosine_decay import COSINE_DECAY
from .exponential_decay import EXPONENTIAL_DECAY
from .inverse_sqrt import INVERSE_SQRT
from .linear_decay import LINEAR_DECAY
from .questions import FLOOR_AFTER_HALVING, LONGER_WAY
from .robbins_monro import SATISFIES_ROBBINS_MONRO
from .scaling import SCALE_LEARNING_RATE
from .step_decay import STEP_DECAY
from .warmup import WITH_WARMUP

ROWS: tuple[Exercise, ...] = (
    FLOOR_AFTER_HALVING,
    STEP_DECAY,
    EXPONENTIAL_DECAY,
    LINEAR_DECAY,
    COSINE_DECAY,
    LONGER_WAY,
    INVERSE_SQRT,
    WITH_WARMUP,
    SCALE_LEARNING_RATE,
    SATISFIES_ROBBINS_MONRO,
)
