"""A run that is killed at any moment loses nothing: the next ones end in the same gradebook.

Every step that writes something is a moment. A copy of this process grades, and kills itself there.
"""

import json
import os
import re
import shutil
import signal
import sqlite3
import sys
import traceback
import zlib

import nbformat
import numpy as np
import pytest

from course_lib.grading import (
    _linux,
    bulk,
    database,
    gradebook,
    judge_engine,
    lines,
    schedule,
    submissions,
    waiting,
    writer,
)
from course_lib.grading import (
    blueprint as blueprints,
)
from course_lib.grading import journal as journals
from course_lib.grading.blueprint import draw
from course_lib.grading.clerk import Clerk, Filed, Job
from course_lib.grading.results import Result
from course_lib.grading.task import Limits
from course_lib.grading.ui import Problem

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no fork there"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]

NAME = "05_schedules"
STUDENTS = 24


@pytest.fixture(scope="module")
def blueprint(course):
    return draw(course, NAME)


@pytest.fixture(autouse=True)
def ready(blueprint, monkeypatch):
    monkeypatch.setattr(blueprints, "draw", lambda _course, _name: blueprint)
    monkeypatch.setattr(waiting, "fingerprint", lambda _starts: "the library as it is")


class Swift(Clerk):
    """Gives marks that follow from the file, without running anything."""

    def work(self, job):
        blueprint = self.blueprints[job.assignment]
        luck = np.random.default_rng(zlib.crc32(job.data))
        made = self._without_mark(job, "no luck")
        if luck.random() < 0.2:
            return Filed(made)
        entries = tuple(
            {"cell": row.cell, "exercise": row.exercise, "mark": float(luck.integers(0, 2)),
             "max_points": row.points}
            for row in blueprint.graded.values()
        )  # fmt: skip
        points = sum(entry["mark"] for entry in entries)
        made = made._replace(status="graded", points=points, exercises=entries, reason="")
        return Filed(made, b"{}")


