"""Sets the words of the finished text as print has them. What stays on one line besides is ``line_breaks``'s.

- *Captions* come from the settings of cells, which know neither formulas nor quotation marks. So no line ends
  within ``a = b + c``, and an apostrophe is one.
- *Computed numbers* have thousands, and powers that are raised, not small digits.
- *Code in a line* that is short stays whole; long names break behind a mark, not within a word.
- *Output* that is a sentence and no table may be broken on a phone.

Nothing of it is seen in the source.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from line_breaks import SPACE, swap

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SHORT = 16
"""Letters of code that stay on one line."""

_SIGN = re.compile(r"(?<=\S) ([=<>≤≥≈≪≫+−·×±]) (?=\S)")
_RAISED = re.compile(r"(?<=10)[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_LEVEL = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "−0123456789")
_TABLE = re.compile(r"\S {2,}\S")
_BREAKS = re.compile(r"(?<!/)/(?=[^/])|[=,(](?=\w)")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{4,}(?![\d.e])")


def caption(text: str) -> str:
    """Return a piece of a caption whose formulas stay together, with apostrophes.

    Examples
    --------
    >>> caption("It isn't a = 1/(b + c)").replace(SPACE, "_")
    'It isn’t a_=_1/(b_+_c)'
    """
    return re.sub(r"(?<=\w)'(?=\w)", "’", _SIGN.sub(rf"{SPACE}\1{SPACE}", text))


def number(text: str) -> list[nodes.Node]:
    """Return a computed number with its thousands and its power.

    Examples
    --------
    >>> [str(node) for node in number("1442 steps")]
    ['1,442 steps']
    >>> "".join(str(node) for node in number("8 · 10⁻¹⁷")).replace(SPACE, "_")
    '8_·_10<superscript>−17</superscript>'
    """
    text = _THOUSANDS.sub(lambda found: f"{int(found[0]):,}", text)
    raised = _RAISED.search(text)
    if raised is None:
        return [nodes.Text(text)]
    before = text[: raised.start()].replace(" ", SPACE)
    power = raised[0].translate(_LEVEL)
    return [nodes.Text(before), nodes.superscript("", power), nodes.Text(text[raised.end() :])]


def breaks(name: str) -> list[str]:
    """Return the pieces of a long name, between which a line may end.

    Examples
    --------
    >>> breaks("exercises/03_sgd/03_sgd.ipynb")
    ['exercises/', '03_sgd/', '03_sgd.ipynb']
    """
    ends = [found.end() for found in _BREAKS.finditer(name)]
    return [name[a:b] for a, b in zip([0, *ends], [*ends, len(name)], strict=True)]


def set_words(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Change the words of a page that is about to be written."""
    for text in list(doctree.findall(nodes.Text)):
        if "pasted-text" in text.parent.get("classes", []):
            swap(text, *number(text))
        elif isinstance(text.parent, nodes.caption):
            swap(text, nodes.Text(caption(text)))
        elif text == "et al.":
            swap(text, nodes.Text(f"et{SPACE}al."))
    for code in doctree.findall(nodes.literal):
        if len(code.astext()) <= SHORT and "download" not in code["classes"]:
            code["classes"].append("whole")
    for block in doctree.findall(nodes.literal_block):
        if "output" in block["classes"]:
            lines = block.astext().splitlines()
            if len(lines) == 1 or not any(_TABLE.search(one) for one in lines):
                block["classes"].append("prose")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("doctree-resolved", set_words, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
