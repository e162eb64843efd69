"""``course new-exercise``: everything that an exercise consists of, laid out to be filled in.

It writes the exercise's module and its test, puts its row into the chapter, and its cells into the
source notebook. What is left to do is marked TODO.
"""

from __future__ import annotations

import keyword
import re
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from ..checks import EXERCISES
from .course import Course
from .submissions import put
from .ui import Problem, listing

_TEMPLATES = Path(str(files(__package__))) / "templates" / "new_exercise"


class New(NamedTuple):
    """What an exercise is to be.

    Attributes
    ----------
    chapter, name, title : str
    parameters, returns : tuple of str
    points : int
        For both checks together.
    section : str
        Label of the book's section that explains it.
    """

    chapter: str
    name: str
    title: str
    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    points: int
    section: str


def names_of(text: str, what: str) -> tuple[str, ...]:
    """Return names that are separated by commas.

    Raises
    ------
    Problem
        If one of them can't be a name in Python.

    Examples
    --------
    >>> names_of("w, g, lr", "parameters")
    ('w', 'g', 'lr')
    """
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise Problem(f"{name!r} can't be one of the {what}: write names such as w,g,lr.")
    if not names or len(set(names)) < len(names):
        raise Problem(f"The {what} need a name each, such as w,g,lr.")
    return names


def create(course: Course, new: New) -> list[Path]:
    """Write all files of a new exercise, and return them.

    Raises
    ------
    Problem
        If there is such an exercise, no such chapter, or the course's checks are not beside it. Then
        nothing is written.
    """
    source = course.solution(new.chapter)
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,40}", new.name) or keyword.iskeyword(new.name):
        raise Problem(
            f"{new.name!r} can't be an exercise's name: use lower case, such as clip_norm."
        )
    if new.name in EXERCISES:
        raise Problem(f"There is an exercise {new.name} already, in {EXERCISES[new.name].chapter}.")
    package = course.root / "course_lib" / "checks" / f"ch{new.chapter}"
    rows = package / "__init__.py"
    if not rows.is_file():
        raise Problem(
            f"{package} is not there. New exercises are made in the course's repository: pass its "
            "folder as --course."
        )
    module = package / f"{new.name}.py"
    test = course.root / "tests" / "checks" / f"test_{new.name}.py"
    there = [path for path in (module, test) if path.exists()]
    if there:
        raise Problem(
            f"{listing([str(path) for path in there])} is there already: choose another name."
        )
    notebook = nbformat.read(source, as_version=4)
    words = _words(new, _label(notebook))
    registered = _register(rows.read_text(encoding="utf-8"), new, rows)
    _insert(notebook, new, words)
    put(module, _fill("module", words).encode())
    put(test, _fill("test", words).encode())
    put(rows, registered.encode())
    put(source, (nbformat.writes(notebook) + "\n").encode())
    return [module, test, rows, source]


