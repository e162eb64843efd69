"""Figures of the course report, drawn as all figures of the book are."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from markupsafe import Markup

from .. import plotting
from .._picture import STYLE

if TYPE_CHECKING:
    from .report import ExerciseRow, MistakeRow

COLOR = plotting.STYLES[0].color


def _finish(fig: Any, alt: str) -> Markup:
    # Our own drawing, of which matplotlib has escaped every text.
    return Markup(plotting.show(fig, alt=alt).svg)


def scores(points: Sequence[float], most: float) -> Markup:
    """Draw how many submissions got how many points."""
    edges = np.linspace(0, most, 13 if most >= 12 else int(most) + 1)
    counts, _ = np.histogram(points, edges)
    with mpl.rc_context(STYLE):
        fig, ax = plotting.figure(height=2.6)
        ax.bar(edges[:-1], counts, np.diff(edges) * 0.9, align="edge", color=COLOR)
        ax.set(xlabel=f"points of {most:g}", ylabel="submissions", xlim=(0, most))
        ax.yaxis.get_major_locator().set_params(integer=True)
        ax.grid(visible=False, axis="x")
    spread = ", ".join(
        f"{low:g} to {high:g} points: {count}"
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
        if count
    )
    return _finish(fig, f"Submissions by points. {spread}.")


def _bars(labels: list[str], values: list[float], notes: list[str], xlabel: str) -> Any:
    """Draw horizontal bars, the first on top, each with its value written beside it."""
    with mpl.rc_context(STYLE):
        lines = sum(label.count("\n") + 1 for label in labels)
        fig, ax = plotting.figure(height=max(1.6, 0.9 + 0.28 * lines + 0.06 * len(labels)))
        ax.barh(labels, values, color=COLOR, height=0.65)
        for row, (value, note) in enumerate(zip(values, notes, strict=True)):
            ax.annotate(note, (value, row), (4, 0), textcoords="offset points", va="center")
        ax.invert_yaxis()
        ax.set(xlabel=xlabel, xlim=(0, 1.12 * max(values, default=1.0) or 1))
        ax.grid(visible=False, axis="y")
        ax.tick_params(axis="y", length=0)
    return fig, ax


def success(rows: Sequence[ExerciseRow]) -> Markup:
    """Draw the mean share of points in each exercise."""
    notes = [f"{row.share:.0%}" for row in rows]
    fig, ax = _bars(
        [row.name for row in rows],
        [100 * row.share for row in rows],
        notes,
        "points earned, % of possible",
    )
    ax.set_xlim(0, 112)
    ax.set_xticks([0, 25, 50, 75, 100])
    told = ", ".join(f"{row.name} {note}" for row, note in zip(rows, notes, strict=True))
    return _finish(fig, f"Mean share of points earned in each exercise: {told}.")


def mistakes(rows: Sequence[MistakeRow]) -> Markup:
    """Draw the most frequent mistakes."""
    labels = [f"{textwrap.fill(row.title, 30)}\n({row.exercise})" for row in rows]
    counts = [float(row.times) for row in rows]
    fig, ax = _bars(labels, counts, [f"{row.times}" for row in rows], "submissions")
    ax.xaxis.get_major_locator().set_params(integer=True)
    told = "; ".join(f"{row.title} in {row.exercise}: {row.times}" for row in rows)
    return _finish(fig, f"The most frequent mistakes, by number of submissions. {told}.")


def seconds(times: Sequence[float]) -> Markup:
    """Draw how long submissions took, shortest first."""
    ordered = np.sort(times)
    with mpl.rc_context(STYLE):
        fig, ax = plotting.figure(height=2.4)
        ax.plot(np.arange(1, len(ordered) + 1), ordered, "o", color=COLOR, markersize=4)
        ax.set(xlabel="submissions, fastest first", ylabel="seconds", ylim=(0, None))
        ax.xaxis.get_major_locator().set_params(integer=True)
    return _finish(
        fig,
        f"Time per submission: from {ordered[0]:.1f} to {ordered[-1]:.1f} seconds, "
        f"median {np.median(ordered):.1f}.",
    )
