r"""Draws formulas when the book is built: TeX becomes MathML, which browsers set by themselves.

So a page's formulas are there with its text, no script is needed, and screen readers read the formula itself.
The font is ``book/_static/fonts/formulas.woff2``, made by ``tools/formula_font.py``.

math-core does the work. It is strict about commands but lets two things pass that it doesn't know, so these
are looked at here: a space after ``\\``, such as ``\\[1ex]``, and a new line where no environment has lines.
A formula that can't be drawn ends the build.
"""

from __future__ import annotations

import functools
import html
import itertools
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.errors import SphinxError
from sphinx.util.math import get_node_equation_number
from sphinx.util.nodes import get_node_line, get_node_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

_GAP = re.compile(r"\\\\\s*\[\s*([\d.]+(?:ex|em))\s*\]")
_MARK = "\u241e"  # stands for the space after a line until the line is known
_OPTION = re.compile(r"\\begin\{\w+\*?\}\s*\[")
_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)\w+;")
_CELLS = {
    "text-align: right;justify-items: end;padding-right: 0;": "r",
    "text-align: left;justify-items: start;padding-left: 0;": "l",
    "text-align: left;justify-items: start;padding-right: 0;": "c1",
    "text-align: left;justify-items: start;padding-right: 0;padding-left:1em;": "c2",
}
"""The styles of cells, and the classes in look.css that say the same in fewer letters."""

LONG = 24
"""Letters of a formula in a line that may be wider than a phone, where such a one scrolls."""

_ROOT = {"height": "0.8em", "depth": "0.15em"}
_DOTS = {"...": "…", "···": "⋯"}
_MONOSPACE = {0x1D670 + i: 65 + i for i in range(26)} | {0x1D68A + i: 97 + i for i in range(26)}


class FormulaError(SphinxError):
    """A formula can't be drawn."""

    category = "A formula can't be drawn"


@functools.cache
def _converter(macros: tuple[tuple[str, str], ...]) -> LatexToMathML:
    return LatexToMathML(macros=dict(macros), fancy_error=False)


@functools.cache
def draw(tex: str, block: bool = False, macros: tuple[tuple[str, str], ...] = ()) -> str:
    r"""Return a formula as MathML.

    Parameters
    ----------
    tex : str
        The formula, without dollars.
    block : bool
        Whether it stands in lines of its own.
    macros : tuple of pairs
        Names and meanings of further commands.

    Raises
    ------
    ValueError
        If there is something in it that is not known; the message says what.

    Examples
    --------
    >>> draw(r"\eta_t")
    '<math><msub><mi>η</mi><mi>t</mi></msub></math>'
    """
    if _OPTION.search(tex):
        raise ValueError("An environment has an option in brackets, which would be shown.")
    lines = tex.count(r"\\")
    tex = _GAP.sub(lambda found: rf"\text{{{_MARK}{found[1]}}}\\", tex.strip())
    try:
        drawn = _converter(macros).convert_with_local_state(tex, displaystyle=block)
    except LatexError as wrong:
        raise ValueError(str(wrong).partition(": ")[2] or str(wrong)) from None
    root = ET.fromstring(_ENTITY.sub(lambda found: html.unescape(found[0]), drawn))
    if lines != len(root.findall(".//mtr")) - len(root.findall(".//mtable")):
        raise ValueError(
            r"A \\ is where no environment has lines. "
            "Lines of their own need aligned or gathered."
        )
    _mend(root)
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")


