"""A term of 300 students and 8 assignments: from a platform's zips to its table, computed twice.

No code is run: results are made up, as the journal holds them. The second computation is plain
arithmetic in fractions, and shares nothing with the first but the facts.
"""

import csv
import io
import math
import random
import zipfile
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from course_lib.grading import export, export_lms
from course_lib.grading.importing import Request, take
from course_lib.grading.importing_record import Record
from course_lib.grading.importing_roster import read_times
from course_lib.grading.journal import Journal
from course_lib.grading.policy import load
from course_lib.grading.results import Result

STUDENTS = 300
NAMES = [f"{n:02}_part" for n in range(1, 9)]
START = datetime(2026, 10, 5, 21, 59, tzinfo=UTC)
MOST = 24.0
POLICY = """
timezone = "UTC"
decimals = 2
drop_lowest = {drop}
[late]
per_day = {per_day}
at_most = 0.5
grace_minutes = 15
free_days = {free}
closes_after_days = 6
[students.s7-1007]
extensions = {{ "02_part" = 2026-10-16T21:59:00Z }}
[students.s8-1008]
excused = ["03_part", "04_part"]
""" + "".join(
    f"[assignments.{name}]\npoints = 10\ndue = {(START + timedelta(weeks=k)):%Y-%m-%dT%H:%M:%SZ}\n"
    for k, name in enumerate(NAMES)
)


class Fact:
    """What truly happened with one submission."""

    def __init__(self, points, received):
        self.points, self.received = points, received


@pytest.fixture(scope="module")
def term(tmp_path_factory):
    """A class with late, missing, renamed, repeated, repaired and hostile work, some of it graded again."""
    home = tmp_path_factory.mktemp("term")
    rng = random.Random(0)
    facts, record, rows = {}, Record(home), []
    times = ["student,assignment,received"]
    for k, name in enumerate(NAMES):
        source = home / f"{name}.zip"
        with zipfile.ZipFile(source, "w") as archive:
            archive.writestr("../../evil_1_2_x.ipynb", "out")
            for n in range(STUDENTS):
                fate = rng.random()
                if fate < 0.05:
                    continue  # missing
                student, prefix = f"s{n}-{1000 + n}", f"s{n}_{1000 + n}"
                own = "my homework.ipynb" if fate > 0.9 else f"{name}.ipynb"
                archive.writestr(f"{prefix}_{k}00{n}_{own}", f'{{"n": "{n} {k}"}}')
                if fate < 0.1:  # handed in twice
                    archive.writestr(f"{prefix}_{k}99{n:03}_{own}", f'{{"n": "{n} {k} again"}}')
                hours = rng.choice([-20, -1, 0.1, 0.2, 0.5, 23, 26, 50, 100, 160, 200])
                received = START + timedelta(weeks=k, hours=hours if rng.random() < 0.3 else -30)
                times.append(f"{student},{name},{received.isoformat()}")
                points = None if fate > 0.98 else round(rng.random() * MOST * 4) / 4
                facts[student, name] = Fact(points, received)
    (home / "times.csv").write_text("\n".join(times))
    request = Request(
        home / "submitted", NAMES, times=read_times(home / "times.csv", UTC), layout="canvas"
    )
    for name in NAMES:
        rows += take([home / f"{name}.zip"], request._replace(assignment=name), record)
    record.write()
    with Journal(home) as journal:
        journal.append(  # graded once, then again after a check was mended
            Result(student, name, "graded", 0.0, MOST) for student, name in list(facts)[::3]
        )
        journal.append(
            Result(
                student, name, "failed" if fact.points is None else "repaired", fact.points, MOST
            )
            for (student, name), fact in facts.items()
        )
    return home, facts, rows


def by_hand(facts, student, drop, per_day, free):
    """Return (points, out of) of a student, by the words of the policy."""
    shares = []
    for k, name in enumerate(NAMES):
        if student == "s8-1008" and name in ("03_part", "04_part"):
            continue
        fact = facts.get((student, name))
        if fact is None:
            shares.append((Fraction(0), name))
            continue
        if fact.points is None:
            continue
        due = START + timedelta(weeks=k)
        if (student, name) == ("s7-1007", "02_part"):
            due = datetime(2026, 10, 16, 21, 59, tzinfo=UTC)
        late = (fact.received - due).total_seconds()
        days = 0 if late <= 15 * 60 else math.ceil(late / 86_400)
        points = Fraction(fact.points) * 10 / Fraction(MOST)
        if days > 6:
            points = Fraction(0)
        elif days:
            spent = min(free, days)
            free -= spent
            points *= 1 - min(Fraction(per_day) * (days - spent), Fraction(1, 2))
        shares.append((Fraction(math.floor(points * 100 + Fraction(1, 2)), 100), name))
    kept = sorted(shares)[drop:] if len(shares) > drop else sorted(shares)[-1:]
    return sum(points for points, _ in kept), 10 * len(kept)


def totals(home, drop, per_day, free):
    (home / "course.toml").write_text(POLICY.format(drop=drop, per_day=per_day, free=free))
    policy = load(home / "course.toml", NAMES)
    return export.totals(home, policy, Record(home), None)


def test_everything_is_listed(term):
    home, facts, rows = term
    taken = [row for row in rows if row.status == "taken"]
    assert {(row.student, row.assignment) for row in taken} == set(facts)
    refused = [row for row in rows if row.status == "refused"]
    assert [row.entry for row in refused] == ["../../evil_1_2_x.ipynb"] * 8
    assert sum("again" in row.reason or "counts" in row.reason for row in rows) > 50
    assert not (home.parent / "evil_1_2_x.ipynb").exists()
    again = next(row for row in rows if row.status == "passed over")
    notebook = home / "submitted" / again.student / again.assignment / f"{again.assignment}.ipynb"
    assert "again" in notebook.read_text()


@pytest.mark.parametrize(
    ("drop", "per_day", "free"), [(0, "0.1", 0), (1, "0.1", 3), (2, "0.07", 5)]
)
def test_totals_are_those_of_an_independent_calculation(term, drop, per_day, free):
    home, facts, _ = term
    found = totals(home, drop, per_day, free)
    assert len(found) == len({student for student, _ in facts})
    for total in found:
        expected = by_hand(facts, total.student, drop, per_day, free)
        assert (Fraction(total.points), total.out_of) == expected, total.student


def test_the_platform_gets_these_marks(term, tmp_path):
    home, _, _ = term
    found = totals(home, 0, "0.1", 3)
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    rows = [f"Name {n},{1000 + n},,,A," for n in range(STUDENTS)]
    titles = [f"{name} ({k})" for k, name in enumerate(NAMES)]
    template = tmp_path / "gradebook.csv"
    template.write_text("\n".join([",".join([*head, *titles]), *rows]))
    made = export_lms.canvas(found, Record(home), template)
    table = {row["ID"]: row for row in csv.DictReader(io.StringIO(made.text))}
    assert len(table) == len(found)
    for total in found:
        row = table[total.student.split("-")[1]]
        for mark, title in zip(total.marks, titles, strict=True):
            told = "EX" if mark.status == "excused" else export.number(mark.points)
            assert row[title] == told


def test_a_change_of_policy_runs_nothing(term, monkeypatch):
    home, _, _ = term
    monkeypatch.setattr("subprocess.Popen", None)
    monkeypatch.setattr("os.fork", None)
    journal = (home / "journal.jsonl").read_bytes()
    before, after = totals(home, 0, "0.1", 0), totals(home, 1, "0.2", 2)
    assert [t.points for t in before] != [t.points for t in after]
    assert (home / "journal.jsonl").read_bytes() == journal
