"""Keeping an answer's process from everything but its own work, as well as this machine can.

Levels, the best first: ``namespaces`` (:mod:`course_lib.grading._namespaces`); ``bubblewrap``
(:mod:`course_lib.grading._bubblewrap`); ``rlimits``: limits and a supervisor that ends what takes too long,
and on Linux a filter of system calls, and no files but Python's own where the kernel has Landlock.
"""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from . import _seccomp
from ._leftovers import remove
from .limits import address_space, set_limits
from .task import Limits

LEVELS = ("namespaces", "bubblewrap", "rlimits")
_NOBODY = 65534


def is_enough(level: str, least: str) -> bool:
    """Whether a level of the sandbox is at least another.

    Examples
    --------
    >>> is_enough("namespaces", "rlimits"), is_enough("rlimits", "namespaces")
    (True, False)
    """
    return not least or LEVELS.index(level) <= LEVELS.index(least)


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

    def tidy(self, number: int) -> None:
        """Remove what a copy that has ended left behind."""


class Rlimits:
    """Limits, and a folder for each copy.

    Parameters
    ----------
    level : str
    used : int
        Bytes of address space that this process has.
    """

    def __init__(self, level: str, used: int) -> None:
        from ._root import needed

        self.level = level
        self._used = used
        self._readable = tuple(needed())
        self._folders: dict[int, str] = {}
        self._own = ""
        self._root = os.geteuid() == 0 if hasattr(os, "geteuid") else False
        # Where Python itself is installed so that only root can read it, root without rights must do.
        folders = (*Path(os.__file__).parents, *Path(__file__).parents)
        self._nobody = self._root and all(folder.stat().st_mode & 0o001 for folder in folders)

    def fork(self, limits: Limits) -> int:
        """Copy this process; return the copy's number, or 0 in the copy."""
        folder = tempfile.mkdtemp(prefix="course-")
        self._own = os.path.join(folder, "own")
        os.mkdir(self._own, 0o700)
        if self._nobody:
            os.chmod(folder, 0o711)
            os.chown(self._own, _NOBODY, _NOBODY)
        number = os.fork()
        if number:
            self._folders[number] = folder
        return number

    def tidy(self, number: int) -> None:
        """Remove what a copy that has ended left behind."""
        remove(self._folders.pop(number))

    def lock(self, limits: Limits) -> None:
        """Give up, in the copy, all that it does not need; there is no way back."""
        os.setsid()
        os.chdir(self._own)
        os.environ["TMPDIR"] = os.environ["HOME"] = tempfile.tempdir = self._own
        set_limits(limits, self._used, alone=False)
        if self._nobody:
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        if not _seccomp.available():
            return
        from . import _landlock, _linux

        if self._root:
            _linux.drop_capabilities()
        _linux.die_with_parent()
        _landlock.restrict(self._readable, self._own)
        _seccomp.apply()


def command(level: str, python: list[str]) -> list[str]:
    """Return the command that runs Python so that it can :func:`enter` a level.

    Parameters
    ----------
    level : str
    python : list of str
        Python's arguments.

    Raises
    ------
    OSError
        If this machine has not what it takes.
    """
    if level == "bubblewrap":
        from . import _bubblewrap

        return _bubblewrap.command(python)
    return [sys.executable, *python]


def enter(level: str, proc: int = -1) -> Cage:
    """Build a cage; called once by the zygote, before it makes copies.

    Parameters
    ----------
    level : str
        One of :data:`LEVELS`.
    proc : int, optional
        Descriptor of the folder ``/proc``, to be closed, for a level that is entered without seeing it.

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
    if level not in LEVELS:
        raise ValueError(f"there is no sandbox level {level!r}; there are {', '.join(LEVELS)}.")
    used = address_space(proc)
    if proc >= 0:
        os.close(proc)
    if level == "rlimits":
        return Rlimits(level, used)
    if platform.system() != "Linux":
        raise OSError(f"{platform.system()} has no namespaces")
    if level == "bubblewrap":
        from . import _bubblewrap

        _bubblewrap.settle()
        return Rlimits(level, used)
    from ._namespaces import Namespaces

    return Namespaces(used)


@contextlib.contextmanager
def open_proc() -> Iterator[int]:
    """Open ``/proc`` for a process that will not see it any more; -1 where there is none."""
    try:
        proc = os.open("/proc", os.O_RDONLY)
    except OSError:
        yield -1
        return
    try:
        yield proc
    finally:
        os.close(proc)


def python_path() -> str:
    """Return where Python finds this library and what it needs, however that was installed."""
    own = str(Path(__file__).parents[2])
    return os.pathsep.join([*(path for path in sys.path if path and path != own), own])


def means(level: str) -> str:
    """Say what a level keeps students' code from, on this machine.

    Examples
    --------
    >>> means("namespaces")
    'no files but Python, no network, no other processes, limits'
    """
    kept = "no files but Python, no network, no other processes, limits"
    if level != "rlimits":
        return kept
    if not _seccomp.available():
        return "limits alone: it can read your files, write them, and use the network"
    from . import _landlock

    if not _landlock.version():
        return "limits, no network, no other processes; it can read your files, and write them"
    return f"{kept}; without a root of its own"


def weak(level: str) -> str:
    """Warn of a level that is not the judge's own.

    Examples
    --------
    >>> weak("rlimits").startswith("Students' code ran at the weakest level, rlimits (")
    True
    """
    return (
        f"Students' code ran at the weakest level, {level} ({means(level)}). "
        "`course doctor` says how to get a better one; --require-sandbox bubblewrap refuses this one."
    )


# What Python does as it ends would fail in a root without the rest of the machine, and be told instead.
_TRIAL = """
import os
try:
    from course_lib.grading.sandbox import enter
    enter({level!r}, {proc})
except BaseException as problem:
    os.write(2, str(getattr(problem, "strerror", "") or problem).encode())
    os._exit(1)
os._exit(0)
"""


def why_not(level: str) -> str:
    """Say why a level can't be had on this machine; nothing if it can.

    Examples
    --------
    >>> why_not("rlimits")
    ''
    """
    with open_proc() as proc:
        code = _TRIAL.format(level=level, proc=proc)
        try:
            done = subprocess.run(
                command(level, ["-s", "-P", "-c", code]),
                env={**os.environ, "PYTHONPATH": python_path()},
                pass_fds=[proc] if proc >= 0 else [],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                check=False,
            )
        except OSError as problem:
            return str(problem)
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return (said[-1] if said else "it ended at once") if done.returncode else ""
