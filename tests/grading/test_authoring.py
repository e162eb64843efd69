"""A new exercise: what is laid out is valid, and the guide's own example becomes a check that holds."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_lib.checks import EXERCISES
from course_lib.grading.authoring import New, create, names_of, unfinished
from course_lib.grading.course import Course
from course_lib.grading.ui import Problem

ROOT = Path(__file__).resolve().parents[2]
NEW = New(
    "04_optimizers",
    "clip_norm",
    "Clipping a gradient",
    ("g", "limit"),
    ("clipped",),
    4,
    "sec-clipping",
)


@pytest.fixture
def repository(tmp_path):
    """What of the course a new exercise touches, and what running its check needs."""
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ("course_lib", "solutions", "exercises"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return Course(tmp_path)


def test_what_is_laid_out(repository):
    written = create(repository, NEW)
    module, test, rows, source = written
    for path in (module, test, rows):
        ast.parse(path.read_text())
    text = rows.read_text()
    assert text.index("from .adamw") < text.index("from .clip_norm") < text.index("from .convert")
    assert text.rstrip().endswith("CLIP_NORM,\n)")
    notebook = nbformat.read(source, as_version=4)
    nbformat.validate(notebook)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
    assert cells["clip_norm-check"].source == "check.clip_norm(clip_norm)"
    assert cells["clip_norm-hidden"].metadata.nbgrader.points == 2
    assert cells["clip_norm"].metadata.nbgrader.solution
    assert cells["clip_norm-task"].source.startswith("## 4.10 Clipping")
    assert cells["clip_norm-task"].source.count("<details><summary>Hint ") == 3
    assert "| 4.10 | `clip_norm` | 4 |" in cells["title"].source
    seeds = re.findall(r"seed=(\d+), hidden", "".join(cell.source for cell in notebook.cells))
    assert len(seeds) == len(set(seeds))
    before = nbformat.read(ROOT / "solutions/04_optimizers/04_optimizers.ipynb", as_version=4)
    assert [
        c for c in notebook.cells if c.id in {b.id for b in before.cells} and c.id != "title"
    ] == [b for b in before.cells if b.id != "title"]


def test_what_is_refused_writes_nothing(repository):
    cases = [
        (NEW._replace(name="adam_step"), "an exercise adam_step already"),
        (NEW._replace(name="Clip"), "use lower case"),
        (NEW._replace(name="lambda"), "use lower case"),
        (NEW._replace(name="momentum"), "is there already"),
        (NEW._replace(chapter="09_more"), "there are: 01_reg"),
    ]
    state = {path: path.read_bytes() for path in repository.root.rglob("*") if path.is_file()}
    for new, words in cases:
        with pytest.raises(Problem, match=re.escape(words)):
            create(repository, new)
    assert state == {p: p.read_bytes() for p in repository.root.rglob("*") if p.is_file()}
    shutil.rmtree(repository.root / "course_lib")
    with pytest.raises(Problem, match="repository"):
        create(repository, NEW)


@pytest.mark.parametrize("text", ["w,2g", "w,w", "", "w,class"])
def test_names_that_are_none(text):
    with pytest.raises(Problem, match="w,g,lr"):
        names_of(text, "parameters")


def test_a_finished_exercise_has_nothing_left_to_do():
    assert unfinished(Course(ROOT), "adam_step") == []
    assert "adam_step" in EXERCISES


@pytest.mark.slow
def test_the_guide_from_start_to_end(repository):
    root = repository.root
    guide = (ROOT / "course_lib" / "checks" / "README.md").read_text(encoding="utf-8")
    command = re.search(r"```bash\ncourse (new-exercise .*?)```", guide, re.DOTALL)[1]
    module, solution, test = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    task, section = re.findall(r"```markdown\n(.*?)```", guide, re.DOTALL)
    equivalent, objective = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    for other in root.glob("*/0[!4]_*"):
        shutil.rmtree(other)  # course exercises makes all that there are
    (root / "book").mkdir()
    for name in ("book/04_optimizers.md", "book/objectives.toml", "tests/checks/partly_right.toml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)

    def course(*args):
        return subprocess.run(
            [sys.executable, "-m", "course_lib.grading.cli", *args],
            cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip

    made = course(*shlex.split(command.replace("\\\n", " ")))
    assert made.returncode == 0, made.stderr
    early = course("checks", "clip_norm")
    assert early.returncode == 2
    assert "not written yet" in early.stderr
    assert "cell clip_norm-task" in early.stderr
    path = root / "course_lib/checks/ch04_optimizers/clip_norm.py"
    path.write_text(module, encoding="utf-8")
    source = root / "solutions/04_optimizers/04_optimizers.ipynb"
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        texts = {"clip_norm": solution, "clip_norm-task": task}
        cell.source = texts.get(cell.metadata.nbgrader.grade_id, cell.source).rstrip("\n")
    nbformat.write(notebook, source)
    (root / "tests/checks/test_clip_norm.py").write_text(test, encoding="utf-8")
    stale = course("checks", "clip_norm")
    assert (stale.returncode, "course exercises" in stale.stderr) == (2, True), stale.stderr
    assert course("exercises").returncode == 0
    done = course("checks", "clip_norm")
    assert (done.returncode, "lets through: if length <= limit:" in done.stdout) == (1, True)
    assert "no section labeled (sec-clipping)=" in done.stderr
    assert "no objective that clip_norm shows" in done.stderr
    for place, text in (
        (path.with_name("equivalents.toml"), equivalent),
        (root / "book/04_optimizers.md", section),
        (root / "book/objectives.toml", objective),
    ):
        with open(place, "a", encoding="utf-8") as file:
            file.write("\n" + text)
    done = course("checks", "clip_norm")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every change is noticed" in done.stdout
    weak = module.replace(', after="long_ones", weight=3', "")
    path.write_text(weak, encoding="utf-8")
    done = course("checks", "clip_norm")
    assert (done.returncode, "each_entry keeps" in done.stdout) == (1, True), done.stdout
    held = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", root / "tests/checks"],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, check=False,
    )  # fmt: skip
    assert held.returncode == 0
