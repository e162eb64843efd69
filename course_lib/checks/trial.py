"""Calling a student's function: with copies, quietly, within a time limit, result made plain.

Everything that a check learns about an answer passes through :meth:`Trial.call`. What comes back
from it is tuples of plain arrays or a :class:`Failure` with a readable message.
"""

from __future__ import annotations

import contextlib
import copy
import io
import signal
import threading
import traceback
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .._validate import Array
from .exercise import Exercise, Failure, Function

# Where the tolerance comes from. A check takes at most 12 steps of an update rule; one step rounds
# each number fewer than 15 times. Right answers that order their operations differently can drift
# apart by 12 · 15 · 2 · u ≈ 4e-14 (float64, u = 1.1e-16) or 2e-5 (float32, u = 6e-8), relative to the
# largest number involved; in float32, 1 − β₂ = 0.001 formed in single precision adds another 3e-5.
# Every wrong variant differs by more than 1e-6 in float64, which the tests assert.
TOLERANCE = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 3e-4}

PRINT_LIMIT = 400


class TimeUp(BaseException):
    """The time limit ran out. Not an ``Exception``, so that ``except Exception`` does not eat it."""


class Trial:
    """One check of one function.

    Parameters
    ----------
    exercise : Exercise
    function : callable
        The answer.
    seed : int
        All random inputs follow from it.
    hidden : bool
        Whether to add the harder cases.
    """

    def __init__(self, exercise: Exercise, function: Function, seed: int, hidden: bool) -> None:
        self.exercise = exercise
        self.function = function
        self.hidden = hidden
        self.changed: set[str] = set()
        self._seed = seed
        self._stdout = io.StringIO()

    @property
    def printed(self) -> str:
        """The beginning of what the function printed."""
        text = self._stdout.getvalue().strip()
        return text if len(text) <= PRINT_LIMIT else text[:PRINT_LIMIT] + " …"

    def rng(self, stream: int) -> np.random.Generator:
        """Return the random generator of one property, independent of all others."""
        return np.random.default_rng([self._seed, stream])

    def call(self, *args: Any) -> tuple[Array, ...]:
        """Call the answer with copies of ``args``; note which it changed; return plain arrays.

        Raises
        ------
        Failure
            If it raises, or returns something of another form than the statement asks for.
        """
        passed = copy.deepcopy(args)
        try:
            with quiet(self._stdout):
                result = self.function(*passed)
        except Exception as error:
            raise Failure(describe_error(error, self.function), self.name_arguments(args)) from None
        for name, before, after in zip(self.exercise.parameters, args, passed, strict=False):
            if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True):
                self.changed.add(name)
        return self._as_arrays(result, args)

    def reference(self, *args: Any) -> tuple[Array, ...]:
        """Call the right function."""
        return tuple(np.asarray(part) for part in self.exercise.reference(*copy.deepcopy(args)))

    def name_arguments(self, args: Sequence[Any]) -> list[tuple[str, Any]]:
        """Pair arguments with the names of the parameters."""
        return list(zip(self.exercise.parameters, args, strict=False))

    def expect(
        self, actual: Array, expected: Array, name: str, args: Sequence[Any], when: str = ""
    ) -> None:
        """Raise :class:`Failure` unless the two agree to rounding."""
        # What a number was before belongs to its scale: w - step may cancel to almost nothing.
        before = dict(self.name_arguments(args)).get(name, 0.0)
        scale = float(max(np.max(np.abs(part), initial=0.0) for part in (before, expected)))
        if close(actual, expected, scale=scale):
            return
        what = f"{name} is not right{when}."
        if actual.shape != expected.shape:
            what = f"{name} has shape {actual.shape}{when}; it must be {expected.shape}."
        elif not np.all(np.isfinite(actual)):
            what = f"{name} contains {'nan' if np.isnan(actual).any() else 'inf'}{when}."
        elif actual.dtype != expected.dtype and close(actual, expected, 1e-3, scale):
            what = f"{name} was rounded to {actual.dtype}{when}; the inputs are {expected.dtype}."
        raise Failure(what, self.name_arguments(args), expected, actual, name)

    def _as_arrays(self, result: Any, args: Sequence[Any]) -> tuple[Array, ...]:
        names = self.exercise.returns
        wanted = f"it must return {', '.join(names)}" + (
            ", in this order." if len(names) > 1 else "."
        )
        arguments = self.name_arguments(args)
        if result is None:
            raise Failure(f"The function returned nothing: {wanted} Is there a return?", arguments)
        if len(names) == 1 and not isinstance(result, tuple):
            result = (result,)
        if not isinstance(result, tuple | list):
            raise Failure(f"The function returned one {type(result).__name__}: {wanted}", arguments)
        if len(result) != len(names):
            raise Failure(f"The function returned {len(result)} values: {wanted}", arguments)
        return tuple(
            self._as_array(part, name, arguments) for part, name in zip(result, names, strict=True)
        )

    def _as_array(self, part: Any, name: str, arguments: list[tuple[str, Any]]) -> Array:
        try:
            array = np.array(part, copy=True, subok=False)
        except (TypeError, ValueError):
            array = np.array(None)
        if array.dtype.kind not in "fiub":
            raise Failure(
                f"The returned {name} is not made of real numbers (it is {_kind(part)}).", arguments
            )
        return array if array.dtype.kind == "f" else array.astype(np.float64)


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    return "None" if value is None else f"a {type(value).__name__}"


def close(
    actual: Array, expected: Array, tolerance: float | None = None, scale: float | None = None
) -> bool:
    """Whether two arrays agree to rounding, relative to ``scale`` (the largest number expected).

    Examples
    --------
    >>> close(np.array([1.0, 1e-12]), np.array([1.0, 0.0]))
    True
    """
    if actual.shape != expected.shape:
        return False
    if tolerance is None:
        tolerance = TOLERANCE.get(expected.dtype, 1e-9)
    if scale is None:
        scale = float(np.max(np.abs(expected), initial=0.0))
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(actual - expected) <= tolerance * scale))


@contextlib.contextmanager
def quiet(stdout: io.StringIO) -> Iterator[None]:
    """Keep what a function prints and warns about out of the notebook.

    nbgrader gives no marks to a cell with anything on stderr, and a division warning is not a
    mistake in itself.
    """
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stdout),
    ):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`TimeUp` when the time is over, where the platform can (Unix, main thread)."""
    can = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not can:
        yield
        return

    def stop(_number: int, _frame: Any) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def describe_error(error: Exception, function: Function) -> str:
    """Say which error a student's function raised, and at which line of theirs."""
    if isinstance(error, NotImplementedError) and not str(error):
        return "The function is not written yet: it raises NotImplementedError."
    code = getattr(function, "__code__", None)
    where = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if code is not None and frame.filename == code.co_filename and frame.line:
            where = f" The line is:  {frame.line.strip()}"
    text = " ".join(str(error).split())
    return f"The function raised {type(error).__name__}: {text[:200]}.{where}".replace("..", ".")
