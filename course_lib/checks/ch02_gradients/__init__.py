"""Exercises of chapter 2."""

from __future__ import annotations

from ..exercise import Exercise

ROWS: tuple[Exercise, ...] = ()
