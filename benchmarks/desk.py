"""How long the instructor's desk takes for large classes: similarity, a change of policy, import.

    python benchmarks/desk.py                   # all three
    python benchmarks/desk.py similarity policy
    python benchmarks/desk.py --quick           # small classes, to see that it works

Keeps one JSON object for each: processor seconds of the whole command, its wall clock, and what was
counted. ``similarity`` has 1,000 submissions of assignment 04, no two alike but for ten pairs that were
copied with other names; ``policy`` a term of 300 students and 8 assignments with real verdicts, exported
once under each of two policies; ``import`` a zip of Canvas's with 10,000 honest entries.
"""

import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import nbformat
from _measure import QUICK, Log
from report import pool, result

from course_lib.grading.course import find_course
from course_lib.grading.journal import Journal
from course_lib.grading.sample_class import make

COMMAND = "from course_lib.grading.cli import main; main()"
CHAPTER = "04_optimizers"
COPIES = 2 if QUICK else 10


def measure(*args):
    """Run a command; return what it printed, and its seconds of the processor and of the clock."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *map(str, args)], check=True, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    wall = time.perf_counter() - begin
    return done.stdout, {"cpu_seconds": round(cpu, 2), "wall_seconds": round(wall, 2)}


def similarity(home, students=40 if QUICK else 1000):
    """Return seconds, pairs found, and how many of them were copied."""
    submitted = home / "submitted"
    make(find_course(), CHAPTER, students, 0, submitted)
    rng = random.Random(0)
    paths = sorted(submitted.glob("*/*/*.ipynb"))
    for path in paths:  # each gets helper functions of its own, as long as an answer
        _change(path, lambda source: f"{_own_code(rng)}\n{source}")
    readable = [path for path in paths if _change(path, str)]
    some = rng.sample(readable, 2 * COPIES)
    copied = set()
    for one, other in zip(some[::2], some[1::2], strict=True):
        text = one.read_text(encoding="utf-8")
        other.write_text(re.sub(r"\bhelp_(\d)", r"tool_\1", text), encoding="utf-8")
        copied.add(tuple(sorted((one.parts[-3], other.parts[-3]))))
    _, seconds = measure("similarity", "-a", CHAPTER, "--class", home)
    path = home / "similarity" / CHAPTER / "similarity.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    found = {(pair["one"], pair["other"]) for pair in data["pairs"]}
    return {
        "benchmark": "similarity", **seconds, "submissions": data["submissions"],
        "pairs": len(found), "copied": len(copied), "copied_found": len(found & copied),
    }  # fmt: skip


def _change(path, change):
    """Change the solution cells of a notebook; say whether it could be read."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception:
        return False
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = change(cell.source)
    nbformat.write(notebook, path)
    return True


def _own_code(rng):
    lines = [f"def help_{rng.randrange(9)}(a, b, c):"]
    for _ in range(8):
        left, right = (
            f"{rng.choice('abc')} {rng.choice('+-*/%')} {rng.choice('abc')}" for _ in "12"
        )
        lines.append(
            rng.choice([
                f"    a = ({left}) {rng.choice('+-*')} ({right})",
                f"    if {left} {rng.choice('<>')} {right}: b = [{left}, c]",
                f"    for c in ({left}, b): a -= {right}",
                f"    b = abs({left}) if not {right} else -a",
            ])
        )  # fmt: skip
    return "\n".join([*lines, "    return a"])


POLICY = 'timezone = "Europe/Zurich"\ndrop_lowest = {}\n[late]\nper_day = {}\nfree_days = 3\n'


def policy(home, students=10 if QUICK else 300, assignments=8):
    """Return seconds of an export under a policy that was changed."""
    entries, rng = pool(), random.Random(0)
    names = find_course().assignments()[:assignments]
    with Journal(home) as journal:
        for name in names:
            rows = (result(number, entries, rng) for number in range(students))
            journal.append(row._replace(assignment=name) for row in rows)
    tables = []
    for drop, per_day in ((0, 0.1), (2, 0.2)):
        (home / "course.toml").write_text(POLICY.format(drop, per_day), encoding="utf-8")
        told, seconds = measure("export", "--class", home, "--format", "csv")
        tables.append(told)
    return {
        "benchmark": "policy", **seconds, "students": students, "assignments": len(names),
        "journal_bytes": (home / "journal.jsonl").stat().st_size,
        "rows_changed": sum(a != b for a, b in zip(*map(str.splitlines, tables), strict=True)),
    }  # fmt: skip


def import_(home, entries=100 if QUICK else 10_000):
    """Return seconds of taking in a class's zip: a released notebook of each student."""
    release = find_course().release(CHAPTER).read_bytes()
    with zipfile.ZipFile(home / "class.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(entries):
            archive.writestr(f"student{n}_{n}_{n}_{CHAPTER}.ipynb", release)
    (home / "course.toml").write_text(f"[limits]\narchive_entries = {entries}\n", encoding="utf-8")
    told, seconds = measure("import", home / "class.zip", "-a", CHAPTER, "--class", home)
    return {
        "benchmark": "import", **seconds, "entries": entries,
        "taken": sum(line.startswith("taken") for line in told.splitlines()),
    }  # fmt: skip


PARTS = {"similarity": similarity, "policy": policy, "import": import_}


def main(names):
    """Run some parts."""
    log = Log("desk")
    for name in names:
        if not log.known(name):
            with tempfile.TemporaryDirectory() as folder:
                log.write(name=name, **PARTS[name](Path(folder)))
    log.finish()


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name != "--quick"] or PARTS)
