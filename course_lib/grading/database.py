"""Where a gradebook is, whether it can be used, and what marks it has; without nbgrader where that will do.

Importing nbgrader's gradebook takes longer than all that there is to do for a class that is graded.
"""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from pathlib import Path
from typing import Any

from .course import add_scripts_to_path
from .lines import digest_marks
from .ui import Problem

PATIENCE = 3.0  # seconds to wait for another program that writes
_SQLITE = "sqlite:///"


def as_url(gradebook: str) -> str:
    """Return the URL of a gradebook that is given as a URL or as a file.

    Raises
    ------
    Problem
        If it is neither.
    """
    if "://" not in gradebook:
        return f"sqlite:///{Path(gradebook).resolve().as_posix()}"
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(gradebook)
        url.get_dialect()
    except (ArgumentError, ValueError, ImportError):  # no such database, or no driver for it
        raise Problem(
            f"{gradebook!r} is not a database URL; expected sqlite:///PATH/gradebook.db, "
            "postgresql://USER@HOST/NAME, or just a file."
        ) from None
    if url.drivername == "postgresql":  # which driver that means depends on SQLAlchemy's version
        url = url.set(drivername="postgresql+psycopg")
    return str(url.render_as_string(hide_password=False))


def shown(where: str) -> str:
    """Return a gradebook's URL as it may be shown: without the password.

    Examples
    --------
    >>> shown("postgresql+psycopg://ada:secret@db/grades")
    'postgresql+psycopg://ada:***@db/grades'
    """
    if "://" not in where or where.startswith(_SQLITE):  # a file has none
        return where
    from sqlalchemy.engine import make_url

    return str(make_url(where).render_as_string())


def require(url: str) -> None:
    """Make sure that a gradebook can be written now.

    Raises
    ------
    Problem
        If it is busy, can't be opened, or is something else.
    """
    look(url)
    add_scripts_to_path()
    from .tables import lay

    try:
        lay(url)
    except Exception as error:
        raise explain(url, error) from None


def look(url: str) -> None:
    """Make sure that nothing speaks against writing a gradebook, as far as its file tells.

    Raises
    ------
    Problem
        If it is a folder, another database, or locked.
    """
    if url.startswith(_SQLITE):
        _look_at(Path(url.removeprefix(_SQLITE)))


def _look_at(path: Path) -> None:
    if path.is_dir():
        raise Problem(f"The gradebook {path} is a folder; expected a file such as gradebook.db.")
    if not path.parent.is_dir():
        raise Problem(f"The gradebook's folder {path.parent} does not exist. Create it first.")
    if not path.exists():
        return
    line = sqlite3.connect(path, timeout=PATIENCE)
    try:
        tables = {row[0] for row in line.execute("select name from sqlite_master")}
        if tables - {"alembic_version"} and not {"assignment", "grade"} <= tables:
            raise Problem(
                f"{path} is a database, but not nbgrader's gradebook. Pass another --gradebook."
            )
        line.execute("begin immediate")
        line.rollback()
    except sqlite3.Error as error:
        raise explain(str(path), error) from None
    finally:
        line.close()


def explain(where: str, error: Exception) -> Problem:
    """Turn a database's error into one line for the instructor."""
    text = str(getattr(error, "orig", None) or error)
    where = shown(where)
    if isinstance(error, FileNotFoundError) and error.filename == "alembic":
        return Problem("nbgrader needs alembic to make a gradebook: python -m pip install alembic.")
    if "locked" in text or "busy" in text:
        return Problem(
            f"The gradebook {where} is busy: another program is writing to it. "
            "Close it (formgrader, another course grade), then run the same command again. "
            "What was graded is kept."
        )
    if "not a database" in text:
        return Problem(
            f"{where} is not a gradebook: it is not a SQLite file. Pass another --gradebook."
        )
    if any(part in text for part in ("disk is full", "disk I/O error", "No space left")):
        return Problem(
            f"There is no room for the gradebook {where} ({text[:200]}). What was graded is kept in the "
            "journal. Make room, then run the same command again."
        )
    if "readonly" in text or "unable to open" in text:
        return Problem(
            f"The gradebook {where} can't be written. Check its rights and its folder's, or pass "
            "another --gradebook."
        )
    return Problem(
        f"The gradebook {where} can't be used: {text[:200].rstrip(' .?')}. What was graded is kept: when it can be "
        "reached again, run the same command again."
    )


# As stream_marks of gradebook.py asks it.
_MARKS = """
    select sa.student_id, a.name, c.name, g.auto_score
    from grade g
    join submitted_notebook sn on sn.id = g.notebook_id
    join submitted_assignment sa on sa.id = sn.assignment_id
    join assignment a on a.id = sa.assignment_id
    join base_cell c on c.id = g.cell_id
    order by a.name, sa.student_id
"""


def digests(url: str) -> dict[tuple[str, str], str]:
    """Return a hash of the marks of each submission, by student and assignment.

    Parameters
    ----------
    url : str
        Of a gradebook that may not be there yet.

    Raises
    ------
    Problem
        If it can't be read.

    Examples
    --------
    >>> digests("sqlite:////nowhere/gradebook.db")
    {}
    """
    if url.startswith(_SQLITE):
        path = Path(url.removeprefix(_SQLITE))
        try:
            return _digests_of(path) if path.is_file() else {}
        except sqlite3.Error as error:
            raise explain(str(path), error) from None
    require(url)
    import sqlalchemy

    from .gradebook import stream_marks

    engine = sqlalchemy.create_engine(url)
    try:
        return {
            (student, name): digest_marks(marks) for student, name, marks in stream_marks(engine)
        }
    finally:
        engine.dispose()


def _digests_of(path: Path) -> dict[tuple[str, str], str]:
    with contextlib.closing(sqlite3.connect(path, timeout=PATIENCE)) as line:
        if not line.execute("select 1 from sqlite_master where name = 'grade'").fetchone():
            return {}  # it was begun, no more
        rows: Any = line.execute(_MARKS)
        groups = itertools.groupby(rows, key=lambda row: (row[0], row[1]))
        return {
            who: digest_marks({cell: mark for _, _, cell, mark in rows}) for who, rows in groups
        }
