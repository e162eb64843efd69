"""Closing the library in an answer's process, once its cells have run and the checks begin.

A check in a notebook watches every call of the answer, which takes as long again as the answer itself. And
an answer that switches the watch off would still hand in the library's work. So here there is none to be
had any more: each function refuses, and says so. Whoever copies the library's text into the cell does so
in writing. The answer is watched only if its cells have called the library, and may have kept something of
it that goes on working, such as a generator (:func:`close` tells).

To change two thousand functions takes a copy as long as all else it does, because it has to make its own
copy of nearly every page that they lie on. So the zygote does it, once (:func:`prepare`): each function
gets a stand-in for its code. The first that is called in a cell gives all of them their own code back
(:func:`enter`), and closing then is work. Most cells only define functions, and call none of ours.
"""

from __future__ import annotations

import ctypes
import functools
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from ..checks.guard import LibraryCalled
from ..checks.guard import _name as name_of
from ..kernels import policy

_PACKAGE = __name__.partition(".")[0]
_KEPT = tuple(
    f"{_PACKAGE}.{name}"
    for name in ("grading", "checks.guard", "checks.trial", "checks.values", "checks.exercise")
)
# Called in every copy, by an import and as it begins: these are changed when the library is closed.
_LATER = (_PACKAGE, f"{_PACKAGE}.kernels.crew")


class _Imports:
    """The first that Python asks where a module is: notes those of the library, and does not know.

    Once the library is closed, no more of it can be had; where there is a watch, it sees that, and must not
    see this.
    """

    def __init__(self) -> None:
        self.some = False

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> None:
        """Note it, or refuse it."""
        if _state.closed and not _state.unwatched:
            return
        if _is_closed(name):
            self.some = True
            if _state.closed:
                refuse(f"{name}.<module>")


_find = vars(_Imports)["find_spec"]
_find.__code__ = _find.__code__.replace(co_filename="<imports>")


class _State:
    """What has been done to the library in this process.

    Attributes
    ----------
    own : list of (object, object)
        Functions with the code that is theirs, kernels with what they were compiled to.
    later : list of (object, object)
        Functions that are called in every copy, with the code that they get when the library is closed.
    modules : dict of str to (module, object)
        What was prepared, by name: the module and its ``__spec__``, which is another after a reload.
    imports : _Imports
        Sees what of the library is imported or reloaded since.
    open, closed, unwatched : bool
        Whether all of it is as it was written; whether all of it refuses; whether nothing else would tell.
    refused : str
        What refused first since :func:`begin`.
    """

    def __init__(self) -> None:
        self.own: list[tuple[Any, Any]] = []
        self.later: list[tuple[Any, Any]] = []
        self.modules: dict[str, tuple[types.ModuleType, Any]] = {}
        self.imports = _Imports()
        self.open = self.closed = self.unwatched = False
        self.refused = ""


_state = _State()


def _refuse(*_args: Any, **_named: Any) -> Any:
    from course_lib.grading.library import refuse

    refuse()


def _stand_in(*args: Any, **named: Any) -> Any:
    from course_lib.grading.library import enter

    return enter(123_456_789, args, named)  # each has its own number there


_CONSTANTS = _stand_in.__code__.co_consts


def prepare() -> None:
    """Put stand-ins in the place of all functions that :func:`close` would close. Done once, by the zygote."""
    found: dict[int, Any] = {}  # a function may have names in several modules
    sys.meta_path.insert(0, _state.imports)
    for name, module in _ours(list(sys.modules)):
        _state.modules[name] = module, module.__spec__
        if name in _LATER:
            mine = (f for f in _things(module) if _is_ours(f) and f.__module__ == name)
            _state.later += [(function, _named(_refuse.__code__, function)) for function in mine]
            continue
        for thing in _things(module):
            if isinstance(thing, policy.Kernel):
                if "compiled" in thing.__dict__:
                    found[id(thing)] = thing
                thing = thing.function
            if _is_ours(thing) and thing.__module__ not in _LATER:
                found[id(thing)] = thing
    for number, thing in enumerate(found.values()):
        if isinstance(thing, policy.Kernel):
            _state.own.append((thing, thing.compiled))
            thing.__dict__["compiled"] = functools.partial(_call, number)
        else:
            _state.own.append((thing, thing.__code__))
            consts = tuple(number if c == 123_456_789 else c for c in _CONSTANTS)
            _replace(thing, _stand_in.__code__.replace(co_consts=consts))


