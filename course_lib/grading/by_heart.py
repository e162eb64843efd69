"""Answers that know by heart what the visible check asks, and what is right then.

A student can see what the visible check calls a function with, and what it should return. A function
that has these pairs written into it passes, though it computes nothing. So where the hidden check finds
a mistake that the visible one does not, the visible check is held once more, with other inputs of the
same kind. What an honest function gets does not depend on the inputs, so it keeps its points.

A function may know the inputs, and see to it that there is no second look: one that takes too long, or
ends its process, for other inputs has the second look count. To use up the submission's time before is of
no use, as these looks have time of their own: :mod:`course_lib.grading.second_look`.
"""

from __future__ import annotations

import dataclasses

from ..checks import Verdict

OTHER = 1_000_000  # between the hidden check's seed and that of the other inputs
_SAID = (
    "This is right for the inputs that the check shows, but not for others of the same kind, which "
    "count instead. Does the function know the inputs by heart?"
)
_NO_END = (
    "This is right for the inputs that the check shows. With others of the same kind, which count instead, "
    "it could not be checked to the end: the function took too long, or it ended its process."
)
_UNTRIED = (
    "This is right for the inputs that the check shows, and the check after handing in was not. With other "
    "inputs of the first kind, which count instead, it was not tried: several functions of this submission "
    "took too long for them."
)


def is_suspect(visible: Verdict, hidden: Verdict) -> bool:
    """Whether something holds in the visible check only.

    Parameters
    ----------
    visible, hidden : Verdict
        Of one exercise.
    """
    return bool(_holding(visible) - _holding(hidden))


def what_counts(visible: Verdict, again: Verdict, ended: bool = True) -> Verdict:
    """Return the verdict that counts.

    Parameters
    ----------
    visible : Verdict
    again : Verdict
        With other inputs, which a student has not seen and is not to see.
    ended : bool, optional
        Whether it came to its end.

    Returns
    -------
    Verdict
        The visible one, unless less holds with the other inputs.
    """
    if not _holding(visible) - _holding(again):
        return visible
    said = _SAID if ended else _NO_END
    return dataclasses.replace(again, cause=said, evidence=None, printed=visible.printed)


def untried(visible: Verdict) -> Verdict:
    """Return what counts if it is not waited for other looks any more: nothing that it shows."""
    outcomes = tuple(dataclasses.replace(row, status="not checked") for row in visible.outcomes)
    return dataclasses.replace(
        visible, points=0.0, outcomes=outcomes, cause=_UNTRIED, evidence=None
    )


def _holding(verdict: Verdict) -> set[str]:
    return {outcome.name for outcome in verdict.outcomes if outcome.status == "holds"}
