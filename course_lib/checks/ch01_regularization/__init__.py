"""Exercises of chapter 1."""

from __future__ import annotations

from ..exercise import Exercise

ROWS: tuple[Exercise, ...] = ()
