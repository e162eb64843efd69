"""Exercises on chapters' pages: what is written there, and how its cells run, without a browser."""

import hashlib
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sphinx.testing.util import SphinxTestApp

from course_lib.checks import EXERCISES

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "exercises").glob("*/*.ipynb"))
BEFORE = "import numpy as np\n\nfrom course_lib import check, plotting\n"
RIGHT = """def momentum_step(w, g, v, lr=0.01, momentum=0.9):
    v = momentum * v + g
    return w - lr * v, v
"""


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def cells():
    load(ROOT / "book" / "_ext" / "doors.py", "doors")
    return load(ROOT / "book" / "_ext" / "cells.py", "cells")


@pytest.fixture(scope="module")
def runner():
    return load(ROOT / "book" / "cells" / "runner.py", "course_cells_runner")


@pytest.fixture
def session(runner):
    """A session that keeps what it says."""
    said = []
    made = runner.Session(BEFORE, lambda *parts: said.append(parts))
    made.said = said
    return made


def kinds(session):
    return [kind for kind, *_ in session.said]


def printed(said):
    assert {kind for kind, *_ in said} == {"text"}
    return "".join(text for _, text, _ in said)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_exercise_of_an_assignment_is_read_with_its_check(cells, path):
    before, tasks = cells.read_tasks(path.read_text(encoding="utf-8"))
    assert "import numpy as np" in before
    assert {task.name for task in tasks} <= set(EXERCISES)
    assert len(tasks) >= 7
    for task in tasks:
        assert task.check == f"check.{task.name}({task.name})"
        assert "NotImplementedError" in task.stub
        assert len(task.text) > 100
        assert "#" not in task.title
        assert not task.text.startswith("#")
    assert len({task.title for task in tasks}) == len(tasks)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_chapter_shows_its_exercises(path):
    text = (ROOT / "book" / f"{path.stem}.md").read_text(encoding="utf-8")
    assert text.count("```{exercises}\n```\n") == 1


def notebook(*rows):
    return json.dumps({
        "cells": [
            {"id": name, "source": [text], "metadata": {"nbgrader": {"solution": solution}}}
            for name, text, solution in rows
        ]
    })  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("f", "raise", True)], "no cell named 'imports'"),
        ([("imports", "x", False), ("f", "raise", True), ("f-check", "f", False)], "f needs"),
        ([("imports", "x", False), ("f", "raise", True), ("f-task", "## F\n", False)], "f needs"),
    ],
)
def test_a_notebook_that_lacks_a_part_is_named_with_it(cells, rows, words):
    with pytest.raises(ValueError, match=words):
        cells.read_tasks(notebook(*rows))


def test_a_right_answer_shows_its_verdict_as_html_and_in_one_line(session):
    assert session.run("momentum_step", RIGHT, "check.momentum_step(momentum_step)")
    ((kind, html, line),) = session.said
    assert kind == "html"
    assert line == "momentum_step: check passed, 2 of 2 points"
    assert line in html


def test_a_known_mistake_is_named(session):
    source = RIGHT.replace("momentum * v + g", "momentum * v + lr * g")
    session.run("momentum_step", source, "check.momentum_step(momentum_step)")
    ((_, html, line),) = session.said
    assert "not right yet" in line or "partly right" in line
    assert "This looks like" in html


def test_nothing_earned_is_one_verdict_and_no_traceback(session):
    stub = "def momentum_step(w, g, v, lr=0.01, momentum=0.9):\n    raise NotImplementedError()\n"
    session.run("momentum_step", stub, "check.momentum_step(momentum_step)")
    assert kinds(session) == ["html"]


def test_what_is_not_written_yet_says_so(session):
    assert not session.run("answer", "answer = None\nraise NotImplementedError()", "1 / 0")
    ((kind, text, _),) = session.said
    assert kind == "error"
    assert text.startswith("Not written yet")


def test_an_error_shows_the_reader_s_lines_alone(session):
    session.run("f", "def f(a):\n    return np.reshape(a, (7, 7))\n\nf(np.zeros(3))\n")
    ((_, text, _),) = session.said
    lines = text.splitlines()
    assert [line for line in lines if line.startswith("  File")] == [
        '  File "<f>", line 4, in <module>',
        '  File "<f>", line 2, in f',
    ]
    assert "    return np.reshape(a, (7, 7))" in lines
    assert lines[-1].startswith("ValueError: cannot reshape")


