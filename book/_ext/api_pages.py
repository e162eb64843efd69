"""Reference pages of ``course_lib``, written from its docstrings each time the book is built.

Every module that ``course_lib`` makes public gets a page, and every name in its ``__all__`` an entry, so
a new one is there for nothing. Next to them are an index, which says what each chapter uses, a page on
the kernels, and one with the measured speed. The pages are plain text for Sphinx's autodoc: nothing
on them is executed.

A public name that is not documented (``api_gaps.py``) is a warning, which fails the build.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from api_gaps import gaps, kind, own_members, public_modules, words_about_data
from book_lint import code_cells
from docutils import nodes
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "book" / "api"

_GENERATED = ".. Written by book/_ext/api_pages.py at every build. Edit the docstrings instead.\n\n"
_KERNELS = "course_lib.kernels"


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


def _heading(text: str, line: str = "-") -> str:
    return f"{text}\n{line * len(text)}\n\n"


def _plain(text: str) -> str:
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
    text = _GENERATED + _heading(name, "=") + f".. automodule:: {module.__name__}\n\n"
    titles = {"data": "Tables and constants", "function": "Functions", "class": "Classes"}
    for group, title in titles.items():
        names = [n for n in module.__all__ if kind(getattr(module, n)) == group]
        if names:
            text += _heading(title) + "".join(_entry(module, n, group) for n in names)
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
    parts = [
        value if isinstance(value, str) else getattr(value, "equation", "") or _first_line(value)
    ]
    if isinstance(hyper, Mapping):
        defaults = {"lr": value.lr, **hyper}
        parts.append("Defaults: " + ", ".join(f"{n} {v:g}" for n, v in defaults.items()) + ".")
        parts.append(value.source)
    return f"``{key}``\n" + "".join(f"   | {_plain(part)}\n" for part in parts if part) + "\n"


def kernels_page() -> str:
    """Return the short page on the compiled layer."""
    package = importlib.import_module(_KERNELS)
    text = _GENERATED + _heading(_KERNELS, "=") + f".. automodule:: {_KERNELS}\n\n"
    text += (
        "They are called through the modules one level up; their source is meant to be read.\n\n"
    )
    for path in sorted(Path(package.__file__).parent.glob("[a-z]*.py")):
        module = importlib.import_module(f"{_KERNELS}.{path.stem}")
        text += f".. py:module:: {module.__name__}\n\n{_heading(path.stem)}"
        text += f"{_unlinked(inspect.getdoc(module) or '')}\n\n"
        if path.stem == "policy":
            named = {"kernel", "elements", "for_floats", "bounds_of_parts", "jit_enabled"}
            text += "".join(
                f".. autofunction:: {module.__name__}.{name}\n\n"
                for name, thing in vars(module).items()
                if name in named and thing.__doc__
            )
    return text


def index_page(modules: Mapping[str, ModuleType], texts: Mapping[str, str]) -> str:
    """Return the index: the modules, and what each chapter uses of them."""
    uses = {page: names_used(text) for page, text in texts.items()}
    text = _GENERATED + _heading("The library, course_lib", "=")
    text += (
        "Every method of the course, with its shapes, ranges, errors and sources. "
        "Each example on these pages is run by the tests.\n\n"
    )
    text += _heading("Modules")
    for name, module in modules.items():
        short = name.removeprefix("course_lib.")
        inside = [f":doc:`{_title(page)} <{page}>`" for page in uses if short in dict(uses[page])]
        where = f" Used in {', '.join(inside)}." if inside else ""
        text += f":doc:`{short} <{name}>`\n   {_first_line(module)}{where}\n\n"
    text += f":doc:`kernels <{_KERNELS}>`\n   The compiled code below all of these.\n\n"
    if uses:
        text += _heading("What each chapter uses")
    for page, names in uses.items():
        text += f":doc:`{page}`\n"
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
    return f"chapter {int(page.rpartition('/')[2][:2])}"


def speed_page(results: Path) -> str:
    """Return the page with every measurement that compares with a peer."""
    text = _GENERATED + _heading("Measured speed", "=")
    tables = {path.stem: _measurements(path) for path in sorted(results.glob("*.jsonl"))}
    if not any(tables.values()):
        return text + "Nothing has been measured here yet. ``make bench`` does it.\n"
    text += (
        "One step, path or pass of each method, against what a user would pick instead, at that peer's "
        "best setting. The last column says how many times as fast ours is. ``make bench`` measures "
        "it again.\n\n"
    )
    for name, rows in tables.items():
        if not rows:
            continue
        text += _heading(name.replace("_", " ")) + ".. list-table::\n   :header-rows: 1\n\n"
        head = ["what", "n", "type", "ours", "peer", "peer's time", "times"]
        for cells in [head, *map(_cells, rows)]:
            text += "".join(
                f"   {'* -' if i == 0 else '  -'} {cell}\n" for i, cell in enumerate(cells)
            )
        text += "\n"
    return text


def _measurements(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file that compare with a peer."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict) and {"name", "ours_s", "peer", "peer_s"} <= row.keys():
            rows.append(row)
    return rows


def _cells(row: Mapping[str, Any]) -> list[str]:
    n, ratio = row.get("n"), row["peer_s"] / row["ours_s"]
    return [
        _plain(str(row["name"])), f"{n:,}" if isinstance(n, int) else str(n or ""),
        str(row.get("dtype") or ""), _duration(row["ours_s"]), _plain(str(row["peer"])),
        _duration(row["peer_s"]), f"{ratio:.3g}",
    ]  # fmt: skip


def _duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def write_pages(folder: Path, root: Path = ROOT) -> list[str]:
    """Write every page that changed, remove those of modules that are gone; return the pages' names."""
    modules = public_modules()
    contents = (root / "_toc.yml").read_text(encoding="utf-8")
    pages = {name: module_page(name, module) for name, module in modules.items()}
    pages[_KERNELS] = kernels_page()
    pages["index"] = index_page(modules, chapters(root / "book", contents))
    pages["speed"] = speed_page(root / "benchmarks" / "results")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.rst"):
        if old.stem not in pages:
            old.unlink()
    for name, text in pages.items():
        path = folder / f"{name}.rst"
        if not (path.is_file() and path.read_text(encoding="utf-8") == text):
            path.write_text(text, encoding="utf-8")
    return sorted(pages)


