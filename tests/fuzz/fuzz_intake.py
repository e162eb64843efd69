"""Let a coverage-guided fuzzer hand in notebooks.

Each can be graded after repair, or is refused with a sentence; nothing else may be raised.
"""

import json
import sys
import warnings
from pathlib import Path

import atheris

import course_lib.checks  # noqa: F401

with atheris.instrument_imports(
    include=[
        "course_lib.grading.intake",
        "course_lib.grading.rebuild",
        "course_lib.grading.matching",
    ]
):
    from course_lib.grading import intake

RELEASE = intake.read(Path(__file__).parents[2] / "exercises/05_schedules/05_schedules.ipynb")


def code_of(notebook):
    """Return name of each code cell of the course, and its text unless that is the student's."""
    found = []
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and about.get("grade_id"):
            found.append((about["grade_id"], "" if about.get("solution") else cell.source))
    return found


WANTED = code_of(RELEASE)


def seeds():
    """Yield notebooks: whole ones would take all of the fuzzer's time, so a few cells of each."""
    cells = [dict(cell) for cell in RELEASE.cells if cell.metadata.get("nbgrader")]
    for first in range(0, len(cells), 2):
        for shape in ({"nbformat": 4, "nbformat_minor": 5}, {"nbformat": 4}):
            yield {**shape, "metadata": {}, "cells": cells[first : first + 2]}
    code = [{"cell_type": "code", "input": "x = 1", "outputs": [], "language": "python"}]
    yield {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": code}]}
    yield {"nbformat": 2, "worksheets": [{"cells": code}]}


def target(data):
    """Hand in some bytes."""
    try:
        notebook = intake.parse(data)
    except intake.Unreadable:
        return
    intake.digest(data)
    repaired, notes = intake.repair(notebook, RELEASE)
    assert code_of(repaired) == WANTED
    assert all(isinstance(note, str) for note in notes)
    json.dumps(repaired)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[-1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number}").write_text(json.dumps(seed))
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
