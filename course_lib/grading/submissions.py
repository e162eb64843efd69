"""Where submissions are, and where what comes of them goes: nbgrader's layout of folders."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .ui import Problem, listing


def find_submissions(submitted: Path, assignments: list[str]) -> list[tuple[str, str, Path]]:
    """Return (student, assignment, folder) of every submission.

    Raises
    ------
    Problem
        If there is no such folder, or nothing in it for these assignments.
    """
    if not submitted.is_dir():
        raise Problem(
            f"There is no folder {submitted}. Pass --submitted the folder that holds "
            "<student>/<assignment>/<assignment>.ipynb."
        )
    folders = [
        path
        for path in sorted(submitted.glob("*/*"))
        if path.is_dir() and not path.is_symlink() and not path.parent.is_symlink()
        and not path.parent.name.startswith(".")
    ]  # fmt: skip
    found = [(p.parent.name, sys.intern(p.name), p) for p in folders if p.name in assignments]
    if not found:
        others = {path.name for path in folders}
        there = f"it holds submissions for: {listing(list(others))}" if others else "it is empty"
        raise Problem(
            f"No submission for {listing(assignments)} in {submitted}: {there}. Expected "
            f"{submitted}/<student>/<assignment>/<assignment>.ipynb."
        )
    return found


def autograded_path(home: Path, assignment: str, student: str) -> Path:
    """Return where an executed notebook goes."""
    return home / "autograded" / student / assignment / f"{assignment}.ipynb"


def feedback_path(home: Path, assignment: str, student: str) -> Path:
    """Return where a student's feedback page goes."""
    return home / "feedback" / student / assignment / f"{assignment}.html"


def put(path: Path, data: bytes) -> None:
    """Write a file; after a crash there is either the whole of it or the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(data)
    os.replace(draft, path)


def drop(home: Path, assignment: str, student: str) -> None:
    """Remove the notebook and the page of a submission that has no mark any more."""
    autograded_path(home, assignment, student).unlink(missing_ok=True)
    feedback_path(home, assignment, student).unlink(missing_ok=True)
