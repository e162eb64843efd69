"""What all commands share: how they report a mistake, and how they show that they are at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)


class Problem(click.ClickException):
    """Wrong use: what is wrong, what was expected, and the mend, on one line. Exit code 2."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


def console() -> Console:
    """Return the console for results (standard output), as wide as the terminal at this moment."""
    return Console(highlight=False)


def status_console() -> Console:
    """Return the console for progress and notes (standard error), which never mixes with results."""
    return Console(stderr=True, highlight=False)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Progress]:
    """Show a bar with count and time while the block runs; silent when nobody watches.

    The block calls ``bar.advance(bar.task_ids[0])`` after each piece of work.
    """
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=status_console(),
        transient=True,
    )
    with bar:
        bar.add_task(what, total=total)
        yield bar


def plural(count: int, noun: str) -> str:
    """Return the count with its noun.

    Examples
    --------
    >>> plural(1, "submission"), plural(2, "submission")
    ('1 submission', '2 submissions')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listing(names: list[str], limit: int = 8) -> str:
    """Join names for a message; the rest of a long list is counted.

    Examples
    --------
    >>> listing(["b", "a"]), listing([])
    ('a, b', 'none')
    """
    names = sorted(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return (", ".join(names[:limit]) or "none") + more
