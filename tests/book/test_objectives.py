"""Objectives, sections, exercises and properties belong together: nothing is left over on either side."""

import re

import pytest

from course_lib.checks import EXERCISES

VERBS = {
    "accumulate", "add", "average", "carry", "change", "check", "count", "define", "derive", "draw",
    "estimate", "keep", "measure", "normalize", "plan", "put", "say", "scale", "solve", "take", "tell",
    "tune", "write",
}  # fmt: skip


@pytest.fixture(scope="module")
def module(objectives):
    return objectives


@pytest.fixture(scope="module")
def known(module):
    return module.load()


@pytest.fixture(scope="module")
def sections(chapters):
    """Labels of the sections of each chapter."""
    return {name: re.findall(r"^\((sec-[\w-]+)\)=$", text, re.M) for name, text in chapters.items()}


def main_sections(text):
    return re.findall(r"^\((sec-[\w-]+)\)=\n## ", text, re.MULTILINE)


def dangling(row, exercises, sections):
    """Return what an objective names and there is not, one sentence each."""
    properties = {f"{e.name}.{p.name}": e.chapter for e in exercises.values() for p in e.properties}
    chapter = sections.get(f"{row.chapter}.md", ())
    found = [
        f"{row.id}: {label} is no section of {row.chapter}."
        for label in row.sections
        if label not in chapter
    ]
    found += [
        f"{row.id}: {name} is no exercise of {row.chapter}."
        for name in row.exercises
        if name not in exercises or exercises[name].chapter != row.chapter
    ]
    found += [
        f"{row.id}: {row.chapter} has no property {name}."
        for name in row.properties
        if properties.get(name) != row.chapter
    ]
    if not row.exercises and not row.properties:
        found.append(f"no exercise shows {row.id}.")
    return found if row.sections else [*found, f"no section teaches {row.id}."]


def orphans(module, known, exercises, sections, chapters):
    """Return what has no partner, one sentence each."""
    found = [line for row in known.rows for line in dangling(row, exercises, sections)]
    found += [
        f"{exercise.name}.{prop} belongs to {ids or 'no objective'}."
        for exercise in exercises.values()
        for prop, ids in module.owners(known, exercise).items()
        if len(ids) != 1
    ]
    taught = {label for row in known.rows for label in row.sections}
    found += [
        f"{name}: {label} belongs to an objective or to the context, and not to both."
        for name, text in chapters.items()
        for label in main_sections(text)
        if (label in taught) == (label in known.context)
    ]
    there = {label for labels in sections.values() for label in labels}
    found += [f"{label} in the context is no section." for label in known.context.keys() - there]
    used = {prop.name for exercise in exercises.values() for prop in exercise.properties}
    found += [
        f"no exercise has the property {name} of craft." for name in known.craft.keys() - used
    ]
    return found


def test_nothing_is_left_over(module, known, sections, chapters):
    assert orphans(module, known, EXERCISES, sections, chapters) == []


def test_leftovers_are_seen(module, known, sections, chapters):
    """Break the list in every way that it can be broken."""

    def finding(rows=known.rows, **other):
        broken = known._replace(rows=tuple(rows), **other)
        return " ".join(orphans(module, broken, EXERCISES, sections, chapters))

    first, *rest = known.rows
    assert "no exercise shows penalize" in finding([first._replace(exercises=()), *rest])
    assert "penalty.l1 belongs to no objective" in finding([first._replace(exercises=()), *rest])
    assert "no section teaches penalize" in finding([first._replace(sections=()), *rest])
    assert "sec-penalty belongs to an objective or" in finding([first._replace(sections=()), *rest])
    assert "sec-none is no section" in finding([first._replace(sections=("sec-none",)), *rest])
    assert "none is no exercise" in finding([first._replace(exercises=("none",)), *rest])
    assert "has no property penalty.none" in finding(
        [first._replace(properties=("penalty.none",)), *rest]
    )
    twice = first._replace(properties=("penalty.biases_go_free",))
    assert "penalty.biases_go_free belongs to ['penalize', 'ridge']" in finding([twice, *rest])
    elsewhere = first._replace(properties=("capstone.learns",))
    assert "has no property capstone.learns" in finding([elsewhere, *rest])
    context = {**known.context, "sec-penalty": "", "sec-none": ""}
    assert "sec-none in the context is no section" in finding(context=context)
    assert "sec-penalty belongs to an objective or" in finding(context=context)
    assert "property none of craft" in finding(craft={**known.craft, "none": ""})


def test_objectives_are_told_apart_and_begin_with_a_verb(known):
    ids = [row.id for row in known.rows]
    assert len(ids) == len(set(ids))
    for row in known.rows:
        assert row.can.split()[0] in VERBS, row.can
        assert not row.can.endswith("."), row.can
    for chapter in {row.chapter for row in EXERCISES.values()}:
        assert 4 <= sum(row.chapter == chapter for row in known.rows) <= 8, chapter


def test_every_chapter_opens_with_its_objectives(chapters):
    for name, text in chapters.items():
        before = text[: text.index("\n## ")]
        assert before.count("```{objectives}\n```") == 1, name
        assert "At the end of this chapter" not in text, name


def test_words_of_the_checks_are_shown_as_they_are(module):
    shown = module.plain("m = b*m, |x|_2 < $3 `a*b` #1 [x]")
    assert shown == r"m = b\*m, \|x\|\_2 \< \$3 `a*b` \#1 \[x\]"
    text = module.mistakes("08_capstone")
    for row in EXERCISES.values():
        if row.chapter == "08_capstone":
            assert f"{row.name}: {len(row.misconceptions)} mistakes" in text
            assert all(module.plain(m.title) in text for m in row.misconceptions)


def test_the_map_names_every_exercise_and_property(module, known):
    text = "\n".join(module.chapter_map(known, name) for name in {r.chapter for r in known.rows})
    assert all(f"`{name}`" in text for name in EXERCISES)
    named = [name for row in known.rows for name in row.properties]
    assert named
    assert all(f"`{name.partition('.')[2]}`" in text for name in named)
