"""Runs the code of all pages before Sphinx reads them, as many pages at a time as there are cores.

Sphinx reads one page after the other, and myst-nb runs the code of each while it is read: all cores but one
have nothing to do, for most of the time that the book takes. So what myst-nb would run is run before: the same
notebooks, by the same function, into the same cache. When a page is read, myst-nb finds it there.

Which page needs to run is jupyter-cache's own answer: none whose code is in the cache. So this changes
how long the book takes and nothing else. A page that fails ends the build, and is named.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.read import create_nb_reader
from sphinx.errors import SphinxError
from sphinx.util.display import status_iterator

if TYPE_CHECKING:
    from jupyter_cache.base import JupyterCacheAbstract
    from jupyter_cache.executors.utils import ExecutionResult
    from nbformat import NotebookNode
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


class PageError(SphinxError):
    """The code of a page raised an error, or took too long."""

    category = "A page of the book does not run"


class Page(NamedTuple):
    """A page with code: its name, its file, its notebook."""

    name: str
    path: str
    notebook: NotebookNode

    @property
    def code(self) -> int:
        """How much code it has, in characters."""
        return sum(len(cell.source) for cell in self.notebook.cells if cell.cell_type == "code")


def at_once() -> int:
    """Return how many pages may run at the same time: one for each core that is ours."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def to_run(env: BuildEnvironment, names: list[str], cache: JupyterCacheAbstract) -> list[Page]:
    """Return the pages among ``names`` whose code is not in the cache, the longest first."""
    pages = []
    for name in names:
        path = env.doc2path(name)
        text = Path(path).read_text(encoding="utf-8")
        reader = create_nb_reader(path, env.myst_config, env.mystnb_config, text)
        if reader is None:
            continue
        page = Page(name, path, reader.read(text))
        try:
            cache.match_cache_notebook(page.notebook)
        except KeyError:
            pages.append(page)
    return sorted(pages, key=lambda page: -page.code)


def run(page: Page, seconds: int) -> ExecutionResult:
    """Run the code of a page, in its own folder."""
    folder = str(Path(page.path).resolve().parent)
    return single_nb_execution(page.notebook, cwd=folder, timeout=seconds, allow_errors=False)


def keep(page: Page, result: ExecutionResult, cache: JupyterCacheAbstract) -> None:
    """Put what came out into the cache, or say what went wrong."""
    if result.err is not None:
        raise PageError(f"{page.name}\n{result.exc_string}")
    about = {"execution_seconds": result.time}
    cache.cache_notebook_bundle(
        CacheBundleIn(page.notebook, page.path, data=about), check_validity=False, overwrite=True
    )


def run_pages(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Run the pages that are about to be read and whose code is not in the cache."""
    settings = env.mystnb_config
    if settings.execution_mode != "cache":
        return
    cache = get_cache(settings.execution_cache_path)
    pages = to_run(env, names, cache)
    if not pages:
        return
    pool = ThreadPoolExecutor(at_once())
    try:
        running: dict[Future[ExecutionResult], Page] = {
            pool.submit(run, page, settings.execution_timeout): page for page in pages
        }
        for future in status_iterator(
            as_completed(running),
            "running the code of pages... ",
            "purple",
            len(pages),
            app.verbosity,
            stringify_func=lambda future: running[future].name,
        ):
            keep(running[future], future.result(), cache)
    finally:  # after an error, what has not begun need not begin
        pool.shutdown(wait=False, cancel_futures=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("env-before-read-docs", run_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
