"""Exercises of chapter 2, numerical and analytic gradients."""

from __future__ import annotations

from ..exercise import Exercise
from .complex_step import COMPLEX_STEP
from .differences import NUMERICAL_GRADIENT
from .gradient_check import GRADIENT_CHECK
from .questions import BEST_H, GRADIENT_COST
from .relative_error import RELATIVE_ERROR
from .softmax import SOFTMAX_LOSS
from .two_layer import TWO_LAYER_BACKWARD

ROWS: tuple[Exercise, ...] = (
    NUMERICAL_GRADIENT,
    COMPLEX_STEP,
    RELATIVE_ERROR,
    BEST_H,
    GRADIENT_CHECK,
    SOFTMAX_LOSS,
    TWO_LAYER_BACKWARD,
    GRADIENT_COST,
)