# --- Sphinx


def prepare(app: Sphinx, config: Config) -> None:
    """Write the pages before Sphinx looks for them, and warn of everything undocumented."""
    write_pages(PAGES)
    for module in public_modules().values():
        for gap in gaps(module):
            logging.getLogger(__name__).warning(gap)


def keep_bars(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    """Let bars in a docstring mean a size; in reStructuredText they are a substitution."""
    example = False
    for i, line in enumerate(lines):
        example = bool(line.strip()) and (example or line.lstrip().startswith(">>>"))
        if not example:
            parts = line.split("``")  # every other one is literal
            parts[::2] = [re.sub(r"\|(?=\S)([^|]*\S)\|", r"\\|\1\\|", part) for part in parts[::2]]
            lines[i] = "``".join(parts)


def link_to_class(
    app: Sphinx, env: BuildEnvironment, node: nodes.Element, content: nodes.Element
) -> nodes.Element | None:
    """Lead a reference to a field (``Model.unpack``) to its class, which describes its fields."""
    if node.get("refdomain") != "py":
        return None
    owner, _, field = node["reftarget"].rpartition(".")
    domain = env.get_domain("py")
    for name, entry in domain.find_obj(env, node.get("py:module"), None, owner, None, 1):
        thing = _imported(name)
        if entry.objtype == "class" and field in getattr(thing, "_fields", ()):
            return domain.resolve_xref(
                env, node["refdoc"], app.builder, "class", name, node, content
            )
    return None


def _imported(name: str) -> Any:
    module, _, member = name.rpartition(".")
    return getattr(importlib.import_module(module), member, None)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("config-inited", prepare, priority=100)  # before the table of contents is read
    app.connect("autodoc-process-docstring", keep_bars, priority=900)  # after numpydoc
    app.connect("missing-reference", link_to_class)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
