"""What stands between a check and the code of an answer: time, quiet, and whose work it is.

An answer must not call the library: it would hand in ours. While it runs, every Python call is
watched; the first that enters ``course_lib`` ends the check. Functions that the check itself passes
in (``f``, ``grad``) are counted, and may use the library.
"""

from __future__ import annotations

import contextlib
import copy
import gc
import io
import itertools
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from ..kernels import policy

LIBRARY = str(Path(__file__).parents[1])
MANY_CALLS = 100_000
MOST_ITEMS = 10_000
REMEMBERED = 1_000


class TimeUp(BaseException):
    """The time limit ran out. Not an ``Exception``, so that ``except Exception`` does not eat it."""


class LibraryCalled(BaseException):
    """An answer called the library; its name is the argument."""


class Told(Exception):  # noqa: N818  # named for what has happened to the error
    """An error of an answer that runs in another process, in the words that it has there.

    Parameters
    ----------
    kind : str
        Name of its type.
    sentence : str
        As :func:`course_lib.checks.trial.describe_error` writes it.
    """

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence


class OwnWork:
    """Runs an answer, and raises :class:`LibraryCalled` if it enters ``course_lib``.

    Attributes
    ----------
    found : str
        What was called first, such as ``course_lib.optimizers.step``; empty if nothing was. It stays
        even when the answer swallows the exception.
    """

    def __init__(self) -> None:
        self.found = ""

    def call(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        """Call a function of an answer, and run a generator that it returns to its end."""
        if hasattr(function, "py_func"):  # compiled: it can't be watched, only looked into
            self._look_into(function)
            return finish(function(*args))
        before, collects = sys.getprofile(), gc.isenabled()
        # A generator of the library that is thrown away is run to its end, which would be laid at the
        # door of whoever works at that moment.
        gc.disable()
        sys.setprofile(self._watch)
        try:
            result = finish(function(*args))
        finally:
            sys.setprofile(before)
            if collects:
                gc.enable()
        if self.found:  # and the exception was swallowed
            raise LibraryCalled(self.found)
        return result

    def _watch(self, frame: FrameType, event: str, _argument: Any) -> None:
        file = frame.f_code.co_filename
        # This file's own frames are the way out, and the functions passed in.
        if event == "call" and not self.found and file.startswith(LIBRARY) and file != __file__:
            self._end(_name(frame))

    def _end(self, name: str) -> None:
        self.found = name
        raise LibraryCalled(name)

    def _look_into(self, function: Any) -> None:
        """Look into a compiled answer, whose calls can't be watched, for parts of the library."""
        inner = function.py_func
        for name in inner.__code__.co_names:
            value = inner.__globals__.get(name)
            if isinstance(value, policy.Kernel):
                self._end(f"{value.function.__module__}.{value.function.__name__}")
            if isinstance(value, ModuleType) and value.__name__.startswith("course_lib"):
                self._end(value.__name__)


def _name(frame: FrameType) -> str:
    """Return what a frame runs, as one would import it."""
    owner = frame.f_locals.get("self")
    if isinstance(owner, policy.Kernel):
        return f"{owner.function.__module__}.{owner.function.__name__}"
    return f"{frame.f_globals.get('__name__', 'course_lib')}.{frame.f_code.co_name}"


def finish(result: Any) -> Any:
    """Return a result; of a generator, the list of what it makes."""
    if type(result) is tuple:  # as most are: no iterator, and that is seen sooner
        return result
    return list(itertools.islice(result, MOST_ITEMS)) if isinstance(result, Iterator) else result


class Counted:
    """A function that a check passes to an answer: counted, remembered, safe from changes.

    Parameters
    ----------
    function : callable
        What is called, with copies of the arguments.

    Attributes
    ----------
    calls : int
        How often it was called.
    seen : list of tuple
        The arguments of the first calls.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.__name__ = getattr(function, "__name__", "function")
        self.__doc__ = function.__doc__
        self.calls = 0
        self.seen: list[tuple[Any, ...]] = []

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the function, unwatched."""
        watch = sys.getprofile()
        sys.setprofile(None)
        try:
            self.calls += 1
            if self.calls > MANY_CALLS:
                raise RuntimeError(f"{self.__name__} was called more than {MANY_CALLS} times")
            if len(self.seen) < REMEMBERED:
                self.seen.append(copy.deepcopy(args))
            return copy.deepcopy(self._function(*copy.deepcopy(args), **copy.deepcopy(named)))
        finally:
            sys.setprofile(watch)

    def __deepcopy__(self, _memo: Any) -> Counted:
        return self


@contextlib.contextmanager
def quiet(stdout: io.StringIO) -> Iterator[None]:
    """Keep what a function prints and warns about out of the notebook.

    nbgrader gives no marks to a cell with anything on stderr, and a division warning is not a
    mistake in itself. Where it is kept already, there is nothing to do.
    """
    if sys.stdout is stdout and sys.stderr is stdout:
        yield
        return
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stdout),
    ):
        warnings.simplefilter("ignore")
        yield


# A check that waits for its turn on a busy machine is not a loop without an end.
WALL = 3


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`TimeUp` after so many seconds of the processor, or three times as many of the clock.

    Where the platform can: on Unix, in the main thread.
    """
    can = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not can:
        yield
        return

    def stop(_number: int, _frame: Any) -> None:
        raise TimeUp

    timers = (
        (signal.SIGPROF, signal.ITIMER_PROF, seconds),
        (signal.SIGALRM, signal.ITIMER_REAL, WALL * seconds),
    )
    before = [signal.signal(number, stop) for number, _, _ in timers]
    try:
        for _, timer, limit in timers:
            signal.setitimer(
                timer, limit, 1.0
            )  # again, should the first one get lost in a callback
        yield
    finally:
        for _, timer, _ in timers:
            signal.setitimer(timer, 0)
        for (number, _, _), handler in zip(timers, before, strict=True):
            signal.signal(number, handler)
