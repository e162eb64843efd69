"""The table that Canvas imports, and what it has in common with Moodle's.

Canvas reads a gradebook: columns Student (or LastName and FirstName), ID, SIS User ID, SIS Login ID,
Section, then one for each assignment; the row that says ``Points Possible`` follows. It finds a student by
ID, else by the SIS numbers, else by name. An empty cell takes back the mark that Canvas has: where there is
none of ours, its own is kept.

References
----------
.. [1] Canvas, ``lib/gradebook_importer.rb`` and ``process_gradebook_upload`` of its repository.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .export import assignments_of, number, text, write_rows
from .importing_record import Record, Sent
from .importing_roster import read_table
from .policy_marks import Mark, Total
from .ui import Problem, listing

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_TITLE = re.compile(r"(?P<title>.*?)(?: \((?P<id>\d+)\))?", re.DOTALL)


class Made(NamedTuple):
    """A table, and what its reader should know: who is missing, and what does not fit."""

    text: str
    notes: list[str]


def grade_of(mark: Mark | None, excused: str) -> str:
    """Return a mark as a table has it; empty if there is none."""
    if mark is None:
        return ""
    return excused if mark.status == "excused" else number(mark.points)


def canvas(
    found: Sequence[Total], record: Record, template: Path | None, only: Sequence[str] = ()
) -> Made:
    """Return a gradebook for Canvas.

    Parameters
    ----------
    found : sequence of Total
    record : Record
    template : Path, optional
        The gradebook as Canvas exports it. Then all numbers and titles are Canvas's own; without it
        they are what submissions said, and Canvas offers to make assignments of these names.
    only : sequence of str
        Assignments; all if empty.

    Raises
    ------
    Problem
        If the template is no gradebook, or none of its columns is an assignment of ours.
    """
    names = [name for name in assignments_of(found) if not only or name in only]
    marks = {(t.student, m.assignment): m for t in found for m in t.marks}
    most = {mark.assignment: number(mark.out_of) for mark in marks.values()}
    if template is None:
        rows = [
            [*CANVAS, *names],
            ["    Points Possible", "", "", "", "", *(most[name] for name in names)],
        ]
        lost = []
        for total in found:
            sent = _sent(record, total.student, "canvas")
            if sent is None:
                lost.append(total.student)
            rows.append(
                [
                    text(sent.name if sent else total.student), sent.id if sent else "", "", "", "",
                    *(grade_of(marks.get((total.student, name)), "EX") for name in names),
                ]
            )  # fmt: skip
        return Made(write_rows(rows), _unknown(lost, "Canvas"))
    return _into_canvas(found, record, template, names, marks, most)


def _sent(record: Record, student: str, layout: str) -> Sent | None:
    rows = (row for (who, _), row in record.rows.items() if who == student)
    return next((row for row in rows if row.layout == layout and row.id), None)


def _unknown(lost: Sequence[str], platform: str) -> list[str]:
    if not lost:
        return []
    who = (
        f"{len(lost)} without a number of {platform}'s, found by name only: {listing(list(lost))}."
    )
    return [f"{who} Pass --template the table that it exports."]


def _into_canvas(
    found: Sequence[Total],
    record: Record,
    template: Path,
    names: Sequence[str],
    marks: Mapping[tuple[str, str], Mark],
    most: Mapping[str, str],
) -> Made:
    columns, rows = read_table(template)
    named = "Student" in columns or {"LastName", "FirstName"} <= set(columns)
    if not (named and {"ID", "Section"} <= set(columns)):
        raise Problem(
            f"{template} is not a gradebook of Canvas: its columns are {listing(columns, 8)}; "
            "expected Student, ID, Section, …. Export it from Grades, Export."
        )
    own = columns[: columns.index("Section") + 1]
    titles = {_title(column): column for column in columns[len(own) :]}
    chosen = {name: titles[name.casefold()] for name in names if name.casefold() in titles}
    if not chosen:
        raise Problem(
            f"{template} has no column for {listing(list(names))}; it has "
            f"{listing(list(columns[len(own) :]))}. Call the assignments in Canvas the same."
        )
    notes = [
        f"Canvas has no assignment {name}; it is left out." for name in names if name not in chosen
    ]
    by_number = {_id(record, total.student): total.student for total in found}
    students = {total.student for total in found}
    out, seen = [[*own, *chosen.values()]], set()
    for row in rows:
        if "Points Possible" in row[columns[0]]:
            cells = [row[column] for column in chosen.values()]
            notes += [
                f"{name} has {theirs.strip()} points in Canvas, but {most[name]} here: set points in "
                "course.toml."
                for name, theirs in zip(chosen, cells, strict=True)
                if differ(theirs, most[name])
            ]
            out.append([*(row[column] for column in own), *cells])
            continue
        student = by_number.get(row["ID"].strip()) or next(
            (
                row[c].strip()
                for c in ("SIS Login ID", "SIS User ID")
                if row.get(c, "").strip() in students
            ),
            None,
        )
        if student is None:
            continue
        seen.add(student)
        grades = [
            grade_of(marks.get((student, name)), "EX") or row[column]
            for name, column in chosen.items()
        ]
        out.append([*(row[column] for column in own), *grades])
    lost = sorted(students - seen)
    if lost:
        notes.append(f"Not in {template.name}: {listing(lost)}.")
    return Made(write_rows(out), notes)


def _id(record: Record, student: str) -> str:
    sent = _sent(record, student, "canvas")
    return sent.id if sent else f"no number: {student}"


def _title(column: str) -> str:
    match = _TITLE.fullmatch(column)
    return (match["title"] if match else column).strip().casefold()


def differ(theirs: str, ours: str) -> bool:
    """Whether two numbers differ; what is no number differs from none.

    Examples
    --------
    >>> differ("2,50", "2.5"), differ("3", "2.5"), differ("-", "2.5")
    (False, True, False)
    """
    try:
        return float(theirs.replace(",", ".")) != float(ours)
    except ValueError:
        return False
