"""The answer's side of the line: runs the cells, then lets the judge call what they define.

Student's code runs in this process and may do to it what it likes. Nothing that it sends is believed
more than a value that a function returns.
"""

from __future__ import annotations

import builtins
import contextvars
import copy
import functools
import io
import socket
import sys
import warnings
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from ..checks.guard import Counted, LibraryCalled, OwnWork, finish
from ..checks.trial import describe_error
from ..checks.values import same
from . import library
from ._wire_short import fill, has_changed
from .cells import Cells
from .turns import Asked
from .wire import Closed, Functions, WireError

_MOST_PRINTED = 1_000
_SOON, _LITTLE = 0.05, 100_000  # seconds and bytes: what is more is told at once
_FIXED = frozenset((float, int, str, bool, type(None)))  # nobody can change one of these
_IGNORED: list[Any] = []  # the filter that lets no warning through


class Answer:
    """One submission's process.

    Parameters
    ----------
    end : socket.socket
        This process's end of the line.
    cells : Cells
        Where the notebook runs.
    slate : int, optional
        See :mod:`course_lib.grading.turns`.
    """

    def __init__(self, end: socket.socket, cells: Cells, slate: int = -1) -> None:
        self.line = Asked(end, slate, Functions(self._lent))
        self.cells = cells
        self._checked: Any = None
        self._own = OwnWork()
        self._work: type[OwnWork] | None = None
        self._calm = contextvars.copy_context()
        self._stdout = io.StringIO()

    def serve(self) -> None:
        """Do what the judge asks until it hangs up."""
        streams = sys.stdout, sys.stderr
        try:
            while True:
                self._do(self.line.receive())
        except Closed:
            return
        finally:
            sys.stdout, sys.stderr = streams

    def _do(self, message: tuple[Any, ...]) -> None:
        match message:
            case ("short", number, args, arrays, data):  # as most are
                changes = functools.partial(_changes_in_short, args, arrays, data)
                self._call(number, args, {}, changes)
            case ("run", cells):
                self._run(cells)
            case ("fetch", name):
                self._fetch(name)
            case ("call", number, args, named):
                changes = functools.partial(_changes, [_kept(arg) for arg in args], args)
                self._call(number, args, named, changes)

    def _run(self, cells: Sequence[tuple[str, str, str]]) -> None:
        """Run cells, and tell of several at once as long as they are soon done and say little."""
        ran: list[tuple[Any, ...]] = []
        begin, size = perf_counter(), 0
        for count, (name, kind, source) in enumerate(cells, 1):
            text, error, images, seconds = self.cells.run(name, source)
            value = self.cells.value[:40] if kind == "test" else ""
            ran.append((text, error, images, seconds, value))
            self.line.note(count)
            size += len(text) + sum(map(len, images))
            if count == len(cells) or size > _LITTLE or perf_counter() - begin > _SOON:
                self.line.send("ran", tuple(ran))
                ran, begin, size = [], perf_counter(), 0

    def _fetch(self, name: str) -> None:
        """Hand over the value that a name has after the cells: a new check begins."""
        if self._work is None:
            self._work = Unwatched if library.close() else OwnWork
        if name not in self.cells.names:
            self.line.send("missing")
            return
        if self.line.functions is not None:
            self.line.functions.clear()
        self._checked = self.cells.names[name]
        self._own = self._work()
        with np.errstate(all="ignore"):
            self._calm = contextvars.copy_context()
        try:
            self.line.send("value", self._checked)
        except WireError as problem:
            self.line.send("refused", f"{name} can't be looked at: {problem}.")

    def _call(
        self,
        number: int,
        args: tuple[Any, ...],
        named: dict[str, Any],
        changes: Callable[[], dict[int, Any]],
    ) -> None:
        assert self.line.functions is not None
        function = self.line.functions.offered[number]
        stdout = self._quiet()
        try:
            work = functools.partial(function, **named) if named else function
            result = self._calm.copy().run(self._own.call, work, args)
            changed = changes()
        except LibraryCalled as called:
            reply: tuple[Any, ...] = ("library", str(called))
        except Exception as error:
            reply = self._raised(error, stdout)
        except BaseException as error:
            reply = ("exit", f"it raised {type(error).__name__}")
        else:
            reply = ("return", result, changed, stdout.getvalue()[:_MOST_PRINTED])
        try:
            self.line.send(*reply)
        except Closed:
            raise
        except Exception as problem:
            sentence = f"What the function returned can't be looked at: {problem}."
            self.line.send("raise", "ValueError", sentence[:400], "")

    def _quiet(self) -> io.StringIO:
        """Keep what a function prints and warns about, as :func:`~course_lib.checks.guard.quiet`.

        Nobody else prints in this process while checks are held, so nothing has to be put back.
        """
        if warnings.filters[:1] != _IGNORED:
            warnings.simplefilter("ignore")
            _IGNORED[:] = warnings.filters[:1]
        if self._stdout.tell():
            self._stdout = io.StringIO()
        sys.stdout = sys.stderr = self._stdout
        return self._stdout

    def _raised(self, error: Exception, stdout: io.StringIO) -> tuple[Any, ...]:
        sentence = describe_error(error, self._checked)
        return "raise", type(error).__name__, sentence[:2000], stdout.getvalue()[:_MOST_PRINTED]

    def _lent(self, number: int, _kind: str, name: str, doc: str) -> Counted:
        """Make a function that runs in the judge; unwatched, as it is in a notebook."""

        def call(*args: Any, **named: Any) -> Any:
            self.line.send("call", number, args, named)
            while True:
                match self.line.receive():
                    case ("return", result):
                        return result
                    case ("raise", kind, text):
                        raise make_error(kind, text)
                    case other:
                        self._do(other)

        call.__name__, call.__doc__ = name, doc
        lent = Counted(call)
        lent.__course_number__ = number  # type: ignore[attr-defined]
        lent.__course_functions__ = self.line.functions  # type: ignore[attr-defined]
        return lent


