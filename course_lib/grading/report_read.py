"""Results for the report, read once; and those of an earlier run to compare with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from . import journal, lines
from .results import Result, from_dict
from .ui import Problem

# Where the exercises of a line begin and end. In a text every quotation mark has a backslash before
# it, so nothing that a student wrote can look like one of these.
_BEGIN, _NEXT, _END = b'"exercises": [{"exercise": "', b', {"exercise": "', b'}], "repaired": '
_MOST_KNOWN = 4096


class Reader:
    """Reads lines of the journal; of an entry that many have, only the first is taken apart.

    Entries are shared by the results that have them: they are to be looked at, not changed.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, Any] = {}

    def read(self, line: bytes) -> Result | None:
        """Return what :func:`course_lib.grading.lines.read_line` does."""
        begin, end = line.find(_BEGIN), line.rfind(_END)
        if begin < 0 or end < 0:
            return lines.read_line(line)
        first = begin + len(b'"exercises": [')
        result = lines.read_line(line[:first] + line[end + 1 :])
        parts = line[first : end + 1].split(_NEXT)
        try:
            rows = [
                self._entry(part if i == 0 else _NEXT[2:] + part) for i, part in enumerate(parts)
            ]
        except (ValueError, RecursionError):  # not as we write it
            return lines.read_line(line)
        return result and result._replace(exercises=tuple(rows))

    def _entry(self, part: bytes) -> Any:
        entry = self._known.get(part)
        if entry is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            entry = self._known[part] = json.loads(part)
        return entry


def stream(home: Path) -> Iterator[Result]:
    """Yield what :func:`course_lib.grading.journal.read` does, in the order of the file.

    Of each submission only the line that counts is read in full.
    """
    reader = Reader()
    path = home / journal.NAME
    if not path.is_file():
        return
    last: dict[tuple[str, str], int] = {}
    with open(path, "rb") as file:
        offset = 0
        for line in file:
            key = lines.who_of(line) if line.endswith(b"\n") else None
            if key is not None:
                last[key] = offset
            offset += len(line)
        wanted = sorted(last.values())
        for offset in wanted:
            file.seek(offset)
            result = reader.read(file.readline())
            if result is None:  # damaged by hand: then the line before it counts
                yield from _slowly(home, {r for r, o in last.items() if o == offset})
            else:
                yield result


def _slowly(home: Path, keys: set[tuple[str, str]]) -> Iterator[Result]:
    return journal.read(home, keys)


class Before(NamedTuple):
    """A submission in an earlier run: its points, and the share of each exercise."""

    points: float | None
    shares: dict[str, float]


def earlier(path: Path) -> dict[tuple[str, str], Before]:
    """Return what an earlier run said: a class's folder, or what ``course grade --json`` wrote.

    Raises
    ------
    Problem
        If there are no results in it.
    """
    found = {
        (result.student, result.assignment): Before(result.points, _shares(result))
        for result in (stream(path) if path.is_dir() else _listed(path))
    }
    if not found:
        raise Problem(f"{path} holds no results. Pass a class's folder, or a file of grade --json.")
    return found


def _shares(result: Result) -> dict[str, float]:
    sums: dict[str, list[float]] = {}
    for entry in result.exercises:
        pair = sums.setdefault(entry["exercise"], [0.0, 0.0])
        pair[0] += entry["mark"] or 0.0
        pair[1] += entry["max_points"]
    return {name: earned / most if most else 0.0 for name, (earned, most) in sums.items()}


def _listed(path: Path) -> Iterator[Result]:
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        rows = data["results"]
    except OSError as error:
        raise Problem(
            f"{path} can't be read ({error.strerror}). Pass a class's folder, or a file of grade --json."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise Problem(
            f"{path} is not what course grade --json writes. Pass such a file, or a class's folder."
        ) from None
    for row in rows:
        result = from_dict({"schema": data.get("schema"), **row})
        if result is not None:
            yield result
