"""What a chapter teaches, and what a mistake says: one list of each, shown where it is needed.

``book/objectives.toml`` says what a reader can do after a chapter, which sections teach it, and which
exercises and properties show it. The directives

* ``objectives`` lists a chapter's, at its opening;
* ``objectives-map`` shows a chapter's with sections, exercises and properties, for instructors;
* ``mistakes`` lists the mistakes that a chapter's checks know by name, with what a student is told.

All three write MyST text, so that sections are linked and numbered as everywhere else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_lib.checks import EXERCISES, Exercise

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "book" / "objectives.toml"
CHECKS = ROOT / "course_lib" / "checks"


class Objective(NamedTuple):
    """One thing that a reader can do after a chapter.

    Attributes
    ----------
    id : str
    chapter : str
        Name of the chapter's file, without its ending.
    can : str
        Completes *After this chapter you can*; begins with a verb. Inline MyST.
    sections : tuple of str
        Labels of the sections that teach it.
    exercises : tuple of str
        Exercises that show it, with all of their properties that are not mentioned elsewhere.
    properties : tuple of str
        ``exercise.property``, of exercises that show several objectives.
    """

    id: str
    chapter: str
    can: str
    sections: tuple[str, ...]
    exercises: tuple[str, ...]
    properties: tuple[str, ...]


class Objectives(NamedTuple):
    """The whole list.

    Attributes
    ----------
    rows : tuple of Objective
    craft : mapping of str to str
        What every exercise asks for besides its own matter: a property's name, and the sentence
        that it belongs to.
    context : mapping of str to str
        Sections that serve a whole chapter, and why they belong to no objective.
    """

    rows: tuple[Objective, ...]
    craft: Mapping[str, str]
    context: Mapping[str, str]


def load(path: Path = FILE) -> Objectives:
    """Read the list."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = tuple(
        Objective(
            row["id"],
            chapter,
            row["can"],
            tuple(row["sections"]),
            tuple(row.get("exercises", ())),
            tuple(row.get("properties", ())),
        )
        for chapter, found in data["chapter"].items()
        for row in found
    )
    craft = {name: row["can"] for row in data["craft"] for name in row["properties"]}
    return Objectives(rows, craft, data["context"])


def owners(known: Objectives, exercise: Exercise) -> dict[str, list[str]]:
    """Return the objectives that each property of an exercise belongs to; craft has the id ``craft``."""
    whole = [row.id for row in known.rows if exercise.name in row.exercises]
    found = {}
    for prop in exercise.properties:
        name = f"{exercise.name}.{prop.name}"
        named = [row.id for row in known.rows if name in row.properties]
        found[prop.name] = named or (["craft"] if prop.name in known.craft else whole)
    return found


def plain(text: str) -> str:
    """Return text as MyST that shows it as it is; what stands in backticks is shown as code."""
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(
        part if part.startswith("`") and len(part) > 2 else re.sub(r"([\\`*_{}\[\]<>#|$~^@&])", r"\\\1", part)
        for part in parts
    )  # fmt: skip


def opening(known: Objectives, chapter: str) -> str:
    """Return a chapter's objectives as a list."""
    rows = [row for row in known.rows if row.chapter == chapter]
    lines = [f"- {row.can} ({_links(row.sections)})" for row in rows]
    return "\n".join(["**After this chapter you can**", "", *lines])


def _links(sections: tuple[str, ...]) -> str:
    return ", ".join(f"{{numref}}`§%s <{label}>`" for label in sections)


def chapter_map(known: Objectives, chapter: str) -> str:
    """Return a chapter's objectives with what teaches and what shows each, as a table."""
    lines = ["| after it, students can | taught in | shown by |", "|---|---|---|"]
    for row in known.rows:
        if row.chapter != chapter:
            continue
        shown = []
        for exercise in EXERCISES.values():
            owned = [name for name, ids in owners(known, exercise).items() if row.id in ids]
            own = [name for name in owners(known, exercise) if name not in known.craft]
            if exercise.name in row.exercises and set(owned) >= set(own):
                shown.append(f"`{exercise.name}`")
            elif owned:
                shown += [f"`{exercise.name}`: {', '.join(f'`{name}`' for name in owned)}"]
        lines.append(f"| {row.can} | {_links(row.sections)} | {'; '.join(shown)} |")
    return "\n".join(lines)


def mistakes(chapter: str) -> str:
    """Return the mistakes that a chapter's checks know, exercise by exercise, each folded."""
    parts = []
    for row in EXERCISES.values():
        if row.chapter != chapter:
            continue
        title = f"{row.name}: {len(row.misconceptions)} mistakes"
        lines = [f"- **{plain(m.title)}.** {plain(m.help)}" for m in row.misconceptions]
        parts += [
            f"````{{dropdown}} {title}",
            f"Taught in {_links((row.section,))}.",
            "",
            *lines,
            "````",
            "",
        ]
    return "\n".join(parts)


class _Written(SphinxDirective):
    """A directive whose content is MyST text, made from the list or from the checks."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the text, for the chapter of the argument or of the page."""
        chapter = self.arguments[0] if self.arguments else self.env.docname.rpartition("/")[2]
        for path in (FILE, Path(__file__), *CHECKS.rglob("*.py")):
            self.env.note_dependency(str(path))
        return self.parse_text_to_nodes(self.text(chapter))

    def text(self, chapter: str) -> str:
        raise NotImplementedError


class ObjectivesOf(_Written):
    """``objectives``: what you can do after this chapter."""

    def text(self, chapter: str) -> str:
        """Return the list."""
        return opening(load(), chapter)


class MapOf(_Written):
    """``objectives-map``: what teaches each objective, and what shows it."""

    def text(self, chapter: str) -> str:
        """Return the table."""
        return chapter_map(load(), chapter)


class MistakesOf(_Written):
    """``mistakes``: those that a chapter's checks know by name."""

    def text(self, chapter: str) -> str:
        """Return the folded lists."""
        return mistakes(chapter)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("objectives", ObjectivesOf)
    app.add_directive("objectives-map", MapOf)
    app.add_directive("mistakes", MistakesOf)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
