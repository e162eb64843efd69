"""exercises/ is what solutions/ gives, to the byte; and the command says so when it is not."""

import json

import nbformat
import pytest

NAME = "04_optimizers/04_optimizers.ipynb"


def test_the_committed_exercises_are_current(run):
    result = run("exercises", "--check")
    assert result.exit_code == 0, result.output


def test_stale_new_and_orphaned_files(run, course_copy):
    release = course_copy / "exercises" / NAME
    before = release.read_bytes()
    release.write_bytes(before + b"\n")
    orphan = course_copy / "exercises" / "03_gone" / "03_gone.ipynb"
    orphan.parent.mkdir()
    orphan.touch()
    result = run("exercises", "--check", folder=course_copy)
    assert result.exit_code == 1
    assert f"exercises/{NAME}" in result.output
    assert "03_gone" in result.output
    assert orphan.exists()
    result = run("exercises", folder=course_copy)
    assert result.exit_code == 0
    assert release.read_bytes() == before
    assert not orphan.exists()
    assert run("exercises", "--check", folder=course_copy).exit_code == 0
    assert not list(course_copy.glob("**/gradebook.db"))


def test_what_students_get(course):
    notebook = json.loads((course.exercises / NAME).read_text())
    text = json.dumps(notebook)
    assert "solutions/" in notebook["metadata"]["generated"]
    for secret in ("BEGIN SOLUTION", "BEGIN HIDDEN", "seed=104", "seed=407"):
        assert secret not in text
    assert all(not cell.get("outputs") for cell in notebook["cells"])


def test_a_source_that_nbgrader_refuses_is_one_line(run, course_copy):
    source = course_copy / "solutions" / NAME
    notebook = nbformat.read(source, as_version=4)
    cell = next(c for c in notebook.cells if c.metadata.nbgrader.solution)
    cell.source = cell.source.replace("### END SOLUTION", "")
    nbformat.write(notebook, source)
    result = run("exercises", folder=course_copy)
    assert result.exit_code == 2
    assert "nbgrader can't convert" in result.output
    assert "no end solution statement" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["exercises", "sample-class"])
def test_a_course_without_assignments(run, course_copy, command):
    import shutil

    for assignment in (course_copy / "solutions").iterdir():
        shutil.rmtree(assignment)
    result = run(command, folder=course_copy)
    assert result.exit_code == 2
    assert "holds no assignment" in result.output
