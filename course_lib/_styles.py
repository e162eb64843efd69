"""How competitors are told apart in a picture. Part of :mod:`course_lib.plotting`."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes

from ._validate import count, known, of_type

__all__ = ["OF_RULE", "STYLES", "Style", "is_axes", "rule_in", "style_of"]


class Style(NamedTuple):
    """How one competitor is drawn: it can be told from the others without its color.

    Attributes
    ----------
    color : str
        Hexadecimal, such as ``"#1A7ABF"``.
    line : str or tuple
        A line style of matplotlib.
    marker : str
        A marker of matplotlib.
    """

    color: str
    line: str | tuple[int, tuple[int, ...]]
    marker: str


# After the palette of Okabe and Ito (2008), without those of its colors that are lost on white. Each
# has a contrast of 3 or more to white and to #121212.
STYLES = (
    Style("#1A7ABF", "-", "o"),
    Style("#D55E00", "--", "s"),
    Style("#009E73", "-.", "^"),
    Style("#C46A9B", ":", "D"),
    Style("#7F7F7F", (0, (6, 1, 1, 1, 1, 1)), "v"),
    Style("#8A6FDF", (0, (3, 1)), "P"),
    Style("#B07D10", (0, (8, 2)), "X"),
    Style("#00889B", (0, (1, 1)), "p"),
    Style("#E0457B", (0, (4, 1, 1, 1)), "*"),
    Style("#5B8C2A", (0, (2, 2)), "h"),
)
"""Styles in the order in which they are used."""


# A rule looks the same in every figure.
OF_RULE = {
    "sgd": 5, "momentum": 1, "rmsprop": 2, "adam": 0, "adamw": 3, "adam_l2": 4,
    "nesterov": 6, "adagrad": 7, "adadelta": 8, "radam": 9,
}  # fmt: skip
"""Place in STYLES of every rule's style."""


def is_axes(ax: Axes) -> None:
    """Raise ``TypeError`` unless ``ax`` can be drawn on."""
    of_type(ax, Axes, "ax", "figure() returns")


def style_of(ax: Axes, wanted: int | str | None) -> Style:
    """Return the style asked for, or the first that the axes don't have yet."""
    if isinstance(wanted, str):
        return STYLES[OF_RULE[known(wanted, OF_RULE, "style for")]]
    if wanted is not None:
        return STYLES[count(wanted, "style", low=-len(STYLES)) % len(STYLES)]
    used = {mpl.colors.to_hex(line.get_color()).upper() for line in ax.get_lines()}
    return next((style for style in STYLES if style.color.upper() not in used), STYLES[0])


def rule_in(label: str) -> str | None:
    """Return the rule that a label names with its first word."""
    first = label.replace(",", " ").split()[:1]
    return first[0].lower() if first and first[0].lower() in OF_RULE else None
