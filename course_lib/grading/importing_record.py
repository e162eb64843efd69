"""``imported.json`` in a class's folder: who handed in what, when, and under which number.

It is what a platform's names said, kept so that marks and feedback find their way back. It is the only
file that ties a student's folder to a person.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from .policy_marks import Arrival
from .submissions import put
from .ui import Problem

NAME = "imported.json"
SCHEMA = 1


class Sent(NamedTuple):
    """One submission, as it was taken in.

    Attributes
    ----------
    assignment, layout : str
    id, name : str
        The platform's number, and the person's name.
    base : str
        What feedback has to be called.
    late : bool
    received : datetime or None
    sha256, source : str
        Of which file, out of which archive.
    """

    assignment: str
    layout: str = "folder"
    id: str = ""
    name: str = ""
    base: str = ""
    late: bool = False
    received: datetime | None = None
    sha256: str = ""
    source: str = ""


class Record:
    """All that was taken in for a class.

    Parameters
    ----------
    home : Path
        The class's folder.

    Raises
    ------
    Problem
        If its file is there but can't be read.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / NAME
        self.rows: dict[tuple[str, str], Sent] = {}
        if not self.path.is_file():
            return
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            if data["schema"] != SCHEMA:
                raise ValueError(f"schema {data['schema']}")
            for row in data["submissions"]:
                student = row.pop("student")
                when = row.pop("received")
                sent = Sent(**row, received=datetime.fromisoformat(when) if when else None)
                self.rows[student, sent.assignment] = sent
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Problem(
                f"{self.path} can't be read ({error}). Import the submissions again after deleting it."
            ) from None

    def add(self, student: str, sent: Sent) -> str:
        """Note a submission; return what happened to one that was there before."""
        old = self.rows.get((student, sent.assignment))
        self.rows[student, sent.assignment] = sent
        if old is None:
            return ""
        return "as it was before" if old.sha256 == sent.sha256 else "replaces an earlier one"

    def write(self) -> None:
        """Write the file."""
        rows = [
            {
                "student": student,
                **sent._asdict(),
                "received": sent.received.isoformat() if sent.received else None,
            }
            for (student, _), sent in sorted(self.rows.items())
        ]
        data = {"schema": SCHEMA, "submissions": rows}
        put(self.path, (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode())

    def name(self, student: str) -> str:
        """Return a person's name; empty if it is not known."""
        return next((row.name for (who, _), row in self.rows.items() if who == student), "")

    def arrivals(
        self, submitted: Path, found: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], Arrival]:
        """Return when submissions came: as it was noted, else as nbgrader's timestamp.txt says."""
        known = {}
        for key in found:
            sent = self.rows.get(key)
            known[key] = (
                Arrival(sent.received, sent.late) if sent else Arrival(_stamp(submitted, key))
            )
        return known


def _stamp(submitted: Path, key: tuple[str, str]) -> datetime | None:
    with contextlib.suppress(OSError, ValueError, OverflowError):
        from dateutil import parser, tz

        text = (submitted / key[0] / key[1] / "timestamp.txt").read_text(encoding="utf-8")
        *rest, last = text.strip().split(" ")
        zone: Any = tz.gettz(last) if rest and "/" in last else None  # as nbgrader writes it
        when: datetime = parser.parse(" ".join(rest) if zone else text)
        return when if when.tzinfo else when.replace(tzinfo=zone or UTC)
    return None
