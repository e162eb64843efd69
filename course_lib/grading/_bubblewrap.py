"""Level ``bubblewrap``: the whole zygote in a box that the program ``bwrap`` makes.

Where a system lets no program of its own make namespaces, it may still let this one. All answers of a
zygote are in one box, one after the other: what keeps them apart in there is Landlock, the filter of
system calls, and that what one leaves behind is removed before the next.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from ._root import DEVICES, needed
from .limits import be_stranger

_INSIDE = "1000"
_ROOM = str(64 << 20)
_APART = ("ipc", "pid", "net", "uts", "cgroup-try")


def command(python: list[str]) -> list[str]:
    """Return the command that runs Python in a box.

    Parameters
    ----------
    python : list of str
        Python's arguments.

    Raises
    ------
    OSError
        If there is no such program.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise OSError("there is no program bwrap")
    executable = os.path.realpath(sys.executable)
    words = [program, "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += [f"--unshare-{name}" for name in _APART]
    if os.geteuid() == 0:  # the zygote becomes a stranger once it is inside
        words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        words += ["--unshare-user", "--uid", _INSIDE, "--gid", _INSIDE]
    words += ["--perms", "1777", "--size", _ROOM, "--tmpfs", "/tmp", *_binds(executable)]
    return [*words, "--remount-ro", "/", "--chdir", "/tmp", "--", executable, *python]


def _binds(executable: str) -> Iterator[str]:
    sources = (*needed(), executable, "/etc/ld.so.cache")
    if any(source.startswith("/tmp/") for source in sources):
        raise OSError("the course or its Python lies below /tmp, which an answer gets for itself")
    parents = {str(parent) for source in sources for parent in Path(source).parents} - {"/"}
    for parent in sorted(parents, key=len):  # or bwrap makes them for its own user alone
        yield from ("--perms", "0755", "--dir", parent)
    for source in sources:
        if os.path.islink(source):
            yield from ("--symlink", os.readlink(source), source)
        else:
            yield from ("--ro-bind-try", source, source)
    for name in DEVICES:
        yield from ("--dev-bind", f"/dev/{name}", f"/dev/{name}")


def settle() -> None:
    """See that this process is in such a box, and give up what is left of being root.

    Raises
    ------
    OSError
        If it is not.
    """
    if os.path.exists("/proc") or os.path.exists("/etc/passwd"):
        raise OSError("this is no box of bubblewrap")
    if os.geteuid() == 0:
        be_stranger()


def outside(process: int, inside: int) -> int:
    """Return the number that a process in a box has outside; 0 if it can't be told.

    Parameters
    ----------
    process : int
        Number of the program that made the box.
    inside : int
        Number inside the box.
    """
    todo = [process]
    try:
        while todo:
            number = todo.pop()
            folder = Path("/proc") / str(number)
            names = (folder / "status").read_text().partition("NSpid:")[2].split("\n")[0].split()
            if len(names) > 1 and int(names[-1]) == inside:
                return number
            todo += map(int, (folder / "task" / str(number) / "children").read_text().split())
    except (OSError, ValueError):
        pass
    return 0
