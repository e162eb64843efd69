"""The page for instructors promises no command, option or file that there is not."""

import re
from pathlib import Path

import pytest

from course_lib.grading.cli import main

ROOT = Path(__file__).resolve().parents[2]


def commands(page):
    """Return every use of ``course`` on a page: the words of its line, without what follows a #."""
    lines = [
        line
        for block in re.findall(r"```bash\n(.*?)```", page, re.DOTALL)
        for line in block.splitlines()
    ]
    lines += re.findall(r"`(course [^`]+)`", page)
    return [line.partition("#")[0].split() for line in lines if line.startswith("course ")]


def unknown(words):
    """Return what the program does not know of a line, or None."""
    command = main.commands.get(words[1])
    if command is None:
        return words[1]
    known = {option for param in command.params for option in param.opts} | {"--help"}
    return next((word for word in words if word.startswith("-") and word not in known), None)


def test_every_command_exists(pages):
    found = commands(pages["instructors.md"])
    assert {"exercises", "grade", "feedback", "report", "policy", "checks", "doctor"} <= {
        w[1] for w in found
    }
    assert [(words, unknown(words)) for words in found if unknown(words)] == []


@pytest.mark.parametrize(
    ("line", "what"), [("course grad --all", "grad"), ("course grade --evry", "--evry")]
)
def test_a_wrong_command_is_seen(line, what):
    (words,) = commands(f"```bash\n{line}  # all\n```")
    assert unknown(words) == what


def test_every_file_exists(pages):
    named = re.findall(
        r"`((?:book|tests|course_lib|solutions|exercises)/[\w./]*|[A-Z]+\.md)`",
        pages["instructors.md"],
    )
    assert len(named) > 4
    assert [name for name in named if not (ROOT / name).exists()] == []
