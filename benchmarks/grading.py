"""The judge against plain nbgrader; what it adds to the students' own work; how it grows with the class.

``ours, against nbgrader``  processor time of a submission, start-up taken off, on the same submissions
``added``                   what of it is not the students' own code (that is run without the judge, in ``own``)
``start``                   ``course grade`` of one submission, less the work on it; and of a class that is graded
``n submissions``           the whole command on two cores: time, memory of all processes together, sizes
``growth``                  time of a submission, and memory, of the largest class against the smallest
``model``                   100,000 submissions on 64 cores, computed from the parts that were measured

It needs the course's own environment, not the peers'. Times are of the processor, not of the clock, but
for the start and the growing classes: leave the machine alone meanwhile. ``GRADING_SIZES=200,2000``
leaves out larger classes; one that is done is not done again.

The limits were set where plain nbgrader takes :data:`USUAL` seconds for a submission. A machine on which
it takes longer, or less, has limits that are as much longer, or shorter.

A worker that is told to end leaves its zygote behind, and with it the copies that were the students'
processes. So this process adopts what is left behind and waits for it: else their time would be nobody's.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _measure import HERE, QUICK, Log

ROOT = HERE.parent
ASSIGNMENT = "04_optimizers"
STUDENTS = 12 if QUICK else 200
THEIRS = 2 if QUICK else 12  # submissions that plain nbgrader gets; each takes it seconds
STARTS = 1 if QUICK else 5
SIZES = (
    [4, 8]
    if QUICK
    else [int(n) for n in os.environ.get("GRADING_SIZES", "200,2000,20000").split(",")]
)
WORKERS = 2
ADOPT = 36  # PR_SET_CHILD_SUBREAPER of Linux's prctl
LEFT_OUT = ("endless loop", "dead kernel", "truncated file", "deleted test cell")
MODEL = 100_000, 64
USUAL = 4.0  # seconds of a submission in plain nbgrader, where the limits were set
START, ADDED = 3.0, 0.025  # seconds there, at most


# ------------------------------------------------------------------------ submissions


def sample(folder: Path) -> list[Path]:
    """Write the sample class, without what is broken or endless; return its notebooks."""
    course("sample-class", "--students", STUDENTS, "--assignment", ASSIGNMENT, "--out", folder)
    made = json.loads((folder / "class.json").read_text(encoding="utf-8"))["students"]
    names = [row["student"] for row in made if row["case"] not in LEFT_OUT]
    return [folder / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb" for name in names]


def spread(notebooks: list[Path], n: int, folder: Path) -> Path:
    """Write n submissions: the sample's over and over, no two with the same text."""
    shutil.rmtree(folder, ignore_errors=True)
    texts = [json.loads(path.read_text(encoding="utf-8")) for path in notebooks[:n]]
    for number in range(n):
        notebook = texts[number % len(texts)]
        cell = next(
            c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("solution")
        )
        source = "".join(cell["source"])
        place = folder / f"s{number:06}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        place.parent.mkdir(parents=True)
        cell["source"] = f"{source}\n# by student {number}"
        place.write_text(json.dumps(notebook), encoding="utf-8")
        cell["source"] = source
    return folder


# -------------------------------------------------------------------------- processes


def course(*arguments: object) -> list[str]:
    """Run a command of the course's; return what ran."""
    command = [str(Path(sys.executable).with_name("course")), *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return command


def cpu_of(*command: object) -> tuple[float, float]:
    """Run a command; return seconds of the processor, all its processes together, and of the clock."""
    if ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0):
        sys.exit("this kernel lets nobody adopt processes: what students' code takes can't be told")
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # nbgrader warns a lot
    subprocess.run([*map(str, command)], check=True, cwd=ROOT, **quiet)
    end = time.monotonic()
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, end - begin


def grade(submitted: Path, home: Path, workers: int = 1) -> list[str]:
    """Return the command that grades a class anew."""
    shutil.rmtree(home, ignore_errors=True)
    return course_grade(submitted, home, workers)


def course_grade(submitted: Path, home: Path, workers: int = 1) -> list[str]:
    """Return the command that grades a class as far as it is not graded."""
    command = Path(sys.executable).with_name("course")
    rest = ("--submitted", submitted, "--class", home, "--workers", workers)
    return [*map(str, (command, "grade", "-a", ASSIGNMENT, *rest))]


def plain(submitted: Path, home: Path) -> list[str]:
    """Return the command that has plain nbgrader grade a class, in one process."""
    shutil.rmtree(home, ignore_errors=True)
    return [sys.executable, __file__, "--plain", str(submitted), str(home)]


