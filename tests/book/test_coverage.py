"""What the course promises to cover is covered: every topic of the sources has its section.

``coverage/<chapter>.toml`` lists topics as the syllabus and the lecture notes have them, by the
number of the note, with the label of the section that treats it.
"""

import re
import tomllib
from pathlib import Path

import pytest

from course_lib.checks import EXERCISES

HERE = Path(__file__).parent / "coverage"
NOTES = {"syllabus", "000", "001", "002", "003", "004"}
TABLES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in HERE.glob("[0-9]*.toml")
}


def labels(page):
    """Labels of sections, definitions, theorems and figures of a page."""
    return set(
        re.findall(r"^\(([\w-]+)\)=$|^:label: ([\w-]+)$|\bname: ([\w-]+)$", page, re.MULTILINE)
    )


@pytest.fixture(scope="module")
def known(pages):
    return {label for page in pages.values() for found in labels(page) for label in found if label}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_topic_has_its_section(name, known):
    rows = TABLES[name]["topic"]
    assert len(rows) > 5
    for row in rows:
        assert set(row) == {"source", "topic", "section"}, row
        assert set(row["source"].split()) <= NOTES, row
        assert row["section"] in known, row
    topics = [row["topic"] for row in rows]
    assert len(topics) == len(set(topics))


def test_every_chapter_has_a_table(chapters):
    assert {name.removesuffix(".md") for name in chapters} == set(TABLES)


def test_every_note_is_drawn_upon():
    used = {
        note
        for table in TABLES.values()
        for row in table["topic"]
        for note in row["source"].split()
    }
    assert used == NOTES


def test_every_exercise_points_to_its_section(chapters):
    for row in EXERCISES.values():
        page = chapters.get(f"{row.chapter}.md")
        if page is not None:
            found = {label for group in labels(page) for label in group}
            assert row.section in found, f"{row.name}: {row.section} is not in {row.chapter}"
