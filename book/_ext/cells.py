"""Exercises on the chapter's page: the directive ``exercises``, and the scripts that run its cells there.

    ```{exercises}
    ```

shows all exercises of the assignment that has the chapter's name, one to open at a time: what is to be done,
the cell to fill in, and the cell that checks it. All of it is read from ``exercises/``, so nothing is written
twice. As the page is built, it is plain text and code, and stays that without JavaScript.

If ``make lite`` has put Python into the site, a script gives each cell a button, *Try it here*. Only that button
loads anything: an editor, and Python from the site's own files.
"""

from __future__ import annotations

import json
import re
import shutil
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from doors import LITE
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "book" / "cells"
SIZES = LITE / "start.json"

BEFORE = "imports"
"""The cell of an assignment whose names all other cells may use."""

FIRST_FILES = ("pyodide", "python_stdlib", "numpy", "course_lib")
"""What Python needs to run a cell, by how the names of the files begin."""


class Task(NamedTuple):
    """An exercise: its name and title, what is to be done (Markdown), and its two cells."""

    name: str
    title: str
    text: str
    stub: str
    check: str


def read_tasks(notebook: str) -> tuple[str, list[Task]]:
    """Return the first cell of an assignment, and its exercises in their order.

    Parameters
    ----------
    notebook : str
        The text of a notebook in ``exercises/``.

    Raises
    ------
    ValueError
        If an exercise has no statement, no check, or there is no cell with imports.
    """
    cells = json.loads(notebook)["cells"]
    sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
    blanks = [
        cell["id"] for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution", False)
    ]
    if BEFORE not in sources:
        raise ValueError(f"the notebook has no cell named {BEFORE!r}.")
    return sources[BEFORE], [_task(name, sources) for name in blanks]


_TITLE = re.compile(r"## (.+)")
_LEAD = re.compile(r"(?:## .+\n+)?\*\*(Predict before you run: [^*]+)\*\*")
"""A question that says in bold what it is about; its heading may be that of several questions."""


def _task(name: str, sources: dict[str, str]) -> Task:
    statement = next((sources[k] for k in (f"{name}-task", f"{name}-question") if k in sources), "")
    check = next((sources[k] for k in (f"{name}-check", f"{name}-try") if k in sources), "")
    found = _LEAD.match(statement) or _TITLE.match(statement)
    if not found or not check:
        raise ValueError(f"{name} needs a statement that begins with ## and a title, and a check.")
    return Task(name, found[1].strip(), statement[found.end() :].strip(), sources[name], check)


class Exercises(SphinxDirective):
    """``exercises`` takes nothing: the page's name is the assignment's."""

    def run(self) -> list[nodes.Node]:
        """Return what a reader without a script sees."""
        assignment = self.env.docname.rpartition("/")[2]
        path = ROOT / "exercises" / assignment / f"{assignment}.ipynb"
        if not path.is_file():
            raise self.error(f"there is no assignment {assignment}, the name of this page.")
        self.env.note_dependency(str(path))
        before, tasks = read_tasks(path.read_text(encoding="utf-8"))
        self.env.metadata[self.env.docname]["cells"] = "yes"
        parts: list[nodes.Node] = [_html(f'<div class="course-cells" data-page="{assignment}">')]
        parts += [
            nodes.paragraph("", f"The assignment has {len(tasks)} exercises, each with its check.")
        ]
        parts += [_html(f"<details {_START}><summary>What all cells can use</summary>")]
        parts += [_code(before), _html("</details>")]
        for task in tasks:
            parts += self.show(task)
        return [*parts, _html("</div>")]

    def show(self, task: Task) -> Iterable[nodes.Node]:
        """Return one exercise."""
        yield _html(f'<details class="course-exercise"><summary>{_whole(task.title)}</summary>')
        statement = nodes.container(classes=["course-task"])
        lines = StringList(task.text.splitlines(), source=f"exercises: {task.name}")
        self.state.nested_parse(lines, self.content_offset, statement)
        yield statement
        yield _html(f'<div class="course-cell" data-exercise="{task.name}">')
        yield _code(task.stub)
        yield _code(task.check)
        yield _html("</div></details>")


_START = 'class="course-exercise course-cells-before"'


def _whole(title: str) -> str:
    """Return a title whose points stay on one line."""
    return re.sub(r"\((\d+) (points?)\)$", r"(\1&nbsp;\2)", escape(title.replace("'", "’")))


def _html(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def _code(text: str) -> nodes.literal_block:
    return nodes.literal_block(text, text, language="python")


def megabytes(start: str) -> int:
    """Return the size of what the first run loads, from the list that ``make lite`` writes.

    Examples
    --------
    >>> megabytes('{"files": [["a/pyodide.asm.wasm", 10100000, ""], ["a/numpy-2.whl", 3100000, ""]]}')
    13
    """
    files = json.loads(start)["files"]
    return round(
        sum(size for path, size, _ in files if path.rpartition("/")[2].startswith(FIRST_FILES))
        / 1e6
    )


def add_loader(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Give a page that has exercises its style, and the script with the buttons if Python is in the site."""
    if not app.env.metadata.get(page, {}).get("cells"):
        return
    app.add_css_file("cells.css")
    if app.config.course_lite and SIZES.is_file():
        size = str(megabytes(SIZES.read_text(encoding="utf-8")))
        app.add_js_file("../cells/loader.js", loading_method="defer", **{"data-megabytes": size})


def write_scripts(app: Sphinx, error: Exception | None) -> None:
    """Put the cells' scripts into the finished site."""
    if error is not None or app.builder.format != "html":
        return
    target = Path(app.outdir) / "cells"
    shutil.rmtree(target, ignore_errors=True)
    if app.config.course_lite:
        shutil.copytree(SCRIPTS, target, ignore=shutil.ignore_patterns("__pycache__"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.setup_extension("doors")  # it knows whether Python is in the site
    app.add_directive("exercises", Exercises)
    app.connect("html-page-context", add_loader)
    app.connect("build-finished", write_scripts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
