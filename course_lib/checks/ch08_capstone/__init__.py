"""Exercises of chapter 8."""

from __future__ import annotations

from ..exercise import Exercise

ROWS: tuple[Exercise, ...] = ()
