"""Formulas become pictures; prices and code do not."""

import re

import nbformat
import pytest

from course_lib.grading.formulas import draw_formulas


@pytest.mark.parametrize("text", ["no math", r"costs \$5 and \$6", "`$x$`", "```\n$x$\n```", "5 $"])
def test_what_is_no_formula_stays(text):
    assert draw_formulas(text) == text


def test_alternative_text_is_the_formula():
    html = draw_formulas(r"so $a < b$ and $$\frac{1}{2}$$ done")
    assert re.findall(r'alt="([^"]*)"', html) == ["a &lt; b", r"\frac{1}{2}"]
    assert html.startswith("so <img")
    assert html.endswith("> done")


def test_what_cannot_be_drawn_stays():
    assert draw_formulas(r"$\nosuchcommand$") == r"$\nosuchcommand$"


def test_every_formula_of_the_assignments_can_be_drawn(course):
    for name in course.assignments():
        for cell in nbformat.read(course.release(name), as_version=4).cells:
            if cell.cell_type == "markdown":
                drawn = draw_formulas(cell.source)
                assert "$" not in re.sub(r"<img[^>]*>", "", drawn), cell.source