def run_plain(submitted: Path, home: Path) -> None:
    """Be plain nbgrader: the assignment into the gradebook, then every submission."""
    from course_lib.grading.course import Notes, converter, find_course, nbgrader_config

    home.mkdir(parents=True)
    folders = {
        "db_url": f"sqlite:///{home}/gradebook.db",
        "submitted_directory": str(submitted),
        "autograded_directory": str(home / "autograded"),
        "release_directory": str(home / "release"),
    }
    config = nbgrader_config(find_course(ROOT), **folders)
    for kind in ("GenerateAssignment", "Autograde"):
        work = converter(kind, config, Notes(), assignment_id=ASSIGNMENT)
        work.force = True
        work.start()


def run_own(submitted: Path) -> None:
    """Print the processor time of the students' own code: cells and functions, without the judge."""
    import numpy as np

    from course_lib.checks import EXERCISES, judge
    from course_lib.grading import intake
    from course_lib.grading.blueprint import draw
    from course_lib.grading.clerk import Job, make_task
    from course_lib.grading.course import find_course
    from course_lib.grading.task import Limits

    blueprint = draw(find_course(ROOT), ASSIGNMENT)
    used: list[float] = []

    def timed(function):
        def call(*args):
            begin = time.process_time()
            try:
                return function(*args)
            finally:
                used[-1] += time.process_time() - begin

        return call if callable(function) else function

    for path in sorted(submitted.glob(f"*/{ASSIGNMENT}/*.ipynb")):
        notebook, _ = intake.repair(intake.parse(path.read_bytes()), blueprint.release)
        task, _ = make_task(Job("x", ASSIGNMENT, b""), notebook, blueprint, Limits())
        names = {"np": np}
        used.append(0.0)
        for _, _, source in task.cells:
            begin = time.process_time()
            with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, "<cell>", "exec"), names)
            used[-1] += time.process_time() - begin
        for _, exercise, seed, hidden, _ in task.checks:
            if exercise in names:
                judge(EXERCISES[exercise], timed(names[exercise]), seed, hidden, trusted=True)
    print(statistics.fmean(used))


# ----------------------------------------------------------------------------- growth


def watch(command: list[str]) -> dict[str, float]:
    """Run a command; return seconds, those of its own process on the processor, and the most memory.

    The time in which it stood still, to be read, is not its own.
    """
    import psutil

    begin = time.monotonic()
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    most, own, stood = 0, 0.0, 0.0
    while process.poll() is None:
        stop = time.monotonic()
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            own = times.user + times.system
            with standing(process) as tree:
                most = max(most, sum(map(memory_of, tree)))
        stood += time.monotonic() - stop
        time.sleep(0.1 if QUICK else 1.0)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return {"seconds": time.monotonic() - begin - stood, "own_s": own, "memory": most}


@contextlib.contextmanager
def standing(process) -> Iterator[list]:
    """Stop a process and all below it; say which they are; have them go on.

    What is shared is divided among those who have it: read while a process makes a copy of itself, the
    same pages count in full before it and by half after it, and the more often one looks the higher is
    the most that was seen.
    """
    tree: dict[int, Any] = {}
    try:
        while new := [one for one in family(process) if one.pid not in tree]:
            for one in new:  # who is stopped makes no more; those it made meanwhile come next
                tree[one.pid] = one
                signal_to(one, signal.SIGSTOP)
        yield list(tree.values())
    finally:
        for one in reversed(tree.values()):
            signal_to(one, signal.SIGCONT)


def family(process) -> list:
    """Return a process and all below it."""
    return [process, *process.children(recursive=True)]


def signal_to(process, number: int) -> None:
    """Send a signal to a process that may have ended."""
    import psutil

    with contextlib.suppress(psutil.Error):
        process.send_signal(number)


def memory_of(process) -> int:
    """Return the bytes of a process, what it shares with others divided among them."""
    import psutil

    try:
        return process.memory_full_info().pss
    except (psutil.Error, AttributeError):
        return 0


def done(log: Log, key: str) -> list[dict[str, Any]]:
    """Return what was written already that has a value of this name."""
    return [row for line in log.lines if key in (row := json.loads(line))]


def write(log: Log, **values: Any) -> None:
    """Write a line, and remember it."""
    log.write(**values)
    log.lines.append(json.dumps(values))


def grow(log: Log, notebooks: list[Path], scratch: Path) -> None:
    """Grade classes of all sizes."""
    for n in SIZES:
        if any(row["n"] == n for row in done(log, "worker_s")):
            continue
        home = scratch / "home"
        found = watch(grade(spread(notebooks, n, scratch / "class"), home, WORKERS))
        sizes = {name: (home / name).stat().st_size for name in ("journal.jsonl", "gradebook.db")}
        work = [json.loads(line) for line in (home / "journal.jsonl").open(encoding="utf-8")]
        assert sum(row["points"] is not None for row in work) == n, "not all have a mark"
        name = (
            f"{n:,} submissions on {WORKERS} cores: memory {megabytes(found['memory'])}, journal "
        )
        name += f"{megabytes(sizes['journal.jsonl'])}, gradebook {megabytes(sizes['gradebook.db'])}"
        worker = sum(row["seconds"] for row in work) / n
        write(log, name=name, n=n, worker_s=worker, **found, **sizes)


