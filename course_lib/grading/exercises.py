"""``course exercises``: students' notebooks from the source notebooks, by nbgrader's own converter."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .course import Course, Notes, converter, nbgrader_config
from .ui import Problem, progress


class Changes(NamedTuple):
    """How generated files compare with those that are there, as paths below ``exercises/``.

    Attributes
    ----------
    written, removed, unchanged : list of str
        Files that are new or differ, that have no source any more, and that are current.
    """

    written: list[str]
    removed: list[str]
    unchanged: list[str]


def generate(course: Course, into: Path) -> None:
    """Generate every assignment into a folder, and touch nothing else.

    Raises
    ------
    Problem
        If there is no assignment, or nbgrader can't convert one; the message says why.
    """
    names = course.assignments()
    if not names:
        raise Problem(
            f"{course.solutions} holds no assignment; expected "
            f"{course.solutions}/<name>/<name>.ipynb."
        )
    with tempfile.TemporaryDirectory() as folder, progress("Generating", len(names)) as bar:
        # nbgrader wants a gradebook; this one is thrown away.
        gradebook = f"sqlite:///{Path(folder).as_posix()}/gradebook.db"
        config = nbgrader_config(course, release_directory=str(into), db_url=gradebook)
        for name in names:
            generate_one(course, name, config)
            bar.advance(bar.task_ids[0])


def generate_one(course: Course, assignment: str, config: Any) -> None:
    """Run nbgrader's converter for one assignment: its notebook, and its cells into the gradebook.

    Raises
    ------
    Problem
        If nbgrader refuses.
    """
    from nbgrader.converters.base import NbGraderException

    notes = Notes()
    work = converter("GenerateAssignment", config, notes, assignment_id=assignment)
    work.force = True
    try:
        work.start()
    except NbGraderException:
        where = course.solution(assignment)
        raise Problem(f"nbgrader can't convert {where}: {notes.worst()}") from None


def compare(generated: Path, existing: Path) -> Changes:
    """Compare two folders, byte by byte."""

    def files(folder: Path) -> set[str]:
        skip = {".ipynb_checkpoints", "__pycache__", ".DS_Store"}
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and not skip & set(path.parts)
        }

    new, old = files(generated), files(existing) if existing.is_dir() else set()
    same = {
        name
        for name in new & old
        if (generated / name).read_bytes() == (existing / name).read_bytes()
    }
    # Only folders of assignments are ours to clean; a README beside them is not.
    gone = {name for name in old - new if "/" in name}
    return Changes(sorted(new - same), sorted(gone), sorted(same))


def update(course: Course, check_only: bool = False) -> Changes:
    """Bring ``exercises/`` up to date, or only say what is not.

    Parameters
    ----------
    course : Course
    check_only : bool, optional
        Change nothing.

    Returns
    -------
    Changes
    """
    with tempfile.TemporaryDirectory() as folder:
        generated = Path(folder) / "exercises"
        generate(course, generated)
        changes = compare(generated, course.exercises)
        if not check_only:
            for name in changes.written:
                target = course.exercises / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(generated / name, target)
            for name in changes.removed:
                (course.exercises / name).unlink()
    return changes


def uneven(course: Course) -> Iterator[str]:
    """Yield a sentence for each check whose cell gives other points than the check itself counts.

    An exercise with a hidden check gives half of its points for each; one without gives all for the one.
    A cell that gives less cuts off what was earned; one that gives more can't be earned in full.
    """
    from ..checks import EXERCISES
    from .blueprint import only_call

    for name in course.assignments():
        for cell in json.loads(course.solution(name).read_text(encoding="utf-8"))["cells"]:
            row = cell.get("metadata", {}).get("nbgrader", {})
            call = only_call("".join(cell["source"])) if row.get("grade") else None
            if call is None:
                continue
            exercise = EXERCISES[call[0]]
            wanted = exercise.points / 2 if exercise.hidden else exercise.points
            if row["points"] != wanted:
                half = f"half of the {exercise.points:g}" if exercise.hidden else "all"
                yield (
                    f"{name}: cell {row['grade_id']} gives {row['points']:g} points, but its check "
                    f"counts {wanted:g}, {half} of {exercise.name}. Set points of the cell to {wanted:g}."
                )
