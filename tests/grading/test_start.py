"""What a command does not do: import and start what there is no need for."""

import ast
import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from nbgrader import api

from course_lib.grading import database, fingerprint, gradebook, pool, tables, zygote
from course_lib.grading.bulk import Book

ROOT = Path(__file__).resolve().parents[2]
unix = pytest.mark.skipif(sys.platform == "win32", reason="no sockets to hand on there")


def python(code, *arguments):
    """Run code in an interpreter of its own; return what it prints."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


@pytest.mark.slow
def test_a_class_that_is_graded_needs_no_database_and_no_judge(judged):
    code = """
import sys
from course_lib.grading.cli import main
try:
    main(["grade", "--all", "--class", sys.argv[1], "--cell-seconds", "12"])
except SystemExit:
    pass
"""
    heavy = (
        "{'numpy', 'numba', 'nbgrader.api', 'sqlalchemy', 'nbformat', 'distributed', 'pygments'}"
    )
    said = python(f"{code}\nprint('imported:', *({heavy} & sys.modules.keys()))", judged.home)
    assert "13 unchanged since last time" in " ".join(said.split())
    assert said.rstrip().endswith("imported:")


def test_nbgrader_comes_without_its_servers_but_is_whole_when_asked():
    code = """
import sys
import course_lib.grading, nbgrader.api
from nbgrader.preprocessors import SaveCells
assert "nbgrader.server_extensions.formgrader" not in sys.modules
from nbgrader import __version__, _jupyter_server_extension_points
assert "nbgrader.server_extensions.formgrader" in sys.modules
assert not hasattr(nbgrader, "nonsense")
print(__version__, len(_jupyter_server_extension_points()))
"""
    assert python(code).split()[0][0].isdigit()


def test_nbgrader_stays_as_it_was_if_somebody_imported_it_before():
    code = "import nbgrader; before = nbgrader; import course_lib.grading, sys; "
    assert python(code + "print(sys.modules['nbgrader'] is before)") == "True\n"


def test_the_newest_tables_are_called_as_alembic_calls_them(tmp_path):
    folder = Path(api.__file__).parent / "alembic"
    assert tables.newest() == ScriptDirectory(str(folder)).get_current_head()
    url = gradebook.as_url(str(tmp_path / "gradebook.db"))
    tables.lay(url)
    tables.lay(url)
    with api.Gradebook(url) as book:
        said = book.db.execute(api.text("select version_num from alembic_version")).all()
    assert said == [(tables.newest(),)]


def test_a_gradebook_whose_making_was_ended_is_made_to_its_end(tmp_path):
    path = tmp_path / "gradebook.db"
    with contextlib.closing(sqlite3.connect(path)) as line:
        line.execute("create table alembic_version (version_num varchar(32) not null)")
    url = gradebook.as_url(str(path))
    assert database.digests(url) == {}
    database.require(url)
    with api.Gradebook(url) as book:
        assert book.students == []
        said = book.db.execute(api.text("select version_num from alembic_version")).all()
    assert said == [(tables.newest(),)]


@pytest.mark.slow
def test_marks_are_read_alike_with_and_without_nbgrader(judged):
    url = gradebook.as_url(str(judged.home / "gradebook.db"))
    book = Book(url, "default_course")
    with contextlib.closing(book):
        assert database.digests(url) == book.digests()
    assert len(database.digests(url)) == 13


def imports_of(path):
    """Return the files that one imports, read from its syntax."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            target = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for place in (target, *(target / alias.name for alias in node.names)):
                if place.with_suffix(".py").is_file():
                    yield place.with_suffix(".py")


def test_imports_are_found_in_the_text_as_in_the_syntax():
    for path in fingerprint.PACKAGE.rglob("*.py"):
        found = set(fingerprint._imports(path, fingerprint.PACKAGE))
        assert set(imports_of(path)) <= found, path


def test_a_process_prepares_before_it_is_told_its_work():
    begun = pool.start(os.getpid)
    assert begun.process.is_alive()
    done = list(pool.run(os.path.basename, ["a/b", "a/c"], 1, 60, begun=[begun]))
    assert done == [("a/b", "b"), ("a/c", "c")]
    assert not begun.process.is_alive()


def test_a_process_that_died_while_it_prepared_is_replaced():
    begun = pool.start(os.getpid)
    begun.process.kill()
    begun.process.join()
    tasks = iter(["a/b", "a/c"])
    (lost, why), *rest = pool.run(os.path.basename, tasks, 1, 60, begun=[begun])
    assert lost == "a/b"
    assert "ended unexpectedly" in why
    assert rest == [("a/c", "c")]


@unix
def test_a_zygote_that_was_begun_is_the_one_that_is_opened():
    zygote.begin("rlimits")
    (early,) = zygote._EARLY
    opened = zygote.open_at("rlimits")
    assert opened is early
    assert not zygote._EARLY
    opened.close()
