"""What runs in the zygote's own process: imports, copies, and their end.

:mod:`course_lib.grading.zygote` tells what it is for.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import signal
import socket
import sys
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

from . import cores, sandbox
from .task import Limits
from .zygote import LONGEST

_MOST_DYING = 8  # copies that need not have quite ended when the next is made


def main() -> None:
    """Be the zygote: arguments are the number of a socket, the level, and the output's limit."""
    end = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # and so it is in every copy
    cells = _prepare(int(sys.argv[3]))
    _assert_one_thread()
    gc.collect()
    if sys.platform == "linux":
        from . import _linux

        _linux.join_pages()
    cage = sandbox.enter(sys.argv[2], int(sys.argv[4]))
    gc.freeze()  # or the first collection in a copy would touch, and so copy, every page
    end.sendall(json.dumps({"level": cage.level}).encode())
    _serve(end, cells, cage)


def _prepare(output: int) -> Any:
    """Import what notebooks import, so that no copy has to."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot  # the fonts are found once, here

    import course_lib

    from . import answer, library  # noqa: F401
    from .cells import Cells

    for name in course_lib.__all__:
        getattr(course_lib, name)
    cells = Cells(output)
    cells.run("warm-up", "import numpy as np\nfrom course_lib import check\n1 + 1")
    cells.shell.reset(new_session=True)
    library.prepare()
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
                cores.stay(request["core"])
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
    text, fds, _flags, _address = socket.recv_fds(end, LONGEST, 2)
    return (json.loads(text) if text else {}), fds


def _copy(
    end: socket.socket, fds: Sequence[int], cells: Any, cage: sandbox.Cage, limits: Limits
) -> int:
    number = cage.fork(limits)
    if number:
        for fd in fds:
            os.close(fd)
        return number
    status = 1
    try:
        end.close()
        _be_answer(fds, cells, cage, limits)
        status = 0
    finally:
        os._exit(status)
    raise AssertionError


def _be_answer(fds: Sequence[int], cells: Any, cage: sandbox.Cage, limits: Limits) -> None:
    from .answer import Answer

    os.dup2(1, 2)  # what it writes past Python goes nowhere
    cage.lock(limits)
    cells.most = limits.output
    for number, fd in enumerate([fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in fds], 3):
        os.dup2(fd, number)
    os.closerange(5, 1 << 12)
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=3)
    answer = Answer(end, cells, slate=4)
    del cage
    answer.serve()
