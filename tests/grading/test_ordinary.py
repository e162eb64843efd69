"""Any nbgrader notebook: its test cells run in the cage, and give what plain nbgrader gives.

What a person grades is left to a person, and counts wherever marks do.
"""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from course_lib.grading import ordinary
from course_lib.grading.autograded import show_test
from course_lib.grading.blueprint import draw
from course_lib.grading.cli import main
from course_lib.grading.course import Course
from course_lib.grading.journal import Journal
from course_lib.grading.results import Result
from course_lib.grading.task import Ran
from course_lib.grading.ui import Problem

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "my-course"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
"""


def cell(name, source, kind="code", **data):
    row = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    make = new_code_cell if kind == "code" else new_markdown_cell
    return make(source, metadata={"nbgrader": {**row, "grade_id": name, **data}})


def gives_points(name, source, points=2):
    return cell(name, source, grade=True, locked=True, points=points)


SOLVED = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
CELLS = [
    new_markdown_cell("# Homework"),
    new_code_cell("import math\nfrom course_lib import check\nkept = []"),  # not one of nbgrader's
    cell("squares", SOLVED.format("def squares(n):\n    return [i * i for i in range(1, n + 1)]"), solution=True),
    gives_points("squares-seen", "kept.append(1)\nassert squares(2) == [1, 4]"),
    gives_points(
        "squares-more",
        "### BEGIN HIDDEN TESTS\nassert kept == [1]\nassert squares(3) == [1, 4, 9], 'three'\n### END HIDDEN TESTS",
    ),
    cell("root", SOLVED.format("def root(x):\n    return math.sqrt(x)"), solution=True),
    gives_points("cell-0a1b2c", "0.5 * (root(4) == 2) + 0.5 * (root(0) == 0)", points=1),
    cell("momentum_step", SOLVED.format("def momentum_step(w, g, v, lr, momentum=0.9):\n    v = momentum * v + g\n    return w - lr * v, v"), solution=True),
    gives_points("momentum_step-check", "check.momentum_step(momentum_step)"),
    cell("essay", "Why?", kind="markdown", grade=True, solution=True, points=3),
    cell("sketch", SOLVED.format("42"), grade=True, solution=True, points=2),
    cell("report", "Write half a page below.", kind="markdown", task=True, locked=True, points=4),
]  # fmt: skip

ANSWERS = {
    "right": {},
    "wrong": {"squares": "def squares(n):\n    return [1, 4]", "root": "def root(x):\n    return x / 4"},
    "partly": {"root": "def root(x):\n    return 2", "essay": "Since it *is*.\n<script>alert(2)</script>"},
    "broken": {"squares": "def squares(n:", "root": "raise RuntimeError('no')"},
    "chatty": {"root": "import warnings\n\ndef root(x):\n    print('hm')\n    return x ** 0.5"},
}  # fmt: skip
HOSTILE = {
    "exits": {"squares": "import os\n\ndef squares(n):\n    os._exit(0)"},
    "endless": {"root": "def root(x):\n    while True:\n        pass"},
    "greedy": {"root": "class Many(float):\n    def __eq__(self, other):\n        return 1e9\n\ndef root(x):\n    return Many(x)"},
    "reader": {"squares": "import glob\n\ndef squares(n):\n    return glob.glob('/**/*.ipynb', recursive=True) + glob.glob('/**/gradebook.db', recursive=True)"},
    "<script>alert(1)<": {"squares": "def squares(n):\n    raise ValueError('<script>alert(1)</script>')"},
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A course that is not ours: nbgrader's own form, and nothing else."""
    folder = tmp_path_factory.mktemp("any")
    (folder / "nbgrader_config.py").write_text(CONFIG)
    notebook = new_notebook(cells=CELLS)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python", "language": "python"}  # fmt: skip
    place = folder / "solutions" / "hw1"
    place.mkdir(parents=True)
    nbformat.write(notebook, place / "hw1.ipynb")
    return folder


