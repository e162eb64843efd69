"""Curves and dots, with their uncertainty. Part of :mod:`course_lib.plotting`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._picture import INK
from ._styles import is_axes, rule_in, style_of
from ._validate import Array, as_floats, same_shape

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["curves", "measured", "theory"]


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
    interval : ``"standard error"`` or ``"95 %"``
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
    >>> from course_lib.plotting import figure
    >>> fig, ax = figure()
    >>> runs = [[3, 2, 1], [3, 1, 1], [3, 3, 1]]
    >>> ax = curves(ax, [0, 1, 2], runs, "adam", interval="95 %")
    >>> ax.get_legend_handles_labels()[1]
    ['adam (mean of 3, 95 % interval)']
    """
    is_axes(ax)
    places, rows = as_floats(x, "x"), np.atleast_2d(as_floats(runs, "runs").astype(np.float64))
    if rows.ndim != 2 or places.shape != rows.shape[1:] or not len(rows):
        raise ValueError(
            f"x has shape {places.shape} and runs {rows.shape}; expected (points,) and (seeds, points)."
        )
    half, text = _uncertainty(rows, interval)
    look = style_of(ax, rule_in(label) if style is None else style)
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

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or shape.

    Examples
    --------
    >>> from course_lib.plotting import figure
    >>> fig, ax = figure()
    >>> len(theory(ax, [1, 2, 3], [1, 1 / 2, 1 / 3]).get_lines())
    1
    """
    is_axes(ax)
    places, heights = _points(x, y)
    ax.plot(places, heights, color=INK, linewidth=1.2, zorder=2, label=label)
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

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or shape.

    Examples
    --------
    >>> from course_lib.plotting import figure
    >>> fig, ax = figure()
    >>> label = "mean ± standard error"
    >>> ax = measured(ax, [1, 2], [1.1, 0.4], label, error=[0.2, 0.1])
    >>> ax.get_legend_handles_labels()[1]
    ['mean ± standard error']
    """
    is_axes(ax)
    places, heights = _points(x, y)
    half = None if error is None else as_floats(error, "error")
    if half is not None and half.ndim:
        same_shape(half, heights, "error", "y")
    look = style_of(ax, style)
    ax.errorbar(
        places, heights, half, linestyle="none",
        marker=look.marker, markersize=5, capsize=3, color=look.color, zorder=3, label=label,
    )  # fmt: skip
    return ax


def _points(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    """Return places and heights, which may hold NaN where there is nothing to draw."""
    places, heights = as_floats(x, "x"), as_floats(y, "y")
    same_shape(places, heights, "x", "y")
    return places, heights


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
