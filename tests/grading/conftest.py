"""One class, graded once, for all tests that look at it."""

import importlib.util
import json
import os
import shutil
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from course_lib.grading.cli import main
from course_lib.grading.course import Course

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = "04_optimizers"
STUDENTS = 13  # the eleven special cases, and two with mistakes


def _load(name):
    """Import a module beside this file: tests are no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Graded(NamedTuple):
    home: Path
    expected: dict
    results: dict
    output: str
    exit_code: int
    engine: str

    def grade(self, home, *more):
        """Grade another class with the same engine."""
        return _grade(home, "--engine", self.engine, *more)


def _run(*args, folder=None):
    """Run a command as a terminal would, on this course or a copy of it."""
    return CliRunner().invoke(
        main, ["--course", str(folder or ROOT), *map(str, args)], catch_exceptions=False
    )


@pytest.fixture(scope="session")
def course():
    return Course(ROOT)


@pytest.fixture(scope="session")
def honest():
    """The class of students that only did their work."""
    return _load("honest")


@pytest.fixture(scope="module")
def postgresql():
    """A PostgreSQL server; it can be killed and started again."""
    database = _load("database")
    if not database.PROGRAMS:
        pytest.skip("PostgreSQL is not installed here: apt-get install postgresql")
    server = database.Server()
    yield server
    server.stop()


@pytest.fixture
def course_copy(tmp_path):
    """A course of its own, for tests that change files."""
    folder = tmp_path / "course"
    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for name in ("solutions", "exercises"):
        ignore = shutil.ignore_patterns(".ipynb_checkpoints")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    return folder


@pytest.fixture(scope="session")
def nbgrader(tmp_path_factory):
    """Plain nbgrader: ``nbgrader(folder, "autograde", "04_optimizers")``."""
    plain = _load("plain").Nbgrader(tmp_path_factory.mktemp("nbgrader"))
    yield plain.run
    plain.stop()


@pytest.fixture(scope="session", params=["judge", "nbgrader"])
def graded(request, tmp_path_factory):
    """The class, graded by each engine."""
    return _graded(tmp_path_factory, request.param)


@pytest.fixture(scope="session")
def judged(tmp_path_factory):
    """The class, graded by the judge."""
    return _graded(tmp_path_factory, "judge")


def _graded(tmp_path_factory, engine):
    """Grade the class; with several test processes, the first does it and the others wait."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    home = base / f"class-{engine}"
    record = base / f"output-{engine}.json"
    try:
        home.mkdir()
    except FileExistsError:
        for _ in range(2400):
            if record.exists():
                break
            time.sleep(0.25)
    else:
        made = _run(
            "sample-class",
            "--assignment",
            ASSIGNMENT,
            "--students",
            STUDENTS,
            "--out",
            home / "submitted",
        )
        assert made.exit_code == 0, made.output
        result = _grade(home, "--engine", engine, "--json", home / "grades.json")
        draft = record.with_suffix(".new")
        draft.write_text(json.dumps([result.output, result.exit_code]))
        draft.replace(record)
    output, exit_code = json.loads(record.read_text())
    manifest = json.loads((home / "submitted" / "class.json").read_text())
    if engine == "nbgrader":  # one function that ends the interpreter ends all
        for row in manifest["students"]:
            if row["case"] == "dead kernel":
                row.update(status="failed", total=None)
    results = json.loads((home / "grades.json").read_text())
    return Graded(
        home,
        {row["student"]: row for row in manifest["students"]},
        {row["student"]: row for row in results["results"]},
        output,
        exit_code,
        engine,
    )


def _grade(home, *more):
    return _run("grade", "--all", "--class", home, "--cell-seconds", 12, *more)


@pytest.fixture(name="run")
def run_fixture():
    return _run
