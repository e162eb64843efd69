"""The glossary holds every term of the chapters, and knows where each is introduced.

That the first use of each term leads there is tested on the finished site, in ``test_site.py``.
"""

import re

import pytest

# Bold in a chapter, but no term: emphasis, or the head of a paragraph.
EMPHASIS = {
    "time", "noise", "roots", "one step", "forward", "backward", "stationary", "damp", "length",
    "input", "inputs", "start", "for", "for each", "repeat", "result", "two gradients",
    "arrive", "rest", "decay", "ghosts", "the schedule",
}  # fmt: skip


def bold(page, lint):
    """Return the terms that a chapter sets in bold where it defines them, with their lines.

    Bold heads of paragraphs and of the items of a list end with a full stop or stand first on the line
    of an item; numbers of questions are no terms either.
    """
    prose = lint._CELL.sub("", page)
    found = re.findall(r"^(?!\s*[-*|] \*\*)(.*)$", prose, re.MULTILINE)
    words = [word for line in found for word in re.findall(r"\*\*([^*$`]+)\*\*", line)]
    return [word for word in words if len(word.split()) <= 4 and not re.search(r"[.:?!]$", word)]


@pytest.fixture(scope="module")
def words(glossary, pages):
    return glossary.vocabulary(pages["glossary.md"])


def test_every_bold_term_is_in_the_glossary(words, chapters, lint):
    lacking = {
        (name, term)
        for name, page in chapters.items()
        for term in bold(page, lint)
        if term.lower() not in EMPHASIS and not words.pattern.fullmatch(term)
    }
    assert lacking == set(), "define them in book/glossary.md, or list them in EMPHASIS"


def test_every_entry_says_where_the_term_is_introduced(glossary, pages):
    page = pages["glossary.md"]
    labels = {
        label
        for text in pages.values()
        for label in re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE)
    }
    entries = re.findall(
        r"((?:^[^\s:`#].*\n)+)  (\S.*)$", page[page.index(":sorted:") :], re.MULTILINE
    )
    assert len(entries) == len(glossary.terms(page)) > 50
    for names, definition in entries:
        assert re.fullmatch(
            r"[^{].*\. \{ref\}`([\w-]+)`", re.sub(r"(\{ko\}`[^`]*`(, |\. ))+", "", definition)
        ), names
        assert definition[:-1].rpartition("`")[2] in labels, names


def test_korean_is_marked_as_korean(pages):
    page = pages["glossary.md"]
    marked = re.findall(r"\{ko\}`([^`]*)`", page)
    assert len(marked) > 20
    assert not re.search("[가-힣]", re.sub(r"\{ko\}`[^`]*`", "", page))
    assert all(re.fullmatch("[A-Z0-9 ]*[가-힣 -]+", word) for word in marked)


def test_every_term_is_used(words, chapters, lint):
    text = "\n".join(lint._prose(page) for page in chapters.values())
    used = {term for _, _, term in words.find(text)}
    assert set(words.names.values()) - used == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A learning rate. Learning rates", ["learning rate", "learning rate"]),
        ("the learning-rate, the learning\nrate", ["learning rate", "learning rate"]),
        ("It is as Adam says, not adam or AdamX.", ["Adam"]),
        ("No use: relearning rate, learning rated, loss-free, non-loss.", []),
        ("Two losses, loss; biases, bias.", ["loss", "loss", "bias", "bias"]),
        ("bias correction, then bias", ["bias correction", "bias"]),
        ("Newton’s method, Newton's method", ["Newton's method"] * 2),
        ("EWMA or average that fades", ["average that fades"] * 2),
        ("Accuracies. 2.5 cavities", ["accuracy"]),
    ],
)
def test_terms_are_found(text, found, glossary):
    names = [
        "learning rate",
        "Adam",
        "loss",
        "bias",
        "bias correction",
        "Newton's method",
        "accuracy",
    ]
    entries = "".join(f"{name}\n  What it is.\n\n" for name in names)
    page = f"```{{glossary}}\n:sorted:\n\n{entries}average that fades\nEWMA\n  One.\n```\n"
    assert glossary.terms(page) == [*([name] for name in names), ["average that fades", "EWMA"]]
    assert [term for _, _, term in glossary.vocabulary(page).find(text)] == found
