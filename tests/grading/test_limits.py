"""What a submission may use: read from course.toml, told to students, and kept."""

import json
import sys
from pathlib import Path

import nbformat
import pytest

from course_lib.checks import EXERCISES
from course_lib.grading.course import find_course, nbgrader_config
from course_lib.grading.court import Court
from course_lib.grading.policy import loads
from course_lib.grading.policy_text import describe, example
from course_lib.grading.running import (
    NBGRADER_CELL,
    ROWS,
    limits_of,
    seconds_of,
    sentence,
    times_of,
)
from course_lib.grading.steps import TellLimits
from course_lib.grading.task import Limits, Task
from course_lib.grading.ui import Problem

NAMES = ["04_optimizers", "05_schedules"]
TEXT = """
[limits]
seconds = 77
memory_megabytes = 512
[assignments.05_schedules.limits]
cell_seconds = 20
memory_megabytes = 2048
[exercises.step_decay]
seconds = 3.5
"""


def test_an_assignment_goes_before_the_course_and_the_command_before_both():
    policy = loads(TEXT, NAMES)
    first, second = (limits_of(policy, name) for name in NAMES)
    assert first == Limits(total=77, memory=512 << 20, checks=(("step_decay", 3.5),))
    assert second == first._replace(cell=20, memory=2048 << 20)
    assert limits_of(policy, NAMES[1], cell=1, total=None) == second._replace(cell=1)
    assert limits_of(loads("", NAMES)) == Limits()


def test_the_example_has_the_defaults_and_every_limit():
    policy = loads(example(NAMES), NAMES)
    assert limits_of(policy, NAMES[0]) == Limits()
    assert {row.field for row in ROWS.values()} | {"checks"} == set(Limits._fields)


def test_the_page_for_instructors_has_the_defaults():
    page = (Path(__file__).parents[2] / "book" / "instructors.md").read_text(encoding="utf-8")
    usual = Limits()
    for name, row in ROWS.items():
        assert f"| `{name}` | {int(getattr(usual, row.field)) // row.unit} |" in page
    asked = {exercise.name: exercise.seconds for exercise in EXERCISES.values()}
    assert {seconds for name, seconds in asked.items() if name != "capstone"} == {10}
    assert asked["capstone"] == 60


def test_a_policy_says_which_limits_it_changes():
    said = describe(loads(TEXT, NAMES))
    assert "memory_megabytes = 512, beside what Python needs." in said
    assert "05_schedules: cell_seconds = 20, for one cell." in said
    assert "step_decay: its check has 3.5 seconds." in said
    assert not any("_seconds = " in line for line in describe(loads("", NAMES)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("limits.memory_megabytes = 3", "should be a whole number from 64 to 1000000"),
        ('limits.processes = "many"', "limits.processes is 'many', but should be a whole number"),
        ("limits.memory = 3", "limits.memory is not known here"),
        ("limits.cell_second = 3", "Did you mean cell_seconds"),
        ("assignments.05_schedules.limits.cell = 3", "05_schedules.limits.cell is not known here"),
        ("assignments.05_schedules.limits = 3", "limits is 3, but should be a section"),
        ("exercises.step_dekay.seconds = 3", "Did you mean step_decay"),
        ("exercises.step_decay.seconds = 0", "should lie between 0.1 and 86400"),
        ("exercises.step_decay.points = 3", "exercises.step_decay.points is not known here"),
    ],
)
def test_what_is_not_possible_is_one_line(text, said):
    with pytest.raises(Problem) as caught:
        loads(text, NAMES)
    assert said in caught.value.message


def test_a_check_has_its_own_time_unless_the_course_says_otherwise():
    limits = Limits(check=60, checks=(("capstone", 120.0),))
    assert seconds_of("capstone", 60, limits) == 120
    assert seconds_of("adam_step", 10, limits) == 10
    assert seconds_of("adam_step", 10, limits._replace(check=4)) == 4


def test_students_read_the_limits_that_hold(course):
    """The notebooks that are there, against the limits and exercises as they are."""
    for name in course.assignments():
        cells = nbformat.read(course.release(name), as_version=4).cells
        (told,) = [cell for cell in cells if cell["id"] == "limits"]
        ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
        checks = {name: EXERCISES[name].seconds for name in ids if name in EXERCISES}
        assert checks
        assert told.source == sentence(Limits(), checks)
        assert not told.metadata.nbgrader.locked  # so it may change while a class is at work
    assert "a check 10 seconds (`capstone` 60 seconds), and" in told.source


def test_a_course_of_its_own_tells_its_own_limits(tmp_path, course):
    (tmp_path / "solutions" / NAMES[1]).mkdir(parents=True)
    (tmp_path / "solutions" / NAMES[1] / f"{NAMES[1]}.ipynb").write_text("{}")
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    (tmp_path / "course.toml").write_text(TEXT)
    config = nbgrader_config(find_course(tmp_path))
    notebook = nbformat.read(course.solution(NAMES[1]), as_version=4)
    before = len(notebook.cells)
    resources = {"nbgrader": {"assignment": NAMES[1], "notebook": NAMES[1]}}
    made, _ = TellLimits(config=config).preprocess(notebook, resources)
    assert len(made.cells) == before + 1
    text = made.cells[1].source
    assert "a cell may take 20 seconds, a check 10 seconds (`step_decay` 3.5 seconds), and" in text
    assert "all of it together 77 seconds" in text
    assert "It has 2 GB of memory, can write 16 MB to files" in text
    nbformat.validate(made)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="macOS does not limit memory")
def test_limits_are_kept():
    sources = {
        "imports": "import numpy as np",
        "large": "large = np.ones(30 << 20)",
        "loud": "print('x' * 5000)",
        "wide": "with open('wide', 'wb') as file: file.write(bytes(3 << 20))",
        "endless": "def step_decay(*args, **named):\n    while True: pass",
    }
    cells = tuple((name, "answer", source) for name, source in sources.items())
    checks = (("step_decay-check", "step_decay", 0, False, 1.0),)
    limits = Limits(memory=128 << 20, output=1000, files=1 << 20, checks=(("step_decay", 0.3),))
    with Court() as court:
        outcome = court.run(Task("ada", NAMES[1], cells, checks, limits))
        ran = {cell.name: cell for cell in outcome.cells}
        assert "MemoryError" in ran["large"].error
        assert len(ran["loud"].text) == 1000
        assert "Error" in ran["wide"].error
        verdict = outcome.verdicts["step_decay-check"]
        assert verdict["points"] == 0
        assert "0.3 seconds" in json.dumps(verdict)
        wide = limits._replace(memory=1 << 30, output=6000, files=8 << 20)
        ran = {cell.name: cell for cell in court.run(Task("bob", "x", cells, (), wide)).cells}
        assert [ran[name].error for name in ("large", "loud", "wide")] == ["", "", ""]
        assert len(ran["loud"].text) == 5001


def test_engine_nbgrader_has_the_times_of_the_course_and_of_an_assignment():
    policy = loads(TEXT, NAMES)
    assert [times_of(policy, name) for name in NAMES] == [(NBGRADER_CELL, 77), (20, 77)]
    assert times_of(policy, NAMES[1], cell=3, total=4) == (3, 4)
    assert times_of(loads("", NAMES)) == (NBGRADER_CELL, Limits().total)
