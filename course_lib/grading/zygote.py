"""A process that has imported everything, and is copied for each submission.

Importing NumPy, matplotlib, IPython and the library takes a second; a copy of a process that has done
so takes a few milliseconds. A copy can only be made of a process with one thread.

The court asks for copies and for their end over a pair of sockets; the zygote knows nothing of what
they do. When the court is gone, so is the zygote, and with it every copy.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

from . import sandbox
from .task import Limits
from .usage import cpu_of, memory_of

_ONE_THREAD = (
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_LONGEST = 4096
_MOST_DYING = 8  # copies that need not have quite ended when the next is made
_START = 120.0  # seconds; compiling the kernels for the first time takes most of them
_COMMAND = "from course_lib.grading.zygote import main; main()"


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

    Attributes
    ----------
    level : str

    Raises
    ------
    Lost
        If it does not come up.
    """

    def __init__(self, level: str, output: int = Limits().output) -> None:
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
        with theirs:
            self._process = _start(level, python, environment, theirs.fileno())
        self.level = level
        self._reply(_START)

    def fork(self, end: socket.socket, limits: Limits) -> int:
        """Make a copy that serves a line; return its number.

        Parameters
        ----------
        end : socket.socket
            The copy's end. It stays open here.
        limits : Limits
        """
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [end.fileno()]))]
        request = json.dumps({"do": "fork", "limits": limits}).encode()
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
            reply = self._end.recv(_LONGEST)
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


_HANDED_ON = ("NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT", "COURSE_LIB_JIT", "TMPDIR")


# ------------------------------------------------------------------ in the zygote itself


def main() -> None:
    """Be the zygote: arguments are the number of a socket, the level, and the output's limit."""
    end = socket.socket(fileno=int(sys.argv[1]))
    cells = _prepare(int(sys.argv[3]))
    _assert_one_thread()
    cage = sandbox.enter(sys.argv[2], int(sys.argv[4]))
    gc.collect()
    gc.freeze()  # or the first collection in a copy would touch, and so copy, every page
    end.sendall(json.dumps({"level": cage.level}).encode())
    _serve(end, cells, cage)


def _prepare(output: int) -> Any:
    """Import what notebooks import, so that no copy has to."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot  # the fonts are found once, here

    from .. import check, datasets, descent, gradients, plotting, recipes  # noqa: F401
    from . import answer  # noqa: F401
    from .cells import Cells

    cells = Cells(output)
    cells.run("warm-up", "import numpy as np\nfrom course_lib import check\n1 + 1")
    cells.shell.reset(new_session=True)
    return cells


def _assert_one_thread() -> None:
    """A thread would be missing in a copy, with all its locks held for ever."""
    count = threading.active_count()
    with contextlib.suppress(OSError):
        count = max(count, len(os.listdir("/proc/self/task")))
    if count != 1:
        raise RuntimeError(f"the zygote has {count} threads; it must have one to be copied")


def _serve(end: socket.socket, cells: Any, cage: sandbox.Cage) -> None:
    copies: set[int] = set()
    dying: deque[int] = deque()
    while True:
        request, fds = _receive(end)
        if not request:
            for number in copies:
                os.kill(number, signal.SIGKILL)
            _bury(dying, cage)
            return
        reply: dict[str, Any] = {}
        try:
            _bury(dying, cage, 0 if request["do"] == "settle" else _MOST_DYING)
            if request["do"] == "fork":
                number = _copy(end, fds, cells, cage, Limits(*request["limits"]))
                copies.add(number)
                reply = {"number": number}
            elif request["do"] == "end":
                number = request["number"]
                copies.discard(number)
                os.kill(number, signal.SIGKILL)
                dying.append(number)
                if request["wait"]:
                    reply = _bury(dying, cage)
        except OSError as error:
            reply = {"error": f"it could not {request['do']}: {error}"}
        end.sendall(json.dumps(reply).encode())


def _bury(dying: deque[int], cage: sandbox.Cage, most: int = 0) -> dict[str, Any]:
    """Take leave of copies that have ended; wait for them if there are more than ``most``."""
    used: dict[str, Any] = {}
    while dying:
        number, status, usage = os.wait4(dying[0], os.WNOHANG if len(dying) <= most else 0)
        if not number:
            break
        dying.popleft()
        kilo = 1 if sys.platform == "darwin" else 1024
        cpu = round(usage.ru_utime + usage.ru_stime, 4)
        used = {"cpu": cpu, "memory": usage.ru_maxrss * kilo, "signal": status & 127}
        cage.tidy(number)
    return used


def _receive(end: socket.socket) -> tuple[dict[str, Any], Sequence[int]]:
    text, fds, _flags, _address = socket.recv_fds(end, _LONGEST, 1)
    return (json.loads(text) if text else {}), fds


def _copy(
    end: socket.socket, fds: Sequence[int], cells: Any, cage: sandbox.Cage, limits: Limits
) -> int:
    (fd,) = fds
    number = cage.fork(limits)
    if number:
        os.close(fd)
        return number
    status = 1
    try:
        end.close()
        _be_answer(fd, cells, cage, limits)
        status = 0
    finally:
        os._exit(status)
    raise AssertionError


def _be_answer(fd: int, cells: Any, cage: sandbox.Cage, limits: Limits) -> None:
    from .answer import Answer

    os.dup2(1, 2)  # what it writes past Python goes nowhere
    cage.lock(limits)
    os.dup2(fd, 3)
    os.closerange(4, 1 << 12)
    answer = Answer(socket.socket(fileno=3), cells)
    del cage
    answer.serve()
