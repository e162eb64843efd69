"""Keeping an answer's process from everything but its own work."""

from __future__ import annotations

import os
import signal
import tempfile

from .task import Limits

LEVELS = ("rlimits",)


class Cage:
    """Level ``rlimits``: limits alone, and a supervisor that ends what takes too long.

    Attributes
    ----------
    level : str
    notes : list of str
        Why it is not a better one.
    """

    level = "rlimits"

    def __init__(self) -> None:
        self.notes: list[str] = []

    def fork(self, limits: Limits) -> int:
        """Copy this process; return the copy's number, or 0 in the copy."""
        return os.fork()

    def lock(self, limits: Limits) -> None:
        """Give up, in the copy, all that it does not need; there is no way back."""
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        set_limits(limits)
        os.chdir(tempfile.gettempdir())


def set_limits(limits: Limits) -> None:
    """Limit this process and its children by what every Unix has."""
    import resource

    memory = limits.memory + _address_space()
    for name, value in (
        ("RLIMIT_AS", memory),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", limits.files),
        ("RLIMIT_NOFILE", 64),
        ("RLIMIT_CPU", int(limits.total) + 5),
    ):
        which = getattr(resource, name)
        most = resource.getrlimit(which)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        try:
            resource.setrlimit(which, (value, value))
        except (ValueError, OSError):  # macOS knows no limit of address space
            continue


def _address_space() -> int:
    """Return the bytes of address space that this process has now."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 4 << 30


def enter(level: str = "") -> Cage:
    """Build the best cage there is, or one of the level asked for; called once, before any copy."""
    return Cage()
