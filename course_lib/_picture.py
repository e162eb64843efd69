"""Turns a matplotlib figure into one inline SVG that fits its page, and a PNG for print."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#000000"
"""Black: becomes the color of the surrounding text."""

ANIMATED = "moving-"
"""Begins the group id of a line along which a dot is to move."""

_SELF = "this-picture"  # stands for the picture's own id until that is known

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


SECONDS = 4.0
"""How long an animation lasts: below 5 seconds nothing has to be there to stop it (WCAG 2.2, 2.2.2)."""

_MOST_POSITIONS = 120


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
    svg = drawn.getvalue()
    dots = [dot for ax in fig.axes for dot in _moving_dots(ax, svg)]
    return Picture(_inline(svg, alt, fig.get_figwidth(), dots), print_.getvalue(), alt)


def _moving_dots(ax: Axes, svg: str) -> list[str]:
    """Return a dot for each animated line, which moves one step of its run at a time.

    The paths stand still, complete, for whoever has asked for less motion, and in print. Every dot keeps
    the same time, so a run of half the steps takes half as long.
    """
    lines = [line for line in ax.get_lines() if str(line.get_gid()).startswith(ANIMATED)]
    if not lines:
        return []
    # The group that matplotlib drew the line in says what clips it to the axes.
    clip = re.search(rf'id="{lines[0].get_gid()}".*?(clip-path="url\(#[^"]+\)")', svg, re.DOTALL)
    longest = max(len(line.get_xdata(orig=True)) for line in lines)  # type: ignore[arg-type]
    scale, height = 72.0 / ax.figure.dpi, 72.0 * ax.figure.get_figheight()  # type: ignore[union-attr]
    dots = []
    for line in lines:
        points = np.asarray(line.get_xydata(), dtype=np.float64)
        kept = np.unique(np.linspace(0, len(points) - 1, _MOST_POSITIONS).round().astype(int))
        places = ax.transData.transform(points[kept]) * scale
        # Far outside a dot is not seen, and browsers dislike huge numbers.
        places = np.clip(places, -1e4, 1e4)
        values = ";".join(f"{x:.1f},{height - y:.1f}" for x, y in places)
        times = ";".join(f"{t:.4f}".rstrip("0").rstrip(".") for t in kept / max(len(points) - 1, 1))
        seconds = SECONDS * (len(points) - 1) / max(longest - 1, 1)
        dots.append(
            f'<circle r="5" fill="{line.get_color()}" stroke="currentColor">'
            f'<animateMotion dur="{max(seconds, 0.01):.2f}s" begin="0s;{_SELF}.click" fill="freeze" '
            f'calcMode="linear" keyTimes="{times}" values="{values}"/></circle>'
        )
    return [f"<g {clip.group(1) if clip else ''}>{''.join(dots)}</g>"]


def _inline(svg: str, alt: str, width: float, dots: list[str]) -> str:
    """Make a page's element of matplotlib's file."""
    body = svg[svg.index("<svg") :]
    if dots:
        body = body.replace("</svg>", f'<g class="{_SELF}-dots">{"".join(dots)}</g></svg>')
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    # A rule for all elements of the page it is put into: the picture's own element says it instead.
    body = re.sub(r"<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>", "", body)
    body = re.sub(r"stroke-miterlimit: 100000;?", "", body)
    # The page's own font, and the page's own color wherever it is black. (matplotlib leaves a black
    # fill out, so that it is inherited from the <svg>.)
    body = re.sub(r"font-family: [^\";]*'DejaVu Sans'[^\";]*;?", "", body)
    body = body.replace(INK, "currentColor")
    body = re.sub(r'(?<= d=")[^"]*', _rounded, body)
    body = re.sub(
        r'<g id="[^"]*">', "<g>", body
    )  # matplotlib's names of groups: nothing refers to them
    body, own = _with_own_ids(body)
    body = re.sub(r">\s+<", "><", body).strip()
    box = re.search(r'viewBox="[^"]*"', body)
    assert box is not None  # matplotlib always writes one
    # A little larger than drawn, so that the text is as large as the page's.
    style = (
        "display:block;margin:auto;width:100%;height:auto;"
        f"max-width:{width * 96 * 1.15:.0f}px;stroke-linejoin:round"
    )
    identity = f'id="{own}" ' if dots else ""
    if dots:
        style += ";cursor:pointer"
    opening = (
        f'<svg {identity}xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{box.group()} role="img" aria-label="{html.escape(alt)}" fill="currentColor" style="{style}">'
    )
    calm = f"<style>@media (prefers-reduced-motion:reduce){{.{own}-dots{{display:none}}}}</style>"
    return opening + (calm if dots else "") + body[body.index(">") + 1 :].replace(_SELF, own)


def _rounded(match: re.Match[str]) -> str:
    """Hundredths of a point are plenty."""
    short = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m.group()):.2f}", match.group())
    return " ".join(short.split())


def _with_own_ids(body: str) -> tuple[str, str]:
    """Give the ids a prefix that no other picture on the page has; return that too."""
    own = "f" + hashlib.sha256(body.encode()).hexdigest()[:8]
    body = re.sub(r'id="([^"]+)"', rf'id="{own}-\1"', body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{own}-\1"', body)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{own}-\1)", body), own
