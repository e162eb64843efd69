"""The judge's side of the line: functions of an answer that run in another process.

To a check, a :class:`Remote` is a function like any other. What it calls back runs here, and is
counted here; what it changed in place is changed here too.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from ..checks.guard import WALL, LibraryCalled, TimeUp, Told
from .turns import Asking
from .usage import cpu_of
from .wire import Closed, Functions, Late, WireError

if TYPE_CHECKING:
    from .transcript import Path

DEEPEST = 20
LARGEST_CALL = 256 << 10  # a check remembers 1000 of them
MOST_PRINTED = 4_000


class Ended(BaseException):
    """The answer's process can't be used any more; the message says why.

    Not an ``Exception``, so that no check takes it for an error of the answer's function.
    """


class Remote:
    """A function of the answer."""

    def __init__(self, proxy: Proxy, number: int, name: str, doc: str) -> None:
        self._proxy = proxy
        self.__course_number__ = number
        self.__course_functions__ = proxy.line.functions
        self.__name__ = name
        self.__doc__ = doc

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call it, over there."""
        return self._proxy.call(self.__course_number__, args, named)

    def __deepcopy__(self, _memo: Any) -> Remote:
        return self


class Proxy:
    """An answer's process, as the judge sees it.

    Parameters
    ----------
    end : socket.socket
        The judge's end of the line.
    process : int, optional
        Its number.
    slate : int, optional
        See :mod:`course_lib.grading.turns`; closed with the line.

    Attributes
    ----------
    line : Asking
    left : float
        Seconds that may still be spent on waiting for the answer. Time in our own functions, which it
        calls, is not the answer's. On a busy machine it may take up to three times as long, until it has
        had the processor for so many seconds.
    until : float
        Time (monotonic) after which nothing is waited for.
    fit : bool
        Whether it can still be asked.
    """

    def __init__(self, end: socket.socket, process: int = 0, slate: int = -1) -> None:
        self.line = Asking(end, slate, Functions(self._make))
        self.line.more = self._more
        self._process = process
        self.fit = True
        self.left = self.until = float("inf")
        self._seconds = self._begun = self._before = 0.0
        self._depth = 0
        self._printed = 0

    def _make(self, number: int, kind: str, name: str, doc: str) -> Remote:
        made: Remote = type(kind, (Remote,), {})(self, number, name, doc)
        return made

    def begin(self, seconds: float, until: float) -> None:
        """Begin something new: take back all functions that were lent, and set the time."""
        self.left, self.until = seconds, until
        self._seconds, self._begun, self._before = seconds, monotonic(), cpu_of(self._process)
        assert self.line.functions is not None
        self.line.functions.clear()
        self._printed = 0

    def _more(self) -> float:
        """Return how long to wait on for a process that had to wait for the processor itself.

        One that sleeps has used next to none of its time, and gets none.
        """
        now = monotonic()
        if self.until <= now or not self._process:
            return 0.0
        used, whole = cpu_of(self._process) - self._before, now - self._begun
        if used < 0.03 * whole:
            return 0.0
        more = min(self._seconds - used, WALL * self._seconds - whole, self.until - now)
        self.left += max(more, 0.0)
        return more

    def ask(self, *message: Any) -> tuple[Any, ...]:
        """Send a message, serve the calls that come before its answer, and return that.

        Without a message, wait for one answer more.

        Raises
        ------
        TimeUp
            If the deadline passes.
        Ended
            If the process is gone or does not keep to the form.
        """
        self._depth += 1
        try:
            if not self.fit or self._depth > DEEPEST:
                raise Ended("it called back too deeply" if self.fit else "it has ended")
            if message:
                self._say(message)
            while True:
                reply = self._wait()
                if reply[0] != "call":
                    return reply
                self._serve(reply)
        except Late:
            self.fit = False
            raise TimeUp from None
        except Closed:
            self.fit = False
            raise Ended("it ended before it returned") from None
        except WireError as problem:
            self.fit = False
            raise Ended(f"what came back can't be read: {problem}") from None
        except BaseException:  # in the middle of a message: nothing more can be understood
            self.fit = False
            raise
        finally:
            self._depth -= 1

    def _say(self, message: tuple[Any, ...]) -> None:
        try:
            self.line.send(*message)
        except WireError as problem:
            what = "run" if message[0] == "run" else "asked"
            raise Ended(f"it can't be {what}: {problem}") from None

    def _wait(self) -> tuple[Any, ...]:
        begin = monotonic()
        self.line.deadline = min(self.until, begin + self.left)
        reply = self.line.receive()
        self.left -= monotonic() - begin
        return reply

    def follow(self, path: Path) -> tuple[list[bytes], Exception | None]:
        """Say what a path says, unread: :meth:`.turns.Asking.follow`."""
        begin = monotonic()
        self.line.deadline = min(self.until, begin + self.left)
        try:
            return self.line.follow(path)
        finally:
            self.left -= monotonic() - begin

    def _serve(self, message: tuple[Any, ...]) -> None:
        """Call one of our functions for the answer."""
        if self.line.size > LARGEST_CALL:
            raise WireError("it called back with too much")
        _, number, args, named = _shaped(message, int, tuple, dict)
        assert self.line.functions is not None
        function = self.line.functions.offered.get(number)
        if function is None or any(type(name) is not str for name in named):
            raise WireError("it called a function that was not lent")
        try:
            result = function(*args, **named)
        except Told as error:  # by a function of the answer that ours calls
            self.line.send("raise", error.kind, error.sentence)
        except Exception as error:
            self.line.send("raise", type(error).__name__, str(error))
        else:
            self.line.send("return", result)

    def call(self, number: int, args: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        """Call a function of the answer; what it changes in place is changed in ``args``."""
        reply = self.ask("call", number, args, dict(named))
        match reply[0]:
            case "return":
                _, result, changes, printed = _shaped(reply, object, dict, str)
                self._print(printed)
                for index, new in changes.items():
                    if type(index) is int and 0 <= index < len(args):
                        write_into(args[index], new)
                return result
            case "raise":
                _, kind, sentence, printed = _shaped(reply, str, str, str)
                self._print(printed)
                raise Told(kind, sentence)
            case "library":
                raise LibraryCalled(*_shaped(reply, str)[1:])
            case "exit":
                raise Ended(_shaped(reply, str)[1])
        self.fit = False
        raise Ended("what came back is no answer")

    def _print(self, text: str) -> None:
        """Print what the function printed; the trial takes it from there."""
        text = text[: MOST_PRINTED - self._printed]
        self._printed += len(text)
        sys.stdout.write(text)


def _shaped(message: tuple[Any, ...], *kinds: type) -> tuple[Any, ...]:
    """Return a message if its parts are of these kinds."""
    parts = message[1:]
    if len(parts) != len(kinds) or not all(map(isinstance, parts, kinds)):
        raise Ended("what came back is no answer")
    return message


def write_into(target: Any, new: Any) -> None:
    """Make an argument what the answer's copy of it has become.

    Examples
    --------
    >>> w = [np.zeros(2)]
    >>> write_into(w, [np.ones(2), 3])
    >>> w
    [array([1., 1.]), 3]
    """
    if isinstance(target, np.ndarray) and isinstance(new, np.ndarray):
        if target.shape != new.shape:
            target.resize(new.shape, refcheck=False)
        np.copyto(target, new, casting="unsafe")
    elif isinstance(target, list) and isinstance(new, list):
        for old, part in zip(target, new, strict=False):
            write_into(old, part)
        target[:] = [*target[: len(new)], *new[len(target) :]]
    elif isinstance(target, dict) and isinstance(new, dict):
        target.clear()
        target.update(new)