def _fill(name: str, words: dict[str, str]) -> str:
    text = (_TEMPLATES / f"{name}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _words(new: New, label: str) -> dict[str, str]:
    draws = [f"rng.standard_normal(4)  # {name}" for name in new.parameters]
    return {
        "chapter": new.chapter,
        "name": new.name,
        "constant": new.name.upper(),
        "title": new.title,
        "points": str(new.points),
        "section": new.section,
        "label": label,
        "arguments": ", ".join(new.parameters),
        "parameters": _tuple(new.parameters),
        "returns": _tuple(new.returns),
        "spoken": " and ".join(new.returns),
        "draws": "\n        "
        + "\n        ".join(d.replace("  #", ",  #") for d in draws)
        + "\n    ",
        "table": "\n".join(f"| `{name}` | $TODO$ | TODO |" for name in new.parameters),
    }


def _tuple(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names) + ("," if len(names) == 1 else "")


def unfinished(course: Course, name: str) -> list[str]:
    """Return what is still marked TODO in an exercise's module, test and cells, with its place."""
    chapter = EXERCISES[name].chapter
    module = course.root / "course_lib" / "checks" / f"ch{chapter}" / f"{name}.py"
    found = []
    for path in (module, course.root / "tests" / "checks" / f"test_{name}.py"):
        if path.is_file():
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [
                f"{path.relative_to(course.root)}:{number}: {line.strip()}"
                for number, line in enumerate(lines, 1)
                if "TODO" in line
            ]
    notebook = nbformat.read(course.solution(chapter), as_version=4)
    found += [
        f"{chapter}.ipynb, cell {_grade_id(cell)}: {cell.source.count('TODO')} × TODO"
        for cell in notebook.cells
        if _grade_id(cell) in (name, f"{name}-task") and "TODO" in cell.source
    ]
    return found


def require_release(course: Course, name: str) -> None:
    """Make sure that the students' notebook has the exercise.

    Raises
    ------
    Problem
        If it is older than the exercise.
    """
    path = course.release(EXERCISES[name].chapter)
    if all(_grade_id(cell) != name for cell in nbformat.read(path, as_version=4).cells):
        raise Problem(f"{path} has no {name} yet. Generate it: course exercises.")


def _register(text: str, new: New, where: Path) -> str:
    """Return the chapter's list of rows with one more."""
    lines = text.rstrip("\n").split("\n")
    imports = [i for i, line in enumerate(lines) if line.startswith("from .")]
    if not imports or lines[-1] != ")":
        raise Problem(f"{where} is not as expected: imports, then ROWS = (…) at its end.")
    lines.insert(len(lines) - 1, f"    {new.name.upper()},")
    added = f"from .{new.name} import {new.name.upper()}"
    local = [i for i in imports if lines[i].startswith("from .") and lines[i][6] != "."]
    after = [i for i in local if lines[i] < added]
    lines.insert(max(after) + 1 if after else min(local or [imports[-1] + 1]), added)
    return "\n".join(lines) + "\n"


def _grade_id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _label(notebook: Any) -> str:
    """Return the number of the next exercise, such as 4.10."""
    found = [
        (int(chapter), int(number))
        for cell in notebook.cells
        for chapter, number in re.findall(r"^## (\d+)\.(\d+) ", cell.source, re.MULTILINE)
    ]
    chapter, number = max(found, default=(0, 0))
    return f"{chapter}.{number + 1}"


def _insert(notebook: Any, new: New, words: dict[str, str]) -> None:
    """Put the cells after those of the last exercise, and a line into the table at the top."""
    last = max(i for i, cell in enumerate(notebook.cells) if cell.metadata.nbgrader.grade)
    half = new.points / 2
    seeds = [
        int(s) for cell in notebook.cells for s in re.findall(r"seed=(\d+), hidden", cell.source)
    ]
    call = f"check.{new.name}({new.name}"
    notebook.cells[last + 1 : last + 1] = [
        _cell("markdown", f"{new.name}-task", _fill("task", words).rstrip("\n")),
        _cell("code", new.name, _fill("solution", words).rstrip("\n"), solution=True),
        _cell(
            "markdown", f"{new.name}-about-check",
            f"**Check it.** Run this as often as you like. It gives up to {half:g} points.",
        ),
        _cell("code", f"{new.name}-check", f"{call})", points=half),
        _cell(
            "code", f"{new.name}-hidden",
            f"# {half:g} more points, for other shapes, seeds and harder numbers. They are checked "
            f"after you hand in.\n### BEGIN HIDDEN TESTS\n{call}, seed={max(seeds, default=100) + 1}, "
            "hidden=True)\n### END HIDDEN TESTS",
            points=half,
        ),
    ]  # fmt: skip
    title = next(cell for cell in notebook.cells if _grade_id(cell) == "title")
    rows = list(re.finditer(r"^\| .*\| `\w+` \| \d+ \|$", title.source, re.MULTILINE))
    if rows:
        end = rows[-1].end()
        row = f"\n| {words['label']} | `{new.name}` | {new.points} |"
        title.source = title.source[:end] + row + title.source[end:]


def _cell(
    kind: str, name: str, source: str, *, solution: bool = False, points: float | None = None
) -> Any:
    data: dict[str, Any] = {
        "grade": points is not None,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        data["points"] = points
    make = new_code_cell if kind == "code" else new_markdown_cell
    return make(source, id=name[:64], metadata={"nbgrader": data})
