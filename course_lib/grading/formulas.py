"""Formulas of a notebook's text as MathML, which browsers draw themselves: for pages without scripts."""

from __future__ import annotations

import re

from math_core import LatexError, LatexToMathML

# Code keeps its dollars: it is matched first and left as it is.
_MATH = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$\n]+?)\$",
    re.DOTALL,
)
_GAP = re.compile(r"\\\\\s*\[[\d.]+(?:ex|em)\]")  # between two lines; it would be shown
_converter = LatexToMathML(fancy_error=False)


def draw_formulas(text: str) -> str:
    r"""Replace the formulas of a Markdown text by MathML.

    A formula with a command that is not known stays as it is.

    Examples
    --------
    >>> draw_formulas("costs `$5$`")
    'costs `$5$`'
    >>> draw_formulas(r"the rate $\eta$")
    'the rate <math><mi>η</mi></math>'
    """

    def draw(match: re.Match[str]) -> str:
        tex = " ".join((match["block"] or match["inline"] or "").split())
        tex = _GAP.sub(r"\\\\", tex)
        if not tex:
            return match[0]
        try:
            drawn = _converter.convert_with_local_state(tex, displaystyle=bool(match["block"]))
        except LatexError:
            return match[0]
        return re.sub(r">([^<]+)<", _plain, drawn)

    return _MATH.sub(draw, text)


def _plain(match: re.Match[str]) -> str:
    """Write what Markdown would read as its own, such as two stars, as entities."""
    return ">" + re.sub(r"[*_`~\[\]|]", lambda sign: f"&#{ord(sign[0])};", match[1]) + "<"
