"""Runs the cells of a chapter's page: what they print, show and get wrong goes to ``say``, a little at a time.

The browser's worker loads this file into Pyodide. It needs no browser, so the tests run it as it is.
"""

from __future__ import annotations

import ast
import io
import linecache
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from course_lib import checks
from course_lib.checks.render import headline, to_html

MOST_TEXT = 20_000
"""Characters that one run may print; a page with more of them would hardly move."""

MOST_FRAMES = 8
PAUSE = 0.05
"""Seconds between two pieces of text, so that an endless loop of prints does not drown the page."""

Say = Callable[[str, str, str], object]


class Printed(io.TextIOBase):
    """Where a cell prints: pieces go to ``say``, up to a limit."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.left = MOST_TEXT
        self.waiting: list[str] = []
        self.last = time.monotonic()

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Take a text, and pass it on if the last piece is a while ago."""
        if self.left > 0:
            self.waiting.append(text[: self.left])
            self.left -= len(text)
            if self.left <= 0:
                self.waiting.append(f"\n… no more than {MOST_TEXT:,} characters are shown.\n")
            if self.left <= 0 or time.monotonic() - self.last > PAUSE:
                self.send()
        return len(text)

    def send(self) -> None:
        """Pass on what waits."""
        if self.waiting:
            text = "".join(self.waiting)
            self.waiting.clear()
            self.say("text", text, "")
            self.last = time.monotonic()


class Session:
    """The names that the cells of one page share.

    Parameters
    ----------
    before : str
        The cell whose names all others may use: imports, perhaps a helper.
    say : callable
        Called with a kind (``text``, ``html``, ``error``), the content, and for ``html`` the same in one line.
    """

    def __init__(self, before: str, say: Say) -> None:
        self.before = before
        self.say = say
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.files: set[str] = set()
        self.prepare()

    def prepare(self) -> None:
        """Run the cell with imports, name by name: without Matplotlib, only what needs it is left out."""
        for part in ast.parse(self.before).body:
            single = isinstance(part, ast.ImportFrom)
            parts = [_only(part, name) for name in part.names] if single else [part]  # type: ignore[union-attr]
            for one in parts:
                try:
                    exec(compile(ast.Module([one], []), "<imports>", "exec"), self.names)
                except ModuleNotFoundError as missing:
                    if not str(missing.name).startswith("matplotlib"):
                        raise

    def run(self, name: str, source: str, check: str = "") -> bool:
        """Run a cell and, if it raises nothing, its check; return whether the cell raised nothing."""
        printed = Printed(self.say)
        show, checks._show = checks._show, lambda verdict: self._show(verdict, printed)
        try:
            with redirect_stdout(printed), redirect_stderr(printed):
                right = self._run(name, source, printed, shows=True)
                if right and check:
                    self._run(f"check of {name}", check, printed, shows=False)
        finally:
            checks._show = show
            printed.send()
        return right

    def again(self, cells: list[tuple[str, str]]) -> None:
        """Run cells that have run before, after a new start; nothing of it is shown."""
        say, self.say = self.say, lambda *_: None
        for name, source in cells:
            self.run(name, source)
        self.say = say

    def _run(self, name: str, source: str, printed: Printed, shows: bool) -> bool:
        file = f"<{name}>"
        self.files.add(file)
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        try:
            tree = ast.parse(source, file)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, file, "exec"), self.names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), file, "eval"), self.names)
                if shows and value is not None:
                    self._display(value, printed)
        except checks.CheckFailed:  # its verdict was shown, and says all of it
            return False
        except BaseException as error:  # a cell may raise SystemExit, or what a check stops it with
            printed.send()
            self.say("error", self.explain(error), "")
            return False
        return True

    def _show(self, verdict: checks.Verdict, printed: Printed) -> None:
        printed.send()
        self.say("html", to_html(verdict), headline(verdict))

    def _display(self, value: Any, printed: Printed) -> None:
        plotting = sys.modules.get("course_lib.plotting")
        if plotting is not None and isinstance(value, plotting.Picture):
            printed.send()
            self.say("html", value._repr_mimebundle_()["text/html"], value.alt)
        else:
            print(repr(value))

    def explain(self, error: BaseException) -> str:
        """Return an error as Python writes it, with no lines but the reader's own."""
        if isinstance(error, NotImplementedError) and not error.args:
            return "Not written yet: put your code in the place of raise NotImplementedError()."
        whole = traceback.TracebackException.from_exception(error)
        mine = [frame for frame in whole.stack if frame.filename in self.files]
        whole.stack = traceback.StackSummary.from_list(mine[-MOST_FRAMES:])
        return "".join(whole.format(chain=False)).strip()


def _only(part: ast.ImportFrom, name: ast.alias) -> ast.ImportFrom:
    """Return an import of one of the names that a line imports."""
    return ast.copy_location(ast.ImportFrom(part.module, [name], part.level), part)
