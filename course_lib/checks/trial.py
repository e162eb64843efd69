"""Calling an answer: with copies, quietly, watched, its result made plain.

Everything that a check learns about an answer passes through :meth:`Trial.call`. What comes back
from it is plain data or a :class:`Failure` with a readable message.
"""

from __future__ import annotations

import contextlib
import copy
import io
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._validate import Array
from .exercise import Exercise, Failure, Function
from .guard import Counted, OwnWork, Told, finish, quiet
from .values import NotPlain, as_numbers, describe, difference, plain, same

PRINT_LIMIT = 400


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
    trusted : bool
        Whether the function is one of ours, which may be anything.

    Attributes
    ----------
    calls : dict of str to int
        How often each function among the arguments was called, in the last call of the answer.
    seen : dict of str to list of tuple
        What it was called with.
    changed : set of str
        Names of the arguments that were changed in place, in any call so far.
    shared : dict
        What several properties look at, by a name.
    """

    def __init__(
        self,
        exercise: Exercise,
        function: Function,
        seed: int,
        hidden: bool,
        trusted: bool = False,
    ) -> None:
        self.exercise = exercise
        self.function = function
        self.hidden = hidden
        self.trusted = trusted
        self.calls: dict[str, int] = {}
        self.seen: dict[str, list[tuple[Any, ...]]] = {}
        self.changed: set[str] = set()
        self.seed = seed
        self.shared: dict[str, Any] = {}
        self._stdout = io.StringIO()
        self._own = OwnWork()

    @property
    def printed(self) -> str:
        """The beginning of what the function printed."""
        text = self._stdout.getvalue().strip()
        return text if len(text) <= PRINT_LIMIT else text[:PRINT_LIMIT] + " …"

    def rng(self, stream: int) -> np.random.Generator:
        """Return the random generator of one property, independent of all others."""
        return np.random.default_rng([self.seed, stream])

    def quiet(self) -> contextlib.AbstractContextManager[None]:
        """Keep what is printed meanwhile, as :attr:`printed`, and silence warnings."""
        return quiet(self._stdout)

    def call(self, *args: Any) -> tuple[Any, ...]:
        """Call the answer with copies of ``args``; note which it changed; return plain values.

        Raises
        ------
        Failure
            If it raises, or returns something of another form than the statement asks for.
        """
        passed = [Counted(arg) if callable(arg) else _copied(arg) for arg in args]
        named = list(zip(self.exercise.parameters, args, passed, strict=False))
        try:
            result = self._run(self.function, passed, args)
        finally:
            counted = {name: p for name, _, p in named if isinstance(p, Counted)}
            self.calls = {name: p.calls for name, p in counted.items()}
            self.seen = {name: p.seen for name, p in counted.items()}
        self.changed |= {name for name, before, after in named if not same(before, after)}
        return self._as_plain(result, args)

    def _run(self, function: Function, passed: Sequence[Any], args: Sequence[Any]) -> Any:
        """Run code of the answer; anything it raises becomes a :class:`Failure`."""
        try:
            with self.quiet():
                if self.trusted:
                    return finish(function(*passed))
                return self._own.call(function, passed)
        except Exception as error:
            raise Failure(
                describe_error(error, self.function),
                self.name_arguments(args),
                kind=error.kind if isinstance(error, Told) else type(error).__name__,
            ) from None

    def reference(self, *args: Any) -> tuple[Any, ...]:
        """Call the right function."""
        result = self.exercise.reference(*map(_copied, args))
        parts = result if self._many else (result,)
        return tuple(map(plain, parts, self.exercise.kinds))

    def compare(self, *args: Any, when: str = "", probes: Sequence[Any] = ()) -> tuple[Any, ...]:
        """Call the answer and the right function on the same arguments; each result must agree.

        Parameters
        ----------
        *args
            The arguments.
        when : str, optional
            Ends the sentence *w is not right*; begins with a space.
        probes : sequence of tuple, optional
            For a returned function: the arguments at which it is compared, in place of the
            exercise's own.

        Returns
        -------
        tuple
            What the answer returned, plain.

        Raises
        ------
        Failure
            If they differ by more than rounding.
        """
        expected = self.reference(*args)
        actual = self.call(*args)
        for name, a, e in zip(self.exercise.returns, actual, expected, strict=True):
            if not callable(e):
                self.expect(a, e, name, args, when)
                continue
            for probe in probes or self.exercise.probes:
                at = f"{name}({', '.join(map(str, probe))})"
                self.expect(a(*probe), plain(e(*probe), "array"), at, args, when)
        return actual

    def observe(self, *args: Any) -> list[Array]:
        """Call the answer and return all that can be seen of it, as numbers to tell mistakes apart.

        Results, or the kind of the exception; how often it called each function; what it changed.
        """
        self.changed.clear()
        self.calls = {}
        try:
            results = self.call(*args)
            seen = [part for value in results for part in self._numbers(value)]
        except Failure as failure:
            seen = [np.array(np.nan), *as_numbers(failure.kind or "Failure")]
        unchanged = [float(name not in self.changed) for name in self.exercise.parameters]
        return [*seen, np.array([*map(float, self.calls.values()), *unchanged])]

    def _numbers(self, value: Any) -> list[Array]:
        if not callable(value):
            return as_numbers(value)
        return [part for probe in self.exercise.probes for part in as_numbers(value(*probe))]

    def name_arguments(self, args: Sequence[Any]) -> list[tuple[str, Any]]:
        """Pair arguments with the names of the parameters."""
        return list(zip(self.exercise.parameters, args, strict=False))

    def expect(
        self, actual: Any, expected: Any, name: str, args: Sequence[Any], when: str = ""
    ) -> None:
        """Raise :class:`Failure` unless the two agree to rounding."""
        named = self.name_arguments(args)
        # What a number was before belongs to its scale: w - step may cancel to almost nothing.
        before = dict(named).get(name, 0.0)
        what = difference(actual, expected, name, when, before, self.exercise.tolerance)
        if what:
            raise Failure(what, named, expected, actual, name)

    @property
    def _many(self) -> bool:
        return len(self.exercise.returns) > 1

    def _as_plain(self, result: Any, args: Sequence[Any]) -> tuple[Any, ...]:
        names, kinds = self.exercise.returns, self.exercise.kinds
        wanted = f"it must return {', '.join(names)}" + (", in this order." if self._many else ".")
        arguments = self.name_arguments(args)
        if result is None:
            raise Failure(f"The function returned nothing: {wanted} Is there a return?", arguments)
        if not self._many:
            alone = isinstance(result, tuple) and len(result) == 1 and kinds[0] != "arrays"
            result = result if alone else (result,)
        if not isinstance(result, tuple | list):
            raise Failure(f"The function returned one {type(result).__name__}: {wanted}", arguments)
        if len(result) != len(names):
            raise Failure(f"The function returned {len(result)} values: {wanted}", arguments)
        values = []
        for part, name, kind in zip(result, names, kinds, strict=True):
            try:
                value = plain(part, kind)
            except NotPlain as problem:
                raise Failure(f"The returned {name} {problem}.", arguments) from None
            values.append(self._protected(value, name) if kind == "function" else value)
        return tuple(values)

    def _protected(self, function: Function, name: str) -> Callable[..., Array]:
        """Return a function that the answer returned, to be called with the same care."""

        def call(*args: Any) -> Array:
            result = self._run(function, copy.deepcopy(args), ())
            try:
                return plain(result, "array")  # type: ignore[no-any-return]
            except NotPlain:
                at = ", ".join(map(str, args))
                raise Failure(f"{name}({at}) returned {describe(result)}, not numbers.") from None

        return call


def _copied(value: Any) -> Any:
    """Return a deep copy, made sooner for what most arguments are."""
    kind = type(value)
    if kind is float or kind is int:
        return value
    return (
        value.copy("K")
        if kind is np.ndarray and not value.dtype.hasobject
        else copy.deepcopy(value)
    )


def describe_error(error: Exception, function: Function) -> str:
    """Say which error a student's function raised, and at which line of theirs."""
    if isinstance(error, Told):
        return error.sentence
    if isinstance(error, NotImplementedError) and not str(error):
        return "The function is not written yet: it raises NotImplementedError."
    code = getattr(function, "__code__", None)
    where = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if code is not None and frame.filename == code.co_filename and frame.line:
            where = f" The line is:  {frame.line.strip()}"
    text = " ".join(str(error).split())
    return f"The function raised {type(error).__name__}: {text[:200]}.{where}".replace("..", ".")
