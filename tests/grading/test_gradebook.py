"""What is not a gradebook, or not free, is said in one line; and soon."""

import sqlite3

import pytest

from course_lib.grading import database, gradebook
from course_lib.grading.ui import Problem


def problem_with(path):
    with pytest.raises(Problem) as caught:
        gradebook.require(gradebook.as_url(str(path)))
    assert "\n" not in caught.value.message
    return caught.value.message


def test_a_new_one_is_made(tmp_path):
    url = gradebook.as_url(str(tmp_path / "new.db"))
    gradebook.require(url)
    gradebook.require(url)
    assert gradebook.read_marks(url) == {}


def test_a_busy_one(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    path = tmp_path / "g.db"
    gradebook.require(gradebook.as_url(str(path)))
    other = sqlite3.connect(path)
    other.execute("begin exclusive")
    assert "is busy" in problem_with(path)
    other.close()
    gradebook.require(gradebook.as_url(str(path)))


def test_a_file_that_is_none(tmp_path):
    path = tmp_path / "g.db"
    path.write_text("not a database, but long enough to be read as one" * 20)
    assert "not a gradebook" in problem_with(path)


def test_another_programs_database(tmp_path):
    path = tmp_path / "g.db"
    line = sqlite3.connect(path)
    line.execute("create table songs (name text)")
    line.close()
    assert "not nbgrader's gradebook" in problem_with(path)


def test_a_folder_and_a_folder_that_is_not_there(tmp_path):
    assert "is a folder" in problem_with(tmp_path)
    assert "does not exist" in problem_with(tmp_path / "no" / "g.db")


@pytest.mark.parametrize("url", ["nonsense://x y", "sqlite3:///x.db", "://"])
def test_a_url_that_is_none(url):
    with pytest.raises(Problem):
        gradebook.require(gradebook.as_url(url))


def test_what_is_said_of_a_gradebook_has_no_password_in_it():
    url = gradebook.as_url("postgresql://ada:secret@db/grades")
    for text in ("database is locked", "could not connect", "readonly", "database or disk is full"):
        message = gradebook.explain(url, Exception(text)).message
        assert "ada:***@db/grades" in message
        assert "secret" not in message
        assert ".." not in message


@pytest.mark.parametrize("text", ["database or disk is full", "disk I/O error"])
def test_a_disk_that_is_full_is_called_so(text):
    said = gradebook.explain("here.db", Exception(text)).message
    assert "Make room, then run the same command again" in said
    assert "is kept in the journal" in said
