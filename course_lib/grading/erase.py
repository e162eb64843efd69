"""``course erase``: one student taken out of all that a class's folder and its gradebook hold."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import sqlalchemy as sa
from nbgrader.api import Gradebook
from sqlalchemy.exc import SQLAlchemyError

from . import gradebook, journal, lines
from .importing_record import Record
from .ui import Problem, plural

_OWN = ("submitted", "autograded", "feedback")  # a folder for each student
_PAGES = ("report", "similarity")  # about several students; made anew at will


def erase(home: Path, url: str, student: str) -> list[str]:
    """Erase a student; return what was removed, one line each.

    The journal is replaced by one without the student's lines while nothing else can write to it, so
    that an interruption leaves the old one or the new one. Run again, it goes on where it stopped.

    Parameters
    ----------
    home : Path
        The class's folder.
    url : str
        Its gradebook.
    student : str
        The name of the student's folder.

    Raises
    ------
    Problem
        If nothing is known of such a student, or something can't be written.
    """
    if student in ("", ".", "..") or Path(student).name != student:
        raise Problem(f"{student!r} can't be a student: pass the name of a folder in {home}.")
    try:
        told = [*_from_journal(home, student), *_from_record(home, student)]
        told += [*_from_gradebook(url, student), *_from_folders(home, student)]
        if not told:
            raise Problem(
                f"There is nothing of {student!r} in {home}. Pass the name of the folder in submitted/."
            )
        for name in _PAGES:
            if (home / name).is_dir():
                shutil.rmtree(home / name)
                told.append(f"{name}/, which may name several students")
    except OSError as error:
        raise Problem(f"Can't change {error.filename}: {error.strerror}. Run it again.") from None
    return told


def _from_journal(home: Path, student: str) -> list[str]:
    path = home / journal.NAME
    if not path.is_file():
        return []
    spoken = json.dumps(student, ensure_ascii=False).encode("utf-8", "replace")
    draft, gone = path.with_suffix(".new"), 0
    with journal.Journal(home):  # nobody else writes now
        with open(path, "rb") as old, open(draft, "wb") as new:
            for line in old:
                result = lines.read_line(line)
                mine = result.student == student if result else spoken in line
                gone += mine
                if not mine:
                    new.write(line)
            os.fsync(new.fileno())
        if gone:
            os.replace(draft, path)
        else:
            draft.unlink()
    return [f"{plural(gone, 'line')} of {journal.NAME}"] if gone else []


def _from_record(home: Path, student: str) -> list[str]:
    record = Record(home)
    mine = [key for key in record.rows if key[0] == student]
    for key in mine:
        del record.rows[key]
    if mine:
        record.write()
    return [f"{len(mine)} of {record.path.name}"] if mine else []


def _from_gradebook(url: str, student: str) -> list[str]:
    """Remove the student, and in SQLite also what a removed row leaves in the file."""
    lite = sa.engine.make_url(url).get_backend_name() == "sqlite"
    if lite and not Path(url.removeprefix("sqlite:///")).is_file():
        return []
    gradebook.require(url)
    try:
        with Gradebook(url) as book:
            there = any(row.id == student for row in book.students)
            if there:
                book.remove_student(student)
        if there and lite:
            engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
            with engine.connect() as line:
                line.exec_driver_sql("vacuum")
                line.exec_driver_sql("pragma wal_checkpoint(truncate)")
            engine.dispose()
    except SQLAlchemyError as error:
        raise gradebook.explain(url, error) from None
    return [f"all marks in {gradebook.shown(url)}"] if there else []


def _from_folders(home: Path, student: str) -> list[str]:
    told = []
    for name in _OWN:
        folder = home / name / student
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
            told.append(f"{name}/{student}/")
    for path in sorted((home / "faults").glob("*/*.log")):
        if path.stem == student:
            path.unlink()
            told.append(str(path.relative_to(home)))
    return told
