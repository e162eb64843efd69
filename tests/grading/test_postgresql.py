"""The gradebook in PostgreSQL: the same rows, and the same ways out when it is not there."""

import pytest

from course_lib.grading import gradebook
from course_lib.grading.blueprint import draw
from course_lib.grading.bulk import Book
from course_lib.grading.results import Result
from course_lib.grading.ui import Problem

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NAME = "05_schedules"


@pytest.fixture(scope="module")
def blueprint(course):
    return draw(course, NAME)


def results(blueprint, count, mark):
    for number in range(count):
        entries = tuple(
            {"cell": row.cell, "exercise": row.exercise, "mark": mark * (index + number) % 2,
             "max_points": row.points}
            for index, row in enumerate(blueprint.graded.values())
        )  # fmt: skip
        points = sum(entry["mark"] for entry in entries)
        yield Result(f"student{number:03}", NAME, "graded", points, 1.0, entries, unanswered=(
            "step_decay",
        ) if number % 2 else ())  # fmt: skip


def test_the_driver_is_named():
    assert gradebook.as_url("postgresql://a:b@c/d") == "postgresql+psycopg://a:b@c/d"


def test_the_same_rows_as_in_sqlite(postgresql, tmp_path, blueprint):
    urls = postgresql.url("same"), gradebook.as_url(str(tmp_path / "gradebook.db"))
    said = []
    for url in urls:
        gradebook.require(url)
        book = Book(url, "default_course")
        book.prepare(blueprint)
        book.prepare(blueprint)
        book.write(list(results(blueprint, 40, 1.0)))
        book.write(list(results(blueprint, 10, 0.5)))
        book.write([Result("student003", NAME, "failed", None, 1.0)])
        said.append((gradebook.canonical(url), book.digests(), gradebook.read_marks(url)))
        book.close()
    assert said[0] == said[1]
    assert len(said[0][1]) == 40


def test_killed_and_started_again(postgresql, blueprint):
    url = postgresql.url("killed")
    gradebook.require(url)
    book = Book(url, "default_course")
    book.prepare(blueprint)
    book.write(list(results(blueprint, 5, 1.0)))
    before = gradebook.canonical(url)
    postgresql.kill()
    with pytest.raises(Problem, match="can't be used"):
        gradebook.require(url)
    with pytest.raises(Exception, match="connection") as caught:
        book.write(list(results(blueprint, 9, 0.5)))
    assert "is kept" in gradebook.explain(url, caught.value).message
    postgresql.start()
    assert gradebook.canonical(url) == before
    book.write(list(results(blueprint, 9, 0.5)))
    assert len(book.digests()) == 9
    book.close()
