"""Visible checks held once more, with other inputs, after all else: :mod:`course_lib.grading.by_heart`.

These looks are ours, so their time is too: what a submission used up before takes nothing from them. Each
has what its check may take. If a process has to be begun anew, its cells have three times what they took
at first. So a function that does the same for other inputs, slow as it may be, comes to its end; one that
does not has no points for what it did with inputs that it could know.

A function that takes too long costs its process. If many do, and the cells are slow, processes are begun
anew for no longer than twice the time of the whole; what then is left is not tried, and does not count.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from ..checks import EXERCISES, Verdict
from ..checks.guard import WALL
from . import by_heart
from .running import seconds_of

if TYPE_CHECKING:
    from .hearing import Hearing

Check = tuple[str, str, int, bool, float]
"""As in :attr:`course_lib.grading.task.Task.checks`."""

MOST = 2  # times the time of the whole, to begin processes that functions which take too long have cost


class SecondLooks:
    """The second looks at one submission.

    Parameters
    ----------
    hearing : Hearing
        All its checks were held.
    """

    def __init__(self, hearing: Hearing) -> None:
        self.hearing = hearing
        self.again = 0.0  # seconds in which processes were begun

    def hold(
        self, suspects: list[tuple[Check, Check]], found: dict[str, Verdict]
    ) -> dict[str, Verdict]:
        """Look at each again.

        Parameters
        ----------
        suspects : list of (Check, Check)
            Visible checks in which something holds that fails in the hidden one.
        found : dict of str to Verdict
            What was found before, by cell.

        Returns
        -------
        dict of str to Verdict
            What counts of each visible check.
        """
        hearing = self.hearing
        ran, skipped = dict(hearing.ran), set(hearing.skipped)
        if monotonic() - hearing.began > hearing.task.limits.total / 2:
            hearing.end()  # a process's own processor time is limited as well
        try:
            return {
                visible[0]: self._look(found[visible[0]], visible, hidden)
                for visible, hidden in suspects
            }
        finally:  # what is told of the cells is how they ran at first
            hearing.ran, hearing.skipped = ran, skipped

    def _look(self, visible: Verdict, check: Check, hidden: Check) -> Verdict:
        cell, name, _seed, _hidden, points = check
        hearing = self.hearing
        if self.again > MOST * hearing.task.limits.total:
            hearing.notes.append(
                f"check {cell}: not tried with other inputs, as others took too long"
            )
            return by_heart.untried(visible)
        ready = self._ready()
        seconds = seconds_of(name, EXERCISES[name].seconds, hearing.task.limits)
        hearing.deadline = monotonic() + WALL * seconds
        seed = hidden[2] + by_heart.OTHER
        again = (
            hearing.check(cell, name, seed, False, points) if ready else by_heart.untried(visible)
        )
        ended = ready and hearing.proxy is not None and hearing.proxy.fit
        counts = by_heart.what_counts(visible, again, ended)
        if counts is not visible:
            only = " alone" if ended else "; with others it did not come to its end"
            hearing.notes.append(f"check {cell}: right for the inputs that it shows{only}")
        return counts

    def _ready(self) -> bool:
        """Have the process ready, with time for that alone."""
        hearing, begin = self.hearing, monotonic()
        hearing.deadline = begin + WALL * hearing.took + hearing.task.limits.cell
        notes = len(hearing.notes)
        ready = hearing.ready() is not None
        del hearing.notes[notes:]
        self.again += monotonic() - begin
        return ready
