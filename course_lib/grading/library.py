"""Closing the library in an answer's process, once its cells have run and the checks begin.

A check watches every call of the answer, as in a notebook. An answer that switches the watch off would
still hand in the library's work: so there is none to be had any more. Whoever copies the library's
text into the cell does so in writing.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from ..kernels import policy

_PACKAGE = __name__.partition(".")[0]
_KEPT = tuple(
    f"{_PACKAGE}.{name}"
    for name in ("grading", "checks.guard", "checks.trial", "checks.values", "checks.exercise")
)


def _refuse(*_args: Any, **_named: Any) -> Any:
    from course_lib.checks.guard import LibraryCalled

    raise LibraryCalled(__name__)


def close() -> None:
    """Let every function of the library's topics, kernels and checks raise ``LibraryCalled``."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != _PACKAGE or name.startswith(_KEPT):
            continue
        for thing in _things(module):
            if isinstance(thing, policy.Kernel):
                thing.__dict__["compiled"] = _refuse
                thing = thing.function
            if isinstance(thing, types.FunctionType) and thing.__module__.startswith(_PACKAGE):
                _close(thing)


def _things(module: types.ModuleType) -> Iterator[Any]:
    for thing in list(vars(module).values()):
        yield thing
        if isinstance(thing, type) and thing is not policy.Kernel:
            yield from list(vars(thing).values())


def _close(function: types.FunctionType) -> None:
    if not function.__closure__ and not function.__module__.startswith(_KEPT):
        old = function.__code__
        function.__code__ = _refuse.__code__.replace(
            co_name=old.co_name, co_filename=old.co_filename
        )
