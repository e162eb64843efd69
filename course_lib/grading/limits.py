"""Limits that every Unix has: memory, size of files, open files, processor time, processes."""

from __future__ import annotations

import os

from .task import Limits


def address_space(proc: int = -1) -> int:
    """Return the bytes of address space that this process has now.

    Parameters
    ----------
    proc : int, optional
        Descriptor of the folder ``/proc``, if that is out of sight.
    """
    try:
        path = "/proc/self/statm" if proc < 0 else "self/statm"
        file = os.open(path, os.O_RDONLY, dir_fd=None if proc < 0 else proc)
    except (OSError, NotImplementedError):
        return 4 << 30
    try:
        return int(os.read(file, 100).split()[0]) * os.sysconf("SC_PAGE_SIZE")
    finally:
        os.close(file)


_STRANGER = 1_000_000_000  # no real user has such a number


def be_stranger() -> None:
    """Let this process, now root's, belong to a user that nothing else belongs to."""
    stranger = _STRANGER + os.getpid()
    os.setgroups([])
    os.setresgid(stranger, stranger, stranger)
    os.setresuid(stranger, stranger, stranger)


def set_limits(limits: Limits, used: int, alone: bool) -> None:
    """Limit this process and its children.

    Parameters
    ----------
    limits : Limits
    used : int
        Bytes of address space that it had before any student's code.
    alone : bool
        Whether its user runs nothing else: only then can processes be counted.
    """
    import resource

    rows = {
        "RLIMIT_AS": limits.memory + used,
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": limits.files,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CPU": int(limits.total) + 5,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 0,
        **({"RLIMIT_NPROC": limits.processes} if alone else {}),
    }
    for name, value in rows.items():
        which = getattr(resource, name, None)
        if which is None:
            continue
        most = resource.getrlimit(which)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        try:
            resource.setrlimit(which, (value, value))
        except (ValueError, OSError):  # macOS knows no limit of address space
            continue
