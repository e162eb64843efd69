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
>>> picture = show(fig, alt="Adam follows the bent valley to its minimum.")
>>> picture.svg.startswith("<svg")
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from ._curves import curves, measured, theory
from ._picture import ANIMATED, INK, STYLE, Picture, picture
from ._styles import OF_RULE, STYLES, Style, is_axes, style_of
from ._validate import count, number, of_type
from .descent import Descent
from .landscapes import Objective, as_objective, values

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "STYLES", "Picture", "Style", "contours", "curves", "figure", "legend", "measured", "path", "show",
    "theory",
]  # fmt: skip


def figure(
    width: float = 5.2, height: float = 3.2, rows: int = 1, columns: int = 1, **options: Any
) -> tuple[Figure, Any]:
    """Make a figure in the course's style.

    Parameters
    ----------
    width, height : float
        In inches. With the default width, text is readable on a phone too; for two pictures prefer
        two rows.
    rows, columns : int, at least 1
    **options
        For :meth:`matplotlib.figure.Figure.subplots`, such as ``sharex=True``.

    Returns
    -------
    fig : matplotlib.figure.Figure
    ax : matplotlib.axes.Axes, or ndarray of them if there are several

    Raises
    ------
    TypeError, ValueError
        If a size is no number or out of range.

    Examples
    --------
    >>> fig, (above, below) = figure(height=5, rows=2, sharex=True)
    """
    size = number(width, "width", low=1, high=20), number(height, "height", low=1, high=20)
    rows, columns = count(rows, "rows", low=1), count(columns, "columns", low=1)
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
    levels : int, at least 1
        Lines; denser at the bottom, at heights that grow with the cube of their number.
    equal : bool
        Give both axes one scale, so that right angles look right.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, or the objective doesn't have two dimensions.

    Examples
    --------
    >>> fig, ax = figure()
    >>> contours(ax, "rosenbrock").get_xlabel()
    'x'
    """
    is_axes(ax)
    known = as_objective(objective)
    if np.size(known.start) != 2:
        raise ValueError(f"{known.name} has {np.size(known.start)} dimension(s); contours need 2.")
    levels = count(levels, "levels", low=1)
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
    TypeError, ValueError
        If an argument has the wrong form, or the path doesn't have two dimensions.

    Examples
    --------
    >>> from course_lib.descent import descend
    >>> fig, ax = figure()
    >>> run = descend("rosenbrock", rule="adam", lr=0.1)
    >>> ax = path(contours(ax, "rosenbrock"), run)
    >>> ax.get_legend_handles_labels()[1]
    ['adam']
    """
    is_axes(ax)
    of_type(descent, Descent, "descent", "descend() returns")
    if descent.path.ndim != 2 or descent.path.shape[1] != 2:
        raise ValueError(
            f"the path has shape {descent.path.shape}; it must be (k + 1, 2) to be drawn."
        )
    look = style_of(ax, descent.rule if style is None and descent.rule in OF_RULE else style)
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

    Raises
    ------
    TypeError
        If ``ax`` is none.

    Examples
    --------
    >>> fig, ax = figure()
    >>> ax = legend(theory(ax, [0, 1], [0, 1]))
    >>> ax.get_legend().get_texts()[0].get_text()
    'theory'
    """
    is_axes(ax)
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
    of_type(fig, Figure, "fig", "figure() returns")
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError('alt is empty; say in it what the picture shows: show(fig, alt="…").')
    return picture(fig, " ".join(alt.split()))
