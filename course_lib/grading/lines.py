"""One line of the journal: a result as JSON, and what can be told of it without reading all.

A line begins with whose it is and with its ``head``, from which one knows whether it still holds; the
rest, some 30 kB, is read when it is needed. Lines without a head, of earlier versions, are read in full.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from .matching import Same
from .results import SCHEMA, Result, from_dict

_TEXT = rb'("(?:[^"\\]|\\.)*")'
_WHO = re.compile(rb'\{"schema": (\d+), "student": %b, "assignment": %b, ' % (_TEXT, _TEXT))
_HEAD = re.compile(rb'"head": (\[[^\]]*\]), ')


class Kept(NamedTuple):
    """What is remembered of a line: enough to know whether it still holds.

    Attributes
    ----------
    offset : int
        Where the line begins.
    key : str
    sandbox : str
    final : bool
        False if the grader itself had failed: then it is to be tried again.
    marks : str
        Hash of the marks, as :func:`digest_marks` makes it.
    graded : bool
        Whether there is a mark.
    """

    offset: int
    key: str
    sandbox: str
    final: bool
    marks: str
    graded: bool


def line_of(result: Result) -> bytes:
    """Return the line that says a result."""
    row = result._asdict()
    who = {name: row.pop(name) for name in ("student", "assignment")}
    row = {"schema": SCHEMA, **who, "head": head_of(result), **row}
    texts = {name: _WRITE(value) for name, value in row.items() if name != "exercises"}
    texts["exercises"] = f"[{', '.join(_text_of(Same(entry)) for entry in result.exercises)}]"
    line = ", ".join(f'"{name}": {texts[name]}' for name in row)
    return f"{{{line}}}\n".encode("utf-8", "replace")


_WRITE = json.JSONEncoder(ensure_ascii=False).encode


@functools.lru_cache(1024)  # most of what a line has, and in a class much of it is the same
def _text_of(entry: Same) -> str:
    return _WRITE(entry.it)


def head_of(result: Result) -> tuple[str, str, bool, str, bool]:
    """Return what :class:`Kept` remembers of a result beside its place."""
    marks = digest_marks(marks_of(result))
    return result.key, result.sandbox, not result.grader_failed, marks, result.points is not None


def glance(offset: int, line: bytes) -> tuple[tuple[str, str], Kept | None]:
    """Return whose a line is, and what is remembered of it, if it is one."""
    match = _WHO.match(line)
    head = _HEAD.match(line, match.end()) if match else None
    if match and head and int(match[1]) == SCHEMA and line.endswith(b"}\n"):
        with contextlib.suppress(ValueError, TypeError):
            who = json.loads(match[2]), json.loads(match[3])
            return who, Kept(offset, *json.loads(head[1]))
    result = read_line(line)
    if result is None:
        return ("", ""), None
    return (result.student, result.assignment), Kept(offset, *head_of(result))


def who_of(line: bytes) -> tuple[str, str] | None:
    """Return student and assignment of a line; None if it is none, or of another version.

    Examples
    --------
    >>> who_of(line_of(Result("ada", "x", "failed", None, 2.0))), who_of(b"[]")
    (('ada', 'x'), None)
    """
    match = _WHO.match(line)
    if match and int(match[1]) == SCHEMA and line.rstrip().endswith(b"}"):
        with contextlib.suppress(ValueError):
            return json.loads(match[2]), json.loads(match[3])
    result = read_line(line)
    return (result.student, result.assignment) if result else None


def read_line(line: bytes) -> Result | None:
    """Return the result that a line holds; None if it is none, or of another version."""
    try:
        return from_dict(json.loads(line))
    except (ValueError, RecursionError):
        return None


def marks_of(result: Result) -> dict[str, float | None]:
    """Return a result's marks by cell; none at all if there is no mark."""
    return {entry["cell"]: entry["mark"] for entry in (*result.exercises, *result.by_hand)}


def digest_marks(marks: Mapping[str, float | None]) -> str:
    """Return a hash of marks; cells without one don't count.

    Examples
    --------
    >>> digest_marks({"a": 1.0, "b": None}) == digest_marks({"a": 1.0})
    True
    """
    rows = sorted((cell, round(mark, 6) + 0.0) for cell, mark in marks.items() if mark is not None)
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
