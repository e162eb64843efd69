"""What the filter of system calls says, and which levels there are. What they keep out: tests/hostile."""

import os
import struct

import pytest

from course_lib.grading import _landlock, _seccomp, doctor, sandbox
from course_lib.grading._leftovers import remove
from course_lib.grading.court import Court
from course_lib.grading.task import Task


def run_filter(program, arch, number, argument=0):
    """Do what the kernel does with a filter."""
    lines = [struct.unpack_from("HBBI", program, at) for at in range(0, len(program), 8)]
    data = struct.pack("IIQQ", number, arch, 0, argument)
    accumulator = at = 0
    while True:
        code, yes, no, value = lines[at]
        at += 1
        if code == 0x06:
            return value
        if code == 0x20:
            (accumulator,) = struct.unpack_from("I", data, value)
        else:
            holds = {
                0x15: accumulator == value,
                0x35: accumulator >= value,
                0x45: bool(accumulator & value),
            }[code]
            at += yes if holds else no


@pytest.mark.parametrize(
    ("machine", "arch", "clone"), [("x86_64", 0xC000003E, 56), ("aarch64", 0xC00000B7, 220)]
)
def test_the_filter_refuses_what_it_lists_and_allows_the_rest(machine, arch, clone):
    program = _seccomp.program(machine, 77)
    column = ["x86_64", "aarch64"].index(machine)
    refused = {row[column] for row in _seccomp._DENIED.values()} - {None}
    own = {row[column] for row in _seccomp._OWN.values()}
    for number in range(500):
        found = run_filter(program, arch, number, argument=0x10000)
        if number in refused | own:
            assert found == 0x50001
        elif number == 435:
            assert found == 0x50000 + 38
        else:
            assert found == 0x7FFF0000
    for number in own:  # this process and its group, not the parent, nor all
        found = [run_filter(program, arch, number, who) for who in (77, 0, 1, 76, 0xFFFFFFFF)]
        assert found == [0x7FFF0000] * 2 + [0x50001] * 3
    assert run_filter(program, arch, clone, 17) == 0x50001  # a process, not a thread
    assert run_filter(program, arch, 0x40000000 + 59) == 0x80000000
    assert run_filter(program, 0x40000003, 0) == 0x80000000


def test_rights_over_files_are_those_that_the_kernel_knows():
    assert _landlock.rights(2) == (0x3FFF, 0, 0)
    assert _landlock.rights(4) == (0x7FFF, 3, 0)
    assert _landlock.rights(6) == (0xFFFF, 3, 3)


def test_unknown_levels_are_refused():
    with pytest.raises(ValueError, match="there are namespaces, bubblewrap, rlimits"):
        sandbox.enter("steel")


def test_a_level_that_can_not_be_had_says_why(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert sandbox.why_not("bubblewrap") == "there is no program bwrap"
    assert "no sandbox level 'steel'" in sandbox.why_not("steel")
    assert sandbox.why_not("rlimits") == ""


def test_nobody_settles_in_a_box_that_is_none():
    with pytest.raises(OSError, match="no box of bubblewrap"):
        sandbox.enter("bubblewrap")


def test_what_is_left_behind_is_removed_however_it_was_left(tmp_path):
    kept = tmp_path / "kept"
    kept.write_text("not to be removed")
    folder = tmp_path / "folder"
    own = folder / "own"
    (own / "a" / "b").mkdir(parents=True)
    (own / "link").symlink_to(tmp_path)
    (own / "a" / "file").touch()
    os.mkfifo(own / "pipe")
    (own / "a").chmod(0)
    deep = os.open(own, os.O_RDONLY)
    for _ in range(1500):  # deeper than Python calls, and longer than a path may be
        os.mkdir("x" * 50, dir_fd=deep)
        deeper = os.open("x" * 50, os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = deeper
    os.close(deep)
    remove(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert kept.read_text()


def test_the_best_level_is_taken_and_told():
    task = Task("ada", "x", (("a", "answer", "x = 1"),), ())
    with Court() as court:
        outcome = court.run(task)
    assert outcome.sandbox in sandbox.LEVELS
    assert (outcome.sandbox == "namespaces") == (not court.notes)


@pytest.mark.parametrize(
    ("there", "level", "told"),
    [
        ({"namespaces", "bubblewrap"}, "ok", "level namespaces"),
        ({"bubblewrap"}, "ok", "level bubblewrap"),
        (set(), "note", "level rlimits"),
    ],
)
def test_doctor_tells_the_level_and_how_to_get_a_better_one(monkeypatch, there, level, told):
    known = {*there, "rlimits"}
    monkeypatch.setattr(sandbox, "why_not", lambda name: "" if name in known else f"not {name}")
    monkeypatch.setattr(doctor.shutil, "which", lambda _name: None)
    found = doctor._sandbox()
    assert (found.what, found.level) == ("sandbox", level)
    assert told in found.detail
    if "namespaces" not in there:
        assert "no namespaces: not namespaces" in found.detail
    assert bool(found.mend) == (level != "ok")


def test_doctor_sends_a_course_out_of_the_folder_that_answers_get_for_themselves(monkeypatch):
    monkeypatch.setattr(
        sandbox, "why_not", lambda name: "" if name == "rlimits" else "the course lies below /tmp"
    )
    assert doctor._sandbox().mend.startswith("Move the course")
