"""Formulas become MathML; prices and code do not."""

import re

import nbformat
import pytest
from nbconvert.filters import markdown2html

from course_lib.grading.formulas import draw_formulas


@pytest.mark.parametrize("text", ["no math", r"costs \$5 and \$6", "`$x$`", "```\n$x$\n```", "5 $"])
def test_what_is_no_formula_stays(text):
    assert draw_formulas(text) == text


def test_formulas_in_a_line_and_on_their_own():
    html = draw_formulas(r"so $a < b$ and $$\frac12$$ done")
    assert html.startswith("so <math")
    assert html.endswith("</math> done")
    assert re.findall(r"<math[^>]*>", html) == ["<math>", '<math display="block">']
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in html


def test_what_cannot_be_drawn_stays():
    assert draw_formulas(r"$\nosuchcommand$") == r"$\nosuchcommand$"


def test_the_gap_between_two_lines_is_not_shown():
    drawn = draw_formulas(r"$\begin{cases} a \\[2ex] b \end{cases}$")
    assert drawn.count("<mtr>") == 2
    assert "[" not in drawn


def test_markdown_leaves_formulas_alone():
    page = markdown2html(draw_formulas(r"from $w^*$ to $v^*$, or $a_i$ and $b_i$"))
    assert "<em>" not in page
    assert page.count("<math") == 4


def test_every_formula_of_the_assignments_can_be_drawn(course):
    for name in course.assignments():
        for cell in nbformat.read(course.release(name), as_version=4).cells:
            if cell.cell_type == "markdown":
                assert "$" not in draw_formulas(cell.source), cell.source
