"""What ``course_lib`` makes public, and what of it is not documented.

:func:`gaps` is the promise of the reference pages: every public name is described, every parameter
and field of it too, and every function has an example. The build and the tests both ask it.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from types import ModuleType
from typing import Any

from numpydoc.docscrape import NumpyDocString
from sphinx.pycode import ModuleAnalyzer

__all__ = ["gaps", "kind", "own_members", "public_modules", "words_about_data"]


def public_modules() -> dict[str, ModuleType]:
    """Return the public modules by the name under which they are used."""
    library = importlib.import_module("course_lib")
    return {f"course_lib.{name}": getattr(library, name) for name in library.__all__}


def kind(thing: Any) -> str:
    """Return which of three a public name is: function, class or data."""
    if inspect.isclass(thing):
        return "class"
    return "function" if inspect.isroutine(thing) else "data"


def own_members(cls: type) -> list[str]:
    """Return public methods and properties, without a named tuple's fields."""
    return [
        name
        for name, thing in vars(cls).items()
        if not name.startswith("_")
        and (inspect.isroutine(thing) or isinstance(thing, (property, classmethod, staticmethod)))
    ]


def words_about_data(module: ModuleType, name: str) -> str:
    """Return the text below an assignment, in this module or in the one that it comes from."""
    thing = getattr(module, name)
    places = [module.__name__] + [
        place
        for place, other in sorted(sys.modules.items())
        if place.startswith("course_lib.") and getattr(other, name, None) is thing
    ]
    for place in places:
        words = ModuleAnalyzer.for_module(place).find_attr_docs().get(("", name))
        if words:
            return "\n".join(words).strip()
    return ""


def gaps(module: ModuleType) -> list[str]:
    """Find what a reader of a module's page would miss, one sentence each."""
    found = [] if inspect.getdoc(module) else [f"{module.__name__} has no docstring."]
    for name in module.__all__:
        thing = getattr(module, name)
        where = f"{module.__name__}.{name}"
        if kind(thing) == "data":
            if not words_about_data(module, name):
                found.append(f"{where} has no text below its assignment.")
        elif kind(thing) == "function":
            found += _gaps_of_function(where, thing)
            if ">>>" not in (inspect.getdoc(thing) or ""):
                found.append(f"{where} has no example.")
        else:
            found += _gaps_of_class(where, thing)
    return found


def _gaps_of_function(where: str, function: Any, bound: bool = False) -> list[str]:
    text = inspect.getdoc(function)
    if not text:
        return [f"{where} has no docstring."]
    signature = inspect.signature(function)
    wanted = list(signature.parameters)[1 if bound else 0 :]
    described = _described(text, "Parameters")
    found = [f"{where} does not describe its parameter {p}." for p in wanted if p not in described]
    found += [f"{where} describes {p}, which it does not take." for p in described - {*wanted}]
    sections = NumpyDocString(text)
    silent = signature.return_annotation in (None, "None", "NoReturn")
    if not (silent or sections["Returns"] or sections["Yields"]):
        found.append(f"{where} does not say what it returns.")
    return found


def _gaps_of_class(where: str, cls: type) -> list[str]:
    text = vars(cls).get("__doc__")
    if not text or text.startswith(f"{cls.__name__}("):  # NamedTuple and dataclass write that
        return [f"{where} has no docstring."]
    text = inspect.cleandoc(text)
    described = _described(text, "Parameters") | _described(text, "Attributes")
    fields = getattr(cls, "_fields", None) or getattr(cls, "__dataclass_fields__", None)
    if fields is None and "__init__" in vars(cls):
        fields = list(inspect.signature(cls).parameters)
    found = [f"{where} does not describe {f}." for f in fields or () if f not in described]
    for name in own_members(cls):
        thing = inspect.getattr_static(cls, name)
        if isinstance(thing, property):
            found += [] if inspect.getdoc(thing) else [f"{where}.{name} has no docstring."]
        else:
            bound = not isinstance(thing, (classmethod, staticmethod))
            found += _gaps_of_function(f"{where}.{name}", getattr(cls, name), bound)
    return found


def _described(text: str, section: str) -> set[str]:
    names = [name for entry in NumpyDocString(text)[section] for name in entry.name.split(",")]
    return {name.strip().lstrip("*") for name in names}
