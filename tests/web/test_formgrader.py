"""nbgrader's own programs on a gradebook of ours: formgrader in a browser, export, db, autograde, feedback."""

import csv
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from course_lib.checks import EXERCISES
from course_lib.grading.cli import main

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
NAME = "05_schedules"
FULL = float(sum(row.points for row in EXERCISES.values() if row.chapter == NAME))
OURS = """
c.CourseDirectory.db_url = "sqlite:///{0}/class/gradebook.db"
c.CourseDirectory.submitted_directory = "class/submitted"
c.CourseDirectory.autograded_directory = "class/autograded"
c.CourseDirectory.feedback_directory = "class/feedback"
"""
SERVER = (
    "--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.open_browser=False",
    "--ServerApp.allow_root=True", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0",
)  # fmt: skip


def run(folder, *args):
    result = CliRunner().invoke(
        main, ["--course", str(folder), *map(str, args)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def environment(folder):
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_PLATFORM_DIRS": "1",
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }


def nbgrader(folder, *args):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *map(str, args)],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def grade(folder):
    return run(folder, "grade", "-a", NAME, "--class", folder / "class")


def hand_in(folder, student, notebook):
    place = folder / "class" / "submitted" / student / NAME
    place.mkdir(parents=True)
    nbformat.write(notebook, place / f"{NAME}.ipynb")


def score(folder, student):
    with Gradebook(f"sqlite:///{folder}/class/gradebook.db") as book:
        return book.find_submission(NAME, student).score


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A course whose class was graded by the judge: ada has all, bo nothing."""
    folder = tmp_path_factory.mktemp("interop")
    text = (ROOT / "nbgrader_config.py").read_text() + OURS.format(folder)
    (folder / "nbgrader_config.py").write_text(text)
    for kind in ("solutions", "exercises"):
        shutil.copytree(ROOT / kind / NAME, folder / kind / NAME)
    solution, release = (
        nbformat.read(ROOT / kind / NAME / f"{NAME}.ipynb", as_version=4)
        for kind in ("solutions", "exercises")
    )
    hand_in(folder, "ada", solution)
    hand_in(folder, "bo", release)
    grade(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = folder / "server.log"
    with open(log, "w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *SERVER, f"--ServerApp.port={port}"],
            cwd=folder,
            env=environment(folder),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"{address}/api/status", timeout=5)
                    break
                except OSError:
                    assert process.poll() is None, log.read_text()
                    time.sleep(0.2)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def test_formgrader_shows_our_marks_and_ours_keep_what_is_entered_there(browser, server, folder):
    page = browser.new_context().new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server}/formgrader/manage_students/ada")
    row = page.locator("table tbody tr", has_text=NAME)
    row.wait_for()
    assert f"{FULL:g} / {FULL:g}" in " ".join(row.inner_text().split())

    page.goto(f"{server}/formgrader/manage_students/ada/{NAME}")
    page.locator("table a", has_text=NAME).first.click()
    points = page.locator("input.score")
    points.first.wait_for()
    page.wait_for_function("document.querySelector('input.score').placeholder !== ''")
    shown = points.evaluate_all("all => all.map((one) => Number(one.placeholder))")
    assert sum(shown) == FULL
    assert "check passed" in page.locator("body").inner_text()
    page.locator("input.extra-credit").first.fill("1")
    page.locator("textarea.comment").first.fill("Well done")
    page.locator("textarea.comment").first.blur()
    for _ in range(50):
        if score(folder, "ada") == FULL + 1:
            break
        page.wait_for_timeout(200)
    assert score(folder, "ada") == FULL + 1
    page.context.close()
    assert set(errors) <= {"MathJax is not defined"}  # formgrader takes it from another host

    run(folder, "feedback", "--class", folder / "class")
    told = (folder / "class" / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    assert f"<b>{FULL + 1:g}</b> of {FULL:g} points" in told
    assert "Well done" in told
    run(folder, "grade", "-a", NAME, "--class", folder / "class", "--fresh")
    assert score(folder, "ada") == FULL + 1


def test_nbgraders_export_and_db(folder):
    nbgrader(folder, "export", "--to", folder / "marks.csv")
    text = (folder / "marks.csv").read_text()
    rows = {row["student_id"]: row for row in csv.DictReader(text.splitlines())}
    assert {name: float(row["score"]) for name, row in rows.items()} == {
        name: score(folder, name) for name in ("ada", "bo")
    }
    assert float(rows["ada"]["max_score"]) == FULL
    assert "bo" in nbgrader(folder, "db", "student", "list")
    assert NAME in nbgrader(folder, "db", "assignment", "list")


@pytest.mark.proof(
    "course_lib/grading/bulk.py",
    "course_lib/grading/gradebook.py",
    "course_lib/grading/feedback.py",
)
def test_plain_autograde_and_feedback_after_ours_and_ours_after_them(folder):
    hand_in(folder, "cy", nbformat.read(ROOT / "solutions" / NAME / f"{NAME}.ipynb", as_version=4))
    nbgrader(folder, "autograde", NAME, "--student", "cy")
    assert score(folder, "cy") == FULL
    nbgrader(folder, "autograde", NAME, "--student", "bo", "--force")
    assert score(folder, "bo") == 0
    nbgrader(folder, "generate_feedback", NAME, "--force")
    for student in ("ada", "bo", "cy"):
        page = folder / "class" / "feedback" / student / NAME / f"{NAME}.html"
        assert f"/ {FULL}" in page.read_text()
    assert "3 submissions: 3 with a mark" in grade(folder)
    assert (score(folder, "bo"), score(folder, "cy")) == (0, FULL)
