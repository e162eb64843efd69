"""Formulas of a notebook's text as pictures, for pages that load no MathJax."""

from __future__ import annotations

import base64
import functools
import html
import io
import re
from typing import Any

# Code keeps its dollars: it is matched first and left as it is.
_MATH = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$\n]+?)\$",
    re.DOTALL,
)


def draw_formulas(text: str) -> str:
    r"""Replace the formulas of a Markdown text by images that carry their TeX as alternative text.

    A formula that can't be drawn stays as it is.

    Examples
    --------
    >>> draw_formulas("costs `$5$`")
    'costs `$5$`'
    >>> 'alt="\\eta"' in draw_formulas(r"the rate $\eta$")
    True
    """

    def draw(match: re.Match[str]) -> str:
        block, inline = match["block"], match["inline"]
        tex = " ".join((block or inline or "").split())
        data = _png(tex) if tex else None
        if data is None:
            return match[0]
        picture, height = data
        style = f"height:{height:.2f}em"
        kind = "formula formula-block" if block else "formula"
        return (
            f'<img class="{kind}" style="{style}" alt="{html.escape(tex, quote=True)}" '
            f'src="data:image/png;base64,{picture}">'
        )

    return _MATH.sub(draw, text)


@functools.cache
def _png(tex: str) -> tuple[str, float] | None:
    """Return a formula as PNG (base64) and its height in em."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.mathtext import MathTextParser

    size, dpi = 12.0, 300
    # Spaces and brackets that mathtext does not know by these names.
    source = tex.replace(r"\qquad", r"\quad\quad").replace(r"\,", r"\ ")
    try:
        box: Any = MathTextParser("path").parse(f"${source}$", dpi=72)
    except ValueError:
        return None
    width, height, depth = (float(value) for value in box[:3])
    scale = size / 10.0  # the parser measures at 10 points
    figure = Figure(figsize=((width * scale + 2) / 72, ((height + depth) * scale + 2) / 72))
    FigureCanvasAgg(figure)
    figure.patch.set_alpha(0)
    figure.text(0.5, 0.5, f"${source}$", ha="center", va="center_baseline", fontsize=size)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dpi, bbox_inches="tight", pad_inches=0.01)
    picture = stream.getvalue()
    pixels = int.from_bytes(picture[20:24], "big")  # PNG's header: the height
    return base64.b64encode(picture).decode(), pixels / dpi * 72 / size
