"""Exercises of chapter 3, stochastic gradient descent and its troubles."""

from __future__ import annotations

from ..exercise import Exercise
from .best_step_size import BEST_STEP_SIZE
from .classify_stationary_point import CLASSIFY_STATIONARY_POINT
from .ewma import EWMA
from .gradient_descent import GRADIENT_DESCENT
from .minibatch_gradient import MINIBATCH_GRADIENT
from .minibatches import MINIBATCHES
from .moving_averages import MOVING_AVERAGES
from .newton_step import NEWTON_STEP
from .questions import LARGEST_RATE, NEWTON_AT_A_SADDLE

ROWS: tuple[Exercise, ...] = (
    GRADIENT_DESCENT,
    LARGEST_RATE,
    BEST_STEP_SIZE,
    MINIBATCHES,
    MINIBATCH_GRADIENT,
    EWMA,
    MOVING_AVERAGES,
    CLASSIFY_STATIONARY_POINT,
    NEWTON_AT_A_SADDLE,
    NEWTON_STEP,
)
