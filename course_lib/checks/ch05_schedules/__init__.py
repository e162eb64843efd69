"""Exercises of chapter 5."""

from __future__ import annotations

from ..exercise import Exercise

ROWS: tuple[Exercise, ...] = ()
