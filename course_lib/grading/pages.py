"""What all pages that we write share: templates in which everything is escaped, and plain texts.

Nothing heavy is imported here: a command that writes one page begins at once.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import jinja2

from ..checks import EXERCISES

TEMPLATES = Path(str(files(__package__))) / "templates"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_MOST_TEXT = 20_000  # characters of one output


def environment() -> jinja2.Environment:
    """Return the environment of our own pages: everything is escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def printable(text: str) -> str:
    r"""Return a text without what can't be seen, or turns others around; long ones cut.

    Examples
    --------
    >>> printable("a\x1b[31m\u202eb\n")
    'a[31mb\n'
    """
    return CONTROL.sub("", text[:_MOST_TEXT]) + ("\n…" if len(text) > _MOST_TEXT else "")


def book_link(book: str, exercise: str) -> str:
    """Return the address of the section that explains an exercise; empty if it is not known.

    Examples
    --------
    >>> book_link("../book/", "adam_step")
    '../book/04_optimizers.html#sec-adam'
    >>> book_link("../book/", "something")
    ''
    """
    row = EXERCISES.get(exercise)
    if row is None:
        return ""
    anchor = f"#{row.section}" if row.section else ""
    return f"{book.rstrip('/')}/{row.chapter}.html{anchor}"
