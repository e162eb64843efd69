"""Memory that several threads read and write, by its address. For compiled code alone.

What these come to when compiled stands with all else that numba must be told. The order of what different
threads see is that of one thread after the other (sequentially consistent).
"""

from __future__ import annotations

from typing import Any

from .policy import Array


def memory(address: int, shape: Any, dtype: Any) -> Array:
    """Return the array at an address."""
    raise NotImplementedError("memory by its address is for compiled code")


def load(address: int) -> int:
    """Read an int64 that other threads change."""
    raise NotImplementedError("atomic operations are for compiled code")


def store(address: int, value: int) -> None:
    """Write an int64 that other threads read; they see everything that was written before it, too."""
    raise NotImplementedError("atomic operations are for compiled code")


def add(address: int, value: int) -> int:
    """Add to an int64 that other threads change; return what it was before."""
    raise NotImplementedError("atomic operations are for compiled code")


def replace(address: int, old: int, new: int) -> bool:
    """Write ``new`` if the int64 is ``old``, in one go; return whether it was."""
    raise NotImplementedError("atomic operations are for compiled code")


def nap() -> None:
    """Let the processor do something else for a twentieth of a millisecond."""
    raise NotImplementedError("naps are for compiled code")
