"""Pictures for the book and for notebooks: contours with paths, curves with error bands.

A picture is shown by :func:`show` as one inline SVG. Whatever is drawn in black there takes the color
of the text around it, so that one picture serves a light and a dark page. Everything else is drawn in
colors that stand out from white and from near-black, with line styles and markers that differ too.

Examples
--------
>>> from course_lib.descent import descend
>>> from course_lib.landscapes import rosenbrock
>>> fig, ax = figure(height=3.5)
>>> ax = contours(ax, rosenbrock())
>>> ax = path(ax, descend(rosenbrock(), rule="adam", lr=0.1))
>>> picture = show(fig, alt="Adam follows the bent valley to the minimum at (1, 1).")
>>> picture.svg.startswith("<svg")
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from ._picture import ANIMATED, INK, STYLE, Picture, picture
from ._validate import Array, number
from .landscapes import Objective, as_objective, values

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .descent import Descent

__all__ = [
    "STYLES", "Picture", "Style", "contours", "curves", "figure", "legend", "measured", "path", "show",
    "theory",
]  # fmt: skip


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
_OF_RULE = {
    "sgd": 5, "momentum": 1, "rmsprop": 2, "adam": 0, "adamw": 3, "adam_l2": 4,
    "nesterov": 6, "adagrad": 7, "adadelta": 8, "radam": 9,
}  # fmt: skip


def figure(
    width: float = 5.2, height: float = 3.2, rows: int = 1, columns: int = 1, **options: Any
) -> tuple[Figure, Any]:
    """Make a figure in the course's style.

    Parameters
    ----------
    width, height : float
        In inches. With the default width, text is readable on a phone too; for two pictures prefer
        two rows.
    rows, columns : int
    **options
        For :meth:`matplotlib.figure.Figure.subplots`, such as ``sharex=True``.

    Returns
    -------
    fig : matplotlib.figure.Figure
    ax : matplotlib.axes.Axes, or ndarray of them if there are several

    Examples
    --------
    >>> fig, (above, below) = figure(height=5, rows=2, sharex=True)
    """
    size = number(width, "width", low=1, high=20), number(height, "height", low=1, high=20)
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=size, layout="constrained")
        axes = fig.subplots(rows, columns, **options)
    return fig, axes


def contours(
    ax: Axes,
    objective: str | Objective,
    *,
    bounds: tuple[tuple[float, float], tuple[float, float]] | None = None,
    levels: int = 12,
    equal: bool = False,
) -> Axes:
    """Draw a two-dimensional landscape: the grayer, the higher; the minimum is a cross.

    Parameters
    ----------
    ax : Axes
    objective : str or Objective
    bounds : two pairs of float, optional
        x from and to, y from and to; the objective's own if left out.
    levels : int
        Lines; denser at the bottom, at heights that grow with the cube of their number.
    equal : bool
        Give both axes one scale, so that right angles look right.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the objective doesn't have two dimensions.

    Examples
    --------
    >>> fig, ax = figure()
    >>> contours(ax, "rosenbrock").get_xlabel()
    'x'
    """
    known = as_objective(objective)
    if np.size(known.start) != 2:
        raise ValueError(f"{known.name} has {np.size(known.start)} dimension(s); contours need 2.")
    wanted = bounds or known.bounds or ((-2.0, 2.0), (-2.0, 2.0))
    x, y = (np.linspace(low, high, 121) for low, high in wanted)
    z = values(known, np.stack(np.meshgrid(x, y), axis=-1))
    lowest = z.min() if known.minimum is None else min(known.minimum, z.min())
    heights = lowest + (z.max() - lowest) * (np.arange(levels + 1) / levels) ** 3
    # Gray in between, more and more of it: over a white and over a black page alike.
    grays = [(0.5, 0.5, 0.5, 0.34 * k / levels) for k in range(levels)]
    ax.contourf(x, y, z, heights, colors=grays, extend="both").set_rasterized(True)
    ax.contour(
        x, y, z, heights[1:-1], colors=[(0.5, 0.5, 0.5, 0.7)], linewidths=0.6, linestyles="solid"
    )
    if known.minimizer is not None:
        ax.plot(*known.minimizer, "x", color=INK, markersize=7, markeredgewidth=1.5, zorder=4)
    ax.set(xlim=wanted[0], ylim=wanted[1], xlabel="x", ylabel="y")
    ax.grid(visible=False)
    if equal:
        ax.set_aspect("equal")
    return ax


def path(
    ax: Axes, descent: Descent, label: str | None = None, *, style: int | str | None = None,
    animated: bool = False,
) -> Axes:  # fmt: skip
    """Draw a run's path over contours: a line with dots (one a step, up to 40), a ring where it begins.

    Parameters
    ----------
    ax : Axes
    descent : Descent
        With a path of two dimensions.
    label : str, optional
        For the legend; the rule's name if left out. A run that diverged is marked as such.
    style : int or str, optional
        Place in :data:`STYLES`, or a rule's name; the run's own rule if left out.
    animated : bool
        Let a dot run along the path once, for at most 4 seconds, and again at a click. All dots of a
        picture keep the same time: those of equal steps are level. Whoever has asked the system for less
        motion sees the path alone, as it is in print.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the path doesn't have two dimensions.

    Examples
    --------
    >>> from course_lib.descent import descend
    >>> fig, ax = figure()
    >>> ax = path(contours(ax, "rosenbrock"), descend("rosenbrock", rule="adam", lr=0.1))
    >>> ax.get_legend_handles_labels()[1]
    ['adam']
    """
    if descent.path.ndim != 2 or descent.path.shape[1] != 2:
        raise ValueError(
            f"the path has shape {descent.path.shape}; it must be (k + 1, 2) to be drawn."
        )
    look = _style(ax, descent.rule if style is None and descent.rule in _OF_RULE else style)
    text = (descent.rule if label is None else label) + (
        "" if descent.diverged_at is None else f" (diverged at step {descent.diverged_at})"
    )
    x, y = descent.path.T
    every = 1 if len(x) <= 40 else 0.03  # of the picture's diagonal, along the path
    (line,) = ax.plot(
        x, y, color=look.color, linestyle=look.line, marker=look.marker, markevery=every,
        markersize=3.5, linewidth=1.4, label=text,
    )  # fmt: skip
    if animated:
        line.set_gid(f"{ANIMATED}{len(ax.get_lines())}")
    ax.plot(x[0], y[0], "o", color=look.color, markerfacecolor="none", markersize=8)
    return ax


def curves(
    ax: Axes,
    x: npt.ArrayLike,
    runs: npt.ArrayLike,
    label: str,
    *,
    interval: str = "standard error",
    bars: bool | None = None,
    style: int | str | None = None,
) -> Axes:
    """Draw the mean of several runs as a line, with its uncertainty.

    Parameters
    ----------
    ax : Axes
    x : array_like, shape (points,)
    runs : array_like, shape (seeds, points)
        One run a row. With one row only the line is drawn.
    label : str
        For the legend; what the band means and the number of runs are added to it.
    interval : {"standard error", "95 %"}
        Half-width of the band: the mean's standard error, s/√n, or that times Student's t for a 95 %
        confidence interval of the mean.
    bars : bool, optional
        Bars instead of a band; if left out, bars for up to 12 points.
    style : int or str, optional
        Place in :data:`STYLES`, or a rule's name; the next one if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the shapes don't agree or there is no such interval.

    Examples
    --------
    >>> fig, ax = figure()
    >>> ax = curves(ax, [0, 1, 2], [[3, 2, 1], [3, 1, 1], [3, 3, 1]], "adam", interval="95 %")
    >>> ax.get_legend_handles_labels()[1]
    ['adam (mean of 3, 95 % interval)']
    """
    places, rows = np.asarray(x), np.atleast_2d(np.asarray(runs, dtype=np.float64))
    if rows.ndim != 2 or places.shape != rows.shape[1:] or not len(rows):
        raise ValueError(
            f"x has shape {places.shape} and runs {rows.shape}; expected (points,) and (seeds, points)."
        )
    half, text = _uncertainty(rows, interval)
    look = _style(ax, _rule_in(label) if style is None else style)
    mean = rows.mean(axis=0)
    with_bars = len(places) <= 12 if bars is None else bars
    common: dict[str, Any] = {"color": look.color, "label": f"{label}{text}"}
    if with_bars:
        ax.errorbar(
            places, mean, half, linestyle=look.line, marker=look.marker, markersize=4, capsize=3, **common
        )  # fmt: skip
    else:
        ax.plot(
            places, mean, linestyle=look.line, marker=look.marker, markersize=4,
            markevery=max(1, len(places) // 8), **common,
        )  # fmt: skip
        if half is not None:
            ax.fill_between(
                places, mean - half, mean + half, color=look.color, alpha=0.25, linewidth=0
            )
    return ax


def theory(ax: Axes, x: npt.ArrayLike, y: npt.ArrayLike, label: str = "theory") -> Axes:
    """Draw what theory says: a line in the color of the text.

    Parameters
    ----------
    ax : Axes
    x, y : array_like, shape (points,)
    label : str
        For the legend.

    Returns
    -------
    Axes

    Examples
    --------
    >>> fig, ax = figure()
    >>> len(theory(ax, [1, 2, 3], [1, 1 / 2, 1 / 3]).get_lines())
    1
    """
    ax.plot(np.asarray(x), np.asarray(y), color=INK, linewidth=1.2, zorder=2, label=label)
    return ax


def measured(
    ax: Axes,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    label: str = "measured",
    *,
    error: npt.ArrayLike | None = None,
    style: int | str | None = None,
) -> Axes:
    """Draw what was measured: dots, to stand on a line of :func:`theory`.

    Parameters
    ----------
    ax : Axes
    x, y : array_like, shape (points,)
    label : str
        Say in it what ``error`` is.
    error : array_like, shape (points,), optional
        Half-lengths of error bars.
    style : int or str, optional
        Place in :data:`STYLES`, or a rule's name; the next one if left out.

    Returns
    -------
    Axes

    Examples
    --------
    >>> fig, ax = figure()
    >>> ax = measured(ax, [1, 2], [1.1, 0.4], error=[0.2, 0.1], label="mean ± standard error")
    >>> ax.get_legend_handles_labels()[1]
    ['mean ± standard error']
    """
    look = _style(ax, style)
    ax.errorbar(
        np.asarray(x), np.asarray(y), None if error is None else np.asarray(error), linestyle="none",
        marker=look.marker, markersize=5, capsize=3, color=look.color, zorder=3, label=label,
    )  # fmt: skip
    return ax


def legend(ax: Axes, **options: Any) -> Axes:
    """Add a legend in the course's style.

    Parameters
    ----------
    ax : Axes
    **options
        For ``Axes.legend``, such as ``loc="upper right"``.

    Returns
    -------
    Axes

    Examples
    --------
    >>> fig, ax = figure()
    >>> legend(theory(ax, [0, 1], [0, 1])).get_legend().get_texts()[0].get_text()
    'theory'
    """
    with mpl.rc_context(STYLE):
        ax.legend(**options)
    return ax


def show(fig: Figure, alt: str = "") -> Picture:
    """Return a finished figure as something a notebook and the book display.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    alt : str
        What the picture shows, in a sentence or two, for whoever can't see it.

    Returns
    -------
    Picture
        Make it the last line of a cell.

    Raises
    ------
    ValueError
        If ``alt`` is empty.
    TypeError
        If ``fig`` is no figure.

    Examples
    --------
    >>> fig, ax = figure()
    >>> picture = show(fig, alt="Empty axes.")
    >>> 'role="img"' in picture.svg
    True
    """
    if not isinstance(fig, Figure):
        raise TypeError(f"fig must be a matplotlib Figure, not {type(fig).__name__}.")
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError('alt is empty; say in it what the picture shows: show(fig, alt="…").')
    return picture(fig, " ".join(alt.split()))


def _style(ax: Axes, wanted: int | str | None) -> Style:
    """Return the style asked for, or the first that the axes don't have yet."""
    if isinstance(wanted, str):
        if wanted not in _OF_RULE:
            raise ValueError(f"there is no style for {wanted!r}; there are {', '.join(_OF_RULE)}.")
        return STYLES[_OF_RULE[wanted]]
    if wanted is not None:
        return STYLES[wanted % len(STYLES)]
    used = {mpl.colors.to_hex(line.get_color()).upper() for line in ax.get_lines()}
    return next((style for style in STYLES if style.color.upper() not in used), STYLES[0])


