"""Record the marks that plain nbgrader gives the honest class (``make marks``; half an hour).

Plain nbgrader takes seconds a submission, so its marks are kept beside this file, and the tests
compare the judge's with them. To be run again when answers, seeds or checks have changed:
``python tests/grading/record_marks.py [--quick] [ASSIGNMENT ...]``

With ``--quick``, the notebooks' experiments are taken out first. They take most of the time and give
no points; what is written down then says so.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")

import nbformat

from course_lib.grading import gradebook
from course_lib.grading.course import Course

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
_spec = importlib.util.spec_from_file_location("honest", HERE / "honest.py")
honest = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(honest)


def nbgrader(folder, *args):
    """Run one of nbgrader's commands; return what it complained of, None if it did not fail."""
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", *args]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stderr[-2000:] if done.returncode else None


def record(assignment, quick):
    """Have one assignment's class graded by plain nbgrader, and write its marks down."""
    course = Course(ROOT)
    made = honest.make(course, assignment)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "nbgrader_config.py", folder)
        for part in ("solutions", "exercises"):
            shutil.copytree(ROOT / part / assignment, folder / part / assignment)
        if quick:
            source = folder / "solutions" / assignment / f"{assignment}.ipynb"
            notebook = honest.without_experiments(nbformat.read(source, as_version=4))
            kept = {cell.id for cell in notebook.cells}
            nbformat.write(notebook, source)
            for row in made:
                own = (
                    cell for cell in row.notebook.cells if cell.id in kept or cell.id == "my-own"
                )
                row.notebook.cells = list(own)
        honest.write(made, assignment, folder / "submitted")
        nbgrader(folder, "generate_assignment", assignment, "--force")
        for _ in range(
            3
        ):  # what it fails on, it leaves out; on a busy machine that is a matter of luck
            done = nbgrader(folder, "autograde", assignment, "--Execute.timeout=600")
            if done is None:
                break
        found = gradebook.read_marks(f"sqlite:///{folder}/gradebook.db")
    marks = {student: dict(sorted(cells.items())) for (student, _), cells in sorted(found.items())}
    assert len(marks) == len(made), done
    digest = honest.digest(course, assignment, made)
    kept = {"digest": digest, "experiments": not quick, "marks": marks}
    (HERE / "marks" / f"{assignment}.json").write_text(json.dumps(kept, indent=1) + "\n")
    print(f"{assignment}: {len(made)} submissions, {time.monotonic() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    (HERE / "marks").mkdir(exist_ok=True)
    wanted = [name for name in sys.argv[1:] if name != "--quick"]
    for name in wanted or Course(ROOT).assignments():
        record(name, quick="--quick" in sys.argv)
