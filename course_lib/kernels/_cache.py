"""Compiled kernels on disk: where they are kept, and how they are read without setting a compiler up.

numba does not notice that a function called by a cached function has changed. The cache therefore lives
in a folder named after the text of all kernels: change one and all are compiled anew.

This reaches into three private parts of numba's cache (``_load_overload``, ``_CacheLocator``, ``rtsys``).
A numba without the first is set up in full; ``tests/test_policy.py`` says when another one has gone.
"""

from __future__ import annotations

import functools
import hashlib
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def load_without_compiler(jitted: Any) -> None:
    """Set numba's compiler up only where there is something to compile.

    numba imports all of its compiler before it reads a function from its cache. That takes longer than
    to import numba itself, and a function that is there already needs but the part that holds its memory.
    """
    from numba.core.runtime import rtsys

    cache = jitted._cache
    read: Any = getattr(cache, "_load_overload", None)

    def load(signature: Any, context: Any) -> Any:
        rtsys.initialize(context)
        try:
            found = read(signature, context)
        except OSError:  # a file that can't be read is none
            found = None
        if found is None:
            from . import _numba  # noqa: F401  # tells it what `elements`, `row`, … mean
        return found

    if read:
        cache.load_overload = load
    else:  # a numba that is made otherwise
        from . import _numba  # noqa: F401


def save_where_possible(jitted: Any) -> None:
    """Let a kernel that can't be kept, in a folder that is read only, be used all the same."""
    save = jitted._cache.save_overload

    def keep(signature: Any, data: Any) -> None:
        with suppress(OSError):
            save(signature, data)

    jitted._cache.save_overload = keep


@contextmanager
def cache_folder() -> Iterator[None]:
    """While a kernel is set up, point numba's cache at a folder that belongs to this source text."""
    import numba

    base = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(__file__).parent / "__pycache__")
    folder = base / f"kernels-{_fingerprint()}"
    before = numba.config.CACHE_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a read-only installation: numba's own choice of folder is good
        yield
        return
    numba.config.CACHE_DIR = str(folder)
    try:
        with _read_only_is_enough():
            yield
    finally:
        numba.config.CACHE_DIR = before


@contextmanager
def _read_only_is_enough() -> Iterator[None]:
    """Let numba read kernels from a folder that it can't write to, as in a judge's sandbox."""
    from numba.core.caching import _CacheLocator

    ensure = _CacheLocator.ensure_cache_path

    def is_there(self: Any) -> None:
        if not os.path.isdir(self.get_cache_path()):
            ensure(self)

    _CacheLocator.ensure_cache_path = is_there
    try:
        yield
    finally:
        _CacheLocator.ensure_cache_path = ensure


def _read_sources() -> bytes:
    return b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))


# Read while the kernels are imported: were it done at the first compilation, a process that is older than
# an edit would store its code under the name of the new text, and the next process would run it.
_SOURCES = _read_sources()


@functools.cache
def _fingerprint() -> str:
    """Name the text of all kernels, and whether arrays' bounds are checked."""
    import numba

    return hashlib.sha256(str(numba.config.BOUNDSCHECK).encode() + _SOURCES).hexdigest()[:12]
