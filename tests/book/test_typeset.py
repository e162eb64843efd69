"""Words as they are printed: what belongs together stays on one line, in every kind of text that a page has."""

import pytest
from bs4 import BeautifulSoup
from docutils import nodes


@pytest.fixture
def typeset(first_paint):
    return first_paint["typeset"]


def line(*parts, kind=nodes.paragraph):
    """Return a page of one line."""
    page = nodes.container()
    one = kind()
    one += [nodes.Text(part) if isinstance(part, str) else part for part in parts]
    page += one
    return page


def test_a_computed_number_has_thousands_and_a_power(typeset):
    page = line(
        "It is ",
        nodes.inline("", "1442", classes=["pasted-text"]),
        ", off by ",
        nodes.inline("", "8 · 10⁻¹⁷", classes=["pasted-text"]),
        ", as in 2019 by Jin ",
        nodes.emphasis("", "et al."),
    )
    typeset.set_words(None, page, "page")
    words = page.astext().replace(typeset.SPACE, "_")
    assert words == "It is 1,442, off by 8_·_10−17, as in 2019 by Jin et_al."
    assert next(page.findall(nodes.superscript)).astext() == "−17"


def test_captions_are_printed(typeset):
    page = line("It isn't a = b + c, for all of a (b)", kind=nodes.caption)
    typeset.set_words(None, page, "page")
    assert page.astext().replace(typeset.SPACE, "_") == "It isn’t a_=_b_+_c, for all of a (b)"


def test_code_is_not_changed(typeset):
    short, long = nodes.literal("", "a = 5 % b"), nodes.literal("", "a_long_name_of_something")
    block = nodes.literal_block("", "5 % 3 == -1442")
    page = line(short, long)
    page += block
    typeset.set_words(None, page, "page")
    assert "a = 5 % b" in page.astext()
    assert block.astext() == "5 % 3 == -1442"
    assert short["classes"] == ["whole"]
    assert long["classes"] == []


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("right on 100 %, or not;  so", True),  # one line is no table
        ("one line\nand one more", True),
        ("rate   0.1\nrate 100.0", False),
    ],
)
def test_sentences_of_output_may_be_broken(typeset, text, prose):
    block = nodes.literal_block("", text, classes=["output", "stream"])
    page = nodes.container()
    page += block
    typeset.set_words(None, page, "page")
    assert ("prose" in block["classes"]) == prose


TABLE = (
    '<table class="table"><thead><tr><th>symbol</th><th>meaning</th><th>in code</th></tr></thead><tbody>{}</tbody>'
    "</table>"
)
ROW = "<tr><td>w</td><td>weights</td><td>{}</td></tr>"


def test_a_column_that_is_mostly_empty_goes_below(first_paint):
    stack = first_paint["page_tables"].stack
    folded = BeautifulSoup(
        stack(TABLE.format(ROW.format("<p>w</p>") + ROW.format("") * 2)), "html.parser"
    )
    assert folded.table["class"] == ["table", "folds"]
    assert [cell.get("data-label") for cell in folded.select("td:last-child")] == [
        "in code",
        None,
        None,
    ]
    full = TABLE.format(ROW.format("<p>w</p>") * 2 + ROW.format(""))
    assert stack(full) == full
