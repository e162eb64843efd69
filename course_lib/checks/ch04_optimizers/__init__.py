"""Exercises of chapter 4, from momentum to AdamW."""

from __future__ import annotations

from ..exercise import Exercise
from .adam import ADAM_STEP
from .adamw import ADAMW_STEP
from .momentum import MOMENTUM_STEP
from .rmsprop import RMSPROP_STEP

ROWS: tuple[Exercise, ...] = (MOMENTUM_STEP, RMSPROP_STEP, ADAM_STEP, ADAMW_STEP)
