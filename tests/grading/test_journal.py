"""The journal: nothing that was written is lost, and nothing that was torn is believed."""

import json
import resource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.grading import journal, lines
from course_lib.grading.journal import Journal
from course_lib.grading.results import Result, slim
from course_lib.grading.ui import Problem


def result(student, points=1.0, **more):
    entry = {"cell": "a-check", "mark": points, "max_points": 2.0, "exercise": "a"}
    return Result(student, "x", "graded", points, 2.0, (entry,), key=f"key of {student}", **more)


def test_the_last_of_several_counts(tmp_path):
    with Journal(tmp_path) as book:
        book.append([result("ada"), result("bob")])
        book.append([result("ada", 2.0, notes=("ü",))])
        assert book.result("ada", "x") == result("ada", 2.0, notes=("ü",))
    with Journal(tmp_path) as book:
        assert book.kept["ada", "x"].marks == lines.digest_marks({"a-check": 2.0})
        assert book.result("bob", "x") == result("bob")
    assert list(journal.read(tmp_path)) == [result("ada", 2.0, notes=("ü",)), result("bob")]


@given(cut=st.integers(0, 2000))
@settings(max_examples=60)
def test_a_torn_end_is_dropped_and_the_next_result_stands_on_a_line_of_its_own(
    tmp_path_factory, cut
):
    home = tmp_path_factory.mktemp("class")
    with Journal(home) as book:
        book.append([result(name) for name in ("ada", "bob", "eve")])
    path = home / journal.NAME
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - cut])
    kept = whole[: len(whole) - cut].count(b"\n")
    with Journal(home) as book:
        assert len(book.kept) == kept
        book.append([result("new")])
    assert len(list(journal.read(home))) == kept + 1
    for line in path.read_text().splitlines():
        json.loads(line)


@given(line=st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
@settings(max_examples=60)
def test_lines_of_something_else_are_passed_over(tmp_path_factory, line):
    home = tmp_path_factory.mktemp("class")
    (home / journal.NAME).write_bytes(line + b'\n{"schema": 1}\n[1]\n{"schema": 99, "key": 2}\n')
    with Journal(home) as book:
        assert book.kept == {}
        book.append([result("ada")])
        assert book.result("ada", "x") == result("ada")


def test_two_programs_at_a_time_are_one_too_many(tmp_path):
    with Journal(tmp_path), pytest.raises(Problem, match="Another course grade"):
        Journal(tmp_path)
    Journal(tmp_path).__exit__(None, None, None)


def test_a_full_disk_is_one_line_and_costs_nothing_that_was_there(tmp_path):
    with Journal(tmp_path) as book:
        book.append([result("ada")])
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = book.path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, before[1]))
        try:
            with pytest.raises(Problem, match="can't be written"):
                book.append([result("bob")])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert book.path.stat().st_size == size
        book.append([result("bob")])
    assert [row.student for row in journal.read(tmp_path)] == ["ada", "bob"]


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "class").touch()
    with pytest.raises(Problem, match="can't be written"):
        Journal(tmp_path / "class")


def test_lines_of_earlier_versions_are_read(tmp_path):
    old = json.loads(lines.line_of(result("ada")))
    del old["head"]
    (tmp_path / journal.NAME).write_text(json.dumps(old) + "\n")
    with Journal(tmp_path) as book:
        before = book.kept["ada", "x"]
        book.append([result("ada")])
        assert book.kept["ada", "x"] == before._replace(offset=len(json.dumps(old)) + 1)
    assert list(journal.read(tmp_path)) == [result("ada")]


def test_what_a_head_says_is_what_the_whole_line_says(tmp_path):
    rows = [
        result('a"b]', 2.0, sandbox="namespaces"),
        result("ü", grader_failed=True),
        result("eve")._replace(points=None, exercises=()),
    ]
    with Journal(tmp_path) as book:
        book.append(rows)
        known = dict(book.kept)
    with Journal(tmp_path) as book:
        assert book.kept == known
    path = tmp_path / journal.NAME
    path.write_bytes(path.read_bytes().replace(b'"head": [', b'"head": [[],'))
    with Journal(tmp_path) as book:
        assert book.kept == {
            who: kept._replace(offset=book.kept[who].offset) for who, kept in known.items()
        }


def test_of_a_line_that_was_damaged_in_the_middle_nothing_is_believed(tmp_path):
    with Journal(tmp_path) as book:
        book.append([result("ada"), result("bob"), result("ada", 2.0)])
    path = tmp_path / journal.NAME
    first, second, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second + last.replace(b'"points": 2.0', b'"points": 2.0.0'))
    with Journal(tmp_path) as book:
        assert book.result("ada", "x") is None
    assert list(journal.read(tmp_path)) == [result("ada"), result("bob")]
    assert list(journal.read(tmp_path, {("bob", "x")})) == [result("bob")]


def test_lines_that_were_made_elsewhere_are_written_as_they_are(tmp_path):
    whole = result("ada")
    with Journal(tmp_path) as book:
        book.append([slim(whole)], [lines.line_of(whole)])
        kept = book.kept["ada", "x"]
        assert book.result("ada", "x") == whole
    with Journal(tmp_path) as book:
        assert book.kept["ada", "x"] == kept
