"""How long ``course report`` takes for a large class, and how large its page is.

    python benchmarks/report.py                 # 20,000 results
    python benchmarks/report.py 2000
    python benchmarks/report.py --quick         # 200, to see that it works

Makes a journal of real verdicts, right and wrong, on assignment 04, about 27 kB a result, and keeps one
JSON object: processor seconds of the whole command, its wall clock, and the bytes of journal and page.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _measure import QUICK, Log

from course_lib.checks import EXERCISES, judge
from course_lib.grading.journal import Journal
from course_lib.grading.results import Result

CHAPTER = "04_optimizers"
COMMAND = "from course_lib.grading.cli import main; main()"


def pool():
    """Return the entries of a check, by exercise: of the right answer, then of four mistakes."""
    found = {}
    for row in EXERCISES.values():
        if row.chapter == CHAPTER:
            answers = [row.reference, *(m.function for m in row.misconceptions[:4])]
            found[row.name] = [
                [_entry(row, answer, hidden) for hidden in (False, True)] for answer in answers
            ]
    return found


def _entry(row, answer, hidden):
    verdict = judge(row, answer, hidden=hidden).to_dict()
    return {**verdict, "cell": f"{row.name}-{hidden}", "mark": verdict["points"]}


def result(number, entries, rng):
    """Return one submission: seven of ten exercises right."""
    checks = tuple(
        entry
        for choices in entries.values()
        for entry in (choices[0] if rng.random() < 0.7 else rng.choice(choices))
    )
    points, most = (sum(entry[key] for entry in checks) for key in ("mark", "max_points"))
    return Result(
        f"s{number:05}", CHAPTER, "graded", points, most, checks, seconds=rng.random(),
        sandbox="namespaces", engine="judge", key="x" * 64,
    )  # fmt: skip


def main(count):
    """Make the class, and measure."""
    entries, rng = pool(), random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Journal(home) as journal:
            for start in range(0, count, 500):
                some = range(start, min(start + 500, count))
                journal.append(result(number, entries, rng) for number in some)
        begin = time.perf_counter()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", COMMAND, "report", "--class", folder],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        told = {
            "name": "report",
            "benchmark": "report",
            "results": count,
            "cpu_seconds": round(cpu, 2),
            "wall_seconds": round(time.perf_counter() - begin, 2),
            "journal_bytes": (home / "journal.jsonl").stat().st_size,
            "page_bytes": (home / "report" / "index.html").stat().st_size,
        }
    log = Log("report")
    log.write(**told)
    log.finish()


if __name__ == "__main__":
    counts = [int(text) for text in sys.argv[1:] if text != "--quick"]
    main(*counts or [200 if QUICK else 20_000])
