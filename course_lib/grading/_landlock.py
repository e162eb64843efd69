"""Which files a process may still open: Landlock, which Linux has had since 5.13 and needs no rights for.

It stands where there is no root of one's own. What is not named is not there: reading, writing, making,
removing. On newer kernels neither are other processes, to send signals to, and network ports.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterable

from . import _linux

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every machine
_VERSION = 1
_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_READ = _READ_FILE | _READ_DIR
_FILES = {1: 13, 2: 14, 3: 15, 5: 16}  # version: how many rights over files it knows
_NETWORK, _SCOPED = 4, 6  # versions
_OF_A_FILE = _WRITE_FILE | _READ_FILE


def version() -> int:
    """Return the version that the kernel offers; 0 if it offers none."""
    if platform.system() != "Linux":
        return 0
    return max(_linux.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION)), 0)


def rights(known: int) -> tuple[int, int, int]:
    """Return all rights that a version knows: over files, over ports, and beyond the process.

    Examples
    --------
    >>> [hex(part) for part in rights(1)]
    ['0x1fff', '0x0', '0x0']
    >>> [hex(part) for part in rights(7)]
    ['0xffff', '0x3', '0x3']
    """
    files = max(count for least, count in _FILES.items() if least <= known)
    return (1 << files) - 1, 3 * (known >= _NETWORK), 3 * (known >= _SCOPED)


def restrict(readable: Iterable[str], own: str) -> bool:
    """Close all files to this process, from now on, but those named; what is open stays open.

    Parameters
    ----------
    readable : iterable of str
        Folders that may be read.
    own : str
        The folder that it may do everything in, but start programs.

    Returns
    -------
    bool
        Whether the kernel could do it.
    """
    known = version()
    if not known:
        return False
    files, ports, scoped = rights(known)
    text = struct.pack("QQQ", files, ports, scoped)
    size = 8 if known < _NETWORK else 16 if known < _SCOPED else 24  # older kernels know less of it
    flags = ctypes.c_uint(0)
    ruleset = _linux.syscall(_CREATE, text[:size], ctypes.c_size_t(size), flags)
    _linux.checked(ruleset, "landlock")
    execute = 1
    for folder in readable:
        _allow(ruleset, folder, _READ)
    for device in ("null", "zero", "random", "urandom"):
        _allow(ruleset, f"/dev/{device}", _OF_A_FILE)
    _allow(ruleset, own, files & ~execute)
    _linux.gain_nothing()
    _linux.checked(_linux.syscall(_RESTRICT, ctypes.c_int(ruleset), flags), "landlock")
    os.close(ruleset)
    return True


def _allow(ruleset: int, path: str, allowed: int) -> None:
    """Allow something below a path; a path that is not there can't be opened anyway."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = struct.pack("=Qi", allowed, place)
        args = (ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint(0))
        _linux.checked(_linux.syscall(_ADD, *args), f"landlock {path}")
    finally:
        os.close(place)
