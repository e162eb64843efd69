"""The journal of a class: every result, one JSON line each, in the order in which they came.

Lines are only ever added. Of several results of one submission the last counts. The journal is the
truth: what the gradebook should say follows from it, so nothing is lost when a run is ended at any
moment. A last line that was not written to its end is dropped.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from .results import SCHEMA, Result, from_dict
from .submissions import autograded_path
from .ui import Problem

NAME = "journal.jsonl"


class Kept(NamedTuple):
    """What is remembered of a line: enough to know whether it still holds.

    Attributes
    ----------
    offset : int
        Where the line begins.
    key : str
    sandbox : str
    final : bool
        False if the grader itself had failed: then it is to be tried again.
    marks : str
        Hash of the marks, as :func:`digest_marks` makes it.
    graded : bool
        Whether there is a mark.
    """

    offset: int
    key: str
    sandbox: str
    final: bool
    marks: str
    graded: bool


class Journal:
    """A class's journal, open for one program at a time.

    Parameters
    ----------
    home : Path
        The class's folder.

    Attributes
    ----------
    kept : dict of (str, str) to Kept
        The last line of each submission, by student and assignment.

    Raises
    ------
    Problem
        If it can't be written, or another program has it open.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / NAME
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = open(self.path, "a+b", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise _unwritable(self.path, error) from None
        _lock(self._file, self.path)
        self.kept: dict[tuple[str, str], Kept] = {}
        end = 0
        self._file.seek(0)
        for offset, line in _lines(self.path):
            self._remember(offset, line)
            end = offset + len(line)
        self._file.truncate(end)  # of a line that was not finished, nothing stays
        self._end = end

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _remember(self, offset: int, line: bytes) -> Result | None:
        result = read_line(line)
        if result is not None:
            self.kept[result.student, result.assignment] = Kept(
                offset,
                result.key,
                result.sandbox,
                not result.grader_failed,
                digest_marks(marks_of(result)),
                result.points is not None,
            )
        return result

    def append(self, results: Iterable[Result]) -> None:
        """Add results; when this returns, they are on the disk.

        Raises
        ------
        Problem
            If there is no room, or the file can't be written. Then nothing was added.
        """
        rows = [(result, _line(result)) for result in results]
        data = b"".join(line for _, line in rows)
        try:
            written = self._file.write(data)
            if written != len(data):
                raise OSError(28, "No space left on device")
            os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(self._end)
            raise _unwritable(self.path, error) from None
        for _, line in rows:
            self._remember(self._end, line)
            self._end += len(line)

    def holds(self, student: str, assignment: str, key: str) -> Kept | None:
        """Return what is remembered of a submission, if its key is still this one and all of it is there."""
        kept = self.kept.get((student, assignment))
        if kept is None or kept.key != key or not kept.final:
            return None
        if kept.graded and not autograded_path(self.path.parent, assignment, student).is_file():
            return None
        return kept

    def result(self, student: str, assignment: str) -> Result:
        """Return a submission's last result."""
        self._file.seek(self.kept[student, assignment].offset)
        result = read_line(_read_line(self._file))
        assert result is not None
        return result


def _read_line(file: BinaryIO) -> bytes:
    parts: list[bytes] = []
    while True:
        part = file.read(1 << 16)
        end = part.find(b"\n")
        if end >= 0 or not part:
            return b"".join([*parts, part[: end + 1]])
        parts.append(part)


def _line(result: Result) -> bytes:
    text = json.dumps({"schema": SCHEMA, **result._asdict()}, ensure_ascii=False)
    return text.encode("utf-8", "replace") + b"\n"


def read_line(line: bytes) -> Result | None:
    """Return the result that a line holds; None if it is none, or of another version."""
    try:
        return from_dict(json.loads(line))
    except (ValueError, RecursionError):
        return None


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the finished lines with their offsets."""
    offset = 0
    with open(path, "rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield offset, line
                offset += len(line)


def read(home: Path) -> Iterator[Result]:
    """Yield the last result of each submission of a class, by assignment and student.

    Results of runs that go on at this moment are there as far as they are written.
    """
    path = home / NAME
    if not path.is_file():
        return
    last: dict[tuple[str, str], int] = {}
    for offset, line in _lines(path):
        result = read_line(line)
        if result is not None:
            last[result.assignment, result.student] = offset
    with open(path, "rb") as file:
        for key in sorted(last):
            file.seek(last[key])
            result = read_line(file.readline())
            if result is not None:
                yield result


def marks_of(result: Result) -> dict[str, float | None]:
    """Return a result's marks by cell; none at all if there is no mark."""
    return {entry["cell"]: entry["mark"] for entry in (*result.exercises, *result.by_hand)}


def digest_marks(marks: Mapping[str, float | None]) -> str:
    """Return a hash of marks; cells without one don't count.

    Examples
    --------
    >>> digest_marks({"a": 1.0, "b": None}) == digest_marks({"a": 1.0})
    True
    """
    rows = sorted((cell, round(mark, 6) + 0.0) for cell, mark in marks.items() if mark is not None)
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def _lock(file: BinaryIO, path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise Problem(
            f"Another course grade is at work in {path.parent}. Wait for it, or stop it, then run "
            "the same command again."
        ) from None


def _unwritable(path: Path, error: OSError) -> Problem:
    return Problem(
        f"The journal {path} can't be written ({error.strerror}). What was graded before is kept. "
        "Make room or check the folder's rights, then run the same command again."
    )
