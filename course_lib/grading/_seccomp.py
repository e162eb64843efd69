"""What an answer's process may not ask the kernel for: a filter of system calls.

It starts no program and no process, opens no socket, mounts nothing and makes no namespace. Other
processes are none of its business.
Its line to the judge and its memory are all it needs.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import platform
import struct

from . import _linux

# Names to numbers, on x86_64 and aarch64; None where there is no such call.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None),
    "vfork": (58, None),
    "shmget": (29, 194),  # memory of these is counted as nobody's
    "msgget": (68, 186),
    "memfd_create": (319, 279),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "socket": (41, 198),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "personality": (135, 92),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "semget": (64, 190),
    "setuid": (
        105,
        146,
    ),  # where only root can read Python itself, an answer is root without rights
    "setgid": (106, 144),
    "setreuid": (113, 145),
    "setregid": (114, 143),
    "setgroups": (116, 159),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "setfsuid": (122, 151),
    "setfsgid": (123, 152),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "process_mrelease": (448, 448),
    "tkill": (200, 130),
}
# These name a process first: it may be this one.
_OWN: dict[str, tuple[int, int]] = {
    "kill": (62, 129),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "prlimit64": (302, 261),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "sched_setaffinity": (203, 122),
    "setpgid": (109, 154),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
}
_MACHINES = {"x86_64": (0, 0xC000003E, 56), "aarch64": (1, 0xC00000B7, 220)}  # column, arch, clone
_CLONE3 = 435
_X32 = 0x40000000

_THREAD = 0x00010000  # the flag of clone for a thread, which can't be in other namespaces
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NR, _ARCH, _ARGUMENT = 0, 4, 16


@functools.cache
def program(machine: str, process: int) -> bytes:
    """Return the filter for a process on a machine, in the kernel's form.

    Examples
    --------
    >>> len(program("x86_64", 1)) % 8
    0
    """
    column, arch, clone = _MACHINES[machine]
    denied = sorted(row[column] for row in _DENIED.values() if row[column] is not None)  # type: ignore[type-var]
    refuse = _ERRNO | errno.EPERM
    lines = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, arch),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NR),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _KILL),
        (_EQUAL, 0, 1, _CLONE3),  # its flags can't be looked at; libraries fall back to clone
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]
    for number in denied:
        assert number is not None
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, refuse)]
    for row in _OWN.values():
        lines += [
            (_EQUAL, 0, 5, row[column]),
            (_LOAD, 0, 0, _ARGUMENT),
            (_EQUAL, 2, 0, process),
            (_EQUAL, 1, 0, 0),  # itself, or its own group
            (_RETURN, 0, 0, refuse),
            (_RETURN, 0, 0, _ALLOW),
        ]
    lines += [
        (_EQUAL, 0, 3, clone),
        (_LOAD, 0, 0, _ARGUMENT),
        (_ANY_BIT, 1, 0, _THREAD),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def available() -> bool:
    """Whether there is a filter for this machine."""
    return platform.system() == "Linux" and platform.machine() in _MACHINES


def prepare() -> None:
    """Write the filter for processes that are the first of their namespace, as all copies of this one will be."""
    if available():
        program(platform.machine(), 1)


def apply() -> None:
    """Filter this process's system calls, and its children's, from now on."""
    text = program(os.uname().machine, os.getpid())
    buffer = ctypes.create_string_buffer(text, len(text))
    filters = struct.pack("HxxxxxxP", len(text) // 8, ctypes.addressof(buffer))
    _linux.gain_nothing()
    _linux.filter_calls(filters)
