"""The index as a page of the book, with links that say where they lead.

Sphinx makes an index of its own, whose second and later links are called [1], [2] and so on, and which
the table of contents cannot hold. The directive ``bookindex`` writes the same entries with the number
of the chapter, or the name of the page, as the words of each link.
"""

from __future__ import annotations

import re
from posixpath import dirname, relpath
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.environment.adapters.indexentries import IndexEntries
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

PAGE = "book/index"


class bookindex(nodes.General, nodes.Element):  # noqa: N801
    """The place of the index."""


class BookIndex(SphinxDirective):
    """``bookindex`` is replaced by the index, when all pages are known."""

    def run(self) -> list[nodes.Node]:
        """Return the place of the index."""
        return [bookindex()]


def where(address: str) -> tuple[int, str]:
    """Return the name of the page that an entry leads to, with its place in the order of the links."""
    chapter = re.search(r"(\d\d)_\w+\.html", address)
    if chapter:
        return int(chapter[1]), str(int(chapter[1]))
    return (0, "glossary") if "glossary.html" in address else (99, "reference")


def fill(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the index into its place."""
    for place in list(doctree.findall(bookindex)):
        parts: list[nodes.Node] = []
        letters = nodes.paragraph(classes=["letters"])
        for letter, entries in IndexEntries(app.env).create_index(app.builder, group_entries=False):
            name = "Signs" if letter == "Symbols" else letter
            anchor = f"index-{nodes.make_id(name) or len(parts)}"
            letters += nodes.reference("", name, internal=True, refid=anchor)
            letters += nodes.Text(" ")
            section = nodes.section("", nodes.title("", name), ids=[anchor])
            items = [
                nodes.list_item("", _line(name, links, subitems))
                for name, (links, subitems, _) in entries
                if name != "module"  # each has an entry of its own
            ]
            section += nodes.bullet_list("", *items, classes=["bookindex"])
            parts.append(section)
        place.replace_self([letters, *parts])


def _line(name: str, links: list[Any], subitems: list[Any]) -> nodes.paragraph:
    """Write an entry and its links; a name from the reference is itself the link."""
    name = name.replace("'", "’")
    if [subname for subname, _ in subitems] == ["module"]:
        return nodes.paragraph("", "", _link(subitems[0][1][0][1], f"{name} (module)"))
    line = nodes.paragraph()
    found = sorted({(*where(address), address) for _, address in links})
    if len(found) == 1 and found[0][1] == "reference":
        return nodes.paragraph("", "", _link(found[0][2], name))
    line += nodes.Text(name)
    for _, words, address in found:
        line += [nodes.Text(", "), _link(address, words)]
    for i, (subname, sublinks) in enumerate(subitems):
        line += nodes.Text("; " if i else ": ")
        line += _link(sublinks[0][1], subname) if sublinks else nodes.Text(subname)
    return line


def _link(address: str, words: str) -> nodes.reference:
    # Sphinx's addresses start from its own index, at the top of the site.
    return nodes.reference("", words, internal=True, refuri=relpath(address, dirname(PAGE)))


def rewrite(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name the index, which is written again whenever any page has changed."""
    return [PAGE] if PAGE in env.all_docs else []


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_node(bookindex)
    app.add_directive("bookindex", BookIndex)
    app.connect("env-get-updated", rewrite)
    app.connect("doctree-resolved", fill)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
