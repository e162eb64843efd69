"""What the filter of system calls says, and which levels there are. What they keep out: tests/hostile."""

import struct

import pytest

from course_lib.grading import _seccomp, sandbox
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
    program = _seccomp.program(machine)
    column = ["x86_64", "aarch64"].index(machine)
    refused = {row[column] for row in _seccomp._DENIED.values()} - {None}
    for number in range(500):
        found = run_filter(program, arch, number, argument=0x10000)
        if number in refused:
            assert found == 0x50001
        elif number == 435:
            assert found == 0x50000 + 38
        else:
            assert found == 0x7FFF0000
    assert run_filter(program, arch, clone, 17) == 0x50001  # a process, not a thread
    assert run_filter(program, arch, 0x40000000 + 59) == 0x80000000
    assert run_filter(program, 0x40000003, 0) == 0x80000000


def test_unknown_levels_are_refused():
    with pytest.raises(ValueError, match="there are namespaces, rlimits"):
        sandbox.enter("steel")


def test_the_best_level_is_taken_and_told():
    task = Task("ada", "x", (("a", "answer", "x = 1"),), ())
    with Court() as court:
        outcome = court.run(task)
    assert outcome.sandbox in sandbox.LEVELS
    assert (outcome.sandbox == "namespaces") == (not court.notes)
