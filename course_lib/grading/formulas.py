"""Formulas of a notebook's text as MathML, which browsers draw themselves: for pages without MathJax."""

from __future__ import annotations

import re

from latex2mathml.converter import convert

# Code keeps its dollars: it is matched first and left as it is.
_MATH = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$\n]+?)\$",
    re.DOTALL,
)


def draw_formulas(text: str) -> str:
    r"""Replace the formulas of a Markdown text by MathML.

    A formula with a command that is not known stays as it is.

    Examples
    --------
    >>> draw_formulas("costs `$5$`")
    'costs `$5$`'
    >>> draw_formulas(r"the rate $\eta$")
    'the rate <math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">...</math>'
    """

    def draw(match: re.Match[str]) -> str:
        tex = " ".join((match["block"] or match["inline"] or "").split())
        if not tex:
            return match[0]
        drawn = convert(tex, display="block" if match["block"] else "inline")
        return match[0] if "\\" in drawn else re.sub(r">([^<]+)<", _plain, drawn)

    return _MATH.sub(draw, text)


def _plain(match: re.Match[str]) -> str:
    """Write what Markdown would read as its own, such as two stars, as entities."""
    return ">" + re.sub(r"[*_`~\[\]|]", lambda sign: f"&#{ord(sign[0])};", match[1]) + "<"
