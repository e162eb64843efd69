"""The report: its numbers, its links, and that nothing a student wrote becomes part of the page."""

import re
import xml.etree.ElementTree as ET

import pytest

from course_lib.checks import EXERCISES, judge
from course_lib.grading import report
from course_lib.grading.results import Result


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


def test_rows(made):
    marked = made[:3]
    (row,) = report.by_exercise(marked)
    assert (row.name, row.full, row.none, row.submissions) == ("momentum_step", 1, 2, 3)
    assert row.share == pytest.approx(1 / 3)
    rows = report.by_property(marked)
    assert [r.sentence for r in rows] == [p.sentence for p in EXERCISES["momentum_step"].properties]
    assert all(r.holds + r.fails + r.unchecked == 3 for r in rows)
    (mistake,) = report.mistakes(marked, "https://example.org/book/")
    assert mistake.times == 2  # once a submission, though two checks name it
    assert mistake.title == EXERCISES["momentum_step"].misconceptions[0].title
    assert mistake.link == "https://example.org/book/04_optimizers.html#sec-momentum"


def test_causes_without_a_name():
    def nothing(*args):
        raise NotImplementedError

    (row,) = report.other_causes([result_of("a", "adam_step", nothing, (0.0, 0.0))])
    assert row.times == 1
    assert "not written yet" in row.cause


def test_the_page(made):
    page = report.render(made, "../book")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;b&gt;broken&lt;/b&gt;" in page
    assert 'href="../book/04_optimizers.html#sec-momentum"' in page
    assert not re.search(r'(src|href)="https?:|url\(\s*["\']?http|@import|<link', page)
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) == 4
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
