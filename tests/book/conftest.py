"""The book's own checks and pages, for its tests."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "book" / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def lint() -> ModuleType:
    return _load("book_lint")


@pytest.fixture(scope="session")
def extension() -> ModuleType:
    return _load("course_site")


@pytest.fixture(scope="session")
def line_breaks() -> ModuleType:
    return _load("line_breaks")


@pytest.fixture(scope="session")
def formulas() -> ModuleType:
    return _load("formulas")


@pytest.fixture(scope="session")
def glossary() -> ModuleType:
    return _load("glossary")


@pytest.fixture(scope="session")
def bookmarks() -> ModuleType:
    return _load("bookmarks")


@pytest.fixture(scope="session")
def printing(bookmarks: ModuleType) -> ModuleType:
    _load("chromium")
    _load("page_drawings")
    _load("print_pages")
    return _load("print_book")


@pytest.fixture(scope="session")
def first_paint() -> dict[str, ModuleType]:
    """What makes a page show soon, by name."""
    parts = [
        "page_style",
        "page_code",
        "page_drawings",
        "page_scripts",
        "page_speed",
        "page_tables",
        "line_breaks",
        "typeset",
        "page_mends",
    ]
    return {name: _load(name) for name in [*parts, "page_head", "not_found"]}


@pytest.fixture(scope="session")
def gaps() -> ModuleType:
    return _load("api_gaps")


@pytest.fixture(scope="session")
def text(lint, gaps) -> ModuleType:
    return _load("api_text")


@pytest.fixture(scope="session")
def speed(text) -> ModuleType:
    return _load("speed_text")


@pytest.fixture(scope="session")
def api(text, speed) -> ModuleType:
    return _load("api_pages")


@pytest.fixture(scope="session")
def cheatsheet() -> ModuleType:
    return _load("cheatsheet")


@pytest.fixture(scope="session")
def objectives() -> ModuleType:
    return _load("objectives")


@pytest.fixture(scope="session")
def pages() -> dict[str, str]:
    folder = ROOT / "book"
    paths = [*folder.glob("*.md"), *folder.glob("errata/*.md")]
    return {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in paths}


@pytest.fixture(scope="session")
def chapters(pages: dict[str, str]) -> dict[str, str]:
    found = {name: text for name, text in pages.items() if name[:2].isdigit()}
    assert found
    return found


@pytest.fixture(scope="session")
def errata(pages: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in pages.items() if name.startswith("errata/")}
