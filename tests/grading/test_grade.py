"""A class through each engine: every submission ends with a mark or a reason, and with the right one."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import nbformat
import psutil
import pytest

from course_lib.checks import EXERCISES
from course_lib.grading import gradebook, journal, nbgrader_engine
from course_lib.grading.submissions import autograded_path

pytestmark = pytest.mark.slow

ASSIGNMENT = "04_optimizers"
STUDENTS = 13
TOTAL = sum(row.points for row in EXERCISES.values() if row.chapter == ASSIGNMENT)


def student_of(graded, case):
    return next(name for name, row in graded.expected.items() if row["case"] == case)


def marks(home):
    url = f"sqlite:///{home}/gradebook.db"
    return {student: cells for (student, _), cells in gradebook.read_marks(url).items()}


def full_score(graded):
    """What a page says to who has all points."""
    if graded.engine == "nbgrader":
        return f"Score: {TOTAL:.1f} / {TOTAL:.1f}"
    return f"<b>{TOTAL:g}</b> of {TOTAL:g} points"


def with_a_mark(graded):
    return sum(row["status"] != "failed" for row in graded.expected.values())


def part_of(graded, tmp_path, *cases):
    """A new class with the same submissions of some students."""
    for case in cases:
        name = student_of(graded, case)
        shutil.copytree(graded.home / "submitted" / name, tmp_path / "submitted" / name)
    return tmp_path


def test_as_many_results_as_submissions(graded):
    assert graded.exit_code == 0, graded.output
    assert len(graded.results) == STUDENTS
    for row in graded.results.values():
        assert (row["points"] is None) == (row["status"] == "failed") == bool(row["reason"])
        assert (row["sandbox"] == "none") == (graded.engine == "nbgrader" or row["points"] is None)
        assert row["engine"] == graded.engine


def test_marks_as_constructed(graded):
    for name, expected in graded.expected.items():
        result = graded.results[name]
        assert result["status"] == expected["status"], (expected["case"], result)
        assert result["points"] == pytest.approx(expected["total"]), (expected["case"], result)
        if result["points"] is None:
            continue
        earned = dict.fromkeys(expected["points"], 0.0)
        for entry in result["exercises"]:
            earned[entry["exercise"]] += entry["mark"]
        assert earned == expected["points"], expected["case"]


def test_mistakes_are_named(graded):
    rows = [row for row in graded.expected.values() if row["case"] == "mistakes"]
    assert rows
    for row in rows:
        for entry in graded.results[row["student"]]["exercises"]:
            label = row["answers"][entry["exercise"]]
            assert entry["misconception"] == ("" if label == "right" else label)


def test_the_gradebook_says_the_same(graded):
    found = marks(graded.home)
    for name, result in graded.results.items():
        if result["points"] is None:
            assert set(found[name].values()) == {None}
        else:
            assert sum(found[name].values()) == pytest.approx(result["points"])


def test_noise_on_standard_error_costs_nothing(graded):
    name = student_of(graded, "noisy")
    assert graded.results[name]["points"] == graded.results[name]["max_points"]
    notebook = (graded.home / "submitted" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert "logging.warning" in notebook


def test_reasons_and_remarks(graded):
    def remark(case):
        row = graded.results[student_of(graded, case)]
        return " ".join([row["reason"], *row["repaired"], *row["notes"]])

    def causes(case):
        return " ".join(e["cause"] for e in graded.results[student_of(graded, case)]["exercises"])

    assert "not valid JSON" in remark("truncated file")
    assert "put back" in remark("deleted test cell")
    assert "Traceback" not in graded.output
    if graded.engine == "nbgrader":
        assert "kernel died in cell" in remark("dead kernel")
        assert "ran out of time" in remark("endless loop")
        assert "without a sandbox" in graded.output
    else:
        assert "the process was lost" in remark("dead kernel")
        assert "did not finish within" in causes("endless loop")
        assert "sandbox     " in graded.output


def test_a_second_run_grades_nothing(graded):
    kept = (graded.home / journal.NAME).read_bytes()
    assert kept.count(b"\n") == STUDENTS
    again = graded.grade(graded.home)
    assert f"{STUDENTS} unchanged" in again.output
    assert (graded.home / journal.NAME).read_bytes() == kept


def test_a_stale_mark_is_taken_back_and_nobody_else_is_graded_again(graded, tmp_path):
    home = tmp_path / "class"
    shutil.copytree(graded.home, home)
    name = student_of(graded, "right")
    assert sum(marks(home)[name].values()) == TOTAL
    file = home / "submitted" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    file.write_text(file.read_text()[:1000])
    result = graded.grade(home)
    assert result.exit_code == 0
    assert f"{STUDENTS - 1} unchanged" in result.output
    assert f"{name}: the file is damaged" in result.output
    assert set(marks(home)[name].values()) == {None}
    assert not autograded_path(home, ASSIGNMENT, name).exists()
    assert marks(graded.home)[name] != marks(home)[name]


@pytest.mark.parametrize("lost", ["mark", "row", "notebook", "key"])
def test_what_is_kept_counts_only_if_all_of_it_agrees(graded, tmp_path, lost):
    name = student_of(graded, "right")
    kept = next(row for row in journal.read(graded.home) if row.student == name)
    notebook = autograded_path(tmp_path, ASSIGNMENT, name)
    notebook.parent.mkdir(parents=True)
    notebook.touch()
    plan = nbgrader_engine.Plan(None, [], tmp_path, tmp_path, "", 1, None)
    item = nbgrader_engine.Item(name, ASSIGNMENT, tmp_path, kept.key)
    there = marks(graded.home)[name]
    with journal.Journal(tmp_path) as own:
        own.append([kept])
        assert nbgrader_engine.reuse(plan, own, item, there) == kept
        if lost == "mark":
            there = {**there, "adam_step-check": 0.5}
        elif lost == "row":
            there = None
        elif lost == "notebook":
            notebook.unlink()
        else:
            item = item._replace(key="another")
        assert nbgrader_engine.reuse(plan, own, item, there) is None


def test_plain_nbgrader_gives_the_same_marks(graded, course_copy, nbgrader):
    cases = ("partly right", "mistakes", "noisy", "deleted test cell")
    part_of(graded, course_copy, *cases)
    made = nbgrader(course_copy, "generate_assignment", ASSIGNMENT, "--force")
    assert made.returncode == 0, made.stderr
    done = nbgrader(course_copy, "autograde", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    plain = marks(course_copy)
    ours = marks(graded.home)
    assert set(plain) == {student_of(graded, case) for case in cases}
    for name, cells in plain.items():
        assert cells == ours[name], graded.expected[name]["case"]
    partly = plain[student_of(graded, "partly right")]
    assert any(0 < mark < 4 and mark != int(mark) for mark in partly.values())


def test_feedback_needs_no_network(graded, run):
    result = run("feedback", "--class", graded.home)
    assert result.exit_code == 0, result.output
    pages = {page.parts[-3]: page for page in graded.home.glob("feedback/*/*/*.html")}
    assert set(pages) == set(graded.results)
    for name, page in pages.items():
        text = page.read_text()
        assert "default-src 'none'" in text
        for outside in ('src="http', "<script", "@import", "url(http", 'rel="stylesheet"'):
            assert outside not in text, (name, outside)
    assert full_score(graded) in pages[student_of(graded, "right")].read_text()
    assert "not valid JSON" in pages[student_of(graded, "truncated file")].read_text()


def test_current_feedback_is_left_as_it_is(graded, run):
    page = (
        graded.home / "feedback" / student_of(graded, "right") / ASSIGNMENT / f"{ASSIGNMENT}.html"
    )
    assert run("feedback", "--class", graded.home).exit_code == 0
    page.write_text("here already")
    assert run("feedback", "--class", graded.home).exit_code == 0
    assert page.read_text() == "here already"
    later = page.stat().st_mtime + 1
    os.utime(graded.home / "gradebook.db", (later, later))  # as when a person changes a mark
    assert run("feedback", "--class", graded.home).exit_code == 0
    assert full_score(graded) in page.read_text()


def test_report_of_the_class(graded, tmp_path, run):
    result = run("report", "--class", graded.home, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    page = (tmp_path / "index.html").read_text()
    summary = f"{STUDENTS} submissions of {STUDENTS} students, {with_a_mark(graded)} with a mark"
    assert summary in page
    for row in graded.expected.values():
        if row["status"] == "failed":
            assert f"<td>{row['student']}</td>" in page
    assert "../../html/book/04_optimizers.html#sec-" in page


def test_overview(graded, run):
    result = run("overview", "--class", graded.home)
    assert result.exit_code == 0
    assert f"{STUDENTS} submissions: {with_a_mark(graded)} with a mark" in result.output


def test_check_summarizes_a_notebook(graded, run):
    name = student_of(graded, "partly right")
    file = graded.home / "submitted" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    before = file.read_bytes()
    result = run("check", file)
    assert result.exit_code == 0, result.output
    visible = sum(
        row.points / (1 + row.hidden) for row in EXERCISES.values() if row.chapter == ASSIGNMENT
    )
    assert f"of {visible:g} points" in result.output
    assert "has shape" in result.output
    assert file.read_bytes() == before


def test_a_busy_gradebook_is_one_line(graded, tmp_path):
    busy = tmp_path / "busy.db"
    shutil.copy(graded.home / "gradebook.db", busy)
    other = sqlite3.connect(busy)
    other.execute("begin immediate")
    try:
        result = graded.grade(graded.home, "--gradebook", busy)
    finally:
        other.close()
    assert result.exit_code == 2
    assert "is busy" in result.output


def test_cells_that_changed_after_grading(graded, tmp_path, course_copy, run):
    # nbgrader can't add cells to an assignment with submissions; that is said in one line.
    home = part_of(graded, tmp_path, "empty")
    shutil.copy(graded.home / "gradebook.db", home)
    source = course_copy / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    notebook.cells = [c for c in notebook.cells if c.metadata.nbgrader.grade_id != "race"]
    nbformat.write(notebook, source)
    result = run("grade", "--all", "--engine", graded.engine, "--class", home, folder=course_copy)
    assert result.exit_code == 2
    assert "Pass a new --gradebook" in result.output


def test_json_form(graded, course):
    data = json.loads((graded.home / "grades.json").read_text())
    assert data["schema"] == 1
    assert set(data["summary"]) >= {"submissions", "graded", "repaired", "failed", "mean_points"}
    row = data["results"][0]
    wanted = {"student", "assignment", "status", "points", "max_points", "exercises", "repaired"}
    assert set(row) >= wanted | {"sandbox", "seconds"}
    assert course.root.as_posix() not in json.dumps(data)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent differently there")
def test_ctrl_c_keeps_what_is_done_and_leaves_nothing_running(graded, course, tmp_path):
    home = part_of(graded, tmp_path, "empty", "endless loop")
    # A job in the background, as CI may be one, is born deaf to Ctrl-C.
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    start = f"{listen}; from course_lib.grading.cli import main; main()"
    engine = ["--engine", graded.engine, "--cell-seconds", "30"]
    command = [sys.executable, "-c", start, "grade", "--all", *engine, "--class", home]
    process = subprocess.Popen(
        command, cwd=course.root, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    kept = home / journal.NAME
    while (
        not kept.exists() or not kept.stat().st_size
    ):  # the loop goes on for at least ten seconds more
        assert process.poll() is None
        time.sleep(0.05)
    family = psutil.Process(process.pid).children(recursive=True)
    assert family
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "1 of 2 are done and kept" in errors
    assert "Traceback" not in errors
    assert kept.read_bytes().count(b"\n") == 1
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


PRESSED = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from course_lib.grading import journal
from course_lib.grading.cli import main
append = journal.Journal.append
def and_press(*rows):
    append(*rows)
    os.kill(os.getpid(), signal.SIGINT)
journal.Journal.append = and_press
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent differently there")
def test_ctrl_c_just_after_a_result_was_written_counts_it(graded, course, tmp_path):
    home = part_of(graded, tmp_path, "empty", "partly right")
    command = [sys.executable, "-c", PRESSED, "grade", "--all", "--engine", graded.engine]
    ended = subprocess.run(
        [*command, "--class", home], cwd=course.root, capture_output=True, text=True
    )
    assert ended.returncode == 130
    kept = (home / journal.NAME).read_bytes().count(b"\n")
    assert f"{kept} of 2 are done and kept" in ended.stderr
    assert kept
