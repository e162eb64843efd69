"""Feedback pages as one zip, under the names by which Canvas and Moodle find their student.

Moodle (*Upload multiple feedback files in a zip*) reads the folder's name, ``Name_<participant>_…``.
Canvas (*Upload submissions*) reads the numbers in the name that it gave to the file; it attaches the
page to a comment.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .importing_record import Record, Sent
from .submissions import feedback_path
from .ui import Problem

_WHEN = (1980, 1, 1, 0, 0, 0)  # the same pages make the same zip


class Packed(NamedTuple):
    """How many pages are in the zip, and who is not, with the reason."""

    pages: int
    left: list[str]


def pack(
    home: Path, record: Record, keys: Sequence[tuple[str, str]], form: str, out: Path
) -> Packed:
    """Write the zip.

    Parameters
    ----------
    home : Path
        The class's folder.
    record : Record
    keys : sequence of (str, str)
        Students and assignments that were graded.
    form : {"canvas", "moodle", "plain"}
        ``plain``: a folder for each student, a page for each assignment.
    out : Path

    Raises
    ------
    Problem
        If there is no page at all, or the zip can't be written.
    """
    pages: list[tuple[str, Path]] = []
    left: list[str] = []
    for student, assignment in keys:
        page = feedback_path(home, assignment, student)
        name = _name(record.rows.get((student, assignment)), student, assignment, form)
        if not page.is_file():
            left.append(f"{student}, {assignment}: there is no page yet (course feedback)")
        elif not name:
            left.append(f"{student}, {assignment}: it was not imported from {form.title()}")
        else:
            pages.append((name, page))
    if not pages:
        first = left[0] if left else "nothing was graded"
        raise Problem(f"There is no feedback to pack for {form}: {first}.")
    draft = out.with_name(out.name + ".new")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, page in pages:
                info = zipfile.ZipInfo(name, _WHEN)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, page.read_bytes())
        draft.replace(out)
    except OSError as error:
        raise Problem(f"Can't write {out}: {error.strerror}. Choose another --out.") from None
    return Packed(len(pages), left)


def _name(sent: Sent | None, student: str, assignment: str, form: str) -> str:
    if form == "plain":
        return f"{student}/{assignment}.html"
    if sent is None or sent.layout != form or not sent.base:
        return ""
    if form == "moodle":
        # With the underscore at its end, as Moodle before 4.1 wants it; later ones take both.
        return f"{sent.base}_/{assignment}_feedback.html"
    return f"{Path(sent.base).stem}.html"
