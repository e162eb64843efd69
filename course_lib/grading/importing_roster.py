"""Lists of a class, as platforms export them, and lists of times."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil import parser

from .importing_names import safe
from .importing_sources import Refused
from .ui import Problem, listing


class Person(NamedTuple):
    """A row of a list: how the student's folder is called, the name, and when the work came."""

    student: str
    name: str = ""
    received: datetime | None = None


def read_table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Return the columns and rows of a CSV file, with commas or semicolons.

    Raises
    ------
    Problem
        If it can't be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Problem(f"{path} can't be read ({error.strerror}). Pass a table in CSV.") from None
    except UnicodeDecodeError:
        raise Problem(f"{path} is not in UTF-8. Save it as CSV UTF-8.") from None
    first = text.split("\n", 1)[0]
    comma = ";" if first.count(";") > first.count(",") else ","
    try:
        reader = csv.DictReader(text.splitlines(keepends=True), delimiter=comma, restval="")
        rows = [{k: v for k, v in row.items() if k is not None} for row in reader]
    except csv.Error as error:
        raise Problem(f"{path} is not a CSV file ({error}).") from None
    return [name.strip() for name in reader.fieldnames or []], rows


def read_people(path: Path, zone: ZoneInfo) -> dict[str, Person]:
    """Return who is in a class, by the platform's number and by name.

    Parameters
    ----------
    path : Path
        Moodle's grading worksheet, or Canvas's gradebook.
    zone : ZoneInfo
        Of the worksheet's times.
    """
    columns, rows = read_table(path)
    if {"Identifier", "Full name"} <= set(columns):
        return _moodle(rows, zone)
    if "ID" in columns and ("Student" in columns or {"LastName", "FirstName"} <= set(columns)):
        return _canvas(rows)
    raise Problem(
        f"{path} is neither Moodle's grading worksheet (columns Identifier, Full name) nor Canvas's "
        f"gradebook (columns Student, ID); its columns are: {listing(columns, 12)}."
    )


def _moodle(rows: list[dict[str, str]], zone: ZoneInfo) -> dict[str, Person]:
    people = {}
    for row in rows:
        number = re.sub(r"\D", "", row["Identifier"])
        mail = row.get("Email address", "").strip()
        name = row["Full name"].strip()
        when = None
        text = row.get("Last modified (submission)", "").strip()
        if text not in ("", "-"):
            when = _time(text, zone)
        if number:
            people[number] = Person(safe(mail.split("@")[0] or name), name, when)
    return people


def _canvas(rows: list[dict[str, str]]) -> dict[str, Person]:
    people = {}
    for row in rows:
        number = row["ID"].strip()
        login = row.get("SIS Login ID", "").strip()
        if number.isdigit():
            name = row["Student"] if "Student" in row else f"{row['FirstName']} {row['LastName']}"
            people[number] = Person(safe(login) if login else "", name.strip())
    return people


def _time(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        when: datetime = parser.parse(text)
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=zone)


def read_times(path: Path, zone: ZoneInfo) -> dict[tuple[str, str], datetime]:
    """Return when submissions came, from a table of student, received, and perhaps assignment.

    Raises
    ------
    Problem
        If a column is missing, or a time can't be read.
    """
    columns, rows = read_table(path)
    if not {"student", "received"} <= set(columns):
        raise Problem(
            f"{path} has the columns {listing(columns, 12)}; needed are student and received, and "
            "assignment if it is about several."
        )
    times = {}
    for number, row in enumerate(rows, 2):
        when = _time(row["received"], zone)
        if when is None:
            raise Problem(
                f"{path}, line {number}: {row['received']!r} is no time. Write it as 2026-10-05 23:59."
            )
        try:
            times[safe(row["student"]), row.get("assignment", "").strip()] = when
        except Refused:
            raise Problem(f"{path}, line {number}: there is no student.") from None
    return times