def megabytes(size: float) -> str:
    """Return a size as text."""
    return f"{size / 1e6:,.0f} MB"


def growth(log: Log) -> None:
    """Compare the largest class with the smallest."""
    rows = sorted(done(log, "worker_s"), key=lambda row: row["n"])
    small, large = rows[0], rows[-1]
    start = done(log, "cpu_s")[0]["seconds"]
    each, was = ((row["seconds"] - start) / row["n"] for row in (large, small))
    memory = large["memory"] / small["memory"]
    log.write(
        name=f"growth: a submission among {large['n']:,}; among {small['n']:,} it takes {was * 1000:.3g} ms, and "
        f"memory grows {memory:.2f} times (wanted: at most 1.10)",
        seconds=each, limit=1.1 * was, times=each / was, memory_times=memory,
    )  # fmt: skip


def model(log: Log) -> None:
    """Compute a large class on many cores from the parts; name what holds it up."""
    rows = sorted(done(log, "worker_s"), key=lambda row: row["n"])
    small, large = rows[0], rows[-1]
    n, cores = MODEL
    start = done(log, "cpu_s")[0]["seconds"]
    writer = n * (large["own_s"] - small["own_s"]) / (large["n"] - small["n"])
    workers = n * large["worker_s"] / (cores - 1)
    parts = {"the workers": workers, "the one writer": writer}
    slowest = max(parts, key=parts.__getitem__)
    said = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in parts.items())
    log.write(
        name=f"model of {n:,} submissions on {cores} cores ({said}): held up by {slowest}",
        seconds=start + parts[slowest], bottleneck=slowest, workers_s=workers, writer_s=writer,
    )  # fmt: skip


def begin(log: Log, notebooks: list[Path], scratch: Path) -> None:
    """Measure the start of the command, and a submission against plain nbgrader and its own work."""
    one, few, many = (
        spread(notebooks, n, scratch / f"class-of-{n}") for n in (1, THEIRS, len(notebooks))
    )
    home = scratch / "home"
    cpu_of(*grade(one, home))  # everything is in the caches now
    starts = []
    for _ in range(STARTS):
        used, seconds = cpu_of(*grade(one, home))
        row = json.loads((home / "journal.jsonl").read_text(encoding="utf-8"))
        starts.append((used, seconds - row["seconds"]))
    cpu, start = (statistics.median(part) for part in zip(*starts, strict=True))
    again = statistics.median(cpu_of(*course_grade(one, home))[1] for _ in range(STARTS))

    count = len(notebooks)
    ours = (cpu_of(*grade(many, home))[0] - cpu) / (count - 1)
    same = (cpu_of(*grade(few, home))[0] - cpu) / (THEIRS - 1)
    first = cpu_of(*plain(one, home))[0]
    theirs = (cpu_of(*plain(few, home))[0] - first) / (THEIRS - 1)
    command = [sys.executable, __file__, "--own", str(many)]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}  # what students' code logs
    said = subprocess.run(command, check=True, cwd=ROOT, **quiet).stdout
    own = float(said.split()[-1])

    name = "a submission, per core"
    seconds = {"ours": ours, "nbgrader": theirs}
    log.compare(name, count, "", seconds, wanted=40, of_a_dozen_s=same)
    slow = theirs / USUAL
    name = "what the judge adds to a submission's own work"
    log.write(name=name, seconds=ours - own, limit=ADDED * slow, own_s=own)
    name = "course grade where all is graded"
    log.write(name=name, seconds=again, limit=START * slow)
    name = "start of course grade"  # the last of the four
    write(log, name=name, seconds=start, limit=START * slow, cpu_s=cpu)


def main() -> None:
    """Measure all."""
    log = Log("grading")
    with tempfile.TemporaryDirectory(dir=os.environ.get("GRADING_SCRATCH")) as folder:
        notebooks = sample(Path(folder) / "sample")
        if not done(log, "cpu_s"):
            begin(log, notebooks, Path(folder))
        grow(log, notebooks, Path(folder))
        if len(SIZES) > 1:
            growth(log)
            model(log)
    log.finish()


if __name__ == "__main__":
    if "--plain" in sys.argv:
        run_plain(*map(Path, sys.argv[-2:]))
    elif "--own" in sys.argv:
        run_own(Path(sys.argv[-1]))
    else:
        main()
