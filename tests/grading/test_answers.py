"""The sample class: made of the course's own variants, the same for the same seed."""

import json

import nbformat
import pytest

from course_lib.checks import EXERCISES, judge
from course_lib.grading import answers, sample_class

NAME = "04_optimizers"


@pytest.fixture(scope="module")
def blanks(course):
    solution = nbformat.read(course.solution(NAME), as_version=4)
    release = nbformat.read(course.release(NAME), as_version=4)
    return answers.read_blanks(solution, release)


def function_of(answer, name):
    import numpy as np

    names = {"np": np}
    exec(answer.source, names)
    return names[name]


def test_all_exercises_with_their_checks(blanks):
    assert [blank.exercise.name for blank in blanks] == [
        name for name, row in EXERCISES.items() if row.chapter == NAME
    ]
    for blank in blanks:
        assert [hidden for _, hidden in blank.checks] == [False, True][: 1 + blank.exercise.hidden]
        assert blank.checks[-1][0] != 0 or not blank.exercise.hidden
        assert "SOLUTION" not in blank.solution
        assert "NotImplementedError" in blank.release


def test_right_empty_and_other_ways(blanks):
    for blank in blanks:
        assert blank.right.points == blank.exercise.points
        assert blank.empty.points == 0
        for answer in blank.variants():
            assert answer.points == blank.exercise.points
        assert blank.variants() or blank.exercise.takes == "value"


def test_a_misconception_in_a_cell_is_still_that_misconception(blanks):
    for blank in blanks:
        made = blank.mistakes()
        assert len(made) == len(blank.exercise.misconceptions)
        for answer in made:
            function = function_of(answer, blank.exercise.name)
            assert judge(blank.exercise, function).misconception == answer.label
            assert answer.points < blank.exercise.points


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_class_of_30_has_everything_and_the_seed_decides(course, tmp_path):
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        sample_class.make(course, NAME, 30, seed, tmp_path / folder)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert files(tmp_path / "a") != files(tmp_path / "c")
    rows = json.loads((tmp_path / "a" / "class.json").read_text())["students"]
    assert len(rows) == 30
    for name in rows[0]["answers"]:
        exercise = EXERCISES[name]
        labels = {row["answers"][name] for row in rows}
        assert {wrong.name for wrong in exercise.misconceptions} <= labels
    cases = {row["case"] for row in rows}
    wanted = "right, empty, crashed, truncated file, deleted test cell, endless loop, syntax error"
    assert set(wanted.split(", ")) <= cases
    partly = next(row for row in rows if row["case"] == "partly right")
    assert 0 < partly["total"] < sum(EXERCISES[name].points for name in partly["points"])


def test_an_earlier_class_is_replaced_and_anything_else_left_alone(course, run, tmp_path):
    assert run("sample-class", "--students", 3, "--out", tmp_path / "x").exit_code == 0
    assert run("sample-class", "--students", 2, "--out", tmp_path / "x").exit_code == 0
    assert len(list((tmp_path / "x").iterdir())) == 3  # two students, class.json
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    result = run("sample-class", "--out", tmp_path / "mine")
    assert result.exit_code == 2
    assert "left alone" in result.output
    assert (tmp_path / "mine" / "thesis.txt").exists()
