"""What belongs together stays on one line.

To a browser a formula is a box, and between a box and a comma it may break the line. It may as well break
between *Fig.* and its number, between a number and its %, behind ±, and behind the hyphen of a heading,
where ``text-wrap: balance`` even likes to.

A computed number that is negative gets the sign that the formulas have, not a hyphen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

SPACE = "\u00a0"
"""A space at which no line breaks."""

_MINUS = re.compile(r"(?<![\w.])-(?=\d)")
_REFERENCE = re.compile(r"([A-Z][a-z]+\.?) (\d[\d.]*)")
_COMPOUND = re.compile(r"(\w+(?:-\w+)+)")
_AS_THEY_ARE = (
    nodes.literal,
    nodes.literal_block,
    nodes.doctest_block,
    nodes.raw,
    nodes.comment,
    nodes.math,
    nodes.math_block,
)


def swap(old: nodes.Node, *new: nodes.Node) -> None:
    """Put nodes in the place of one.

    ``Element.replace`` takes the first child that is *equal*, and two pieces of text often are: then one
    comma would move into the place of another.
    """
    siblings = old.parent
    place = next(i for i, node in enumerate(siblings.children) if node is old)
    siblings[place : place + 1] = list(new)


def _before(node: nodes.Node) -> nodes.Node | None:
    place = next(i for i, one in enumerate(node.parent.children) if one is node)
    return node.parent[place - 1] if place else None


def _parents(node: nodes.Node) -> Iterator[nodes.Element]:
    while node.parent is not None:
        node = node.parent
        yield node


def _is_computed(node: nodes.Node | None) -> bool:
    return isinstance(node, nodes.inline) and "pasted-text" in node["classes"]


def keep_punctuation(doctree: nodes.Element) -> None:
    """Tie every inline formula to the bracket before it and to the punctuation behind it."""
    for formula in list(doctree.findall(nodes.math)):
        before, after = _before(formula), formula.next_node(descend=False, siblings=True)
        first = re.search(r"[(\[“]+$", before) if isinstance(before, nodes.Text) else None
        last = re.match(r"[.,;:?)\]”]+", after) if isinstance(after, nodes.Text) else None
        if first is None and last is None:
            continue
        together = nodes.inline("", "", classes=["keep-together"])
        swap(formula, together)
        if first is not None:
            swap(before, nodes.Text(before[: first.start()]))
            together += nodes.Text(first[0])
        together += formula
        if last is not None:
            swap(after, nodes.Text(after[last.end() :]))
            together += nodes.Text(last[0])


def keep_spaces(doctree: nodes.Element) -> None:
    """Write the spaces at which no line may break, and the minus of computed numbers."""
    for text in list(doctree.findall(nodes.Text)):
        parents = list(_parents(text))
        if any(isinstance(parent, _AS_THEY_ARE) for parent in parents):
            continue
        words = re.sub(r"(?<=\d) (?=%)", SPACE, text).replace("± ", "±" + SPACE)
        if _is_computed(text.parent):
            words = _MINUS.sub("−", words)
        elif words.startswith(" %") and _is_computed(_before(text)):
            words = SPACE + words[1:]
        if any(isinstance(parent, nodes.reference) for parent in parents[:3]):
            whole = _REFERENCE.fullmatch(words)
            words = whole[1] + SPACE + whole[2] if whole else words
        if words != text:
            swap(text, nodes.Text(words))


def keep_compounds(doctree: nodes.Element) -> None:
    """Keep words with a hyphen whole in headings."""
    for title in doctree.findall(nodes.title):
        for text in [child for child in title.children if isinstance(child, nodes.Text)]:
            parts = _COMPOUND.split(text)
            if len(parts) == 1 or not isinstance(title.parent, nodes.section):
                continue
            whole = [
                nodes.inline("", part, classes=["keep-together"]) if i % 2 else nodes.Text(part)
                for i, part in enumerate(parts)
                if part
            ]
            swap(text, *whole)


def keep_together(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Do all of it, on a page whose references are resolved."""
    keep_punctuation(doctree)
    keep_spaces(doctree)
    keep_compounds(doctree)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("doctree-resolved", keep_together)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