def run(*args, folder):
    arguments = ["--course", str(folder), *map(str, args)]
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def hand_in(folder, submitted, answers):
    release = nbformat.read(folder / "exercises" / "hw1" / "hw1.ipynb", as_version=4)
    for student, texts in answers.items():
        notebook = nbformat.from_dict(release)
        for new, old in zip(notebook.cells, CELLS, strict=True):
            name = old.metadata.get("nbgrader", {}).get("grade_id", "")
            if name in texts and old.cell_type == "markdown":
                new.source = texts[name]
            elif (
                name != "sketch"
                and old.metadata.get("nbgrader", {}).get("solution")
                and old.cell_type == "code"
            ):
                right = old.source.removeprefix("### BEGIN SOLUTION\n").removesuffix("\n### END SOLUTION")  # fmt: skip
                new.source = texts.get(name, right)
        place = submitted / student / "hw1"
        place.mkdir(parents=True)
        nbformat.write(notebook, place / "hw1.ipynb")


@pytest.fixture(scope="module")
def graded(folder):
    """Right, wrong and hostile ones, through the judge; and what it printed."""
    assert run("exercises", folder=folder).exit_code == 0
    hand_in(folder, folder / "submitted", ANSWERS | HOSTILE)
    home = folder / "class"
    told = run(
        "grade", "-a", "hw1", "--class", home, "--submitted", folder / "submitted",
        "--cell-seconds", 3, "--json", home / "grades.json", folder=folder,
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    results = json.loads((home / "grades.json").read_text())["results"]
    return home, {row["student"]: row for row in results}, told.output


def marks_in(database):
    with Gradebook(f"sqlite:///{database}") as book:
        return {
            (submission.student.id, grade.name): grade.auto_score
            for submission in book.assignment_submissions("hw1")
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def marks_of(row):
    return {entry["cell"]: entry["mark"] for entry in row["exercises"]}


def test_the_recipe_in_the_book_is_what_is_tested_here():
    page = Path(__file__).resolve().parents[2] / "book" / "instructors.md"
    assert f"```python\n{CONFIG}```" in page.read_text(encoding="utf-8")


def test_right_and_wrong_answers(graded):
    _, rows, _ = graded
    seen, more, root, step = "squares-seen", "squares-more", "cell-0a1b2c", "momentum_step-check"
    assert marks_of(rows["right"]) == {seen: 2, more: 2, root: 1, step: 2}
    assert marks_of(rows["wrong"]) == {seen: 2, more: 0, root: 0.5, step: 2}
    assert marks_of(rows["partly"]) == {seen: 2, more: 2, root: 0.5, step: 2}
    assert marks_of(rows["broken"]) == {seen: 0, more: 0, root: 0, step: 2}
    assert marks_of(rows["chatty"]) == marks_of(rows["right"])
    causes = {entry["cell"]: entry["cause"] for entry in rows["wrong"]["exercises"]}
    assert causes[more] == "AssertionError: three"
    assert causes[root] == "It gave 0.5 of 1 points."


def test_hostile_ones_lose_their_own_marks_and_no_others(graded):
    _, rows, _ = graded
    for student in HOSTILE:
        marks = marks_of(rows[student])
        assert marks["momentum_step-check"] == 2
        spoilt = "cell-0a1b2c" if student in ("greedy", "endless") else "squares-seen"
        assert marks[spoilt] == 0, student
    assert marks_of(rows["exits"])["cell-0a1b2c"] == 1
    assert any("cell-0a1b2c did not" in note for note in rows["endless"]["notes"])
    assert "ended its process" in "".join(rows["exits"]["notes"])


def test_each_such_mark_says_of_itself_that_it_is_one(graded, folder):
    home, rows, output = graded
    assert "hw1: some marks come from ordinary test cells" in output
    for row in rows.values():
        assert [e.get("ordinary", False) for e in row["exercises"]] == [True, True, True, False]
    assert run("feedback", "--class", home, folder=folder).exit_code == 0
    assert run("report", "--class", home, folder=folder).exit_code == 0
    page = (home / "feedback" / "wrong" / "hw1" / "hw1.html").read_text()
    assert page.count("Here some checks are ordinary test cells") == 2  # squares and root
    assert "assert kept" not in page
    report = (home / "report" / "index.html").read_text()
    assert "squares (test cells)" in report
    assert "where code can make them pass" in report
    assert "<script>alert" not in report


@pytest.mark.slow
def test_plain_nbgrader_gives_the_same_and_reads_the_same(graded, folder, nbgrader):
    """Its own autograde beside ours, its own marks of our notebooks, and its gradebook."""
    home, rows, _ = graded
    some = {name: ANSWERS[name] for name in ("right", "wrong", "broken", "partly")}
    hand_in(folder, folder / "plain" / "submitted", some)
    made = nbgrader(folder, "generate_assignment", "hw1", "--force")
    assert made.returncode == 0, made.stderr
    done = nbgrader(
        folder, "autograde", "hw1", f"--CourseDirectory.submitted_directory={folder}/plain/submitted",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    theirs, ours = marks_in(folder / "gradebook.db"), marks_in(home / "gradebook.db")
    assert len(theirs) == 4 * 7
    for key, mark in theirs.items():
        assert ours[key] == mark, key
    assert (theirs["right", "essay"], theirs["partly", "essay"]) == (0, None)
    for student, row in rows.items():
        path = home / "autograded" / student / "hw1" / "hw1.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        read = {
            cell.metadata.nbgrader.grade_id: determine_grade(cell)[0]
            for cell in cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        }
        people = {entry["cell"]: entry["mark"] for entry in row["by_hand"] if entry["cell"] in read}
        assert read == {**marks_of(row), **people}


@pytest.fixture
def entered(graded, folder, tmp_path):
    """A copy of the class in which somebody has graded what is for people, and said something."""
    home = shutil.copytree(graded[0], tmp_path / "class")
    with Gradebook(f"sqlite:///{home}/gradebook.db") as book:
        for cell, points in (("essay", 2.5), ("report", 4)):
            book.find_grade(cell, "hw1", "hw1", "partly").manual_score = points
        for cell in ("essay", "report", "root", "sketch"):
            comment = book.find_comment(cell, "hw1", "hw1", "partly")
            comment.manual_comment = f"On {cell}: <b>yes</b>"
        book.db.commit()
    return home


def test_an_answer_that_was_not_begun_has_nothing_and_the_rest_waits(graded):
    _, rows, _ = graded
    worth = {"essay": 3, "sketch": 2, "report": 4}
    assert rows["right"]["by_hand"] == [
        {"cell": cell, "mark": None if cell == "report" else 0, "max_points": most}
        for cell, most in worth.items()
    ]
    marks = {entry["cell"]: entry["mark"] for entry in rows["partly"]["by_hand"]}
    assert marks == {"essay": None, "sketch": 0, "report": None}
    assert rows["partly"]["max_points"] == 7 + sum(worth.values())


def test_what_a_person_gives_counts_and_stays(entered, folder, tmp_path):
    """In the table, on the page, and when the submission is graded again."""

    def marks():
        told = run("export", "--class", entered, "--format", "json", folder=folder)
        rows = {row["student"]: row for row in json.loads(told.stdout)["students"]}
        return rows["partly"], rows["right"], told.stderr

    partly, right, told = marks()
    assert (partly["points"], partly["out_of"], partly["open"]) == (6.5 + 6.5, 16, False)
    assert (right["marks"][0]["waiting"], right["open"]) == (["report"], True)
    assert "hw1, report: 9 students" in told

    submitted = shutil.copytree(folder / "submitted" / "partly", tmp_path / "in" / "partly").parent
    path = submitted / "partly" / "hw1" / "hw1.ipynb"
    path.write_text(path.read_text().replace("Since it *is*.", "Since it must be."))
    done = run("grade", "-a", "hw1", "--class", entered, "--submitted", submitted, folder=folder)
    assert done.exit_code == 0, done.output
    assert marks()[0] == partly
    with Gradebook(f"sqlite:///{entered}/gradebook.db") as book:
        essay = book.find_grade("essay", "hw1", "hw1", "partly")
        assert (essay.score, essay.needs_manual_grade) == (
            2.5,
            True,
        )  # for review, as with nbgrader

    assert run("feedback", "--class", entered, folder=folder).exit_code == 0
    page = (entered / "feedback" / "partly" / "hw1" / "hw1.html").read_text()
    assert "<b>13</b> of 16 points</p>" in page
    assert "Since it must be.\n&lt;script&gt;alert(2)" in page
    assert page.count("&lt;b&gt;yes&lt;/b&gt;") == 4
    page = (entered / "feedback" / "right" / "hw1" / "hw1.html").read_text()
    assert "4 of these wait for a person" in page
    assert page.count("This answer was not begun.") == 2


def test_the_report_is_about_what_was_checked(graded, folder, tmp_path):
    home, _, _ = graded
    done = run("report", "--class", home, "--out", tmp_path, folder=folder)
    assert done.exit_code == 0, done.output
    page = " ".join((tmp_path / "index.html").read_text().split())
    assert "<code>essay</code> (3 points, 1 answered, 9 not begun)" in page
    assert re.search(r"<dt>mean</dt><dd>[\d.]+ / 7</dd>", page)


def test_a_person_can_grade_what_no_check_could_read(entered, folder):
    with Journal(entered) as journal:
        journal.append([Result("partly", "hw1", "failed", None, 16.0, reason="broken")])
    told = run("export", "--class", entered, "--format", "json", folder=folder)
    (row,) = (r for r in json.loads(told.stdout)["students"] if r["student"] == "partly")
    assert (row["points"], row["open"]) == (6.5, False)
    assert run("feedback", "--class", entered, folder=folder).exit_code == 0
    page = (entered / "feedback" / "partly" / "hw1" / "hw1.html").read_text()
    assert "hw1: 6.5 points" in page
    assert "On essay: &lt;b&gt;yes" in page


@pytest.mark.slow
def test_the_other_engine_gives_the_same(graded, folder, tmp_path):
    _, rows, _ = graded
    hand_in(folder, tmp_path / "submitted", {"wrong": ANSWERS["wrong"]})
    done = run(
        "grade", "-a", "hw1", "--class", tmp_path, "--engine", "nbgrader",
        "--json", tmp_path / "x.json", folder=folder,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (row,) = json.loads((tmp_path / "x.json").read_text())["results"]
    assert marks_of(row) == marks_of(rows["wrong"])
    assert (row["by_hand"], row["max_points"]) == (rows["wrong"]["by_hand"], 16)
    assert [e.get("ordinary", False) for e in row["exercises"]] == [True, True, True, False]


values = st.one_of(
    st.just(""), st.floats(0, 2).map(repr), st.floats(2.1, 9).map(repr),
    st.sampled_from(["'ok'", "True", "np.float64(0.5)", "[1]", "2", "0", "2.0"]),
)  # fmt: skip


@given(
    value=values, error=st.sampled_from(["", "AssertionError", "E: x"]), text=st.text(max_size=9)
)
def test_nbgrader_reads_the_mark_that_was_given(value, error, text):
    ran = Ran("t", "test", text + (f"{value}\n" if value else ""), error, value=value)
    mark, _ = ordinary.mark_of(ran, 2.0)
    shown = gives_points("t", "assert f")
    shown.outputs = [nbformat.from_dict(output) for output in show_test(ran, 2.0, 1)]
    assert determine_grade(shown) == (mark, 2.0)


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "3"])
def test_a_number_out_of_range_gives_nothing(value):
    assert ordinary.mark_of(Ran("t", "test", value=value), 2.0)[0] == 0
    assert ordinary.mark_of(None, 2.0)[0] == 0


def test_a_check_that_is_not_alone_is_told(tmp_path):
    place = tmp_path / "solutions" / "hw1"
    place.mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    cells = [gives_points("x", "check.adam_step(adam_step)\nassert 1")]
    nbformat.write(new_notebook(cells=cells), place / "hw1.ipynb")
    with pytest.raises(Problem, match=r"Cell x gives points and calls a check.*cell of its own"):
        draw(Course(tmp_path), "hw1")
