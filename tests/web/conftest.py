"""A real browser, and a page for each figure with the book's own styles; no request leaves this machine."""

import contextlib
import functools
import importlib.util
import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pydata_sphinx_theme
import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage",
]  # fmt: skip

PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="theme.css"><link rel="stylesheet" href="course.css">
<link rel="stylesheet" href="figures.css">
<script defer src="figures/loader.js"></script></head>
<body><main class="bd-article" style="box-sizing: border-box; width: 100%; max-width: 44rem; margin: auto; padding: 0.5rem"><h1>{name}</h1>
<div style="height: {gap}"></div>
<div class="course-interactive" data-figure="{name}" data-standin="x" data-ready hidden></div>
</main></body></html>"""


@pytest.fixture(scope="session")
def scripts() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "figure_scripts", ROOT / "book" / "_ext" / "figure_scripts.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["figure_scripts"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def site(scripts, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    scripts.write(folder / "figures")
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    shutil.copy(theme / "styles" / "pydata-sphinx-theme.css", folder / "theme.css")
    for name in ("course.css", "figures.css"):
        shutil.copy(ROOT / "book" / "_static" / name, folder / name)
    for name in scripts.names():
        for theme_name in ("light", "dark"):
            text = PAGE.format(name=name, theme=theme_name, gap="0")
            (folder / f"{name}-{theme_name}.html").write_text(text, encoding="utf-8")
        far = PAGE.format(name=name, theme="light", gap="8000px")
        (folder / f"{name}-far.html").write_text(far, encoding="utf-8")
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on a port of this machine; the address ends with a slash."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture(scope="session")
def serve():
    """The function ``serving``, for tests that start and end a server themselves."""
    return serving


@pytest.fixture(scope="session")
def address(site):
    with serving(site) as home:
        yield home


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Tests of figures need Chromium (on Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def open_page(browser):
    """A function that opens an address; afterwards the page must have said and asked nothing wrong."""
    said, contexts = [], []

    def open_at(where, width=900, height=1000, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.asked = []

        def look(route, request):
            if request.url.startswith(("http://127.0.0.1:", "file:", "data:")):
                page.asked.append(request.url.rpartition("/")[2])
                route.continue_()
            else:
                said.append(f"asked {request.url}")
                route.abort()

        page.route("**/*", look)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(where)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def figure(open_page, address):
    """A function that opens a figure and waits until it has drawn and spoken."""

    def open_figure(name, theme="light", state="", **options):
        page = open_page(f"{address}{name}-{theme}.html{state}", **options)
        page.wait_for_function(
            "document.querySelector('.course-interactive .course-summary')?.textContent"
        )
        return page

    return open_figure
