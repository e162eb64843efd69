"""Compiles every kernel, so that nobody has to wait for it later; see :mod:`.__main__`."""

from __future__ import annotations

import importlib
import pkgutil
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from time import perf_counter

from . import __path__ as places
from .policy import Kernel, jit_enabled, threads


def modules() -> list[str]:
    """Return the names of the modules that hold kernels.

    Examples
    --------
    >>> "optimizers" in modules()
    True
    """
    return [m.name for m in pkgutil.iter_modules(places) if not m.name.startswith("_")]


def compile_all(module: str) -> float:
    """Compile the kernels of a module; return how many seconds that took."""
    start = perf_counter()
    for value in vars(importlib.import_module(f"{__package__}.{module}")).values():
        if isinstance(value, Kernel):
            value.compiled  # noqa: B018  # a cached property
    return perf_counter() - start


def main() -> None:
    """Compile all, several modules at the same time, and say how long it took."""
    if not jit_enabled():
        print("Kernels: numba is missing or switched off, there is nothing to compile.")
        return
    start = perf_counter()
    names = modules()
    with ProcessPoolExecutor(min(threads(), 4), mp_context=get_context("spawn")) as pool:
        running = {pool.submit(compile_all, name): name for name in names}
        for done, future in enumerate(as_completed(running), start=1):
            seconds = future.result()
            print(f"Kernels {done:2}/{len(names)}: {running[future]} ({seconds:.1f} s)", flush=True)
    # Two processes that compiled the same function at once may have lost a part of the cache's index.
    for name in names:
        compile_all(name)
    print(f"Kernels: all there after {perf_counter() - start:.1f} s.")
