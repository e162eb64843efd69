"""A process that has imported everything, and is copied for each submission.

Importing NumPy, matplotlib, IPython and the library takes a second; a copy of a process that has done
so takes a few milliseconds. A copy can only be made of a process with one thread.

The court asks for copies and for their end over a pair of sockets; the zygote knows nothing of what
they do. When the court is gone, so is the zygote, and with it every copy.
"""

from __future__ import annotations

import array
import contextlib
import json
import os
import socket
import subprocess
from typing import Any

from . import cores, sandbox
from .task import Limits
from .usage import cpu_of, memory_of

_ONE_THREAD = (
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
LONGEST = 4096
_START = 120.0  # seconds; compiling the kernels for the first time takes most of them
_COMMAND = "from course_lib.grading.nursery import main; main()"


class Lost(Exception):  # noqa: N818  # an outcome: start another
    """The zygote has ended, or did not come up; the message says what it said last."""


class Zygote:
    """The zygote, as the court sees it.

    Parameters
    ----------
    level : str
        Level of the sandbox, one of :data:`course_lib.grading.sandbox.LEVELS`.
    output : int, optional
        What is kept of a cell's output.
    wait : bool, optional
        Whether to wait until it is there; if not, :meth:`wait` does.

    Attributes
    ----------
    level : str
    core : int
        Where copies run that are made from now on: :mod:`course_lib.grading.cores`.

    Raises
    ------
    Lost
        If it does not come up.
    """

    def __init__(self, level: str, output: int = Limits().output, wait: bool = True) -> None:
        ours, theirs = socket.socketpair()
        self._end = ours
        environment = {
            **dict.fromkeys(_ONE_THREAD, "1"),
            "PYTHONPATH": sandbox.python_path(),
            "PATH": "/usr/bin:/bin",
            "HOME": "/tmp",
            "LANG": "C.UTF-8",
            "MPLBACKEND": "agg",
            "IPYTHONDIR": "/tmp/.ipython",
            **{name: os.environ[name] for name in _HANDED_ON if name in os.environ},
        }
        python = ["-s", "-P", "-c", _COMMAND, str(theirs.fileno()), level, str(output)]
        try:
            with theirs:
                self._process = _start(level, python, environment, theirs.fileno())
        except Lost:
            ours.close()
            raise
        self.level = level
        self.core = cores.ANY
        if wait:
            self.wait()

    def wait(self) -> None:
        """Wait until it is there."""
        self._reply(_START)

    def fork(self, end: socket.socket, slate: int, limits: Limits) -> int:
        """Make a copy that serves a line; return its number.

        Parameters
        ----------
        end : socket.socket
            The copy's end. It stays open here.
        slate : int
            A descriptor (:mod:`course_lib.grading.turns`); it stays open, too.
        limits : Limits
        """
        ends = array.array("i", [end.fileno(), slate])
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, ends)]
        few = limits._replace(checks=())  # the judge's business
        request = json.dumps({"do": "fork", "limits": few, "core": self.core}).encode()
        try:
            self._end.sendmsg([request], rights)
        except OSError:
            raise Lost("it has ended") from None
        return int(self._reply()["number"])

    def outside(self, number: int) -> int:
        """Return the number that a copy has for this process; 0 if it can't be told."""
        if self.level != "bubblewrap":
            return number
        from . import _bubblewrap

        return _bubblewrap.outside(self._process.pid, number)

    def finish(self, number: int) -> dict[str, Any]:
        """End a copy and all that it started; return the ``cpu`` seconds and ``memory`` it has used.

        It takes a while until its namespaces are gone. That is not waited for, unless what it used can't
        be told otherwise.
        """
        process = self.outside(number)
        used = {"cpu": round(cpu_of(process), 4), "memory": memory_of(process)}
        wait = not all(used.values())
        reply = self._ask({"do": "end", "number": number, "wait": wait})
        return reply if wait else used

    def settle(self) -> None:
        """Wait until all copies that were to be ended have ended."""
        self._ask({"do": "settle"})

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._end.sendall(json.dumps(request).encode())
        except OSError:
            raise Lost("it has ended") from None
        return self._reply()

    def _reply(self, seconds: float = 20) -> dict[str, Any]:
        self._end.settimeout(seconds)
        try:
            reply = self._end.recv(LONGEST)
        except OSError:
            reply = b""
        if not reply:
            self._end.close()
            self._process.kill()
            said = self._process.communicate()[1].decode(errors="replace").strip()
            raise Lost(said.splitlines()[-1] if said else "it has ended")
        answer: dict[str, Any] = json.loads(reply)
        if "error" in answer:
            raise Lost(str(answer["error"]))
        return answer

    def close(self) -> None:
        """End the zygote and every copy."""
        self._end.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.communicate(timeout=5)
        self._process.kill()
        self._process.communicate()


def _start(
    level: str, python: list[str], environment: dict[str, str], end: int
) -> subprocess.Popen[bytes]:
    """Start Python for a level, with one end of a pair of sockets."""
    if level == "bubblewrap":
        environment.pop("TMPDIR", None)
    with sandbox.open_proc() as proc:
        try:
            return subprocess.Popen(
                sandbox.command(level, [*python, str(proc)]),
                pass_fds=[end, *([proc] if proc >= 0 else [])],
                env=environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C in the terminal is the court's business
            )
        except OSError as problem:
            raise Lost(str(problem)) from None


_EARLY: list[Zygote] = []


def begin(level: str = sandbox.LEVELS[0]) -> None:
    """Start a zygote that :func:`open_at` will want. Nothing is said if it does not come up."""
    with contextlib.suppress(Lost):
        _EARLY.append(Zygote(level, wait=False))


def open_at(level: str) -> Zygote:
    """Return a zygote at a level, the one that was begun if it is of that level.

    Parameters
    ----------
    level : str

    Raises
    ------
    Lost
        If it does not come up.
    """
    while _EARLY:
        early = _EARLY.pop()
        if early.level == level:
            early.wait()
            return early
        early.close()
    return Zygote(level)


_HANDED_ON = ("NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT", "COURSE_LIB_JIT", "TMPDIR")
