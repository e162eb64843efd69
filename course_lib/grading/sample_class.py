"""``course sample-class``: a class to try things on, of which it is known what it should get.

Right answers, every misconception that the checks know, and what else happens to notebooks: empty,
crashed, damaged, cells deleted, a loop without end. The same seed gives the same bytes.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np

from .answers import Answer, Blank, read_blanks
from .course import Course
from .ui import Problem, progress

MANIFEST = "class.json"


class Submission(NamedTuple):
    """One made-up submission.

    Attributes
    ----------
    case, description : str
        What was done, as a word and as a sentence.
    answers : list of Answer
        One an exercise.
    status : str
        What grading should say: ``graded``, ``repaired`` or ``failed``.
    damage : callable
        Turns the notebook into the text of the file.
    """

    case: str
    description: str
    answers: list[Answer]
    status: str = "graded"
    damage: Callable[[Any], str] = lambda nb: str(nbformat.writes(nb)) + "\n"


def make(course: Course, assignment: str, students: int, seed: int, out: Path) -> list[Submission]:
    """Write a class in nbgrader's layout, and ``class.json`` that says what each should get.

    Parameters
    ----------
    course : Course
    assignment : str
    students : int
        At least 1. With 29 or more, every misconception of every exercise is there.
    seed : int
    out : Path
        The folder of submissions. Replaced if it holds a class made earlier, refused if it holds
        anything else.

    Returns
    -------
    list of Submission

    Raises
    ------
    Problem
        If the folder is not ours to replace.
    """
    solution = nbformat.read(course.solution(assignment), as_version=4)
    release = nbformat.read(course.release(assignment), as_version=4)
    _clear(out)
    rng = np.random.default_rng(seed)
    blanks = read_blanks(solution, release)
    names = [blank.exercise.name for blank in blanks]
    submissions = plan(blanks, students, rng)
    width = max(2, len(str(students)))
    rows = []
    with progress("Writing submissions", students) as bar:
        for number, submission in enumerate(submissions, start=1):
            name = f"student{number:0{width}}"
            path = out / name / assignment / f"{assignment}.ipynb"
            path.parent.mkdir(parents=True)
            notebook = _fill(release, submission.answers)
            path.write_text(submission.damage(notebook), encoding="utf-8")
            rows.append(_describe(name, assignment, names, submission))
            bar.advance(bar.task_ids[0])
    manifest = {"schema": 1, "assignment": assignment, "seed": seed, "students": rows}
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (out / MANIFEST).write_text(text, encoding="utf-8")
    return submissions


def _clear(out: Path) -> None:
    """Make room for a class: remove an earlier one, and nothing else."""
    if out.exists() and not out.is_dir():
        raise Problem(f"{out} is a file; expected a folder to write the class into. Pass --out.")
    if out.is_dir() and any(out.iterdir()):
        if not (out / MANIFEST).is_file():
            raise Problem(
                f"{out} is not empty and was not made by course sample-class, so it is left alone. "
                "Pass --out a new folder."
            )
        for row in json.loads((out / MANIFEST).read_text(encoding="utf-8"))["students"]:
            shutil.rmtree(out / row["student"], ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)


def _fill(release: Any, answers: list[Answer]) -> Any:
    """Return the released notebook with the answers in its solution cells."""
    notebook = copy.deepcopy(release)
    texts = iter(answers)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = next(texts).source
    return notebook


def _describe(
    student: str, assignment: str, names: list[str], submission: Submission
) -> dict[str, Any]:
    failed = submission.status == "failed"
    points = {
        name: None if failed else answer.points
        for name, answer in zip(names, submission.answers, strict=True)
    }
    return {
        "student": student,
        "assignment": assignment,
        "case": submission.case,
        "description": submission.description,
        "status": submission.status,
        "answers": dict(zip(names, (a.label for a in submission.answers), strict=True)),
        "points": points,
        "total": None if failed else sum(answer.points for answer in submission.answers),
    }


# --------------------------------------------------------------------------- who did what


def plan(blanks: list[Blank], students: int, rng: np.random.Generator) -> list[Submission]:
    """Decide what each student did, in an order that tells nothing."""
    cases = _special(blanks, rng)[:students]
    mistakes = [blank.mistakes() for blank in blanks]
    while len(cases) < students:
        cases += _with_mistakes(blanks, mistakes, rng)
    return [cases[i] for i in rng.permutation(len(cases[:students]))]


def _with_mistakes(
    blanks: list[Blank], mistakes: list[list[Answer]], rng: np.random.Generator
) -> list[Submission]:
    """Spread all mistakes over as few students as it takes; who has none left is right."""
    size = max(map(len, mistakes))
    columns = [rng.permutation([*range(len(row)), *[-1] * (size - len(row))]) for row in mistakes]
    rows = []
    for number in range(size):
        answers = [
            row[column[number]] if column[number] >= 0 else blank.right
            for blank, row, column in zip(blanks, mistakes, columns, strict=True)
        ]
        names = ", ".join(answer.label for answer in answers)
        rows.append(Submission("mistakes", f"Answers in order: {names}.", answers))
    return rows


def _special(blanks: list[Blank], rng: np.random.Generator) -> list[Submission]:
    right = [blank.right for blank in blanks]
    functions = [i for i, b in enumerate(blanks) if b.exercise.takes == "function" and b.checks]
    which = rng.choice(functions, size=6)

    def but(index: int, label: str, source: str) -> list[Answer]:
        """All right, but for one that earns nothing."""
        answers = list(right)
        answers[index] = blanks[index].answer(label, source, runs=False)
        return answers

    def body(index: int, text: str) -> str:
        return blanks[index].body(text)

    gone, kind = blanks[which[4]].exercise.name, blanks[which[0]].exercise.name
    imports = "import a_module_that_is_not_installed\n\n\n"
    return [
        Submission("right", "Everything is right.", right),
        Submission("empty", "Handed in as released.", [blank.empty for blank in blanks]),
        Submission(
            "partly right",
            "Right, but for a property or two of each function.",
            [_partly(blank) for blank in blanks],
        ),
        Submission(
            "crashed",
            f"The cell of {kind} fails when it runs: it imports what is not there.",
            but(which[0], "crashed", imports + blanks[which[0]].solution),
        ),
        Submission(
            "truncated file",
            "The upload broke off: the file is not valid JSON.",
            right,
            "failed",
            lambda nb: str(nbformat.writes(nb))[:5000],
        ),
        Submission(
            "deleted test cell",
            f"The checks of {gone} were deleted.",
            right,
            "repaired",
            lambda nb: _without(nb, {f"{gone}-check", f"{gone}-hidden"}),
        ),
        Submission(
            "endless loop",
            "One function never returns.",
            but(which[1], "endless loop", body(which[1], "while True:\n    pass")),
        ),
        Submission(
            "syntax error",
            "One cell is not Python.",
            but(which[2], "syntax error", body(which[2], "return (1 +")),
        ),
        Submission(
            "dead kernel",
            "One function ends the interpreter.",
            but(which[3], "dead kernel", body(which[3], "import os\n\nos._exit(1)")),
        ),
        Submission(
            "noisy",
            "Right, with prints, and with log messages on standard error.",
            [_noisy(blank) for blank in blanks],
        ),
        Submission("another way", "Right, written differently.", [_other(b) for b in blanks]),
    ]


def _partly(blank: Blank) -> Answer:
    """Right for arrays, but a single number comes back as an array; or a mistake that costs part."""
    answers = blank.mistakes()
    if blank.exercise.parameters[:1] == ("w",):
        text = "w = np.atleast_1d(w)\n" + blank.right_body
        answers.insert(0, blank.answer("partly right", blank.body(text)))
    some = [answer for answer in answers if 0 < answer.points < blank.exercise.points]
    return some[0] if some else blank.right


def _noisy(blank: Blank) -> Answer:
    if not blank.exercise.parameters:
        return blank.right
    noise = f'print("called with", {blank.exercise.parameters[0]})\n'
    noise += 'logging.warning("one step of many")\n'
    setup = "import logging\n\nlogging.basicConfig()\n\n\n"
    return Answer("noisy", setup + blank.body(noise + blank.right_body), blank.right.points)


def _other(blank: Blank) -> Answer:
    variants = blank.variants()
    return variants[-1] if variants else blank.right


def _without(notebook: Any, names: set[str]) -> str:
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") not in names
    ]
    return str(nbformat.writes(notebook)) + "\n"
