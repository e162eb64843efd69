"""The exercise of chapter 8: a recipe that trains on noisy digits within a budget."""

from __future__ import annotations

from ..exercise import Exercise
from .capstone import CAPSTONE
from .questions import NOISY_ACCURACY, RUN_IN_EPOCHS

ROWS: tuple[Exercise, ...] = (RUN_IN_EPOCHS, NOISY_ACCURACY, CAPSTONE)
