"""Exercises of chapter 6, sharpness-aware minimization."""

from __future__ import annotations

from ..exercise import Exercise
from .eigenvalue import TOP_EIGENVALUE
from .perturbation import ASCENT_PERTURBATION
from .questions import CHANGED_BY_RESCALING, TWO_CYCLE
from .rescaling import RESCALE_RELU
from .sam import SAM_STEP
from .worst_case import SHARPNESS

ROWS: tuple[Exercise, ...] = (
    ASCENT_PERTURBATION,
    SAM_STEP,
    TWO_CYCLE,
    SHARPNESS,
    TOP_EIGENVALUE,
    RESCALE_RELU,
    CHANGED_BY_RESCALING,
)