def _mend(root: ET.Element) -> None:
    """Change what math-core writes into what browsers and the book's style sheet expect."""
    for table in root.iter("mtable"):
        for number, row in enumerate(table):
            _mend_line(row, first=number == 0)
    for part in root.iter():
        # Letters of code, not signs that look like them.
        if part.tag == "mi" and (part.text or "").translate(_MONOSPACE) != part.text:
            part.tag, part.text = "mtext", (part.text or "").translate(_MONOSPACE)
            part.set("class", "code")
        # As the base of a script, Chromium stretches a fence only if it stands in a row.
        if part.tag in {"msup", "msub", "msubsup"} and part[0].get("minsize"):
            fence, part[0] = part[0], ET.Element("mrow")
            part[0].append(fence)
        # The sign of a root is as high as a letter at least. Over a small one it would hang below the line, and
        # its bar would be taken for that of a fraction.
        if part.tag == "msqrt":
            part.insert(0, ET.Element("mspace", _ROOT))
        if part.tag == "mroot":
            base, part[0] = part[0], ET.Element("mrow")
            part[0].extend([ET.Element("mspace", _ROOT), base])
        # Chromium puts a hat on a capital so low that they touch.
        if part.tag == "mover" and part.get("accent") and (part[0].text or "").isupper():
            part[1].set("class", "high")
        # Dots of a list are one sign.
        for at in range(len(part) - 2):
            dots = _DOTS.get("".join(child.text or " " for child in part[at : at + 3]))
            if dots:
                part[at].tag, part[at].text, part[at].attrib = "mi", dots, {}
                del part[at + 1 : at + 3]
                break
        # The fence that isn't there, beside one that is.
        for child in list(part):
            if (
                part.tag == "mrow"
                and child.tag == "mo"
                and child.text == "\u2063"
                and len(part) > 2
            ):
                part.remove(child)


def _mend_line(row: ET.Element, first: bool) -> None:
    """Give a line its space after it, and its cells their classes."""
    last = row[-1][-1] if len(row) and len(row[-1]) else None
    if last is not None and (last.text or "").startswith(_MARK):
        row.set("style", f"--gap:{(last.text or '')[1:]}")
        row[-1].remove(last)
    for cell in row:
        if cell.get("style") in _CELLS:
            cell.set("class", _CELLS[cell.attrib.pop("style")])
    # In a line that goes on, a sign stands between what is before it and what follows.
    for before, cell in itertools.pairwise(row):
        goes_on = cell.get("class") == "l" and len(cell) and cell[0].text in {"+", "−", "±"}
        if goes_on and (len(before) or not first):
            cell[0].attrib = {"form": "infix"}


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula of a line."""
    drawn = _drawn(self, node, block=False)
    long = len(re.sub(r"<[^>]*>", "", drawn)) > LONG
    start = self.starttag(node, "math", "", CLASS="math long" if long else "math")
    self.body.append(drawn.replace("<math>", start, 1))
    raise nodes.SkipNode


def beside(tex: str) -> list[str]:
    r"""Return the formulas that stand beside each other in a line, with ``\qquad`` between them.

    Examples
    --------
    >>> beside(r"m = 0 \qquad\qquad v = \frac{a \qquad b}{2}")
    ['m = 0', 'v = \\frac{a \\qquad b}{2}']
    """
    parts, depth = [""], 0
    for piece in _PIECES.findall(tex):
        depth += _DEPTH.get(piece, 0)
        if piece == r"\qquad" and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts if part.strip()]


_PIECES = re.compile(r"\\[a-zA-Z]+|\\.|.", re.DOTALL)
_DEPTH = {"{": 1, "}": -1, r"\begin": 1, r"\end": -1, r"\left": 1, r"\right": -1}


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula with lines of its own, and its number. What has none and stands side by side may wrap."""
    parts = [] if node["number"] else beside(node.astext())
    several = " several" if len(parts) > 1 else ""
    self.body.append(self.starttag(node, "div", "", CLASS=f"math{several} notranslate nohighlight"))
    if several:
        drawn = "".join(_drawn(self, node, block=True, tex=part) for part in parts)
        self.body.append(f"{drawn}</div>\n")
        raise nodes.SkipNode
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(f"{_drawn(self, node, block=True)}</div>\n")
    raise nodes.SkipNode


def _drawn(self: HTML5Translator, node: nodes.Element, block: bool, tex: str = "") -> str:
    macros: Mapping[str, str] = self.builder.config.formula_macros
    tex = tex or node.astext()
    try:
        return draw(tex, block, tuple(sorted(macros.items())))
    except ValueError as wrong:
        place = f"{get_node_source(node)}:{get_node_line(node)}"
        raise FormulaError(f"{place}: {wrong}\n{tex}") from None


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("formula_macros", {}, "env")
    app.add_html_math_renderer("formulas", (visit_math, None), (visit_math_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