def _call(number: int, *args: Any, **named: Any) -> Any:
    return enter(number, args, named)


def enter(number: int, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Do what a stand-in stands for: open the library, and call the function itself."""
    if _state.closed:
        refuse()
    if not _state.open:
        _open()
    return _state.own[number][0](*args, **named)


def _open() -> None:
    """Give everything its own code back."""
    _state.modules = {}
    for thing, code in _state.own:
        if isinstance(thing, policy.Kernel):
            thing.__dict__["compiled"] = code
        else:
            thing.__code__ = code
    _state.open = True


def refuse(name: str = "") -> NoReturn:
    """Say, as the watch does, what was called: the first function of ours on the way here, or what has this name."""
    frame: Any = sys._getframe(1)
    while frame.f_code.co_filename == __file__ or (frame.f_back and _is_inside(frame.f_back)):
        frame = frame.f_back
    _state.refused = _state.refused or name or name_of(frame)
    raise LibraryCalled(_state.refused)


def _is_inside(frame: types.FrameType) -> bool:
    """Whether a frame runs a function that is closed, or that waits for one that is."""
    return _is_closed(str(frame.f_globals.get("__name__", "")))


def _is_closed(name: str) -> bool:
    """Whether a module by this name is the library's, and not one that an answer's process needs itself."""
    return name.partition(".")[0] == _PACKAGE and not name.startswith(_KEPT)


def begin() -> None:
    """Forget what has refused: a new check begins."""
    _state.refused = ""


def refused() -> str:
    """Return what refused since :func:`begin`, as one would import it; empty if nothing did."""
    return _state.refused


def close() -> bool:
    """Let every function of the library's topics, kernels and checks raise ``LibraryCalled``.

    Returns
    -------
    bool
        Whether none of them has ever been called here, so that nothing is left of any call.
    """
    _state.closed = True
    own, _state.own = _state.own, []
    if _state.open:
        for thing, _ in own:
            _close(thing)
    else:
        # No name leads to their code any more. To free it would be work, too.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(own))
        for function, code in _state.later:
            function.__code__ = code
    later = list(_ours(list(_unprepared())))
    for _, module in later:
        for thing in _things(module):
            _close(thing)
    _state.unwatched = not _state.open and not later
    return _state.unwatched


def _close(thing: Any) -> None:
    if isinstance(thing, policy.Kernel):
        thing.__dict__["compiled"] = _refuse
        thing = thing.function
    if _is_ours(thing):
        _replace(thing, _refuse.__code__)


def _unprepared() -> Iterator[str]:
    """Yield the names of modules that were imported, reloaded or put there since :func:`prepare`.

    Most often there are none. Then they are not even looked at: to count one more user of an object is to
    write into its page.
    """
    if _state.modules and not _state.imports.some and sys.meta_path[:1] == [_state.imports]:
        return
    for name in list(sys.modules):
        module, spec = _state.modules.get(name, (None, None))
        now = sys.modules.get(name)
        if now is not None and (now is not module or now.__spec__ is not spec):
            yield name


def _ours(names: Iterable[str]) -> Iterator[tuple[str, types.ModuleType]]:
    """Yield the library's modules among them, without those that an answer's process needs itself."""
    for name in names:
        module = sys.modules.get(name)
        if module and _is_closed(name):
            yield name, module


def _things(module: types.ModuleType) -> Iterator[Any]:
    for thing in list(vars(module).values()):
        yield thing
        if isinstance(thing, type) and thing is not policy.Kernel:
            yield from list(vars(thing).values())


def _is_ours(thing: Any) -> bool:
    """Whether it is a function of the library that can be given other code."""
    return (
        isinstance(thing, types.FunctionType)
        and thing.__module__.startswith(_PACKAGE)
        and not thing.__module__.startswith(_KEPT)
        and not thing.__closure__
    )


def _replace(function: types.FunctionType, code: types.CodeType) -> None:
    function.__code__ = _named(code, function)


def _named(code: types.CodeType, function: types.FunctionType) -> types.CodeType:
    """Return a code by the name that a function has: the watch says it."""
    old = function.__code__
    return code.replace(co_name=old.co_name, co_filename=old.co_filename)
