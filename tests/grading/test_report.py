"""The report: its numbers, its links, and that nothing a student wrote becomes part of the page."""

import base64
import hashlib
import json
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from course_lib.checks import EXERCISES, judge
from course_lib.grading import report, report_read, report_tally
from course_lib.grading.journal import Journal, read
from course_lib.grading.report_compare import compare
from course_lib.grading.report_help import may_need_help
from course_lib.grading.results import Result, write_json
from course_lib.grading.ui import Problem


def entry(name, function, mark, hidden=False):
    verdict = judge(EXERCISES[name], function, hidden=hidden).to_dict()
    kind = "hidden" if hidden else "check"
    return {**verdict, "cell": f"{name}-{kind}", "mark": mark}


def result_of(student, name, function, marks, **more):
    checks = tuple(
        entry(name, function, mark, hidden)
        for mark, hidden in zip(marks, (False, True), strict=True)
    )
    return Result(student, "04_optimizers", "graded", sum(marks), 4.0, checks, seconds=2.0, **more)


@pytest.fixture(scope="module")
def made():
    momentum = EXERCISES["momentum_step"]
    wrong = momentum.misconceptions[0].function
    return [
        result_of("a", "momentum_step", momentum.reference, (2.0, 2.0)),
        result_of("b", "momentum_step", wrong, (0.0, 0.0)),
        result_of("c", "momentum_step", wrong, (0.0, 0.0), notes=("<script>alert(1)</script>",)),
        Result("d", "04_optimizers", "failed", None, 4.0, reason="<b>broken</b>", seconds=0.1),
    ]


def tally_of(results):
    (tally,) = report_tally.tallies(results).values()
    return tally


def test_rows(made):
    tally = tally_of(made)
    (row,) = tally.exercises()
    assert (row.name, row.full, row.none, row.submissions) == ("momentum_step", 1, 2, 3)
    assert row.share == pytest.approx(1 / 3)
    rows = tally.properties()
    assert [r.sentence for r in rows] == [p.sentence for p in EXERCISES["momentum_step"].properties]
    assert all(r.holds + r.fails + r.unchecked == 3 for r in rows)
    (mistake,) = report.mistakes(tally, "https://example.org/book/")
    assert mistake.times == 2  # once a submission, though two checks name it
    assert mistake.title == EXERCISES["momentum_step"].misconceptions[0].title
    assert mistake.link == "https://example.org/book/04_optimizers.html#sec-momentum"


def test_causes_without_a_name():
    def nothing(*args):
        raise NotImplementedError

    (row,) = report.other_causes(tally_of([result_of("a", "adam_step", nothing, (0.0, 0.0))]))
    assert row.times == 1
    assert "not written yet" in row.cause


def test_the_page(made):
    page = report.render(made, "../book")
    (script,) = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page  # this one runs, and no other
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;b&gt;broken&lt;/b&gt;" in page
    assert 'href="../book/04_optimizers.html#sec-momentum"' in page
    assert not re.search(r'(src|href)="https?:|url\(\s*["\']?http|@import|<link|\son\w+=', page)
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) == 2
    for picture in pictures:
        root = ET.fromstring(picture)
        assert root.get("role") == "img"
        assert len(root.get("aria-label")) > 20
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("count", [1, 3])
def test_a_class_without_any_mark(count):
    failed = [
        Result(f"s{n}", "04_optimizers", "failed", None, 24.0, reason="broken", seconds=0.1)
        for n in range(count)
    ]
    page = report.render(failed, "../book")
    assert page.count("<td>broken</td>") == count
    assert "there was no notebook to run" in report.render([failed[0]._replace(engine="judge")], "")
    assert "with the rights of whoever graded it" in page


def plain(student, shares, *, assignment="04_optimizers", **more):
    """A result in which each exercise has one property, which holds if all of its points are there."""
    rows = tuple(
        {
            "exercise": name, "title": name, "cell": name, "mark": 2.0 * share, "max_points": 2.0,
            "misconception": "", "mistake": "", "help": "", "cause": "",
            "outcomes": [
                {"name": "p", "sentence": f"{name} is right.", "status": "holds" if share == 1 else "fails"}
            ],
        }
        for name, share in shares.items()
    )  # fmt: skip
    points = 2.0 * sum(shares.values())
    return Result(student, assignment, "graded", points, 2.0 * len(shares), rows, **more)


