"""The text of the reference pages: one a module, an index, and the kernels."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from api_gaps import kind, own_members, words_about_data
from book_lint import code_cells

__all__ = [
    "KERNELS",
    "chapters",
    "index_page",
    "kernels_page",
    "module_page",
    "names_used",
]

KERNELS = "course_lib.kernels"

GENERATED = ".. Written by book/_ext/api_pages.py at every build. Edit the docstrings instead.\n\n"


# --- what chapters use


def names_used(page: str) -> set[tuple[str, str]]:
    """Return the public names that a chapter's code uses, each with its module (without package)."""
    used, modules = set(), {}
    for cell in code_cells(page):
        tree = ast.parse(re.sub(r"^\s*[%!].*$", "pass", cell.code, flags=re.MULTILINE))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "course_lib":
                modules |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course_lib."):
                module = node.module.removeprefix("course_lib.")
                used |= {(module, alias.name) for alias in node.names}
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in modules:
                used.add((modules[ast.unparse(node.value)], node.attr))
    return used


def chapters(book: Path, contents: str) -> dict[str, str]:
    """Return the text of every chapter in the table of contents, by the name of its page."""
    return {
        f"/book/{path.stem}": path.read_text(encoding="utf-8")
        for path in sorted(book.glob("[0-9][0-9]_*.md"))
        if f"book/{path.stem}" in contents
    }


# --- pages


def heading(text: str, line: str = "-") -> str:
    return f"{text}\n{line * len(text)}\n\n"


def plain(text: str) -> str:
    """Escape what would be markup."""
    return re.sub(r"([*`|\\_])", r"\\\1", text)


def _unlinked(text: str) -> str:
    """Turn references into names, for text that stands outside its module's page."""
    return re.sub(r":\w+:`\.?([^`]*)`", r"``\1``", text)


def _first_line(thing: Any) -> str:
    return _unlinked((inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " "))


def _indented(text: str, spaces: int = 3) -> str:
    return "".join(f"{' ' * spaces}{line}".rstrip() + "\n" for line in text.splitlines())


def module_page(name: str, module: ModuleType) -> str:
    """Return the page of a module: its docstring, then its tables, functions and classes."""
    package, _, short = name.rpartition(".")
    text = GENERATED + heading(short, "=") + f"``from {package} import {short}``\n\n"
    text += f".. automodule:: {module.__name__}\n\n"
    titles = {"data": "Tables and constants", "function": "Functions", "class": "Classes"}
    for group, title in titles.items():
        names = [n for n in module.__all__ if kind(getattr(module, n)) == group]
        if names:
            text += heading(title) + "".join(_entry(module, n, group) for n in names)
    return text


def _entry(module: ModuleType, name: str, group: str) -> str:
    thing, target = getattr(module, name), f"{module.__name__}.{name}"
    if group == "function":
        return f".. autofunction:: {target}\n\n"
    if group == "class":
        members = ", ".join(own_members(thing))
        how = "autoexception" if issubclass(thing, BaseException) else "autoclass"
        return f".. {how}:: {target}\n" + (f"   :members: {members}\n\n" if members else "\n")
    words = words_about_data(module, name)
    if isinstance(thing, Mapping):
        words += "\n\n" + "".join(_row(key, value) for key, value in thing.items())
    elif isinstance(thing, (int, float)):
        words += f"\n\nIts value is {thing:g}."
    return f".. py:data:: {name}\n\n{_indented(words)}\n"


def _row(key: str, value: Any) -> str:
    """Return what stands at one place of a table such as OPTIMIZERS."""
    hyper = getattr(value, "hyper", None)
    words = getattr(value, "equation", "") or getattr(value, "title", "")
    parts = [value if isinstance(value, str) else words or _first_line(value)]
    if isinstance(hyper, Mapping):
        defaults = {"lr": value.lr, **hyper}
        parts.append("Defaults: " + ", ".join(f"{n} {v:g}" for n, v in defaults.items()) + ".")
        parts.append(value.source)
    return f"``{key}``\n" + "".join(f"   | {plain(part)}\n" for part in parts if part) + "\n"


def kernels_page() -> str:
    """Return the short page on the compiled layer."""
    package = importlib.import_module(KERNELS)
    text = GENERATED + heading("kernels", "=") + f".. automodule:: {KERNELS}\n\n"
    text += "Their source is meant to be read: a loop's body is the formula.\n\n"
    for path in sorted(Path(package.__file__).parent.glob("[a-z]*.py")):
        module = importlib.import_module(f"{KERNELS}.{path.stem}")
        text += f".. py:module:: {module.__name__}\n\n{heading(path.stem)}"
        text += f"{_unlinked(inspect.getdoc(module) or '')}\n\n"
        if path.stem == "policy":
            text += "".join(
                f".. auto{kind(thing)}:: {module.__name__}.{name}\n\n"
                for name, thing in vars(module).items()
                if getattr(thing, "__module__", "") == module.__name__ and not name.startswith("_")
            )
    return text


def index_page(modules: Mapping[str, ModuleType], texts: Mapping[str, str]) -> str:
    """Return the index: the modules, and what each chapter uses of them."""
    uses = {page: names_used(text) for page, text in texts.items()}
    text = GENERATED + heading("The library, course_lib", "=")
    text += (
        "Every method of the course, with its shapes, ranges, errors and sources. "
        "Each example on these pages is run by the tests.\n\n"
    )
    text += heading("Modules")
    for name, module in modules.items():
        short = name.removeprefix("course_lib.")
        inside = [f":doc:`{_title(page)} <{page}>`" for page in uses if short in dict(uses[page])]
        where = f" Used in {', '.join(inside)}." if inside else ""
        text += f":doc:`{short} <{name}>`\n   {_first_line(module)}{where}\n\n"
    text += f":doc:`kernels <{KERNELS}>`\n   The compiled code below all of these.\n\n"
    if uses:
        text += heading("What each chapter uses")
    for page, names in uses.items():
        text += f"{_title(page).capitalize()}, :doc:`{page}`\n"
        for short in sorted(dict(names)):
            module = modules.get(f"course_lib.{short}")
            public = sorted(
                n for m, n in names if m == short and n in getattr(module, "__all__", ())
            )
            if public:
                links = ", ".join(f":py:obj:`{n} <{module.__name__}.{n}>`" for n in public)
                text += f"   | {short}: {links}\n"
        text += "\n"
    return text


def _title(page: str) -> str:
    return f"chapter\u00a0{int(page.rpartition('/')[2][:2])}"
