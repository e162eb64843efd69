"""Keeping an answer's process from everything but its own work, as well as this machine can.

Levels, the best first: ``namespaces`` (:mod:`course_lib.grading._namespaces`), then ``rlimits``:
limits, a filter of system calls where there is one, and a supervisor that ends what takes too long.
"""

from __future__ import annotations

import os
import platform
import signal
import tempfile
from pathlib import Path
from typing import Protocol

from . import _seccomp
from .limits import address_space, set_limits
from .task import Limits

LEVELS = ("namespaces", "rlimits")


class Cage(Protocol):
    """What the zygote needs of a sandbox.

    Attributes
    ----------
    level : str
    """

    level: str

    def fork(self, limits: Limits) -> int:
        """Copy this process; return the copy's number, or 0 in the copy."""

    def lock(self, limits: Limits) -> None:
        """Give up, in the copy, all that it does not need; there is no way back."""


class Rlimits:
    """Limits alone."""

    level = "rlimits"

    def __init__(self) -> None:
        self._address_space = address_space()

    def fork(self, limits: Limits) -> int:
        """Copy this process; return the copy's number, or 0 in the copy."""
        return os.fork()

    def lock(self, limits: Limits) -> None:
        """Give up, in the copy, all that it does not need; there is no way back."""
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(tempfile.gettempdir())
        set_limits(limits, self._address_space, alone=False)
        _be_nobody()
        if _seccomp.available():
            from . import _linux

            _linux.die_with_parent()
            _seccomp.apply()


def _be_nobody() -> None:
    """Let nothing run as root, unless Python itself is installed where only root can read it."""
    folders = [*Path(os.__file__).parents, *Path(__file__).parents]
    if os.geteuid() == 0 and all(folder.stat().st_mode & 0o001 for folder in folders):
        nobody = 65534
        os.setgroups([])
        os.setresgid(nobody, nobody, nobody)
        os.setresuid(nobody, nobody, nobody)


def enter(level: str) -> Cage:
    """Build a cage; called once by the zygote, before it makes copies.

    Parameters
    ----------
    level : str
        One of :data:`LEVELS`.

    Returns
    -------
    Cage

    Raises
    ------
    OSError
        If this machine does not allow it. The process may be half-way in by then: end it.
    ValueError
        If there is no such level.

    Examples
    --------
    >>> enter("rlimits").level
    'rlimits'
    """
    if level == "rlimits":
        return Rlimits()
    if level != "namespaces":
        raise ValueError(f"there is no sandbox level {level!r}; there are {', '.join(LEVELS)}.")
    if platform.system() != "Linux":
        raise OSError(f"{platform.system()} has no namespaces")
    from ._namespaces import Namespaces

    return Namespaces(address_space())
