"""What ``course import`` and ``course export`` do and print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy.engine import make_url

from . import export as tables
from . import export_feedback, export_lms, export_moodle, importing, importing_roster
from .cli_base import write_json
from .course import Course
from .gradebook import as_url
from .importing_record import Record
from .policy import Policy
from .policy_marks import only
from .ui import Problem, plural


def take(
    course: Course,
    home: Path,
    policy: Policy,
    sources: Sequence[Path],
    *,
    assignment: str | None,
    layout: str,
    roster: Path | None,
    times: Path | None,
    submitted: Path | None,
    dry: bool,
) -> list[importing.Row]:
    """Take in sources, and keep the record."""
    if assignment is not None:
        course.solution(assignment)  # says which there are
    for source in sources:
        if not source.exists():
            raise Problem(
                f"There is no file or folder {source}. Pass zips or folders of what was handed in."
            )
    record = Record(home)
    request = importing.Request(
        submitted or home / "submitted",
        course.assignments(),
        assignment or "",
        None if layout == "auto" else layout,  # type: ignore[arg-type]
        policy.limits,
        importing_roster.read_people(roster, policy.timezone) if roster else {},
        importing_roster.read_times(times, policy.timezone) if times else {},
        dry,
    )
    try:
        rows = list(importing.take(sources, request, record))
        if not dry:
            record.write()
    except OSError as error:
        raise Problem(f"Can't write {error.filename}: {error.strerror}.") from None
    return rows


def show(rows: Sequence[importing.Row], json_file: Path | None, dry: bool) -> None:
    """Print what became of each file."""
    if json_file is not None:
        write_json(json_file, {"schema": 1, "files": [row._asdict() for row in rows]})
    if str(json_file) != "-":
        for row in sorted(rows, key=lambda row: row.status, reverse=True):
            where = f"{row.source}: {row.entry}" if row.entry else row.source
            goes = f" -> {row.student}/{row.assignment}" if row.status == "taken" else ""
            why = f" ({row.reason})" if row.reason else ""
            click.echo(f"{row.status:<12} {where}{goes}{why}")
    counts = Counter(row.status for row in rows)
    told = ", ".join(f"{counts[name]} {name}" for name in ("taken", "passed over", "refused"))
    click.echo(
        f"{plural(len(rows), 'file')}: {told}.{' Nothing was written.' if dry else ''}", err=True
    )


def export(
    course: Course,
    home: Path,
    policy: Policy,
    *,
    form: str,
    assignments: tuple[str, ...],
    template: Path | None,
    feedback: bool,
    out: Path | None,
    gradebook: str | None,
) -> None:
    """Write marks or feedback."""
    for name in assignments:
        course.solution(name)
    record = Record(home)
    url = as_url(gradebook or str(home / "gradebook.db"))
    database = make_url(url)
    local = Path(database.database or "") if database.get_backend_name() == "sqlite" else None
    found = tables.totals(home, policy, record, tables.by_hand(url, local))
    if feedback:
        _pack(home, record, found, form, assignments, out)
        return
    if template is not None and form not in ("canvas", "moodle"):
        raise Problem("--template goes with --format canvas or moodle.")
    chosen = [only(policy, total, assignments) for total in found] if assignments else found
    if form == "moodle":
        made = export_moodle.moodle(found, record, _one(assignments, found), template)
    elif form == "canvas":
        made = export_lms.canvas(found, record, template, assignments)
    else:
        text = tables.to_csv(chosen, record) if form == "csv" else tables.to_json(chosen, record)
        made = export_lms.Made(text, [])
    for note in (*made.notes, *tables.still_waiting(chosen)):
        click.echo(note, err=True)
    _write(made.text, out)


def _one(assignments: tuple[str, ...], found: Any) -> str:
    if len(assignments) == 1:
        return assignments[0]
    there = ", ".join(tables.assignments_of(found))
    raise Problem(f"Moodle takes one assignment at a time: pass --assignment, one of {there}.")


def _write(text: str, out: Path | None) -> None:
    if out is None or str(out) == "-":
        click.echo(text, nl=False)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        what = "its folder is a file" if isinstance(error, FileExistsError) else error.strerror
        raise Problem(f"Can't write {out}: {what}. Choose another --out.") from None


def _pack(
    home: Path, record: Record, found: Any, form: str, only: tuple[str, ...], out: Path | None
) -> None:
    if out is None:
        raise Problem("A zip needs a file: pass --out feedback.zip.")
    if form in ("canvas", "moodle") and len(only) != 1:
        _one(only, found)
    keys = [
        (total.student, mark.assignment)
        for total in found
        for mark in total.marks
        if mark.status not in ("missing", "excused") and (not only or mark.assignment in only)
    ]
    shape = form if form in ("canvas", "moodle") else "plain"
    packed = export_feedback.pack(home, record, keys, shape, out)
    for line in packed.left:
        click.echo(f"left out: {line}", err=True)
    click.echo(f"{plural(packed.pages, 'page')} in {out}, {out.stat().st_size / 1e6:.1f} MB")
