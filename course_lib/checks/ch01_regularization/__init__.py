"""Exercises of chapter 1."""

from __future__ import annotations

from ..exercise import Exercise
from .penalty import PENALTY
from .soft_threshold import SOFT_THRESHOLD

ROWS: tuple[Exercise, ...] = (PENALTY, SOFT_THRESHOLD)
