"""Taking in what platforms export: whose, what for, what is refused, and that nothing leaves the folder."""

import io
import json
import re
import stat
import struct
import unicodedata
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.grading.importing import Request, take
from course_lib.grading.importing_names import safe
from course_lib.grading.importing_record import Record
from course_lib.grading.importing_roster import read_people, read_times
from course_lib.grading.importing_sources import Refused, split
from course_lib.grading.policy import Limits, loads
from course_lib.grading.ui import Problem

NAMES = ["01_one", "02_two"]
NOTEBOOK = b'{"nbformat": 4, "cells": []}'
ZONE = ZoneInfo("Europe/Zurich")


def archive(path, files):
    """Write a zip; a name may be a ZipInfo."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files:
            made.writestr(name, data)
    return path


@pytest.fixture
def run(tmp_path):
    home = tmp_path / "class"

    def work(source, **more):
        record = Record(home)
        request = Request(home / "submitted", NAMES, **more)
        rows = list(take([source], request, record))
        if not request.dry:
            record.write()
        return rows, record

    work.submitted = home / "submitted"
    work.home = home
    return work


def taken(rows):
    return {(row.student, row.assignment): row for row in rows if row.status == "taken"}


def written(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir())


def test_canvas(run, tmp_path):
    source = archive(
        tmp_path / "submissions.zip",
        [
            ("doejane_1234_501_01_one.ipynb", NOTEBOOK),
            ("leebo_LATE_1235_502_01_one.ipynb", NOTEBOOK),
            ("kimmin_1236_503_01_one.ipynb", b"old"),
            ("kimmin_1236_509_01_one-1.ipynb", b"new"),
            ("vandeanne_marie_1237_504_my work.ipynb", NOTEBOOK),
            ("roepat_1238_505_notes.pdf", b"%PDF"),
            ("__MACOSX/._doejane_1234_501_01_one.ipynb", b"x"),
        ],
    )
    rows, record = run(source, assignment="01_one")
    got = taken(rows)
    assert {key[0] for key in got} == {
        "doejane-1234", "leebo-1235", "kimmin-1236", "vandeanne_marie-1237",
    }  # fmt: skip
    assert (run.submitted / "kimmin-1236/01_one/01_one.ipynb").read_bytes() == b"new"
    assert "my work.ipynb" in got["vandeanne_marie-1237", "01_one"].reason
    assert "late" in got["leebo-1235", "01_one"].reason
    assert record.arrivals(run.submitted, got)["leebo-1235", "01_one"].late
    reasons = {row.entry: (row.status, row.reason) for row in rows if row.status != "taken"}
    assert reasons["roepat_1238_505_notes.pdf"] == ("passed over", "not a notebook")
    assert reasons["kimmin_1236_503_01_one.ipynb"][0] == "passed over"
    assert len(rows) == 7  # every entry is listed
    again = Record(run.home)
    assert again.rows == record.rows
    assert again.name("doejane-1234") == "doejane"


@pytest.mark.parametrize("tail", ["_/", "/", "_"])
def test_moodle_of_three_ages(run, tmp_path, tail):
    source = archive(
        tmp_path / "m.zip",
        [
            (f"Jane Doe_77_assignsubmission_file{tail}01_one.ipynb", NOTEBOOK),
            (f"Bo Lee_78_assignsubmission_file{tail}Copy of 01_one (2).ipynb", NOTEBOOK),
            ("Al_79_assignsubmission_onlinetext_/onlinetext.ipynb", b"<p>"),
        ],
    )
    rows, record = run(source)
    assert set(taken(rows)) == {("Jane-Doe", "01_one"), ("Bo-Lee", "01_one")}
    assert [row.reason for row in rows if row.status == "refused"] == [
        "it is a text typed into Moodle, not a file"
    ]
    assert record.rows["Jane-Doe", "01_one"].base == "Jane Doe_77_assignsubmission_file"


def test_two_students_of_one_name_need_the_roster(run, tmp_path):
    source = archive(
        tmp_path / "m.zip",
        [(f"Jane Doe_{n}_assignsubmission_file_/01_one.ipynb", str(n)) for n in (77, 78)],
    )
    rows, _ = run(source)
    assert [row.status for row in rows] == ["refused", "refused"]
    assert all("--roster" in row.reason for row in rows)
    sheet = tmp_path / "grades.csv"
    sheet.write_text(
        "Identifier,Full name,Email address,Grade,Last modified (submission)\n"
        'Participant 77,Jane Doe,jd@x.org,,"Monday, 5 October 2026, 11:58 PM"\n'
        "Participant 78,Jane Doe,jane.doe@x.org,,-\n"
    )
    rows, record = run(source, people=read_people(sheet, ZONE))
    assert set(taken(rows)) == {("jd", "01_one"), ("jane.doe", "01_one")}
    assert record.rows["jd", "01_one"].received == datetime(2026, 10, 5, 21, 58, tzinfo=UTC)
    assert record.rows["jane.doe", "01_one"].received is None
    stamp = run.submitted / "jd/01_one/timestamp.txt"
    assert datetime.fromisoformat(stamp.read_text()) == datetime(2026, 10, 5, 21, 58, tzinfo=UTC)


def test_folders(run, tmp_path):
    root = tmp_path / "handed in"
    for name in ("ada/01_one/01_one.ipynb", "ada/02_two/x.ipynb", "bo/01_one.ipynb", "cy/y.ipynb",
                 "loose.ipynb", "di/01_one/.ipynb_checkpoints/01_one-checkpoint.ipynb"):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(NOTEBOOK)
    (root / "eve").symlink_to(root / "ada")
    (root / "bo" / "02_two.ipynb").symlink_to(root / "cy" / "y.ipynb")
    rows, _ = run(root)
    assert set(taken(rows)) == {("ada", "01_one"), ("ada", "02_two"), ("bo", "01_one")}
    reasons = {row.entry: row.reason for row in rows if row.status == "refused"}
    assert "--assignment" in reasons["cy/y.ipynb"]
    assert "no student's folder" in reasons["loose.ipynb"]
    assert "a link" in reasons["eve"]
    assert "a link" in reasons["bo/02_two.ipynb"]


def test_times(run, tmp_path):
    root = tmp_path / "in"
    (root / "ada").mkdir(parents=True)
    (root / "ada" / "01_one.ipynb").write_bytes(NOTEBOOK)
    table = tmp_path / "times.csv"
    table.write_text("student;received\nada;2026-10-05 23:59\n")
    _, record = run(root, times=read_times(table, ZONE))
    assert record.rows["ada", "01_one"].received == datetime(2026, 10, 5, 21, 59, tzinfo=UTC)
    table.write_text("student,received\nada,soon\n")
    with pytest.raises(Problem, match="line 2: 'soon' is no time"):
        read_times(table, ZONE)
    table.write_text("who,when\nada,soon\n")
    with pytest.raises(Problem, match="needed are student and received"):
        read_times(table, ZONE)
    with pytest.raises(Problem, match="neither Moodle's"):
        read_people(table, ZONE)
    table.write_bytes(b"student\xff")
    with pytest.raises(Problem, match="UTF-8"):
        read_times(table, ZONE)


def test_what_nbgrader_noted_counts_too(tmp_path):
    folder = tmp_path / "ada" / "01_one"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-10-05 23:59:00.000 Europe/Zurich")
    found = Record(tmp_path).arrivals(tmp_path, [("ada", "01_one"), ("bo", "01_one")])
    assert found["ada", "01_one"].received == datetime(2026, 10, 5, 21, 59, tzinfo=UTC)
    assert found["bo", "01_one"].received is None


def test_github_classroom(run, tmp_path):
    root = tmp_path / "x"
    for user in ("ada", "bo-lee"):
        repo = root / "one-submissions" / f"one-{user}"
        (repo / ".git").mkdir(parents=True)
        (repo / ".git" / "01_one.ipynb").write_bytes(b"not this")
        (repo / "01_one.ipynb").write_bytes(NOTEBOOK)
        (repo / "README.md").write_text("x")
    rows, _ = run(root)
    assert set(taken(rows)) == {("ada", "01_one"), ("bo-lee", "01_one")}


def test_several_notebooks_of_one_student(run, tmp_path):
    root = tmp_path / "in"
    (root / "ada").mkdir(parents=True)
    (root / "ada" / "01_one.ipynb").write_bytes(b"a")
    (root / "ada" / "01_one (1).ipynb").write_bytes(b"b")
    (root / "bo").mkdir()
    (root / "bo" / "x.ipynb").write_bytes(b"a")
    (root / "bo" / "y.ipynb").write_bytes(b"b")
    (root / "cy").mkdir()
    (root / "cy" / "x.ipynb").write_bytes(b"a")
    (root / "cy" / "y.ipynb").write_bytes(b"a")
    rows, _ = run(root, assignment="01_one")
    assert set(taken(rows)) == {("ada", "01_one"), ("cy", "01_one")}
    assert (run.submitted / "ada/01_one/01_one.ipynb").read_bytes() == b"a"
    assert all("which one counts" in row.reason for row in rows if row.status == "refused")


def test_a_second_import_says_what_changed(run, tmp_path):
    root = tmp_path / "in"
    (root / "ada").mkdir(parents=True)
    file = root / "ada" / "01_one.ipynb"
    file.write_bytes(b"a")
    run(root)
    rows, _ = run(root)
    assert rows[0].reason == "as it was before"
    file.write_bytes(b"b")
    rows, _ = run(root, dry=True)
    assert rows[0].reason == "replaces an earlier one"
    assert (run.submitted / "ada/01_one/01_one.ipynb").read_bytes() == b"a"


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../evil_1_2_01_one.ipynb", "leads out"),
        ("a/../../evil_1_2_01_one.ipynb", "leads out"),
        ("/etc/evil_1_2_01_one.ipynb", "leads out"),
        ("C:\\evil_1_2_01_one.ipynb", "leads out"),
        ("..\\evil_1_2_01_one.ipynb", "leads out"),
        ("evil\x1b[31m_1_2_01_one.ipynb", "can't be shown"),
        ("evil\u202e_1_2_01_one.ipynb", "can't be shown"),
        (link("evil_1_2_01_one.ipynb"), "a link"),
        ("x/" * 40 + "evil_1_2_01_one.ipynb", "too long"),
        ("evil_1_2_01_one.zip", "an archive inside"),
    ],
)
def test_entries_that_are_refused_by_name(run, tmp_path, name, reason):
    source = archive(tmp_path / "s.zip", [(name, b"/etc/passwd"), ("ada_3_4_01_one.ipynb", b"{}")])
    rows, _ = run(source, layout="canvas", assignment="01_one")
    (bad,) = [row for row in rows if row.status == "refused"]
    assert reason in bad.reason
    assert "\x1b" not in bad.entry
    assert written(tmp_path) == [
        "class/imported.json", "class/submitted/ada-3/01_one/01_one.ipynb", "s.zip",
    ]  # fmt: skip


def test_archives_that_are_refused_as_a_whole(run, tmp_path):
    many = archive(tmp_path / "many.zip", [(f"a_{n}_{n}_x.ipynb", b"") for n in range(10_000)])
    bomb = archive(tmp_path / "bomb.zip", [("a_1_2_01_one.ipynb", bytes(30_000_000))])
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK\x03\x04 no zip")
    cases = [
        (many, "10000 entries; at most 5000 are read"),
        (many, "archive_entries = 10000 under [limits]"),
        (bomb, "unpacks to 30 MB"),
        (bomb, "archive_megabytes = 30 under [limits]"),
        (bad, "can't be read as a zip"),
    ]
    for source, reason in cases:
        rows, _ = run(source, limits=Limits(archive_megabytes=20))
        assert [row.status for row in rows] == ["refused"]
        assert reason in rows[0].reason
        assert rows[0].source == source.name
    assert not run.submitted.exists()


def test_a_large_class_is_taken_by_doing_what_the_message_says(run, tmp_path):
    files = [(f"s{n}_{n}_{n}_01_one.ipynb", NOTEBOOK + b" " * n) for n in range(8)]
    source = archive(tmp_path / "s.zip", files)
    rows, _ = run(source, assignment="01_one", limits=Limits(archive_entries=5))
    (row,) = rows
    assert row.status == "refused"
    said = re.search(r"archive_entries = (\d+)", row.reason)[1]
    policy = loads(f"[limits]\narchive_entries = {said}", NAMES)
    rows, _ = run(source, assignment="01_one", limits=policy.limits)
    assert [row.status for row in rows] == ["taken"] * 8
    folder = tmp_path / "in"
    for n in range(11):
        (folder / f"s{n}").mkdir(parents=True)
        (folder / f"s{n}" / "01_one.ipynb").write_bytes(NOTEBOOK)
    rows, _ = run(folder, limits=Limits(archive_entries=1))
    (row,) = rows
    assert "more than 10 files" in row.reason
    assert "archive_entries = 2 " in row.reason


def test_a_zip_that_is_larger_than_what_is_read(run, tmp_path):
    source = archive(tmp_path / "s.zip", [("a_1_2_01_one.ipynb", NOTEBOOK)])
    with open(source, "ab") as file:
        file.truncate(2_500_000)  # a hole; it takes no room
    rows, _ = run(source, limits=Limits(archive_megabytes=2))
    (row,) = rows
    assert row.reason.startswith("the archive has 3 MB; at most 2 are read.")
    assert "archive_megabytes = 3 under [limits]" in row.reason


def test_a_bomb_that_lies_about_its_size(run, tmp_path):
    source = archive(tmp_path / "liar.zip", [("a_1_2_01_one.ipynb", bytes(5_000_000))])
    data = bytearray(source.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", data, data.index(signature) + offset, 100)
    source.write_bytes(data)
    rows, _ = run(source, assignment="01_one", limits=Limits(file_megabytes=1))
    assert [row.status for row in rows] == ["refused"]
    assert written(run.home) == ["imported.json"]


def test_one_file_that_is_too_large(run, tmp_path):
    source = archive(
        tmp_path / "s.zip",
        [("a_1_2_01_one.ipynb", bytes(2_000_000)), ("b_3_4_01_one.ipynb", NOTEBOOK)],
    )
    rows, _ = run(source, assignment="01_one", limits=Limits(file_megabytes=1))
    assert [row.status for row in rows] == ["refused", "taken"]
    assert "file_megabytes" in rows[0].reason


def test_a_locked_and_a_damaged_entry(run, tmp_path):
    source = archive(tmp_path / "s.zip", [("a_1_2_01_one.ipynb", b"x" * 99)])
    whole = source.read_bytes()
    locked = bytearray(whole)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    source.write_bytes(locked)
    rows, _ = run(source, assignment="01_one")
    assert rows[0].reason == "it is locked with a password"
    damaged = bytearray(whole)
    damaged[32 + len("a_1_2_01_one.ipynb")] ^= 0xFF
    source.write_bytes(damaged)
    rows, _ = run(source, assignment="01_one")
    assert rows[0].reason == "it is damaged in the archive"


def test_names_in_every_encoding(run, tmp_path):
    name = "Zoë Ångström_5_assignsubmission_file_/01_one.ipynb"
    source = tmp_path / "s.zip"
    buffer = io.BytesIO()
    raw = unicodedata.normalize("NFD", name).encode()
    place = b"x" * len(raw)
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr(place.decode(), NOTEBOOK)
    source.write_bytes(buffer.getvalue().replace(place, raw))  # UTF-8, but doesn't say so
    rows, _ = run(source)
    assert set(taken(rows)) == {("Zoë-Ångström", "01_one")}


@pytest.mark.parametrize(("utf8", "reason"), [(False, ""), (True, "can't be read as a zip")])
def test_names_in_no_encoding_that_is_said(run, tmp_path, utf8, reason):
    """Latin-1, called nothing: a name that is odd, but one. The same, called UTF-8: damaged."""
    source = archive(tmp_path / "s.zip", [("Zo\u00eb_1_2_01_one.ipynb", NOTEBOOK)])
    data = source.read_bytes().replace("Zoë".encode(), b"Zo\xebx")
    if not utf8:
        data = bytearray(data)
        for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
            struct.pack_into("<H", data, data.index(signature) + offset, 0)
    source.write_bytes(data)
    rows, _ = run(source, layout="canvas", assignment="01_one")
    (row,) = rows
    assert reason in row.reason
    assert (row.status, row.student) == (("refused", "") if utf8 else ("taken", "Zoδx-1"))


def test_a_link_in_our_own_folder_is_not_followed(run, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    run.submitted.mkdir(parents=True)
    (run.submitted / "ada-3").symlink_to(outside)
    source = archive(tmp_path / "s.zip", [("ada_3_4_01_one.ipynb", NOTEBOOK)])
    rows, _ = run(source)
    assert "is a link" in rows[0].reason
    assert written(outside) == []


@given(st.text(max_size=60))
def test_any_name_is_refused_or_stays_inside(name):
    try:
        folder = safe(name)
    except Refused:
        return
    assert (Path("/a") / folder).parent == Path("/a")
    assert folder not in (".", "..")
    assert len(folder) <= 101


@given(st.text(max_size=60))
def test_any_path_is_refused_or_stays_inside(name):
    try:
        parts = split(name)
    except Refused:
        return
    assert not {"..", ".", ""} & set(parts)


def test_a_record_that_is_damaged(tmp_path):
    (tmp_path / "imported.json").write_text("{")
    with pytest.raises(Problem, match="after deleting it"):
        Record(tmp_path)


def test_the_command(tmp_path):
    from click.testing import CliRunner

    from course_lib.grading.cli import main

    root = Path(__file__).resolve().parents[2]
    source = archive(
        tmp_path / "s.zip",
        [("doejane_1_2_04_optimizers.ipynb", NOTEBOOK), ("x.ipynb", NOTEBOOK)],
    )
    home = tmp_path / "class"
    run = CliRunner().invoke
    base = ["--course", str(root), "import", "--class", str(home)]
    result = run(main, [*base, str(source), "--from", "canvas", "--json", "-"])
    assert result.exit_code == 1
    rows = json.loads(result.stdout)["files"]
    assert [row["status"] for row in rows] == ["refused", "taken"]
    assert (home / "submitted/doejane-1/04_optimizers/04_optimizers.ipynb").is_file()
    result = run(main, [*base, str(tmp_path / "none.zip")])
    assert (result.exit_code, "There is no file or folder" in result.output) == (2, True)
    result = run(main, [*base, str(source), "-a", "04_optimisers"])
    assert (result.exit_code, "there are: 01_reg" in result.output) == (2, True)
    (tmp_path / "file").touch()
    result = run(main, [*base[:-1], str(tmp_path / "file"), str(source), "--from", "canvas"])
    assert (result.exit_code, "expected the class's folder" in result.output) == (2, True), (
        result.output
    )
