"""Figures of the course report, drawn as all figures of the book are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from markupsafe import Markup

from .. import plotting
from .._picture import STYLE

COLOR = plotting.STYLES[0].color
DOTS = 60  # of a large class as many quantiles are drawn


def _finish(fig: Any, alt: str) -> Markup:
    # Our own drawing, of which matplotlib has escaped every text.
    return Markup(plotting.show(fig, alt=alt).svg)


def scores(points: Sequence[float], most: float) -> Markup:
    """Draw how many submissions got how many points."""
    edges = np.linspace(0, most, 13 if most >= 12 else max(int(most), 1) + 1)
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


def seconds(times: Sequence[float]) -> Markup:
    """Draw how long submissions took, shortest first."""
    ordered = np.sort(times)
    shown = np.unique(np.linspace(0, len(ordered) - 1, min(DOTS, len(ordered))).astype(int))
    with mpl.rc_context(STYLE):
        fig, ax = plotting.figure(height=2.6)
        ax.plot(shown + 1, ordered[shown], "o", color=COLOR, markersize=4)
        ax.set(xlabel="submissions, fastest first", ylabel="seconds", ylim=(0, None))
        ax.xaxis.get_major_locator().set_params(integer=True)
    return _finish(
        fig,
        f"Time per submission: from {ordered[0]:.1f} to {ordered[-1]:.1f} seconds, "
        f"median {np.median(ordered):.1f}.",
    )