class Alone:
    """A crew of one, in this process."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __call__(self, clerk, feed):
        swift = Swift(clerk.blueprints, limits=clerk.limits)
        while (batch := feed.take()) is not None:
            yield swift(batch)


@pytest.fixture(scope="module")
def hand_in(blueprint):
    def write(home):
        for number in range(STUDENTS):
            folder = home / "submitted" / f"student{number:02}" / NAME
            folder.mkdir(parents=True)
            notebook = nbformat.from_dict(blueprint.release)
            notebook.cells = [*notebook.cells[:2], nbformat.v4.new_code_cell(str(number), id="own")]
            (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook))

    return write


def grade(course, home, on_result=lambda _result, _reused: None):
    url = gradebook.as_url(str(home / "gradebook.db"))
    plan = judge_engine.Plan(course, [NAME], home / "submitted", home, url, 1, Limits(), Alone)
    judge_engine.grade(plan, on_result)


def marks_of(home):
    return gradebook.canonical(f"sqlite:///{home}/gradebook.db")


@pytest.fixture(scope="module")
def calm(course, tmp_path_factory, hand_in):
    """A class that was graded while nothing happened."""
    home = tmp_path_factory.mktemp("calm")
    hand_in(home)
    grade(course, home)
    return home


def die_at(moment):
    """Let the moment-th write of this process be its last; half of it may be done."""
    left = [moment]

    def soon():
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(place, name):
        plain = getattr(place, name)

        def changed(*args, **named):
            soon()
            result = plain(*args, **named)
            soon()
            return result

        setattr(place, name, changed)

    class Torn:
        """A file whose write can end in the middle."""

        def __init__(self, file):
            self.file = file

        def write(self, data):
            half = len(data) // 2
            self.file.write(data[:half])
            soon()
            return half + self.file.write(data[half:])

        def __getattr__(self, name):
            return getattr(self.file, name)

    plain = journals.Journal.__init__

    def init(self, home):
        plain(self, home)
        self._file = Torn(self._file)

    journals.Journal.__init__ = init
    around(bulk.Book, "_put")
    around(bulk.Book, "_add")
    around(bulk.Book, "write")
    around(writer, "put")
    around(submissions.os, "replace")
    writer._TOGETHER = 5


def in_a_copy(work, moment):
    """Run something in a copy of this process; return whether it was killed."""
    pid = os.fork()
    if not pid:
        try:
            die_at(moment)
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("kills", [8, pytest.param(50, marks=pytest.mark.proof)])
def test_killed_at_any_moment(course, tmp_path, hand_in, calm, kills):
    expected = marks_of(calm)
    assert len({row[0] for row in expected}) == STUDENTS
    rng = np.random.default_rng(0)
    killed = chains = 0
    while killed < kills:
        chains += 1
        home = tmp_path / f"chain{chains}"
        hand_in(home)
        while in_a_copy(lambda home=home: grade(course, home), int(rng.integers(1, 30))):
            killed += 1
        assert marks_of(home) == expected
        kept = sorted(
            path.relative_to(home).as_posix() for path in home.glob("autograded/**/*.ipynb")
        )
        calmly = sorted(
            path.relative_to(calm).as_posix() for path in calm.glob("autograded/**/*.ipynb")
        )
        assert kept == calmly
        assert len(list(journals.read(home))) == STUDENTS


def test_a_gradebook_that_is_locked_for_a_while_costs_nothing(
    course, tmp_path, hand_in, monkeypatch
):
    hand_in(tmp_path)
    monkeypatch.setattr(writer, "_TOGETHER", 3)
    plain, calls = bulk.Book.write, []

    def write(self, results):
        calls.append(len(results))
        if len(calls) < 4:
            from sqlalchemy.exc import OperationalError

            raise OperationalError("", {}, Exception("database is locked"))
        plain(self, results)

    monkeypatch.setattr(bulk.Book, "write", write)
    grade(course, tmp_path)
    assert max(calls) > 3
    marks = gradebook.read_marks(f"sqlite:///{tmp_path}/gradebook.db")
    assert len(marks) == STUDENTS


def test_a_gradebook_that_stays_locked_is_one_line_and_the_next_run_only_enters_marks(
    course, tmp_path, hand_in, monkeypatch
):
    hand_in(tmp_path)

    def write(self, results):
        from sqlalchemy.exc import OperationalError

        raise OperationalError("", {}, Exception("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(bulk.Book, "write", write)
        with pytest.raises(Problem, match="What was graded is kept"):
            grade(course, tmp_path)
    before = (tmp_path / journals.NAME).read_bytes()
    grade(course, tmp_path)
    assert (tmp_path / journals.NAME).read_bytes() == before
    assert len(gradebook.read_marks(f"sqlite:///{tmp_path}/gradebook.db")) == STUDENTS


def test_another_program_that_locks_the_gradebook_half_way(
    course, tmp_path, hand_in, calm, monkeypatch
):
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    monkeypatch.setattr(writer, "_TOGETHER", 5)
    home = tmp_path
    hand_in(home)
    others = []

    def lock(_result, _reused):
        if len(list(journals.read(home))) >= STUDENTS // 2 and not others:
            others.append(sqlite3.connect(home / "gradebook.db"))
            others[0].execute("begin immediate")

    with pytest.raises(Problem, match=r"busy: another program .* What was graded is kept"):
        grade(course, home, lock)
    with pytest.raises(Problem, match="busy: another program"):
        grade(course, home)
    others[0].close()
    done = (home / journals.NAME).read_bytes()
    assert done.count(b"\n") == STUDENTS  # all was judged, and only waits for the gradebook
    grade(course, home)
    assert (home / journals.NAME).read_bytes() == done
    assert marks_of(home) == marks_of(calm)


# Kilobytes beside the empty gradebook: too few to open it, too few for the marks, and enough.
ROOMS = 8, 64, 4000


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can mount a small disk"
)
def test_a_disk_that_is_full_and_a_folder_that_is_read_only(
    course, blueprint, tmp_path, hand_in, calm
):
    """In a copy with a file system of its own: whatever is full, it is one line, and nothing is lost."""
    home, expected = tmp_path / "home", marks_of(calm)
    empty = tmp_path / "empty"
    hand_in(empty)
    url = gradebook.as_url(str(empty / "gradebook.db"))
    gradebook.require(url)
    book = bulk.Book(url, "regularization-and-optimization")
    book.prepare(blueprint)
    book.close()
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.close(read)
            said = [provoke(course, home, empty, room, expected) for room in ROOMS]
            os.write(write, json.dumps([*said, read_only(course, home, empty)]).encode())
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(write)
    with open(read) as file:
        text = file.read()
    assert os.waitpid(pid, 0)[1] == 0
    *full, fixed = json.loads(text)
    *without, enough = full
    for message in without:
        assert re.search("no room|No space left", message), message
        assert "kept" in message
        assert "Make room" in message
        assert "run the same command again" in message
    assert not enough
    assert "can't be written" in fixed
    assert "rights" in fixed


def mount(home, options, again=False):
    home.mkdir(exist_ok=True)
    flags = 32 if again else 0
    _linux.mount("tmpfs", str(home), "tmpfs", flags, options)


def apart():
    """Let this process have mounts of its own."""
    _linux.unshare(_linux.NEWNS)
    _linux.mount("", "/", "", _linux.MS_REC | _linux.MS_PRIVATE)


def problem_of(work):
    try:
        work()
    except Problem as problem:
        return problem.message
    return ""


def provoke(course, home, empty, room, expected):
    """Grade on a disk with little room, then on one with more; return what was said the first time."""
    apart()
    mount(home, "size=100m")
    shutil.copytree(empty, home, dirs_exist_ok=True)
    used = shutil.disk_usage(home).used
    mount(home, f"size={used + room * 1024}", again=True)
    said = problem_of(lambda: grade(course, home))
    before = {row.student: row for row in journals.read(home)}
    mount(home, "size=100m", again=True)
    grade(course, home)
    assert marks_of(home) == expected
    after = {row.student: row for row in journals.read(home)}
    assert all(after[name] == row for name, row in before.items())
    return said


def read_only(course, home, empty):
    apart()
    mount(home, "size=100m")
    shutil.copytree(empty, home, dirs_exist_ok=True)
    mount(home, "ro", again=True)
    return problem_of(lambda: grade(course, home))


def test_results_of_the_grader_itself_are_tried_again(course, tmp_path, hand_in, monkeypatch):
    hand_in(tmp_path)
    plain = Swift.work

    def work(self, job):
        if job.student == "student03":
            return Filed(self.lost(job, "the power went out"))
        return plain(self, job)

    with monkeypatch.context() as patch:
        patch.setattr(Swift, "work", work)
        grade(course, tmp_path)
    rows = {row.student: row for row in journals.read(tmp_path)}
    assert rows["student03"].grader_failed
    assert rows["student03"].points is None
    grade(course, tmp_path)
    rows = {row.student: row for row in journals.read(tmp_path)}
    assert not any(row.grader_failed for row in rows.values())


def test_what_one_hands_out_is_taken_once():
    jobs = [Job(f"student{n}", NAME, b"") for n in range(5)]
    feed = schedule.Feed(iter(jobs), 2)
    batches = [feed.take(), feed.take(), feed.take()]
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert feed.take() is None
    assert feed.lost(batches[0]) == []
    again = feed.take()
    for _ in range(schedule.CHANCES - 1):
        assert feed.lost(again) == []
        feed.take()
        again = [again[0]]
    assert feed.lost(again) == again


def test_a_result_reads_as_it_was_written():
    made = Result("ada", NAME, "graded", 1.0, 2.0, ({"cell": "a", "mark": 1.0},), unanswered=("b",))
    assert lines.read_line(lines.line_of(made)) == made
