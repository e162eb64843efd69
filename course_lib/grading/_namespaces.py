"""Level ``namespaces``: a root with nothing in it but Python, and nobody else around.

The zygote moves into a private root once, and into a network of its own that leads nowhere. Each copy then
is the first process of its own user, pid, mount and ipc namespaces, has an empty ``/tmp``, no ``/proc``, no
rights, and ends with everything that it started when it is killed.

To make a network for each copy would take the kernel longer than all else here. Nobody can leave anything
in the one that they share: a copy opens no socket and has no rights there, not even as it begins.
"""

from __future__ import annotations

import os
from pathlib import Path

from . import _linux, _seccomp
from ._root import DEVICES, needed
from .limits import be_stranger, set_limits
from .task import Limits

_BASE = "/sys"  # there everywhere, and nothing that Python needs is below it
_SHARED = _linux.NEWNET | _linux.NEWUTS | _linux.NEWCGROUP
_OWN = _linux.NEWUSER | _linux.NEWPID | _linux.NEWNS | _linux.NEWIPC
_INSIDE = 1000


class Namespaces:
    """The cage. Making it moves this process into the private root; there is no way back.

    Raises
    ------
    OSError
        If the kernel or its settings do not allow it.
    """

    level = "namespaces"

    def __init__(self, address_space: int) -> None:
        self._address_space = address_space
        self._proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        root = os.geteuid() == 0
        own = os.getuid(), os.getgid()  # inside the new namespace they are nobody's until mapped
        _linux.unshare(_SHARED | _linux.NEWNS | (0 if root else _linux.NEWUSER))
        if not root:
            self._map(*own, *own)
        _build_root()
        if root:
            be_stranger()
            _linux.be_readable()
        self._outside = os.getuid(), os.getgid()
        _seccomp.prepare()
        self._probe()

    def _map(self, uid: int, gid: int, inside_uid: int, inside_gid: int) -> None:
        """Say who this process is, inside the user namespace that it has just entered."""
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{inside_uid} {uid} 1"),
            ("gid_map", f"{inside_gid} {gid} 1"),
        ):
            file = os.open(f"self/{name}", os.O_WRONLY, dir_fd=self._proc)
            try:
                os.write(file, text.encode())
            finally:
                os.close(file)

    def _probe(self) -> None:
        """Make one copy that locks itself, and see that it could."""
        read, write = os.pipe()
        number = self.fork(Limits())
        if number == 0:
            try:
                self.lock(Limits())
                os.write(write, b"ok")
            except BaseException as error:
                os.write(write, f"{error}".encode())
            finally:
                os._exit(0)
        os.close(write)
        said = os.read(read, 500)
        os.close(read)
        os.waitpid(number, 0)
        if said != b"ok":
            raise OSError(said.decode(errors="replace") or "the copy ended at once")

    def fork(self, limits: Limits) -> int:
        """Copy this process into its own namespaces; return the copy's number, or 0 in the copy."""
        return _linux.fork(_OWN)

    def tidy(self, number: int) -> None:
        """Remove what a copy that has ended left behind: nothing outlives its namespaces."""

    def lock(self, limits: Limits) -> None:
        """Give up, in the copy, all that it does not need; there is no way back."""
        self._map(*self._outside, _INSIDE, _INSIDE)
        os.close(self._proc)
        flags = _linux.MS_NOSUID | _linux.MS_NODEV | _linux.MS_NOEXEC
        size = f"size={limits.files},nr_inodes=1000,mode=700"
        _linux.mount("tmpfs", "/tmp", "tmpfs", flags, size)
        os.chdir("/tmp")
        os.setsid()
        set_limits(limits, self._address_space, alone=True)
        _linux.drop_capabilities()
        _linux.die_with_parent()
        _seccomp.apply()


def _build_root() -> None:
    _linux.mount("", "/", "", _linux.MS_REC | _linux.MS_PRIVATE)
    flags = _linux.MS_NOSUID | _linux.MS_NODEV
    sources, devices = list(needed()), [f"/dev/{name}" for name in DEVICES]
    _linux.mount("tmpfs", _BASE, "tmpfs", flags, "size=1m,mode=755")
    for source in sources:
        _bind(source)
    for device in devices:
        _bind(device, device=True)
    if os.path.exists(f"{_BASE}/tmp"):
        raise OSError(
            "the course or its Python lies below /tmp, which every answer gets for itself"
        )
    os.mkdir(f"{_BASE}/tmp")
    _linux.make_root(_BASE)
    _linux.protect("/", _linux.ATTR_RDONLY, recursive=False)


def _bind(source: str, device: bool = False) -> None:
    target = _BASE + source
    if os.path.islink(source):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.symlink(os.readlink(source), target)
        return
    if device:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    else:
        os.makedirs(target, exist_ok=True)
    _linux.mount(source, target, "", _linux.MS_BIND | _linux.MS_REC)
    kept = 0 if device else _linux.ATTR_NODEV
    _linux.protect(target, _linux.ATTR_RDONLY | _linux.ATTR_NOSUID | kept)
