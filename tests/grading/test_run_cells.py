"""Cells run as in Jupyter, whether IPython is asked or not; what a copy is told of those to come."""

import os

import pytest

from course_lib.grading import zygote
from course_lib.grading.court import Court
from course_lib.grading.proxy import Proxy
from course_lib.grading.task import Limits, Task


@pytest.fixture(scope="module")
def court():
    with Court() as court:
        yield court


def run(court, *cells, **limits):
    """Run cells, some of them with their kind; return what became of them."""
    rows = [cell if isinstance(cell, tuple) else ("answer", cell) for cell in cells]
    named = tuple((f"cell {i}", *row) for i, row in enumerate(rows))
    outcome = court.run(Task("ada", "05_schedules", named, (), Limits(**limits)))
    assert outcome.status == "graded"
    return outcome.cells


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("def f(x):\n    return x\n", ""),
        ("x = 3\nx", "3\n"),
        ("x = 3; x", "3\n"),
        ("definite = 4\nimportance = 5", ""),
        ("def definite(x):\n    return x + 1\ndefinite(4)", "5\n"),
        ("classify = abs\nclassify(-6)", "6\n"),
        ("from math import floor\n# the last line\n(floor(\n 7.5\n))", "7\n"),
        ('text = """\ndef f(x):\n    """\nlen(text)', "15\n"),
        ("print(8)\nx = 8", "8\n"),
        ("@print\ndef f(): return 9", "<function f at"),
        ("total = (1 +\n  2\n)\n", ""),
        ("x = !ls\nprint(x)", "[]\n"),
        ("def f():\n    %time 1\nprint(f())", "CPU times"),
        ("y = 10\n_", ""),
        ("", ""),
        ("# nothing\n", ""),
    ],
)
def test_a_cell_shows_what_jupyter_shows(court, source, shown):
    (cell,) = run(court, source)
    assert not cell.error or source.endswith("_")
    assert cell.text.startswith(shown)
    assert bool(shown) or not cell.text


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("def f(:\n    return 1\n", "SyntaxError"),
        ("x = 1\nreturn x", "SyntaxError"),
        ("def f(x=missing):\n    return x\n", "NameError: name 'missing' is not defined"),
        ("import no_such_module\n", "ModuleNotFoundError"),
    ],
)
def test_a_cell_that_fails_says_why_and_the_next_runs(court, source, error):
    first, second = run(court, source, "print('on')")
    assert first.error.startswith(error)
    assert second.text == "on\n"


def test_what_a_cell_did_before_it_failed_is_kept(court):
    assert run(court, "x = 1\ndef f(y=missing):\n    return y\n", "x")[1].text == "1\n"


LOOK = """
import gc
rows = [thing for thing in gc.get_objects() if type(thing) is tuple]
print([x for row in rows for x in row if type(x) is str and x.startswith(("own =", "print('SEC"))])
"""


def test_cells_are_told_at_once_but_not_the_tests_behind_them(court):
    cells = run(court, LOOK, "own = 'SECOND'", ("test", "print('SECRET')\nown"), "own = 3")
    assert "SECOND" in cells[0].text
    assert "SECRET" not in cells[0].text
    assert [cell.text for cell in cells[1:]] == ["", "SECRET\n'SECOND'\n", ""]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("import os\nos._exit(0)", "ended its process"),
        ("while True: pass", "did not finish within 1 seconds"),
        ("import time\nprint('here', flush=True)\ntime.sleep(60)", "did not finish within"),
    ],
)
def test_the_cell_that_ends_or_never_ends_is_the_one_that_is_blamed(court, bad, why):
    """Several are said at once; what was done before it, and what stands behind it, is run again."""
    cells = run(court, "x = 1\nprint('first')", "y = 2", bad, "print(x + y)", cell=1.0)
    assert [cell.text for cell in cells] == ["first\n", "", "", "3\n"]
    assert [bool(cell.error) for cell in cells] == [False, False, True, False]
    assert why in cells[2].error


def test_a_slow_cell_is_told_of_before_the_next_begins(court, monkeypatch):
    """The time of one is not that of those before it."""
    asked, real = [], Proxy.ask
    monkeypatch.setattr(Proxy, "ask", lambda *args: asked.append(args[1:]) or real(*args))
    slow = "import time\ntime.sleep(0.06)"
    cells = run(court, *[slow] * 4, "print('on')")
    assert [cell.error for cell in cells] == [""] * 5
    assert [bool(message) for message in asked] == [True, False, False, False, False]


FORGED = """
import gc, mmap
for thing in gc.get_objects():
    slate = getattr(thing, "_slate", None)
    if isinstance(slate, mmap.mmap):
        slate[:4] = bytes([255] * 4)
while True: pass
"""


SILENCED = "from course_lib.grading import wire\nwire.Line.send = lambda *args: None"


@pytest.mark.parametrize("bad", [FORGED, SILENCED])
def test_who_says_to_be_done_and_tells_nothing_is_found_out(court, bad):
    """Then each cell is said alone."""
    cells = run(court, "x = 1", bad, "y = 2", cell=1.0, total=10.0)
    assert [bool(cell.error) for cell in cells] == [False, True, False]
    assert "did not finish" in cells[1].error


def test_who_forges_how_far_it_came_blames_another_cell_of_its_own(court):
    cells = run(court, "x = 1", FORGED.replace("255", "0"), "y = 2", cell=1.0, total=10.0)
    assert {bool(cell.error) for cell in cells} == {True, False}
    assert all("Stopped" in cell.error for cell in cells if cell.error)


def test_cells_larger_than_what_is_told_at_once(court):
    large = [f"x{i} = {'9' * 4000!r}" for i in range(30)]
    cells = run(court, *large, "print('s' * 200_000)", "y = '" + "z" * (3 << 20) + "'", "len(x29)")
    assert [cell.error for cell in cells[:31]] == [""] * 31
    assert len(cells[30].text) == 200_001
    assert "it can't be run: its text has 31457" in cells[31].error
    assert cells[32].text == "4000\n"


def test_copies_have_a_network_that_is_not_this_machine_s():
    try:
        one = zygote.open_at("namespaces")
    except zygote.Lost as why:
        pytest.skip(str(why))
    try:
        theirs, ours = (os.stat(f"/proc/{who}/ns/net") for who in (one._process.pid, "self"))
        assert theirs.st_ino != ours.st_ino
    finally:
        one.close()
