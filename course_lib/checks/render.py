"""A verdict as HTML (notebooks) and as text (terminals): the same content in the same order.

Nothing depends on color. The HTML takes its colors from the page, so it follows light and dark
themes, and contains no script.
"""

from __future__ import annotations

import textwrap
from html import escape

from .exercise import Verdict

MIME = "application/vnd.course.verdict+json"

MARKS = {"holds": "✓", "fails": "✗", "not checked": "·"}


def headline(verdict: Verdict) -> str:
    """Return the first line: what, whether it is right, and the points."""
    check = "hidden check" if verdict.hidden else "check"
    if verdict.passed:
        state = "passed"
    elif any(o.status == "holds" for o in verdict.outcomes) and verdict.points > 0:
        state = "partly right"
    else:
        state = "not right yet"
    return (
        f"{verdict.exercise}: {check} {state}, {verdict.points:g} of {verdict.max_points:g} points"
    )


def to_text(verdict: Verdict, width: int = 92) -> str:
    """Return the verdict as plain text, at most a screen of it."""

    def wrap(text: str, first: str, rest: str) -> str:
        return textwrap.fill(text, width, initial_indent=first, subsequent_indent=rest)

    lines = [headline(verdict)]
    for outcome in verdict.outcomes:
        note = " (not checked)" if outcome.status == "not checked" else ""
        lines.append(wrap(outcome.sentence + note, f"  {MARKS[outcome.status]} ", "    "))
    if verdict.cause:
        lines += ["", wrap(verdict.cause, "", "")]
    if verdict.evidence:
        rows = list(verdict.evidence.arguments)
        if verdict.evidence.expected:
            rows += [("expected", verdict.evidence.expected), ("yours", verdict.evidence.actual)]
        pad = max(len(name) for name, _ in rows)
        lines += [wrap(text, f"    {name:<{pad}} = ", " " * (pad + 7)) for name, text in rows]
    if verdict.mistake:
        lines += ["", wrap(f"This looks like: {verdict.mistake}", "", "")]
        lines += [wrap(verdict.help, "  ", "  ")]
    if verdict.printed:
        lines += ["", "Your function printed:", textwrap.indent(verdict.printed, "  | ")]
    return "\n".join(lines)


# The page's own colors and font; only widths, spaces and lines are ours.
_STYLE = (
    "font-family:inherit;line-height:1.45;max-width:46rem;padding:.6rem .9rem;margin:.3rem 0;"
    "border:1px solid;border-inline-start-width:.4rem;border-radius:.3rem"
)
_CODE = "white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0;background:none;color:inherit"
_EDGE = {True: "#2e8b57", False: "#c8553d"}  # a hint on top of the words, not instead of them


def to_html(verdict: Verdict) -> str:
    """Return the verdict as a self-contained, inert piece of HTML."""
    parts = [f"<p style='margin:0'><strong>{escape(headline(verdict))}</strong></p>"]
    parts.append("<ul style='list-style:none;padding-inline-start:.2rem;margin:.4rem 0'>")
    parts += [_outcome(o.status, o.sentence) for o in verdict.outcomes]
    parts.append("</ul>")
    if verdict.cause:
        parts.append(f"<p style='margin:.4rem 0'>{escape(verdict.cause)}</p>")
    if verdict.evidence:
        parts.append(_evidence(verdict))
    if verdict.mistake:
        parts.append(
            f"<p style='margin:.4rem 0'><strong>This looks like: {escape(verdict.mistake)}</strong>"
            f"<br>{escape(verdict.help)}</p>"
        )
    if verdict.printed:
        parts.append(
            f"<details><summary>What your function printed</summary>"
            f"<pre style='{_CODE}'>{escape(verdict.printed)}</pre></details>"
        )
    edge = _EDGE[verdict.passed]
    label = escape(f"Verdict on {verdict.exercise}", quote=True)
    body = "".join(parts)
    return (
        f'<div role="group" aria-label="{label}" style="{_STYLE};border-color:{edge}">{body}</div>'
    )


def _outcome(status: str, sentence: str) -> str:
    # Screen readers get the status as a word; eyes get a mark (and the word where it matters).
    word = "" if status == "holds" else f" <em>({status})</em>"
    hidden = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"
    spoken = f"<span style='{hidden}'>holds: </span>" if status == "holds" else ""
    return (
        f"<li style='padding-inline-start:1.4em;text-indent:-1.4em'>"
        f"<span aria-hidden='true' style='display:inline-block;width:1.4em;text-indent:0'>"
        f"{MARKS[status]}</span>{spoken}{escape(sentence)}{word}</li>"
    )


def _evidence(verdict: Verdict) -> str:
    evidence = verdict.evidence
    assert evidence is not None
    rows = [f"{name} = {text}" for name, text in evidence.arguments]
    given = escape("\n".join(rows))
    html = (
        f"<details open><summary>The case that shows it</summary><pre style='{_CODE}'>{given}</pre>"
    )
    if evidence.expected:
        both = escape(f"expected  {evidence.expected}\nyours     {evidence.actual}")
        html += f"<pre style='{_CODE}'>{both}</pre>"
    return html + "</details>"