class Unwatched(OwnWork):
    """The same without a watch, where the library itself says that it was called."""

    def __init__(self) -> None:
        super().__init__()
        library.begin()

    def call(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        """Call a function of an answer, and run a generator that it returns to its end."""
        if hasattr(function, "py_func"):
            return super().call(function, args)
        result = finish(function(*args))
        if library.refused():  # and the exception was swallowed
            raise LibraryCalled(library.refused())
        return result


def _changes_in_short(args: tuple[Any, ...], *came: Any) -> dict[int, Any]:
    """Return the arguments that are not as they came, by their place."""
    if not has_changed(args, *came):
        return {}
    before = list(args)
    fill(before, *came)
    return _changes([_kept(arg) for arg in before], args)


def _changes(before: Sequence[Any], args: tuple[Any, ...]) -> dict[int, Any]:
    """Return the arguments that are not as they were, by their place."""
    pairs = enumerate(zip(before, args, strict=True))
    return {i: new for i, (old, new) in pairs if not _as_before(old, new)}


def _kept(value: Any) -> Any:
    """Return what an argument is compared with afterwards."""
    kind = type(value)
    if kind in _FIXED:
        return value
    if kind is np.ndarray and value.dtype.kind != "O":
        return value.tobytes(), value.dtype, value.shape
    return copy.deepcopy(value)


def _as_before(old: Any, new: Any) -> bool:
    """Whether an argument is as it was: :func:`~course_lib.checks.values.same`, sooner for most."""
    kind = type(new)
    if kind in _FIXED:
        return True
    if kind is not np.ndarray or new.dtype.kind == "O":
        return same(old, new)
    data, dtype, shape = old
    if new.dtype != dtype or new.shape != shape:
        return False
    return new.tobytes() == data or same(np.ndarray(shape, dtype, data), new)


def make_error(kind: str, text: str) -> Exception:
    """Return an error as it was raised in the judge.

    Examples
    --------
    >>> error = make_error("KeyError", "'w'")
    >>> isinstance(error, KeyError), str(error)
    (True, "'w'")
    """
    places = (builtins, np.linalg, np.exceptions)
    found = next((getattr(place, kind) for place in places if hasattr(place, kind)), Exception)
    known = isinstance(found, type) and issubclass(found, Exception)
    say = functools.partial(str, text)  # a function of ours would be seen as a call of the library
    made = type(kind, (found if known else Exception,), {"__str__": say})
    new: Any = made.__new__  # some need more than a text to be made the usual way
    error: Exception = new(made)
    error.args = (text,)
    return error