def _rule_in(label: str) -> str | None:
    """Return the rule that a label names with its first word."""
    first = label.replace(",", " ").split()[:1]
    return first[0].lower() if first and first[0].lower() in _OF_RULE else None


def _uncertainty(rows: Array, interval: str) -> tuple[Array | None, str]:
    """Return the half-width of the band and the words for it; no band for a single run."""
    if interval not in ("standard error", "95 %"):
        raise ValueError(f"interval is {interval!r}, but must be 'standard error' or '95 %'.")
    n = len(rows)
    if n == 1:
        return None, ""
    error: Array = rows.std(axis=0, ddof=1) / np.sqrt(n)
    if interval == "95 %":
        return _student(n - 1) * error, f" (mean of {n}, 95 % interval)"
    return error, f" (mean ± standard error, n = {n})"


def _student(df: int) -> float:
    """Return the t that 95 % of Student's distribution with ``df`` degrees of freedom lies within.

    With t = √df · tan θ the density becomes cosᵈᶠ⁻¹ θ, a smooth function on a finite interval.
    """
    theta = np.linspace(0, np.pi / 2, 20001)
    density = np.cos(theta) ** (df - 1)
    area = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return float(np.sqrt(df) * np.tan(np.interp(0.95 * area[-1], area, theta)))
