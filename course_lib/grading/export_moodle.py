"""The table that Moodle imports.

Moodle reads the grading worksheet of one assignment: it needs the columns Identifier, Grade and
Last modified (grade), in the words of the site's language, and finds a student by the number in
Identifier, which is another one for each assignment.

References
----------
.. [1] Moodle, ``mod/assign/feedback/offline/importgradeslib.php`` of its repository.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from .export import number, text, write_rows
from .export_lms import Made, differ, grade_of
from .importing_record import Record
from .importing_roster import read_table
from .policy_marks import Mark, Total
from .ui import Problem, listing

MOODLE = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
    "Feedback comments",
)  # fmt: skip


def moodle(found: Sequence[Total], record: Record, assignment: str, template: Path | None) -> Made:
    """Return a grading worksheet for Moodle.

    Parameters
    ----------
    found : sequence of Total
    record : Record
    assignment : str
    template : Path, optional
        The worksheet as Moodle exports it. Only its column Grade is filled in.

    Raises
    ------
    Problem
        If the template is no worksheet.
    """
    marks = {t.student: m for t in found for m in t.marks if m.assignment == assignment}
    numbers = {
        student: record.rows[student, assignment].id
        for student in marks
        if (student, assignment) in record.rows and record.rows[student, assignment].id
    }
    if template is not None:
        return _into_moodle(marks, numbers, template, assignment)
    rows = [list(MOODLE)]
    for student, mark in marks.items():
        if student in numbers:
            name = record.rows[student, assignment].name
            cells = {
                "Identifier": f"Participant {numbers[student]}", "Full name": text(name),
                "Grade": grade_of(mark, ""), "Maximum Grade": number(mark.out_of),
                "Last modified (submission)": "-", "Last modified (grade)": "-",
            }  # fmt: skip
            rows.append([cells.get(column, "") for column in MOODLE])
    lost = [s for s, mark in marks.items() if s not in numbers and mark.status != "missing"]
    notes = []
    if lost:
        notes.append(
            f"Left out, since Moodle's number is not known: {listing(lost)}. Import what Moodle "
            "exports, or pass --template its grading worksheet."
        )
    return Made(write_rows(rows), notes)


def _into_moodle(
    marks: Mapping[str, Mark], numbers: Mapping[str, str], template: Path, assignment: str
) -> Made:
    columns, rows = read_table(template)
    if not {"Identifier", "Grade"} <= set(columns):
        raise Problem(
            f"{template} is not a grading worksheet of Moodle: its columns are "
            f"{listing(columns, 8)}; expected Identifier, Grade, …. Download it from the assignment's "
            "submissions (Feedback types, Offline grading worksheet)."
        )
    by_number = {number_: student for student, number_ in numbers.items()}
    out, seen = [columns], set()
    notes: list[str] = []
    for row in rows:
        mail = row.get("Email address", "").strip()
        keys = (by_number.get(re.sub(r"\D", "", row["Identifier"])), mail, mail.split("@")[0])
        student = next((key for key in keys if key in marks), None)
        if student is not None:
            seen.add(student)
            row["Grade"] = grade_of(marks[student], row["Grade"])
            theirs = row.get("Maximum Grade", "")
            if differ(theirs, number(marks[student].out_of)) and len(notes) == 0:
                notes.append(
                    f"{assignment} has {theirs.strip()} points in Moodle, but "
                    f"{number(marks[student].out_of)} here: set points in course.toml."
                )
        out.append([row[column] for column in columns])
    lost = sorted(s for s, mark in marks.items() if s not in seen and mark.status != "missing")
    if lost:
        notes.append(f"Not in {template.name}: {listing(lost)}.")
    return Made(write_rows(out), notes)
