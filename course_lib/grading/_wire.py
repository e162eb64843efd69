"""What both ends of the wire know: limits, the functions they lend each other, the form of a dtype."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

NODES = 100_000
DEPTH = 30
TEXT = 2 << 20
BYTES = 32 << 20
LONGEST_NAME = 60

DTYPE = re.compile(r"[<>|=][biufcSUmM]\d{1,4}(\[\d{0,4}\w{1,2}\])?")
NUMBERS = "biufc"


class WireError(ValueError):
    """What came is not a value; what was to be sent can't be. The message says why."""


class Functions:
    """The functions that two sides know of each other. Each side has one.

    Parameters
    ----------
    make : callable
        ``make(number, type, name, docstring)`` returns a function that calls the other side's.

    Attributes
    ----------
    offered : dict of int to callable
        What the other side may call.
    """

    def __init__(self, make: Callable[[int, str, str, str], Any]) -> None:
        self.make = make
        self.offered: dict[int, Any] = {}
        self._count = 0

    def clear(self) -> None:
        """Take back all that is offered, and count from 1 again: equal conversations have equal numbers."""
        self.offered.clear()
        self._count = 0

    def offer(self, function: Any) -> int:
        """Return the number by which the other side may call a function from now on."""
        self._count += 1
        self.offered[self._count] = function
        return self._count
