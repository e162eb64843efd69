"""The commands, used wrongly: one line that says what is wrong and the mend, and exit code 2."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_lib.grading import cli, doctor
from course_lib.grading.journal import Journal
from course_lib.grading.results import Result

ROOT = Path(__file__).resolve().parents[1]


def run(*args, course=ROOT):
    where = [] if course is None else ["--course", str(course)]
    return CliRunner().invoke(cli.main, [*where, *map(str, args)], catch_exceptions=False)


def line_of(result):
    assert result.exit_code == 2, result.output
    lines = [line for line in result.output.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, result.output
    assert "Traceback" not in result.output
    return lines[0]


def test_the_commands_are_listed():
    result = run("--help")
    assert result.exit_code == 0
    for name in ("exercises", "checks", "sample-class", "grade", "feedback", "report", "doctor"):
        assert f"  {name}" in result.output


def test_an_unknown_assignment_says_which_exist(tmp_path):
    line = line_of(run("grade", "-a", "99_nothing", "--submitted", tmp_path))
    assert "'99_nothing'" in line
    assert "04_optimizers" in line


def test_a_wrong_path(tmp_path):
    line = line_of(run("grade", "--all", "--submitted", tmp_path / "nowhere"))
    assert "nowhere" in line
    assert "--submitted" in line


def test_an_empty_folder(tmp_path):
    assert "it is empty" in line_of(run("grade", "--all", "--submitted", tmp_path))


def test_a_folder_with_another_assignment(tmp_path):
    (tmp_path / "student01" / "09_nothing").mkdir(parents=True)
    line = line_of(run("grade", "--all", "--submitted", tmp_path, "--class", tmp_path / "c"))
    assert "09_nothing" in line


def test_nothing_said_to_grade():
    assert "--all" in line_of(run("grade"))


@pytest.fixture
def one(tmp_path):
    """A class with one submission, which is not looked at."""
    (tmp_path / "submitted" / "student01" / "04_optimizers").mkdir(parents=True)
    return tmp_path


def test_a_gradebook_that_is_none(one):
    book = one / "gradebook.db"
    book.write_text("no database" * 100)
    line = line_of(run("grade", "--all", "--class", one))
    assert "not a gradebook" in line


def test_a_gradebook_in_a_folder_that_is_not_there(one):
    line = line_of(run("grade", "--all", "--class", one, "--gradebook", one / "x" / "g.db"))
    assert "does not exist" in line


@pytest.mark.parametrize("command", ["feedback", "report", "overview"])
def test_nothing_graded_yet(command, tmp_path):
    assert "course grade" in line_of(run(command, "--class", tmp_path))


def test_not_in_a_course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "is not in a course" in line_of(run("exercises", course=None))
    assert "no folder" in line_of(run("exercises", course=tmp_path / "x"))


def test_check_wants_a_notebook(tmp_path):
    assert "no file" in line_of(run("check", tmp_path / "x.ipynb"))
    (tmp_path / "x.ipynb").write_text("{")
    assert "not valid JSON" in line_of(run("check", tmp_path / "x.ipynb"))


def test_sample_class_wants_a_folder(tmp_path):
    (tmp_path / "file").touch()
    assert "is a file" in line_of(run("sample-class", "--out", tmp_path / "file"))
    assert "there are: 01" in line_of(run("sample-class", "--out", tmp_path, "--assignment", "x"))


def test_options_that_are_none():
    for wrong in (["grade", "--workers", "0"], ["grade", "--engine", "magic"], ["nothing"]):
        assert line_of(run(*wrong))


def test_ctrl_c_is_no_traceback(monkeypatch):
    def stop(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("course_lib.grading.prove.prove_all", stop)
    result = run("checks")
    assert result.exit_code == 130
    assert "Traceback" not in result.output


def test_doctor_finds_everything_here(monkeypatch):
    monkeypatch.chdir(ROOT)
    result = run("doctor", course=None)
    assert result.exit_code == 0, result.output
    assert "level " in " ".join(result.output.split())


def test_doctor_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    result = run("doctor")
    assert result.exit_code == 1
    assert "pip install alembic" in result.output


@pytest.mark.slow
def test_the_installed_command_starts():
    done = subprocess.run(
        [sys.executable, "-m", "course_lib.grading.cli", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "0.1.0" in done.stdout


@pytest.mark.parametrize("name", sorted(cli.main.commands))
def test_each_help_reads_like_documentation_and_its_examples_are_understood(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = run(name, "--help").output
    body, _, example = text.partition("\nExample:\n")
    lines = [line.strip() for line in example.splitlines() if line.strip()]
    assert any(line.startswith(f"course {name}") for line in lines), text
    assert max(map(len, text.splitlines())) <= 80, text
    described = " ".join(body.split("Options:")[0].split())
    assert len(described) > 150, described
    joined = "\n".join(lines).replace("\\\n", " ")
    for line in joined.splitlines():
        for part in line.partition("  #")[0].split(" && "):
            assert part.startswith("course "), part
            words = part.split()
            command = cli.main.commands[words[1]]
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in words if word.startswith("-")} <= known, part


WRONG = {  # what was typed, and what the one line has to say
    "report --class {0}/none": "Grade first",
    "report --class {0}/file": "is a file; expected the class's folder",
    "grade --all --class {0}/file": "Pass another --class",
    "report --class {0}/graded --compare {0}/none": "or a file of grade --json",
    "report --class {0}/graded --compare {0}/file": "Pass such a file",
    "report --class {0}/graded --out {0}/file/x": "Choose another --out",
    "export --class {0}/graded --gradebook {0}/file": "Pass another --gradebook",
    "export --class {0}/graded --gradebook x://y": "is not a database URL",
    "export --class {0}/graded --out {0}/file/x": "Choose another --out",
    "export --class {0}/graded --template {0}/file": "--format canvas or moodle",
    "export --class {0}/graded --format canvas --template {0}/none": "Pass a table in CSV",
    "export --class {0}/graded --format canvas --template {0}/bytes": "Save it as CSV UTF-8",
    "export --class {0}/graded --format moodle": "pass --assignment",
    "export --class {0}/graded --feedback": "pass --out feedback.zip",
    "import {0}/none.zip": "Pass zips or folders",
    "import {0}/file -a nope": "there are: 01_regularization",
    "import {0}/graded --class {0}/new --times {0}/file": "needed are student and received",
    "import {0}/graded --class {0}/new --roster {0}/file": "Moodle's grading worksheet",
    "policy --policy {0}/none": "course policy --example",
    "policy --policy {0}/file": "is not valid TOML",
    "policy --policy {0}/bytes": "Save it as UTF-8",
    "similarity -a 04_optimizers --class {0}/new": "Pass --submitted",
    "similarity -a nope": "there are: 01_regularization",
    "erase .. --class {0}/graded --yes": "can't be a student",
    "erase nobody --class {0}/graded --yes": "There is nothing of 'nobody'",
    "feedback --class {0}/none": "Grade first",
    "sample-class --out {0}/file/x": "Choose another --out",
    "new-exercise nope x --parameters a --returns b": "there are: 01_regularization",
    "new-exercise 04_optimizers Clip --parameters a --returns b": "use lower case",
    "new-exercise 04_optimizers adam_step --parameters a --returns b": "There is an exercise",
    "new-exercise 04_optimizers clip --parameters 1b --returns b": "write names such as w,g,lr",
}


@pytest.mark.parametrize("typed", WRONG)
def test_the_desk_used_wrongly(typed, tmp_path):
    (tmp_path / "file").write_text("a,b\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with Journal(tmp_path / "graded") as journal:
        journal.append([Result("ada", "04_optimizers", "graded", 1.0, 4.0)])
    line = line_of(run(*(word.format(tmp_path) for word in typed.split())))
    assert WRONG[typed] in line
