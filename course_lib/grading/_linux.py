"""Linux's own calls that Python 3.11 has no names for: namespaces, mounts, capabilities."""

from __future__ import annotations

import ctypes
import os
import platform
import random
import signal
import struct
from typing import Any

NEWNS, NEWCGROUP, NEWUTS = 0x00020000, 0x02000000, 0x04000000
NEWIPC, NEWUSER, NEWPID, NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2
_COLLAPSE = 25  # of madvise, since Linux 6.1
_LARGE = "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4

_PDEATHSIG, _DUMPABLE, _CAPBSET_DROP, _NO_NEW_PRIVS = 1, 4, 24, 38
_AT_RECURSIVE = 0x8000
_MOUNT_SETATTR = 442
_NUMBERS = {  # clone, pivot_root, capset
    "x86_64": (56, 155, 126),
    "aarch64": (220, 41, 91),
}

# PyDLL keeps hold of the interpreter during the call, as os.fork does.
_libc = ctypes.PyDLL(None, use_errno=True)


def _number(which: int) -> int:
    numbers = _NUMBERS.get(platform.machine())
    if numbers is None:
        raise OSError(f"system calls of {platform.machine()} are not known here")
    return numbers[which]


def checked(result: int, what: str) -> int:
    """Return the result of a call, or raise the error it names."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def syscall(number: int, *args: Any) -> int:
    """Call the kernel by number; return what it returns, -1 for an error."""
    return int(_libc.syscall(ctypes.c_long(number), *args))


def unshare(flags: int) -> None:
    """Move this process into new namespaces."""
    checked(_libc.unshare(flags), "unshare")


def fork(flags: int) -> int:
    """Copy this process, which has one thread, into new namespaces; return the copy's number, or 0 in the copy.

    Python is not told, as :func:`os.fork` does. It would forget threads and free locks, of which there are
    none here, and each look at one of them would cost the copy pages of its own.
    """
    number, zero = _number(0), ctypes.c_long(0)
    child = syscall(number, ctypes.c_long(flags | signal.SIGCHLD), zero, zero, zero, zero)
    if child == 0:
        random.seed()
        return 0
    return checked(child, "clone")


def join_pages() -> int:
    """Lay this process's own memory on large pages, as far as the kernel can; return on how many.

    To copy the process then takes a quarter less: there are fewer pages to be told of.
    """
    try:
        with open(_LARGE) as file:
            size = int(file.read())
        with open("/proc/self/maps") as file:
            rows = [line.split() for line in file]
    except (OSError, ValueError):
        return 0
    joined = 0
    for place, rights, *_, name in (row if len(row) > 5 else [*row, "[heap]"] for row in rows):
        begin, end = (int(text, 16) for text in place.split("-"))
        if rights != "rw-p" or name != "[heap]":
            continue
        for at in range(-(-begin // size) * size, end - size + 1, size):
            done = _libc.madvise(ctypes.c_void_p(at), ctypes.c_size_t(size), _COLLAPSE)
            joined += done == 0
    return joined


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount something; a bind mount if ``flags`` says so."""
    texts = (text.encode() or None for text in (source, target, kind))
    args = [*texts, ctypes.c_ulong(flags), data.encode() or None]
    checked(_libc.mount(*args), f"mount {target}")


def protect(target: str, attributes: int, recursive: bool = True) -> None:
    """Set attributes of a mount, and of those below it."""
    wanted = struct.pack("QQQQ", attributes, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    args = (ctypes.c_int(-100), target.encode(), ctypes.c_uint(flags), wanted, ctypes.c_size_t(32))
    checked(syscall(_MOUNT_SETATTR, *args), f"mount_setattr {target}")


def make_root(folder: str) -> None:
    """Make a mounted folder the root of this process's file system; the old one is gone."""
    os.chdir(folder)
    checked(syscall(_number(1), b".", b"."), "pivot_root")
    checked(_libc.umount2(b".", MNT_DETACH), "umount2")
    os.chdir("/")


def _prctl(option: int, value: int = 0) -> int:
    zero = ctypes.c_ulong(0)
    return int(_libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero))


def be_readable() -> None:
    """Let this process write its own maps of users again after it changed its user."""
    checked(_prctl(_DUMPABLE, 1), "prctl")


def die_with_parent() -> None:
    """Be killed when the parent ends. Changing the user afterwards would undo it."""
    checked(_prctl(_PDEATHSIG, signal.SIGKILL), "prctl")


def gain_nothing() -> None:
    """No program that is started may have more rights than this process."""
    checked(_prctl(_NO_NEW_PRIVS, 1), "prctl")


def drop_capabilities() -> None:
    """Give up every capability, and the right to get one back."""
    for capability in range(64):
        if _prctl(_CAPBSET_DROP, capability) < 0:
            break  # the last one that this kernel knows
    header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)
    checked(syscall(_number(2), header, nothing), "capset")


def filter_calls(program: bytes) -> None:
    """Apply a filter of system calls."""
    buffer = ctypes.create_string_buffer(program, len(program))
    checked(_libc.prctl(22, ctypes.c_ulong(2), buffer), "seccomp")