def test_discrimination_is_the_point_biserial_correlation():
    rng = np.random.default_rng(0)
    able = rng.random(40)
    shares = {
        "tells": (able > 0.5).astype(float),
        "lies": (able < 0.5).astype(float),
        "all": np.ones(40),
        "rest": np.round(able, 2),
    }
    results = [plain(f"s{i}", {k: float(v[i]) for k, v in shares.items()}) for i in range(40)]
    rows = {row.exercise: row for row in tally_of(results).properties()}
    for name in ("tells", "lies"):
        holds = shares[name] == 1
        other = sum(2 * v for k, v in shares.items() if k != name)
        gap = other[holds].mean() - other[~holds].mean()
        p = holds.mean()
        expected = gap / other.std() * math.sqrt(p * (1 - p))  # its textbook form
        assert rows[name].discrimination == pytest.approx(expected, abs=1e-6)
    assert rows["all"].discrimination is None
    assert tally_of(results[:9]).exercises()[0].discrimination is None


def test_who_may_need_help_and_why():
    good, bad = {"a": 1.0, "b": 1.0}, {"a": 0.0, "b": 0.2}
    results = [plain(f"s{n}", good) for n in range(8)]
    results += [plain(f"s{n}", good, assignment="05_schedules") for n in range(7)]
    results += [
        plain("low", bad), plain("low", bad, assignment="05_schedules"),
        plain("falls", good), plain("falls", {"a": 1.0, "b": 0.0}, assignment="05_schedules"),
        plain("blank", {"a": 1.0, "b": 0.0}, unanswered=("b",)),
        plain("blank", good, assignment="05_schedules"),
        Result("lost", "04_optimizers", "failed", None, 4.0, reason="damaged"),
        plain("lost", good, assignment="05_schedules"),
    ]  # fmt: skip
    rows = {row.student: row.reasons for row in may_need_help(report_tally.tallies(results))}
    assert rows == {
        "low": ("04_optimizers: 10% of the points", "05_schedules: 10% of the points"),
        "falls": ("05_schedules: fell from 100% to 50%",),
        "blank": ("04_optimizers: 1 answer not begun",),
        "lost": ("04_optimizers: no mark (damaged)",),
        "s7": ("05_schedules: nothing handed in",),
    }


def test_what_changed_since_an_earlier_run(tmp_path):
    old = [
        plain("a", {"x": 1.0, "y": 0.0}),
        plain("b", {"x": 0.5, "y": 0.5}),
        plain("gone", {"x": 1.0}),
    ]
    new = [
        plain("a", {"x": 1.0, "y": 1.0}),
        plain("b", {"x": 0.5, "y": 0.5}),
        plain("came", {"x": 0.0}),
    ]
    with Journal(tmp_path) as journal:
        journal.append([plain("a", {"x": 0.0, "y": 0.0}), *old])
    with open(tmp_path / "grades.json", "w") as file:
        write_json(old, file)
    for source in (tmp_path, tmp_path / "grades.json"):
        found = compare(tally_of(new), report_read.earlier(source))
        assert (found.submissions, found.both, found.gone, found.came) == (3, 2, 1, 1)
        assert [(row.student, row.before, row.now, row.where) for row in found.changed] == [
            ("a", 2.0, 4.0, "y")
        ]
        assert (found.up, found.down) == (1, 0)
    page = report.render(new, "book", before=report_read.earlier(tmp_path))
    assert "Points rose in 1, fell in 0" in page
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(Problem, match="grade --json"):
        report_read.earlier(tmp_path / "x.json")
    with pytest.raises(Problem, match="can't be read"):
        report_read.earlier(tmp_path / "none.json")


