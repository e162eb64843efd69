"""exercises/ is what solutions/ gives, to the byte; and the command says so when it is not."""

import json
import shutil

import nbformat
import pytest

from course_lib.grading.course import Course
from course_lib.grading.exercises import uneven

NAME = "04_optimizers/04_optimizers.ipynb"


@pytest.fixture
def one_assignment(course_copy):
    """A course of its own with one assignment: each takes nbgrader a second."""
    for other in course_copy.glob("*/0[!4]_*"):
        shutil.rmtree(other)
    return course_copy


def test_the_committed_exercises_are_current(run):
    result = run("exercises", "--check")
    assert result.exit_code == 0, result.output


def test_stale_new_and_orphaned_files(run, one_assignment):
    release = one_assignment / "exercises" / NAME
    before = release.read_bytes()
    release.write_bytes(before + b"\n")
    orphan = one_assignment / "exercises" / "03_gone" / "03_gone.ipynb"
    orphan.parent.mkdir()
    orphan.touch()
    result = run("exercises", "--check", folder=one_assignment)
    assert result.exit_code == 1
    assert f"exercises/{NAME}" in result.output
    assert "03_gone" in result.output
    assert orphan.exists()
    result = run("exercises", folder=one_assignment)
    assert result.exit_code == 0
    assert release.read_bytes() == before
    assert not orphan.exists()
    assert run("exercises", "--check", folder=one_assignment).exit_code == 0
    assert not list(one_assignment.glob("**/gradebook.db"))


def test_what_students_get(course):
    notebook = json.loads((course.exercises / NAME).read_text())
    text = json.dumps(notebook)
    assert "solutions/" in notebook["metadata"]["generated"]
    for secret in ("BEGIN SOLUTION", "BEGIN HIDDEN", "seed=104", "seed=407"):
        assert secret not in text
    assert all(not cell.get("outputs") for cell in notebook["cells"])


def test_a_source_that_nbgrader_refuses_is_one_line(run, one_assignment):
    source = one_assignment / "solutions" / NAME
    notebook = nbformat.read(source, as_version=4)
    cell = next(c for c in notebook.cells if c.metadata.nbgrader.solution)
    cell.source = cell.source.replace("### END SOLUTION", "")
    nbformat.write(notebook, source)
    result = run("exercises", folder=one_assignment)
    assert result.exit_code == 2
    assert "nbgrader can't convert" in result.output
    assert "no end solution statement" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["exercises", "sample-class"])
def test_a_course_without_assignments(run, one_assignment, command):
    import shutil

    for assignment in (one_assignment / "solutions").iterdir():
        shutil.rmtree(assignment)
    result = run(command, folder=one_assignment)
    assert result.exit_code == 2
    assert "holds no assignment" in result.output


def test_a_check_whose_cell_gives_other_points_is_named(run, course, one_assignment):
    assert list(uneven(course)) == []
    source = one_assignment / "solutions" / NAME
    notebook = json.loads(source.read_text())
    cells = [c for c in notebook["cells"] if "adam_step" in "".join(c["source"])]
    cell = next(c for c in cells if c["metadata"]["nbgrader"].get("grade"))
    cell["metadata"]["nbgrader"]["points"] += 1
    source.write_text(json.dumps(notebook))
    (said,) = uneven(Course(one_assignment))
    assert "cell adam_step" in said
    assert "half of the" in said
    result = run("exercises", folder=one_assignment)
    assert (result.exit_code, f"Warning: {said}" in result.output) == (0, True)
