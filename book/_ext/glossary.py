"""The glossary: each term is linked from its first use in each chapter, and stands in the index.

``book/glossary.md`` is the only place where terms are listed. A chapter needs nothing: while it is read,
the first use of every term in its text becomes a link to the glossary and an entry of the index.
A term is found in the singular and in the plural, with a space or a hyphen between its words,
and at the beginning of a sentence; names such as *Adam* and *SAM* only as they are written. Headings,
code, formulas, captions and links are left alone.

The role ``ko`` marks the Korean term, so that it is read aloud as Korean and stands in the index.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxRole

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PAGE = "book/glossary"
CHAPTER = re.compile(r"book/\d\d_\w+")

# Where a link would be wrong or in the way.
_CLOSED = (
    nodes.title, nodes.rubric, nodes.caption, nodes.reference, addnodes.pending_xref, nodes.literal,
    nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.comment,
)  # fmt: skip


class Vocabulary(NamedTuple):
    """What to look for: one pattern for all terms, and each term's first name."""

    pattern: re.Pattern[str]
    names: dict[str, str]

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Return every use of a term in a text: where it begins, where it ends, and the term."""
        return [(m.start(), m.end(), self.names[_key(m[0])]) for m in self.pattern.finditer(text)]


def terms(page: str) -> list[list[str]]:
    """Return the names of every term on the glossary's page."""
    found: list[list[str]] = []
    for block in re.findall(r"^`{3,}\{glossary\}$(.*?)^`{3,}$", page, re.MULTILINE | re.DOTALL):
        for entry in re.findall(r"(?:^\S.*\n)+(?=^\s+\S)", block, re.MULTILINE):
            lines = entry.splitlines()
            found.append([line for line in lines if not line.startswith(":")])
    return [names for names in found if names]


@lru_cache(maxsize=2)
def vocabulary(page: str) -> Vocabulary:
    """Make what finds the terms of the glossary's page; longer names go before shorter ones."""
    names: dict[str, str] = {}
    patterns = []
    for entry in terms(page):
        for name in entry:
            for form in _forms(name):
                names.setdefault(_key(form), entry[0])
                patterns.append(form)
    patterns.sort(key=len, reverse=True)
    either = "|".join(_pattern(form) for form in patterns)
    return Vocabulary(re.compile(rf"(?<![\w-])(?:{either})(?!-?\w)"), names)


def _forms(name: str) -> list[str]:
    if name.endswith("imum"):
        return [name, name[:-2] + "a"]
    if name.endswith(("s", "x")):
        return [name, name + "es"]
    if re.search(r"[^aeiou]y$", name):
        return [name, name[:-1] + "ies"]
    return [name, name + "s"]


def _pattern(form: str) -> str:
    first, rest = form[0], re.sub(r"\\?[ -]", r"[\\s-]", re.escape(form[1:]))
    rest = rest.replace("'", "['’]")
    return (f"[{first}{first.upper()}]" if form == form.lower() else re.escape(first)) + rest


def _key(words: str) -> str:
    return re.sub(r"[\s-]+", " ", words).replace("’", "'").lower()


class FirstUses(SphinxTransform):
    """Link the first use of every term on a chapter's page."""

    default_priority = 830

    def apply(self, **kwargs: Any) -> None:
        """Change the page, if it is a chapter."""
        source = Path(self.env.srcdir) / f"{PAGE}.md"
        if not CHAPTER.fullmatch(self.env.docname) or not source.is_file():
            return
        self.env.note_dependency(f"{PAGE}.md")  # a new term: the chapters are read again
        words = vocabulary(source.read_text(encoding="utf-8"))
        seen: set[str] = set()
        for text in list(self.document.findall(nodes.Text)):
            if _is_open(text):
                parts = self._linked(text, words, seen)
                if len(parts) > 1:
                    text.parent.replace(text, parts)

    def _linked(self, text: nodes.Text, words: Vocabulary, seen: set[str]) -> list[nodes.Node]:
        parts: list[nodes.Node] = []
        end = 0
        for start, stop, term in words.find(text):
            if term not in seen:
                seen.add(term)
                parts += [nodes.Text(text[end:start]), *self._link(text[start:stop], term)]
                end = stop
        return [*parts, nodes.Text(text[end:])]

    def _link(self, words: str, term: str) -> list[nodes.Node]:
        place = "use-" + nodes.make_id(term)
        link = addnodes.pending_xref(
            "",
            nodes.inline("", words, classes=["std", "std-term"]),
            refdomain="std",
            reftype="term",
            reftarget=term,
            refdoc=self.env.docname,
            refexplicit=True,
            refwarn=True,
        )
        entry = addnodes.index(entries=[("single", term, place, "", None)])
        return [entry, nodes.inline("", "", link, ids=[place], classes=["first-use"])]


def _is_open(node: nodes.Node) -> bool:
    """Say whether a text may be linked: it stands in nothing closed, and not in a code cell."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, _CLOSED) or getattr(node, "attributes", {}).get("nb_element"):
            return False
    return True


class Korean(SphinxRole):
    """The role ``ko``: a term in Korean, with its entry in the index."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words, marked as Korean."""
        place = f"ko-{self.env.new_serialno('ko')}"
        entry = addnodes.index(entries=[("single", self.text, place, "", "한국어")])
        return [entry, korean("", self.text, ids=[place])], []


class korean(nodes.inline):  # noqa: N801
    """Words in Korean."""


def open_korean(self: Any, node: korean) -> None:
    """Say which language it is."""
    self.body.append(self.starttag(node, "span", "", lang="ko"))


def close_korean(self: Any, node: korean) -> None:
    """End it."""
    self.body.append("</span>")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_node(korean, html=(open_korean, close_korean))
    app.add_role("ko", Korean())
    app.add_transform(FirstUses)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