def test_a_recursion_without_an_end_is_a_few_lines(session, runner):
    session.run("f", "def f():\n    f()\nf()\n")
    ((_, text, _),) = session.said
    assert text.count("  File") <= runner.MOST_FRAMES
    assert "RecursionError" in text.splitlines()[-1]


def test_wrong_grammar_is_shown_with_its_place(session):
    session.run("f", "x = (1\ny = 2\n")
    ((kind, text, _),) = session.said
    assert kind == "error"
    assert '"<f>", line 1' in text
    assert "SyntaxError" in text


def test_prints_come_in_order_with_the_value_of_the_last_line(session):
    session.run("f", "print('one')\nimport sys\nprint('two', file=sys.stderr)\n[3]\n")
    assert printed(session.said) == "one\ntwo\n[3]\n"


def test_endless_prints_are_cut(session, runner):
    session.run("f", "for i in range(200_000):\n    print(i)\n")
    text = printed(session.said)
    assert len(text) < runner.MOST_TEXT + 100
    assert text.endswith("characters are shown.\n")
    assert len(session.said) < 50


def test_the_limit_holds_for_one_run_only(session, runner):
    session.run("f", f"print('x' * {2 * runner.MOST_TEXT})")
    session.said.clear()
    session.run("f", "print('again')")
    assert printed(session.said) == "again\n"


def test_leaving_python_leaves_the_session(session):
    assert not session.run("f", "raise SystemExit(3)")
    assert session.said[-1][1].splitlines()[-1] == "SystemExit: 3"
    assert session.run("f", "x = 1")


def test_cells_share_names_also_after_a_new_start(session, runner):
    said = []
    other = runner.Session(BEFORE, lambda *parts: said.append(parts))
    other.again([("a", "print('heard?')\nnumber = 41"), ("broken", "1 / 0")])
    assert said == []
    other.run("b", "print(number + 1)")
    assert printed(said) == "42\n"


def test_a_picture_is_shown_as_a_drawing(session):
    draw = "fig, ax = plotting.figure()\nplotting.show(fig, alt='Nothing yet.')\n"
    session.run("f", draw)
    ((kind, html, line),) = session.said
    assert (kind, line) == ("html", "Nothing yet.")
    assert "<svg" in html


WITHOUT = """
import importlib.util, sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("matplotlib", "IPython"):
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Missing())
sys.path.insert(0, {folder!r})
from runner import Session
said = []
session = Session({before!r}, lambda *parts: said.append(parts))
session.run("momentum_step", {right!r}, "check.momentum_step(momentum_step)")
print(said[0][2], "plotting" in session.names)
sys.meta_path.pop(0)
session.prepare()
print("plotting" in session.names)
"""


def test_without_matplotlib_only_plotting_is_missing():
    program = WITHOUT.format(folder=str(ROOT / "book" / "cells"), before=BEFORE, right=RIGHT)
    command = [sys.executable, "-B", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["momentum_step: check passed, 2 of 2 points False", "True"]


@pytest.mark.parametrize(("source", "made"), [("editor", "cells/editor"), ("d3", "figures/d3")])
def test_what_is_from_npm_was_made_from_what_is_here(source, made):
    """`make bundles` after a change of a source or of a package."""
    tools = ROOT / "tools" / "npm"
    inputs = b"".join(
        (tools / name).read_bytes() for name in (f"{source}.mjs", "package-lock.json")
    )
    text = (ROOT / "book" / f"{made}.js").read_text(encoding="utf-8")
    assert f"from {hashlib.sha256(inputs).hexdigest()};" in text.partition("\n")[0]
    licenses = (ROOT / "book" / f"{made}.LICENSE.txt").read_text()
    named = re.findall(r"^(\S+) (\d+\.\d+\.\d+)$", licenses, re.MULTILINE)
    locked = json.loads((tools / "package-lock.json").read_text())["packages"]
    assert len(named) > 7
    assert all(locked[f"node_modules/{name}"]["version"] == version for name, version in named)


def test_a_page_without_an_assignment_says_so(cells, tmp_path):
    (tmp_path / "index.rst").write_text("x\n=\n\n.. exercises::\n", encoding="utf-8")
    (tmp_path / "conf.py").write_text("extensions = ['cells']", encoding="utf-8")
    app = SphinxTestApp("html", srcdir=tmp_path)
    try:
        app.build()
        assert "there is no assignment index" in app.warning.getvalue()
    finally:
        app.cleanup()
