"""What belongs together stays on one line, and nothing else on the line changes its place."""

import pytest
from docutils import nodes


def math(tex):
    return nodes.math(tex, tex)


def pasted(text):
    return nodes.inline("", text, classes=["pasted-text"])


def html(node):
    """Return the text with the ties made visible: <…> around a pair, _ for a space that holds."""
    if isinstance(node, nodes.Text):
        return str(node).replace("\u00a0", "_")
    inside = "".join(html(child) for child in node.children)
    return f"<{inside}>" if "keep-together" in node.get("classes", []) else inside


PARAGRAPHS = {
    "a comma": ([math("x"), ", and"], "<x,> and"),
    "a bracket": (["slope (", math("x"), ")."], "slope <(x).>"),
    "two commas that are equal": (
        [nodes.emphasis("", "a"), ", ", math("x"), ", ", math("y")],
        "a, <x,> y",
    ),
    "nothing to tie": (["so ", math("x"), " is"], "so x is"),
    "a number and its %": (["about 5 % of 10"], "about 5_% of 10"),
    "a computed number and its %": ([pasted("58"), " % right"], "58_% right"),
    "a computed interval": ([pasted("-1.0 ± 0.3"), " points"], "−1.0 ±_0.3 points"),
    "computed, no minus": ([pasted("1e-05, 3-fold")], "1e-05, 3-fold"),
    "code": ([nodes.literal("", "5 % -1")], "5 % -1"),
    "an example": ([nodes.doctest_block("", ">>> 95 % 3")], ">>> 95 % 3"),
}


@pytest.mark.parametrize("name", PARAGRAPHS)
def test_a_paragraph(line_breaks, name):
    parts, wanted = PARAGRAPHS[name]
    parts = [nodes.Text(part) if isinstance(part, str) else part for part in parts]
    paragraph = nodes.paragraph("", "", *parts)
    line_breaks.keep_together(None, paragraph, "page")
    assert html(paragraph) == wanted


def test_a_reference_and_its_number(line_breaks):
    link = nodes.reference("", "", nodes.inline("", "Fig. 8.1"), internal=True)
    other = nodes.reference("", "In 8 steps", internal=True)
    paragraph = nodes.paragraph("", "", link, nodes.Text(" or "), other)
    line_breaks.keep_together(None, paragraph, "page")
    assert html(paragraph) == "Fig._8.1 or In 8 steps"


def test_a_word_with_a_hyphen_in_a_heading(line_breaks):
    title = nodes.title("", "Sharpness-aware minimization")
    section = nodes.section("", title, nodes.paragraph("", "Sharpness-aware"))
    line_breaks.keep_together(None, section, "page")
    assert html(section) == "<Sharpness-aware> minimizationSharpness-aware"


@pytest.mark.slow
def test_no_comma_is_lost_or_doubled(whole_site):
    for path in sorted((whole_site / "book").glob("0*.html")):
        page = path.read_text(encoding="utf-8")
        assert "</math>,</span>," not in page, path.name
