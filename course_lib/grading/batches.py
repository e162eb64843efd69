"""Cells that are run together: how many are said at once, which was at work, what came of each.

Most cells only define functions. To wait for each of them would take longer than they do.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from .proxy import Ended, Proxy
from .task import Kind, Limits

Cell = tuple[str, Kind, str]
"""Name, kind, text: as in :attr:`course_lib.grading.task.Task.cells`."""

_TOGETHER = 48 << 10  # bytes of the cells that are said at once


def together(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Return the first cells, as far as they are small together; a test alone: cells before it are not to know it."""
    if cells[0][1] == "test":
        return cells[:1]
    sizes = itertools.accumulate(sum(map(len, cell)) for cell in cells)
    pairs = zip(cells, sizes, strict=True)
    some = itertools.takewhile(lambda pair: pair[0][1] != "test" and pair[1] <= _TOGETHER, pairs)
    return [cell for cell, _ in some] or cells[:1]


def running(cells: Sequence[Cell], done: int, proxy: Proxy) -> Cell:
    """Return the cell that was at work: what it tells of itself can only blame another of its own."""
    return cells[min(max(done, proxy.line.noted()), len(cells) - 1)]


def rows_of(reply: tuple[Any, ...], most: int) -> tuple[Any, ...]:
    """Return what several cells led to, if it is told in the right form."""
    match reply:
        case ("ran", tuple(rows)) if 0 < len(rows) <= most:
            return rows
    raise Ended("what came back is no answer")


def checked(row: Any, limits: Limits) -> tuple[str, str, tuple[bytes, ...], float, str]:
    """Return what a cell led to, if it is told in the right form."""
    match row:
        case (str(text), str(error), tuple(images), float(seconds), str(value)):
            if all(type(image) is bytes for image in images):
                most = limits.output
                small = tuple(image for image in images if len(image) <= most)
                return text[: most + 100], error[:500], small, seconds, value[:40]
    raise Ended("what came back is no answer")
