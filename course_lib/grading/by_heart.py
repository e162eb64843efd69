"""Answers that know by heart what the visible check asks, and what is right then.

A student can see what the visible check calls a function with, and what it should return. A function
that has these pairs written into it passes, though it computes nothing. So where the hidden check finds
a mistake that the visible one does not, the visible check is held once more, with other inputs of the
same kind. What an honest function gets does not depend on the inputs, so it keeps its points.
"""

from __future__ import annotations

import dataclasses

from ..checks import Verdict

OTHER = 1_000_000  # between the hidden check's seed and that of the other inputs
_SAID = (
    "This is right for the inputs that the check shows, but not for others of the same kind, which "
    "count instead. Does the function know the inputs by heart?"
)


def is_suspect(visible: Verdict, hidden: Verdict) -> bool:
    """Whether something holds in the visible check only.

    Parameters
    ----------
    visible, hidden : Verdict
        Of one exercise.
    """
    return bool(_holding(visible) - _holding(hidden))


def what_counts(visible: Verdict, again: Verdict) -> Verdict:
    """Return the verdict that counts.

    Parameters
    ----------
    visible : Verdict
    again : Verdict
        With other inputs, which a student has not seen and is not to see.

    Returns
    -------
    Verdict
        The visible one, unless less holds with the other inputs.
    """
    if not _holding(visible) - _holding(again):
        return visible
    return dataclasses.replace(again, cause=_SAID, evidence=None, printed=visible.printed)


def _holding(verdict: Verdict) -> set[str]:
    return {outcome.name for outcome in verdict.outcomes if outcome.status == "holds"}
