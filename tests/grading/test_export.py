"""Marks and feedback in the forms that platforms read, and safe in a spreadsheet."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_lib.grading import export, export_feedback, export_lms, export_moodle
from course_lib.grading.cli import main
from course_lib.grading.importing_record import Record, Sent
from course_lib.grading.importing_roster import Person, read_people
from course_lib.grading.journal import Journal
from course_lib.grading.policy import loads
from course_lib.grading.results import Result
from course_lib.grading.submissions import feedback_path, put
from course_lib.grading.ui import Problem

ROOT = Path(__file__).resolve().parents[2]
ONE, TWO = "01_regularization", "02_gradients"


def result(student, assignment, points, most=10.0):
    status = "failed" if points is None else "graded"
    return Result(student, assignment, status, points, most, reason="broken")


RESULTS = [
    result("doejane-11", ONE, 7.5),
    result("doejane-11", TWO, 10.0),
    result("leebo-12", ONE, None),
    result("=cmd|calc", ONE, 3.0),
]


@pytest.fixture
def home(tmp_path):
    with Journal(tmp_path) as journal:
        journal.append(RESULTS)
    record = Record(tmp_path)
    for student, name, number in (("doejane-11", "doejane", "11"), ("leebo-12", "leebo", "12")):
        record.add(student, Sent(ONE, "canvas", number, name, f"{name}_{number}_5_one.ipynb"))
    record.add("zed-13", Sent(ONE, "canvas", "13", "zed", "zed_13_6_one.ipynb"))
    record.write()
    return tmp_path


@pytest.fixture
def found(home):
    policy = loads(f'[students.leebo-12]\nexcused = ["{TWO}"]', [ONE, TWO])
    return export.totals(home, policy, Record(home), None)


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


def test_a_plain_table(home, found):
    rows = rows_of(export.to_csv(found, Record(home)))
    assert rows[0] == ["student", "name", ONE, TWO, "points", "out_of", "percent", "open"]
    table = {row[0]: row[1:] for row in rows[1:]}
    assert table["doejane-11"] == ["doejane", "7.5", "10", "17.5", "20", "87.5", ""]
    assert table["leebo-12"] == ["leebo", "", "excused", "0", "0", "0", "yes"]
    assert table["zed-13"] == ["zed", "0", "0", "0", "20", "0", ""]
    assert table["'=cmd|calc"][1] == "3"  # no spreadsheet takes it for a formula


def test_json_tells_all(home, found):
    data = json.loads(export.to_json(found, Record(home)))
    assert data["schema"] == 1
    jane = next(row for row in data["students"] if row["student"] == "doejane-11")
    assert jane["marks"][0] == {
        "assignment": ONE, "status": "graded", "earned": 7.5, "earned_of": 10.0, "points": 7.5,
        "out_of": 10.0, "days_late": 0, "free_days": 0, "penalty": 0.0, "dropped": False,
        "due": None, "received": None, "note": "", "waiting": [],
    }  # fmt: skip


def test_canvas_without_its_table(home, found):
    made = export_lms.canvas(found, Record(home), None)
    rows = rows_of(made.text)
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", ONE, TWO]
    assert rows[1] == ["    Points Possible", "", "", "", "", "10", "10"]
    table = {row[0]: row[1:] for row in rows[2:]}
    assert table["doejane"] == ["11", "", "", "", "7.5", "10"]
    assert table["leebo"] == ["12", "", "", "", "", "EX"]  # no mark: left alone
    assert "=cmd|calc" in made.notes[0]
    assert "'=cmd|calc" in table


def test_canvas_with_its_table(home, found, tmp_path):
    template = tmp_path / "gradebook.csv"
    template.write_text(
        f"\ufeffStudent,ID,SIS Login ID,Section,{ONE} (901),Essay (902),Current Score\r\n"
        "    Points Possible,,,,12,5,(read only)\r\n"
        '"Doe, Jane",11,jd,"A, B",,4,80\r\n'
        '"Lee, Bo",12,bl,A,3,4,80\r\n'
        '"Not, Ours",99,no,A,3,4,80\r\n',
        encoding="utf-8",
    )
    made = export_lms.canvas(found, Record(home), template)
    assert rows_of(made.text) == [
        ["Student", "ID", "SIS Login ID", "Section", f"{ONE} (901)"],
        ["    Points Possible", "", "", "", "12"],
        ["Doe, Jane", "11", "jd", "A, B", "7.5"],
        ["Lee, Bo", "12", "bl", "A", "3"],  # no mark of ours; an empty cell would take back theirs
    ]
    told = " ".join(made.notes)
    assert f"no assignment {TWO}" in told
    assert "12 points in Canvas, but 10 here" in told
    assert "=cmd|calc, zed-13" in told


def test_canvas_with_names_in_two_columns(home, found, tmp_path):
    template = tmp_path / "gradebook.csv"
    template.write_text(
        f"LastName,FirstName,ID,SIS Login ID,Section,{ONE} (901)\nPoints Possible,,,,,10\n"
        ",,,,,Manual Posting\nDoe,Jane,11,jd,A,\n"
    )
    made = export_lms.canvas(found, Record(home), template)
    assert rows_of(made.text)[1:] == [
        ["Points Possible", "", "", "", "", "10"], ["Doe", "Jane", "11", "jd", "A", "7.5"],
    ]  # fmt: skip
    assert read_people(template, UTC)["11"] == Person("jd", "Jane Doe")


@pytest.mark.parametrize(
    ("text", "words"),
    [("a,b\n1,2\n", "not a gradebook of Canvas"), ("Student,ID,Section,Essay\n", "has no column for")],
)  # fmt: skip
def test_a_table_that_is_none(home, found, tmp_path, text, words):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(Problem, match=words):
        export_lms.canvas(found, Record(home), tmp_path / "t.csv")
    with pytest.raises(Problem, match="not a grading worksheet"):
        export_moodle.moodle(found, Record(home), ONE, tmp_path / "t.csv")


@pytest.fixture
def moodle_home(tmp_path):
    with Journal(tmp_path) as journal:
        journal.append([result("Jane-Doe", ONE, 7.25), result("bo", ONE, 4.0)])
    record = Record(tmp_path)
    base = "Jane Doe_77_assignsubmission_file"
    record.add("Jane-Doe", Sent(ONE, "moodle", "77", "Jane Doe", base))
    record.write()
    return tmp_path


def test_moodle(moodle_home, tmp_path):
    record = Record(moodle_home)
    found = export.totals(moodle_home, loads("", []), record, None)
    made = export_moodle.moodle(found, record, ONE, None)
    head, *rows = rows_of(made.text)
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(head)
    (row,) = (dict(zip(head, row, strict=True)) for row in rows)
    assert (row["Identifier"], row["Grade"], row["Maximum Grade"]) == (
        "Participant 77",
        "7.25",
        "10",
    )
    assert "bo" in made.notes[0]
    template = tmp_path / "grades.csv"
    template.write_text(
        "Identifier,Full name,Email address,Grade,Maximum Grade,Last modified (grade)\n"
        'Participant 77,Jane Doe,jd@x.org,,100.00,"Monday, 5 October 2026, 3:00 PM"\n'
        "Participant 78,Bo Lee,bo@x.org,,100.00,-\nParticipant 79,Cy,cy@x.org,5.00,100.00,-\n"
    )
    made = export_moodle.moodle(found, record, ONE, template)
    assert [row[3] for row in rows_of(made.text)] == ["Grade", "7.25", "4", "5.00"]
    assert rows_of(made.text)[1][5] == "Monday, 5 October 2026, 3:00 PM"
    assert made.notes == [
        f"{ONE} has 100.00 points in Moodle, but 10 here: set points in course.toml."
    ]


def test_feedback_is_named_as_each_platform_reads_it(home, moodle_home, tmp_path):
    for student in ("doejane-11", "Jane-Doe"):
        put(feedback_path(home, ONE, student), b"<p>page</p>")
    keys = [("doejane-11", ONE), ("leebo-12", ONE), ("Jane-Doe", ONE)]
    record = Record(home)
    record.add("doejane-11", Sent(ONE, "canvas", "11", "doejane", "doejane_11_5_one.ipynb"))
    names = {}
    for form in ("canvas", "moodle", "plain"):
        packed = export_feedback.pack(home, record, keys, form, tmp_path / f"{form}.zip")
        with zipfile.ZipFile(tmp_path / f"{form}.zip") as archive:
            names[form] = archive.namelist()
        assert any("no page yet" in line for line in packed.left)
    assert names == {
        "canvas": ["doejane_11_5_one.html"],
        "moodle": [f"Jane Doe_77_assignsubmission_file_/{ONE}_feedback.html"],
        "plain": [f"doejane-11/{ONE}.html", f"Jane-Doe/{ONE}.html"],
    }
    first = (tmp_path / "plain.zip").read_bytes()
    export_feedback.pack(home, record, keys, "plain", tmp_path / "plain.zip")
    assert (tmp_path / "plain.zip").read_bytes() == first
    with pytest.raises(Problem, match="no feedback to pack"):
        export_feedback.pack(home, record, keys[1:2], "plain", tmp_path / "x.zip")


def test_a_change_of_policy_changes_marks_and_runs_nothing(home):
    late = Sent(ONE, "canvas", "11", "doejane", received=datetime(2026, 10, 7, tzinfo=UTC))
    record = Record(home)
    record.add("doejane-11", late)
    text = f"[late]\nper_day = {{}}\n[assignments.{ONE}]\ndue = 2026-10-05T23:59:00"
    points = []
    for per_day in (0, 0.1, 0.5):
        found = export.totals(home, loads(text.format(per_day), [ONE]), record, None)
        jane = next(total for total in found if total.student == "doejane-11")
        points.append(jane.marks[0].points)
    assert points == [Decimal("7.5"), Decimal("6"), Decimal(0)]


def test_the_command(home, tmp_path):
    def run(*args):
        base = ["--course", str(ROOT), "export", "--class", str(home)]
        return CliRunner().invoke(main, [*base, *map(str, args)], catch_exceptions=False)

    assert run("--out", home / "marks.csv").exit_code == 0
    assert b"\r\n" in (home / "marks.csv").read_bytes()
    assert b"\r\r" not in (home / "marks.csv").read_bytes()
    result = run("-a", TWO, "--format", "json")
    rows = json.loads(result.stdout)["students"]
    assert {len(row["marks"]) for row in rows} == {1}
    assert {row["student"]: (row["points"], row["out_of"]) for row in rows} == {
        "=cmd|calc": (0, 10), "doejane-11": (10, 10), "leebo-12": (0, 10), "zed-13": (0, 10),
    }  # fmt: skip
    for args, words in (
        (["--format", "moodle"], "one assignment at a time"),
        (["--feedback", "--out", home / "f.zip"], "no feedback to pack"),
        (["--feedback"], "pass --out"),
        (["--template", "x.csv"], "goes with --format"),
        (["--format", "canvas", "--template", home / "none.csv"], "can't be read"),
        (["-a", "nothing"], "there are: 01_reg"),
        (["--out", home / "journal.jsonl" / "x.csv"], "Can't write"),
        (["--policy", "none.toml"], "course policy --example"),
        (["--class", tmp_path / "empty"], "Nothing was graded"),
    ):
        result = run(*args)
        assert (result.exit_code, words in result.output) == (2, True), result.output
