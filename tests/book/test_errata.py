"""The errata museum is whole: every erratum has its exhibit, every exhibit its steps.

``coverage/errata.toml`` lists what the lecture notes get wrong, by note and line, each with the exhibit
that runs it or the reason why it can't be run, and the exhibits of slips that the notes don't have.
"""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = tomllib.loads((Path(__file__).parent / "coverage" / "errata.toml").read_text("utf-8"))
ROWS, EXTRA = TABLE["row"], TABLE["extra"]
NUMBERS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


@pytest.fixture(scope="module")
def found(lint, errata):
    return {name: lint.exhibits(text) for name, text in errata.items()}


def test_every_row_has_an_exhibit_or_a_reason(found):
    known = {label for labels in found.values() for label in labels}
    for row in ROWS:
        assert set(row) in ({"source", "says", "exhibit"}, {"source", "says", "reason"}), row
        assert row.get("exhibit", "a reason") in known | {"a reason"}, row
        assert re.fullmatch(r"00[0-4]:(all|[\d/-]+)", row["source"]), row
    sources = [row["source"] for row in ROWS]
    assert len(sources) == len(set(sources))


def test_every_exhibit_has_a_row(found):
    mapped = {row.get("exhibit") for row in ROWS}
    extra = {row["exhibit"] for row in EXTRA}
    known = {label for labels in found.values() for label in labels}
    assert known - mapped == extra
    assert all(set(row) == {"exhibit", "says"} for row in EXTRA)


def test_the_rows_are_those_of_the_list():
    """The list lies beside the repository, where it is developed."""
    path = ROOT.parent / "shared" / "design" / "errata.md"
    if not path.is_file():
        pytest.skip("the list of errata is not beside this repository")
    listed = []
    for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        for lines in re.findall(r"^\| (all|\d[^|]*) \|", part, re.MULTILINE):
            plain = re.sub(r", | vs ", "/", lines.replace("–", "-"))
            listed.append(f"{part[:3]}:{plain}")
    assert sorted(row["source"] for row in ROWS) == sorted(listed)


def test_every_exhibit_is_whole(found):
    lacking = {label: lack for labels in found.values() for label, lack in labels.items() if lack}
    assert lacking == {}


def test_titles_count_their_exhibits(found, errata):
    for name, labels in found.items():
        assert len(labels) > 0
        title = re.search(r"^# .*: (\w+) exhibits?$", errata[name], re.MULTILINE)
        assert title, f"{name} must be called 'Chapter: three exhibits'"
        assert title[1] == NUMBERS[len(labels) - 1], name


def test_what_an_exhibit_lacks_is_seen(lint):
    whole = (
        "(erratum-a)=\n## A\n\n> Said.\n\n```{hint}\nLook.\n```\n\n```{code-cell} ipython3\n"
        ":tags: [hide-cell]\nassert True\n```\n\n````{dropdown} The fault, and the mend\nWrong.\n\n"
        "**The mend.** Right.\n````\n"
    )
    assert lint.exhibits(whole) == {"erratum-a": []}
    two = lint.exhibits(whole.replace("{hint}", "{note}") + whole.replace("-a)", "-b)"))
    assert two == {"erratum-a": ["a hint"], "erratum-b": []}
    for gone in ("> ", ":tags: [hide-cell]", "assert ", "**The mend.**", "{dropdown} The fault"):
        assert len(lint.exhibits(whole.replace(gone, ""))["erratum-a"]) == 1, gone