def test_the_fast_reader_reads_what_the_journal_reads(tmp_path):
    names = ["a", 'quote"d', "back\\slash", "Zoë", "b"]
    with Journal(tmp_path) as journal:
        for points in (1.0, 0.5):
            journal.append([plain(name, {"x": points}) for name in names])
        journal.append([plain("a", {"x": 0.25}, assignment="05_schedules")])
    path = tmp_path / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    shuffled = json.dumps(dict(reversed(json.loads(lines[-1]).items()))).encode() + b"\n"
    damaged = lines[5][:90] + b"}\n"  # begins and ends like a line of ours
    other = lines[0].replace(b'"schema": 1', b'"schema": 9')
    path.write_bytes(b"".join(lines[:-1]) + shuffled + damaged + other + lines[0][:50])

    def key(result):
        return result.assignment, result.student

    assert sorted(report_read.stream(tmp_path), key=key) == sorted(read(tmp_path), key=key)


def test_no_text_of_a_student_looks_like_an_entry(tmp_path):
    evil = '"exercises": [{"exercise": "x"}], "repaired": [], {"exercise": "y"'
    results = [plain(f"s{n}", {"x": 1.0, "y": 0.5}, notes=(evil,)) for n in range(3)]
    changed = {**results[0].exercises[0], "printed": evil, "cause": evil, "exercise": evil}
    results.append(results[0]._replace(student=evil, exercises=(changed, *results[0].exercises)))
    with Journal(tmp_path) as journal:
        journal.append(results)
    found = {row.student: row for row in report_read.stream(tmp_path)}
    assert found == {row.student: row for row in read(tmp_path)}


def test_what_many_have_is_taken_apart_once(tmp_path, monkeypatch):
    monkeypatch.setattr(report_read, "_MOST_KNOWN", 3)
    with Journal(tmp_path) as journal:
        journal.append(plain(f"s{n}", {"x": 1.0, "y": 0.0}) for n in range(9))
        journal.append(plain(f"t{n}", {"x": n / 9}) for n in range(9))
    found = list(report_read.stream(tmp_path))
    assert found == list(read(tmp_path))
    assert len({id(row.exercises[0]) for row in found[:9]}) == 1
    monkeypatch.setattr(report_tally, "_MOST_SEEN", 3)
    again = report.render(found, "book")
    monkeypatch.undo()
    assert [row.share for row in tally_of(found).exercises()] == pytest.approx([13 / 18, 0.0])
    assert report.render(found, "book") == again


def test_a_report_begins_without_jupyter():
    code = (
        "import sys; from course_lib.grading import cli, report, report_read;"
        "print([name for name in ('nbformat', 'nbgrader.api', 'nbgrader.apps', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_anonymous_page_names_nobody():
    results = [
        plain("jane.doe", {"x": 0.0}, notes=("cell Jane.Doe was stopped",)),
        Result("Bo Lee", "04_optimizers", "failed", None, 4.0, reason="the file is called bo lee.ipynb"),
        plain("anne", {"x": 1.0}, notes=("found jane.doe in it",)),
    ]  # fmt: skip
    page = report.render(results, "book", anonymous=True)
    assert not re.search(r"jane|bo lee|lee\.ipynb|\banne\b", page, re.IGNORECASE)
    assert len(set(re.findall(r"student \d", page))) == 3
    assert "jane.doe" in report.render(results, "book")


def test_a_large_class_makes_a_page_of_bounded_size():
    long = "x" * 5_000
    results = [plain(f"s{n}", {"x": 0.0}, notes=(long,), seconds=n / 10) for n in range(3_000)] + [
        Result(f"f{n}", "04_optimizers", "failed", None, 2.0, reason=long) for n in range(2_000)
    ]
    page = report.render(results, "book")
    assert len(page) < 300_000
    assert "2900 more are not shown" in page


def test_the_command(tmp_path, run):
    result = run("report", "--class", tmp_path)
    assert (result.exit_code, "Grade first" in result.output) == (2, True)
    with Journal(tmp_path) as journal:
        journal.append([plain("a", {"x": 1.0})])
    assert run("report", "--class", tmp_path, "--compare", tmp_path).exit_code == 0
    assert (tmp_path / "report" / "index.html").stat().st_size < 100_000
    result = run("report", "--class", tmp_path, "--out", tmp_path / "journal.jsonl" / "x")
    assert (result.exit_code, "Can't write into" in result.output) == (2, True)
