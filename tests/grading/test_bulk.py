"""Marks written in bulk are what nbgrader itself would have written, and its own API reads them."""

import itertools

import nbformat
import pytest
import sqlalchemy as sa
from nbgrader.api import Gradebook

from course_lib.grading import gradebook
from course_lib.grading.autograded import fill
from course_lib.grading.blueprint import draw
from course_lib.grading.bulk import Book
from course_lib.grading.clerk import make_task
from course_lib.grading.results import Result
from course_lib.grading.task import Outcome
from course_lib.grading.ui import Problem

NAME = "05_schedules"
COURSE = "default_course"


@pytest.fixture(scope="module")
def blueprint(course):
    return draw(course, NAME)


@pytest.fixture
def url(tmp_path):
    url = gradebook.as_url(str(tmp_path / "gradebook.db"))
    gradebook.require(url)
    return url


@pytest.fixture
def book(url, blueprint):
    book = Book(url, COURSE)
    book.prepare(blueprint)
    yield book
    book.close()


def result(blueprint, student, mark, unanswered=()):
    rows = itertools.cycle(mark if isinstance(mark, tuple) else (mark,))
    entries = tuple(
        {"cell": row.cell, "exercise": row.exercise, "mark": next(rows), "max_points": row.points}
        for row in blueprint.graded.values()
    )
    points = sum(entry["mark"] for entry in entries)
    return Result(student, NAME, "graded", points, 1.0, entries, unanswered=unanswered)


def test_the_same_rows_as_nbgraders_own_way(tmp_path, url, book, blueprint):
    other = gradebook.as_url(str(tmp_path / "other.db"))
    gradebook.require(other)
    Book(other, COURSE).prepare(blueprint)
    marks = {"ada": (1.0, 0.5), "bob": (0.0, 1.0)}
    for student, mark in marks.items():
        made = result(blueprint, student, mark)
        notebook = nbformat.from_dict(blueprint.release)
        verdicts = {entry["cell"]: _verdict(entry) for entry in made.exercises}
        task, names = make_task(made, notebook, blueprint, None)
        assert task.checks
        text = fill(notebook, blueprint, Outcome("graded", verdicts), names)
        gradebook.write_marks(other, NAME, student, text)
    unanswered = tuple(
        c.metadata.nbgrader.grade_id
        for c in blueprint.release.cells
        if c.metadata.nbgrader.solution
    )
    book.write([result(blueprint, student, mark, unanswered) for student, mark in marks.items()])
    assert gradebook.canonical(url) == gradebook.canonical(other)
    with Gradebook(url) as opened:
        assert opened.assignment_submissions(NAME)[0].score > 0
        assert opened.find_grade("step_decay-check", NAME, NAME, "ada").auto_score == 0.5


def _verdict(entry):
    texts = dict.fromkeys(("title", "cause", "misconception", "mistake", "help", "printed"), "")
    return {
        **texts, "exercise": entry["exercise"], "points": entry["mark"],
        "max_points": entry["max_points"], "outcomes": [], "evidence": None, "hidden": False,
    }  # fmt: skip


def test_writing_twice_changes_nothing_and_the_last_of_two_counts(url, book, blueprint):
    rows = [result(blueprint, f"student{n}", n / 10) for n in range(7)]
    book.write(rows)
    once = gradebook.canonical(url)
    book.write(rows[:3])
    book.write([result(blueprint, "student6", 0.9), *rows])
    assert gradebook.canonical(url) == once


def test_a_mark_that_is_gone_is_taken_back_everywhere(url, book, blueprint):
    book.write([result(blueprint, "ada", 1.0)])
    book.write([Result("ada", NAME, "failed", None, 1.0, reason="broken")])
    marks = gradebook.read_marks(url)["ada", NAME]
    assert set(marks) == set(blueprint.graded)
    assert set(marks.values()) == {None}
    with Gradebook(url) as opened:
        assert opened.find_submission(NAME, "ada").needs_manual_grade


def test_what_a_person_entered_stays_and_is_flagged(url, book, blueprint):
    book.write([result(blueprint, "ada", 1.0)])
    with Gradebook(url) as opened:
        grade = opened.find_grade("step_decay-check", NAME, NAME, "ada")
        grade.manual_score = 0.25
        opened.find_comment("step_decay", NAME, NAME, "ada").manual_comment = "Look again."
        opened.db.commit()
    book.write([result(blueprint, "ada", 0.5)])
    with Gradebook(url) as opened:
        grade = opened.find_grade("step_decay-check", NAME, NAME, "ada")
        assert (grade.auto_score, grade.manual_score, grade.needs_manual_grade) == (0.5, 0.25, True)
    hands = gradebook.read_by_hand(url)["ada", NAME]
    assert hands["step_decay-check"].points == 0.25
    assert hands["step_decay"].comment == "Look again."


def test_all_or_nothing(url, book, blueprint, monkeypatch):
    book.write([result(blueprint, "ada", 1.0)])
    before = gradebook.canonical(url)
    monkeypatch.setattr(book, "_put", _breaks(book._put))
    with pytest.raises(RuntimeError):
        book.write([result(blueprint, "ada", 0.5), result(blueprint, "bob", 0.5)])
    assert gradebook.canonical(url) == before


def _breaks(put):
    def half(line, table, *rest):
        put(line, table, *rest)
        if table == "grade":
            raise RuntimeError("the power went out")

    return half


def test_cells_that_changed_are_refused_once_there_are_submissions(url, book, blueprint):
    fewer = nbformat.from_dict(blueprint.cells)
    fewer.cells = fewer.cells[:-1]
    changed = blueprint._replace(cells=fewer)
    book.prepare(changed)
    book.prepare(blueprint)
    book.write([result(blueprint, "ada", 1.0)])
    book.prepare(blueprint)
    with pytest.raises(Problem, match="Pass a new --gradebook"):
        book.prepare(changed)


def test_sqlite_is_read_while_it_is_written(url, book):
    with sa.create_engine(url).connect() as line:
        assert line.exec_driver_sql("pragma journal_mode").scalar() == "wal"
