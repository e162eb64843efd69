"""Turns a matplotlib figure into one inline SVG that fits its page, and a PNG for print."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure

INK = "#000000"
"""Black: becomes the color of the surrounding text."""

_GRAY = (0.5, 0.5, 0.5, 0.35)

STYLE: Any = {
    "font.size": 11,
    "axes.labelsize": 11,
    "axes.titlesize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": _GRAY,
    "grid.linewidth": 0.6,
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and translated
    "svg.hashsalt": "course",  # the same figure gives the same bytes
}

# The theme of the book puts HTML output on a light plate in dark mode; these pictures need none.
_NO_PLATE = (
    "<style>.cell_output .text_html:has(>.course-figure)"
    "{background:none!important;color:inherit!important;padding:0!important}</style>"
)


class Picture(NamedTuple):
    """A finished picture. As the last line of a cell it is displayed.

    Attributes
    ----------
    svg : str
        For web pages: one ``<svg>`` element, with no part that refers to anything outside of it.
    png : bytes
        For print, on white.
    alt : str
        What it shows, in words.
    """

    svg: str
    png: bytes
    alt: str

    def __repr__(self) -> str:
        return f"Picture({self.alt!r})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {
            "text/html": f'<div class="course-figure">{_NO_PLATE}{self.svg}</div>',
            "image/png": base64.b64encode(self.png).decode("ascii"),
            "text/plain": self.alt,
        }


def picture(fig: Figure, alt: str) -> Picture:
    """Draw a figure as SVG and as PNG."""
    for ax in fig.axes:  # of a figure that was made without `plotting.figure`
        ax.patch.set_facecolor("none")
        box = ax.get_legend()
        if box is not None:
            box.get_frame().set(facecolor="none", edgecolor="none")
    with mpl.rc_context(STYLE):
        drawn, print_ = io.StringIO(), io.BytesIO()
        fig.savefig(drawn, format="svg", metadata={"Date": None}, dpi=120)
        fig.savefig(print_, format="png", metadata={"Software": None}, dpi=150, facecolor="white")
    return Picture(_inline(drawn.getvalue(), alt, fig.get_figwidth()), print_.getvalue(), alt)


def _inline(svg: str, alt: str, width: float) -> str:
    """Make a page's element of matplotlib's file."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r"stroke-miterlimit: 100000;?", "", body)
    # The page's own font, and the page's own color wherever it is black. (matplotlib leaves a black
    # fill out, so that it is inherited from the <svg>.)
    body = re.sub(r"font-family: [^\";]*'DejaVu Sans'[^\";]*;?", "", body)
    body = body.replace(INK, "currentColor")
    body = re.sub(r'(?<= d=")[^"]*', _rounded, body)
    body = re.sub(
        r'<g id="[^"]*">', "<g>", body
    )  # matplotlib's names of groups: nothing refers to them
    body = _with_own_ids(body)
    body = re.sub(r">\s+<", "><", body).strip()
    box = re.search(r'viewBox="[^"]*"', body)
    assert box is not None  # matplotlib always writes one
    # A little larger than drawn, so that the text is as large as the page's.
    style = f"display:block;margin:auto;width:100%;height:auto;max-width:{width * 96 * 1.15:.0f}px"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{box.group()} role="img" aria-label="{html.escape(alt)}" fill="currentColor" style="{style}">'
    )
    return opening + body[body.index(">") + 1 :]


def _rounded(match: re.Match[str]) -> str:
    """Hundredths of a point are plenty."""
    short = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m.group()):.2f}", match.group())
    return " ".join(short.split())


def _with_own_ids(body: str) -> str:
    """Give the ids a prefix that no other picture on the page has."""
    own = "f" + hashlib.sha256(body.encode()).hexdigest()[:8]
    body = re.sub(r'id="([^"]+)"', rf'id="{own}-\1"', body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{own}-\1"', body)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{own}-\1)", body)
