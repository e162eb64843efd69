"""How kernels are compiled, cached, and run without numba: all that knows numba stands here and in ``_cache``.

A kernel is a plain function over NumPy arrays with the decorator :func:`kernel`. Four things are
decided here, once, for all of them.

*Compiling.* A kernel has explicit signatures, so each is compiled once and read from the disk cache
afterwards. It is compiled when it is first called, not when it is imported. One kernel may call
another.

*Caching.* What is compiled is kept on disk and read from there by the next process (``_cache``).

*Threads.* Work is cut into parts only where that pays (:func:`bounds_of_parts`). The parts run in
Python's threads, with kernels that release the interpreter (``nogil``): a parallel region of numba's
would have to be compiled apart, and would break either at a fork or when two threads enter it at once.

*Doing without.* If numba is missing (in a browser) or switched off (``NUMBA_DISABLE_JIT=1``), the same
source runs on NumPy. ``for i in elements(w)`` is the reason that this is fast: compiled, ``i`` counts
through the array; without numba, ``i`` is one slice that takes the whole array at a time.
"""

from __future__ import annotations

import functools
import itertools
import os
import sys
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from ._cache import cache_folder, load_without_compiler, save_where_possible
from ._threads import together

Array = npt.NDArray[Any]

HAS_NUMBA = find_spec("numba") is not None

# Everything `fastmath=True` allows except assuming that there are no NaNs and no infinities:
# with those two, `isnan` is always False and a diverging run goes unseen.
FASTMATH = frozenset({"contract", "reassoc", "arcp", "nsz", "afn"})


def jit_enabled() -> bool:
    """Whether kernels run compiled: numba is installed and not switched off."""
    if not HAS_NUMBA:
        return False
    import numba

    return not numba.config.DISABLE_JIT


def elements(array: Array) -> Iterable[Any]:
    """Indices that visit every element of a 1-D array, for the loop of an elementwise kernel.

    Compiled, this is ``range(array.size)``. Without numba it is a single slice over everything, so
    that the loop body runs once, on whole arrays, at NumPy's speed. The body must make sense for
    both: use ``np.sqrt`` and :func:`choose`, not ``math.sqrt`` and ``if``.

    Examples
    --------
    >>> import numpy as np
    >>> w, g = np.ones(3), np.array([1.0, 2.0, 3.0])
    >>> for i in elements(w):
    ...     w[i] -= 0.5 * g[i]
    >>> w
    array([ 0.5,  0. , -0.5])
    """
    return (slice(None),)


def row(table: Array, k: int) -> Array:
    """Row ``k`` of a table whose rows are contiguous, though they may lie further apart.

    A step of an update rule may be cut into pieces; a piece's state is then part of each row of a
    larger table. numba would take the elements of such a row for scattered and not vectorize.

    Examples
    --------
    >>> import numpy as np
    >>> row(np.arange(6).reshape(2, 3)[:, :2], 1)
    array([3, 4])
    """
    return table[k]  # type: ignore[no-any-return]


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """``np.where`` for the loop of an elementwise kernel (numba's makes an array of every number).

    Examples
    --------
    >>> import numpy as np
    >>> choose(np.array([True, False]), 1.0, np.array([2.0, 3.0]))
    array([1., 3.])
    """
    return np.where(condition, yes, no)


def total(values: Any) -> Any:
    """Return the sum of what a loop over ``elements`` adds up: compiled, one number at a time.

    Examples
    --------
    >>> total(np.array([1.0, 2.0]))
    3.0
    """
    return float(np.sum(values))


def apart() -> None:
    """Have the function that says this compiled apart: not into its callers, where it may come out otherwise.

    Two ways to the same result round differently in the last bit, and the compiler may take one here and
    the other there.
    """


class Kernel:
    """A function that numba compiles at its first call; without numba, the function itself.

    Parameters
    ----------
    function : callable
        The plain Python function.
    signatures : sequence of str
        numba signatures, one a supported dtype, such as ``"void(f8[::1], f8)"``.
    nogil : bool
        Whether it lets other threads run meanwhile; :func:`share_out` needs that.
    """

    def __init__(
        self, function: Callable[..., Any], signatures: tuple[str, ...], nogil: bool = False
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.signatures = signatures
        self.nogil = nogil

    @functools.cached_property
    def compiled(self) -> Callable[..., Any]:
        """The compiled function (or the plain one, without numba)."""
        if not jit_enabled():
            return self.function
        import numba

        with cache_folder():
            jitted = numba.njit(
                cache=True, fastmath=set(FASTMATH), error_model="numpy", nogil=self.nogil
            )(self.function)
        load_without_compiler(jitted)
        save_where_possible(jitted)
        for signature in self.signatures:
            jitted.compile(signature)
        jitted.disable_compile()
        return jitted  # type: ignore[no-any-return]

    def __call__(self, *args: Any) -> Any:
        """Run the kernel, compiling it first if this is the first call."""
        return self.compiled(*args)

    def __repr__(self) -> str:
        return f"Kernel({self.function.__module__}.{self.function.__name__})"


def kernel(*signatures: str, nogil: bool = False) -> Callable[[Callable[..., Any]], Kernel]:
    """Make a kernel of a function: ``@kernel("void(f8[::1], f8)", "void(f4[::1], f8)")``."""
    return lambda function: Kernel(function, signatures, nogil)


def for_floats(template: str) -> tuple[str, ...]:
    """Write a signature once for both precisions: ``F`` stands for ``f8`` and for ``f4``.

    Examples
    --------
    >>> for_floats("void(F[::1], f8)")
    ('void(f8[::1], f8)', 'void(f4[::1], f8)')
    """
    return tuple(template.replace("F", dtype) for dtype in ("f8", "f4"))


# Waking a thread and waiting for it takes about 0.03 ms, cutting up the work some more; a simple
# operation in a vectorized loop takes about 0.3 ns.
_PAYS = 1e6


def threads() -> int:
    """Return how many processors this process may use."""
    available = getattr(os, "sched_getaffinity", None)
    return len(available(0)) if available else os.cpu_count() or 1


def bounds_of_parts(n: int, operations: float) -> list[int]:
    """Return where to cut 0 … n into as many parts as it pays to run at the same time.

    ``operations`` says how much work the whole is, in simple operations.

    Examples
    --------
    >>> bounds_of_parts(100, operations=100)
    [0, 100]
    """
    parts = min(threads(), n, int(operations / _PAYS) + 1) if jit_enabled() else 1
    return [n * k // max(parts, 1) for k in range(max(parts, 1) + 1)]


def share_out(run: Kernel, n: int, operations: float, *args: Any) -> None:
    """Call ``run(start, stop, *args)`` so that 0 … n is covered, on several threads if it pays.

    ``operations`` says how much work the whole is, in simple operations. The kernel must be ``nogil``.
    """
    bounds = bounds_of_parts(n, operations)
    if len(bounds) == 2:
        run(0, n, *args)
        return
    compiled = run.compiled  # once, before there are threads
    together([functools.partial(compiled, a, b, *args) for a, b in itertools.pairwise(bounds)])


def is_jitted(function: Any) -> bool:
    """Whether a function was compiled by numba, as with ``@njit``; does not import numba to find out."""
    numba = sys.modules.get("numba")
    return numba is not None and isinstance(function, numba.core.dispatcher.Dispatcher)


def compile_lazily(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function for whatever it is called with, without caching; without numba, return it.

    Examples
    --------
    >>> compile_lazily(lambda x: 2 * x)(3)
    6
    """
    if not jit_enabled():
        return function
    import numba

    return numba.njit(function)  # type: ignore[no-any-return]
