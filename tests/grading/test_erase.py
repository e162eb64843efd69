"""A student who asked for it is in no file of the class any more, and all others are as they were."""

import os
import shutil
import warnings
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from course_lib.grading import erase as module
from course_lib.grading.gradebook import as_url, require
from course_lib.grading.importing_record import Record, Sent
from course_lib.grading.journal import Journal, read
from course_lib.grading.results import Result
from course_lib.grading.submissions import autograded_path, feedback_path, put
from course_lib.grading.ui import Problem

NAME, GONE = "04_optimizers", 'zoë "x" doe-1177'


@pytest.fixture
def home(tmp_path, made):
    """Two students, of whom one is everywhere."""
    return Path(shutil.copytree(made, tmp_path / "class"))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("made")
    for student in ("bo", GONE):
        with Journal(tmp_path) as journal:
            journal.append(
                Result(student, NAME, "graded", points, 4.0, ({"cell": "c", "mark": points},))
                for points in (1.0, 2.0)
            )
        for path in (
            tmp_path / "submitted" / student / NAME / f"{NAME}.ipynb",
            autograded_path(tmp_path, NAME, student),
            feedback_path(tmp_path, NAME, student),
            tmp_path / "faults" / NAME / f"{student}.log",
        ):
            put(path, f"of {student}".encode())
    put(tmp_path / "report" / "index.html", f"bo and {GONE}".encode())
    record = Record(tmp_path)
    for student in ("bo", GONE):
        record.add(student, Sent(NAME, "canvas", "1177", student))
    record.write()
    url = as_url(str(tmp_path / "gradebook.db"))
    require(url)
    with Gradebook(url) as book:
        book.add_assignment(NAME)
        for student in ("bo", GONE):
            book.add_student(student, last_name=student)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of SQLAlchemy about nbgrader
                book.add_submission(NAME, student)
    return tmp_path


def whole(folder):
    """All names and bytes below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(map(str, folder.rglob("*"))).encode() + b"".join(f.read_bytes() for f in files)


def test_nothing_is_left_of_one_and_all_of_the_other(home, run):
    kept = [row for row in read(home) if row.student == "bo"]
    assert "zoë".encode() in whole(home)
    done = run("erase", GONE, "--class", home, "--yes")
    assert done.exit_code == 0, done.output
    assert "removed 2 lines of journal.jsonl" in done.output
    assert "zoë".encode() not in whole(home)
    assert list(read(home)) == kept
    assert len((home / "journal.jsonl").read_bytes().splitlines()) == 2
    assert [student for student, _ in Record(home).rows] == ["bo"]
    assert (home / "submitted" / "bo" / NAME / f"{NAME}.ipynb").is_file()
    with Gradebook(as_url(str(home / "gradebook.db"))) as book:
        assert [row.id for row in book.students] == ["bo"]
        assert [row.student.id for row in book.assignment_submissions(NAME)] == ["bo"]
    again = run("erase", GONE, "--class", home, "--yes")
    assert (again.exit_code, "There is nothing of" in again.output) == (2, True)


def test_a_damaged_line_goes_too(home):
    with open(home / "journal.jsonl", "ab") as file:
        file.write(b'{"schema": 1, "student": "bo", broken\n{"schema": 1, "student": "ann", "x\n')
    module.erase(home, as_url(str(home / "gradebook.db")), "ann")
    text = (home / "journal.jsonl").read_bytes()
    assert (b"ann" in text, b"broken" in text) == (False, True)


def test_it_asks_first(home, run):
    before = whole(home)
    done = run("erase", GONE, "--class", home)
    assert done.exit_code == 1
    assert whole(home) == before


@pytest.mark.parametrize("name", ["", ".", "..", "../bo", "bo/04_optimizers", "nobody"])
def test_a_name_that_is_none_erases_nothing(home, name):
    before = whole(home / "submitted"), (home / "journal.jsonl").read_bytes()
    with pytest.raises(Problem, match=r"can't be a student|There is nothing of"):
        module.erase(home, as_url(str(home / "gradebook.db")), name)
    assert (whole(home / "submitted"), (home / "journal.jsonl").read_bytes()) == before


def test_not_while_somebody_grades(home):
    with Journal(home), pytest.raises(Problem, match="Another course grade is at work"):
        module.erase(home, as_url(str(home / "gradebook.db")), GONE)
    assert os.path.isdir(home / "submitted" / GONE)


def test_an_interruption_leaves_the_old_journal_or_the_new_one(home, monkeypatch):
    before = (home / "journal.jsonl").read_bytes()
    monkeypatch.setattr(
        module.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full", "x"))
    )
    with pytest.raises(Problem, match="Can't change x: full"):
        module.erase(home, as_url(str(home / "gradebook.db")), GONE)
    monkeypatch.undo()
    assert (home / "journal.jsonl").read_bytes() == before
    module.erase(home, as_url(str(home / "gradebook.db")), GONE)
    assert "zoë".encode() not in whole(home)
