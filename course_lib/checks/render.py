"""A verdict as HTML (notebooks) and as text (terminals): the same content in the same order.

Nothing depends on color. The HTML takes its colors from the page, so it follows light and dark
themes, and contains no script.
"""

from __future__ import annotations

import textwrap
from html import escape

from .exercise import Evidence, Verdict

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


def _unchecked(verdict: Verdict) -> str:
    """Say how many properties wait for the one that fails."""
    count = sum(outcome.status == "not checked" for outcome in verdict.outcomes)
    if not count:
        return ""
    more = "1 more property is" if count == 1 else f"{count} more properties are"
    return f"{more} checked once this holds."


def to_text(verdict: Verdict, width: int = 92) -> str:
    """Return the verdict as plain text, at most a screen of it."""

    def wrap(text: str, first: str, rest: str) -> str:
        return textwrap.fill(text, width, initial_indent=first, subsequent_indent=rest)

    lines = [headline(verdict)]
    lines += [
        wrap(outcome.sentence, f"  {MARKS[outcome.status]} ", "    ")
        for outcome in verdict.outcomes
        if outcome.status != "not checked"
    ]
    if _unchecked(verdict):
        lines.append(f"  · {_unchecked(verdict)}")
    if verdict.cause:
        lines += ["", wrap(verdict.cause, "", "")]
    if verdict.mistake:
        lines += [wrap(f"This looks like: {verdict.mistake}.", "", "")]
        lines += [wrap(verdict.help, "  ", "  ")]
    if verdict.evidence:
        rows = verdict.evidence.arguments + verdict.evidence.results
        pad = max(len(name) for name, _ in rows)
        lines += ["", "The case that shows it:"]
        lines += [wrap(text, f"    {name:<{pad}} = ", " " * (pad + 7)) for name, text in rows]
    if verdict.printed:
        lines += ["", "Your function printed:", textwrap.indent(verdict.printed, "  | ")]
    return "\n".join(lines)


# The page's own colors and font; only widths, spaces and lines are ours.
_STYLE = (
    "font-family:inherit;line-height:1.45;max-width:46em;padding:.6rem .9rem;margin:.3rem 0;"
    "border:1px solid;border-inline-start-width:.4rem;border-radius:.3rem"
)
_CODE = "white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0;background:none;color:inherit"
_EDGE = {True: "#2e8b57", False: "#c8553d"}  # a hint on top of the words, not instead of them


_SPOKEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"


def to_html(verdict: Verdict) -> str:
    """Return the verdict as a self-contained, inert piece of HTML."""
    parts = [_paragraph(f"<strong>{escape(headline(verdict))}</strong>")]
    parts.append("<ul style='list-style:none;padding-inline-start:.2rem;margin:.4rem 0'>")
    parts += [_item(o.status, o.sentence) for o in verdict.outcomes if o.status != "not checked"]
    if _unchecked(verdict):
        parts.append(_item("not checked", _unchecked(verdict)))
    parts.append("</ul>")
    if verdict.cause:
        parts.append(_paragraph(escape(verdict.cause)))
    if verdict.mistake:
        title = f"<strong>This looks like: {escape(verdict.mistake)}.</strong>"
        parts.append(_paragraph(f"{title}<br>{escape(verdict.help)}"))
    if verdict.evidence:
        parts.append(_case(verdict.evidence))
    if verdict.printed:
        parts.append(_fold("What your function printed", verdict.printed, False))
    label = escape(f"Verdict on {verdict.exercise}", quote=True)
    style = f"{_STYLE};border-color:{_EDGE[verdict.passed]}"
    return f'<div role="group" aria-label="{label}" style="{style}">{"".join(parts)}</div>'


def _paragraph(html: str) -> str:
    return f"<p style='margin:.4rem 0'>{html}</p>"


def _fold(title: str, text: str, is_open: bool) -> str:
    state = " open" if is_open else ""
    code = f"<pre style='{_CODE}'>{escape(text)}</pre>"
    return f"<details{state}><summary>{escape(title)}</summary>{code}</details>"


def _item(status: str, sentence: str) -> str:
    # Eyes get a mark; screen readers, which would skip it or spell it, get the word.
    spoken = "" if status == "not checked" else f"<span style='{_SPOKEN}'>{status}: </span>"
    mark = f"<span aria-hidden='true' style='display:inline-block;width:1.4em;text-indent:0'>{MARKS[status]}</span>"
    style = "padding-inline-start:1.4em;text-indent:-1.4em"
    return f"<li style='{style}'>{mark}{spoken}{escape(sentence)}</li>"


def _case(evidence: Evidence) -> str:
    rows = evidence.arguments + evidence.results
    pad = max(len(name) for name, _ in rows)
    return _fold("The case that shows it", "\n".join(f"{n:<{pad}} = {t}" for n, t in rows), True)
