"""Exercises of chapter 7."""

from __future__ import annotations

from ..exercise import Exercise

ROWS: tuple[Exercise, ...] = ()
