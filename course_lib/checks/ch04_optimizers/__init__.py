"""Exercises of chapter 4, from momentum to AdamW and RAdam."""

from __future__ import annotations

from ..exercise import Exercise
from .adadelta import ADADELTA_STEP
from .adagrad import ADAGRAD_STEP
from .adam import ADAM_STEP
from .adamw import ADAMW_STEP
from .convert import CONVERT_MOMENTUM
from .momentum import MOMENTUM_STEP
from .nesterov import NESTEROV_STEP
from .questions import FIRST_ADAM_STEP, MOMENTUM_TOP_SPEED
from .radam import RADAM_STEP
from .rmsprop import RMSPROP_STEP

ROWS: tuple[Exercise, ...] = (
    MOMENTUM_STEP,
    MOMENTUM_TOP_SPEED,
    CONVERT_MOMENTUM,
    NESTEROV_STEP,
    ADAGRAD_STEP,
    RMSPROP_STEP,
    ADADELTA_STEP,
    ADAM_STEP,
    FIRST_ADAM_STEP,
    ADAMW_STEP,
    RADAM_STEP,
)
