"""Reference pages of ``course_lib``, written from its docstrings each time the book is built.

Every module that ``course_lib`` makes public gets a page, and every name in its ``__all__`` an entry, so
a new one is there for nothing. Next to them are an index, which says what each chapter uses, a page on
the kernels, and one with the measured speed. The pages are plain text for Sphinx's autodoc: nothing
on them is executed.

A public name that is not documented (``api_gaps.py``) is a warning, which fails the build.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api_gaps import gaps, public_modules
from api_text import KERNELS, chapters, index_page, kernels_page, module_page
from docutils import nodes
from speed_text import speed_page
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "book" / "api"


def write_pages(folder: Path, root: Path = ROOT) -> list[str]:
    """Write every page that changed, remove those of modules that are gone; return the pages' names."""
    modules = public_modules()
    contents = (root / "_toc.yml").read_text(encoding="utf-8")
    pages = {name: module_page(name, module) for name, module in modules.items()}
    pages[KERNELS] = kernels_page()
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


def keep_initials(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    """Let a line begin with an author's initial; in reStructuredText "G. Golub" is item G of a list."""
    for i, line in enumerate(lines):
        lines[i] = re.sub(r"^(\s*(?:\.\. \[[\w-]+\] )?[A-Z])\. (?=[A-Z])", r"\1\\. ", line)


def without_fields(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, signature: str, returns: str
) -> tuple[str, str] | None:
    """Leave a named tuple's fields to the list of its attributes, which has the same order."""
    return ("", "") if what == "class" and hasattr(thing, "_fields") else None


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
    app.connect("autodoc-process-docstring", keep_initials, priority=900)
    app.connect("autodoc-process-signature", without_fields)
    app.connect("missing-reference", link_to_class)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
