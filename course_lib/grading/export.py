"""``course export``: the marks of a class as a table, computed from the journal under the policy."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from .importing_record import Record
from .policy import Policy
from .policy_marks import Hands, Mark, Total, compute
from .report_read import stream
from .ui import Problem, listing, plural

SCHEMA = 1


def totals(
    home: Path, policy: Policy, record: Record, hands: Hands | None, submitted: Path | None = None
) -> list[Total]:
    """Return the marks of a class. No code is run.

    Parameters
    ----------
    home : Path
        The class's folder.
    policy : Policy
    record : Record
        What was imported; who is in it belongs to the class.
    hands : mapping or None
        What people entered in the gradebook.
    submitted : Path, optional
        Where submissions are; for times that nbgrader noted.

    Raises
    ------
    Problem
        If nothing was graded yet.
    """
    results = [result._replace(exercises=_slim(result, hands)) for result in stream(home)]
    if not results:
        raise Problem(f"Nothing was graded in {home} yet. Grade first: course grade --all.")
    keys = [(result.student, result.assignment) for result in results]
    arrivals = record.arrivals(submitted or home / "submitted", keys)
    return compute(policy, results, arrivals, hands, {student for student, _ in record.rows})


def _slim(result: Any, hands: Hands | None) -> tuple[dict[str, Any], ...]:
    """Return of a result's exercises what its points need: the rest of a large class is not kept."""
    if not hands or (result.student, result.assignment) not in hands:
        return ()
    return tuple({"cell": row["cell"], "mark": row["mark"]} for row in result.exercises)


def by_hand(url: str, database: Path | None) -> Hands | None:
    """Return what people entered in a gradebook; None if there is no gradebook.

    Raises
    ------
    Problem
        If it can't be read.
    """
    from .gradebook import explain, read_by_hand

    if database is not None and not database.is_file():
        return None
    try:
        return read_by_hand(url)
    except SQLAlchemyError as error:
        raise explain(url, error) from None


def still_waiting(found: Sequence[Total]) -> list[str]:
    """Return a sentence about what a person has yet to grade, or none."""
    counts = Counter(
        (mark.assignment, cell) for total in found for mark in total.marks for cell in mark.waiting
    )
    if not counts:
        return []
    rows = [f"{name}, {cell}: {plural(n, 'student')}" for (name, cell), n in counts.items()]
    return [
        f"Not graded by a person yet, so it counts 0: {listing(rows)}. Use nbgrader's formgrader."
    ]


def assignments_of(found: Sequence[Total]) -> list[str]:
    """Return the assignments that count."""
    return sorted({mark.assignment for total in found for mark in total.marks})


def number(value: Decimal | None) -> str:
    """Return a number as every program reads it; empty for none.

    Examples
    --------
    >>> number(Decimal("7.50")), number(Decimal("10.00")), number(None)
    ('7.5', '10', '')
    """
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def text(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> text("=1+1"), text("Ada")
    ("'=1+1", 'Ada')
    """
    return f"'{value}" if value[:1] in "=+-@\t\r" and value else value


def write_rows(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as CSV: commas, quotes where needed, UTF-8."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def to_csv(found: Sequence[Total], record: Record) -> str:
    """Return a table with a row for each student."""
    names = assignments_of(found)
    rows = [["student", "name", *names, "points", "out_of", "percent", "open"]]
    for total in found:
        points = {mark.assignment: _cell(mark) for mark in total.marks}
        rows.append(
            [
                text(total.student), text(record.name(total.student)),
                *(points.get(name, "") for name in names),
                number(total.points), number(total.out_of), number(total.percent),
                "yes" if total.open else "",
            ]
        )  # fmt: skip
    return write_rows(rows)


def _cell(mark: Mark) -> str:
    return "excused" if mark.status == "excused" else number(mark.points)


def to_json(found: Sequence[Total], record: Record) -> str:
    """Return all that is known of each mark, schema 1."""
    students = [
        {
            "student": total.student,
            "name": record.name(total.student),
            "points": float(total.points),
            "out_of": float(total.out_of),
            "percent": float(total.percent),
            "open": total.open,
            "marks": [_mark(mark) for mark in total.marks],
        }
        for total in found
    ]
    return json.dumps({"schema": SCHEMA, "students": students}, indent=1, ensure_ascii=False) + "\n"


def _mark(mark: Mark) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in mark._asdict().items():
        if isinstance(value, Decimal):
            value = float(value)
        elif isinstance(value, tuple):
            value = list(value)
        elif hasattr(value, "isoformat"):
            value = value.isoformat()
        row[name] = value
    del row["student"]
    return row
