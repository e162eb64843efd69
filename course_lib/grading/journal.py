"""The journal of a class: every result, one JSON line each, in the order in which they came.

Lines are only ever added. Of several results of one submission the last counts. The journal is the
truth: what the gradebook should say follows from it, so nothing is lost when a run is ended at any
moment. A last line that was not written to its end is dropped.
What a line is made of: :mod:`course_lib.grading.lines`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from .lines import Kept, glance, head_of, line_of, read_line, who_of
from .results import Result
from .submissions import autograded_path
from .ui import Problem

NAME = "journal.jsonl"


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
            who, kept = glance(offset, line)
            if kept is not None:
                self.kept[who] = kept
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

    def append(self, results: Iterable[Result], lines: Iterable[bytes] = ()) -> None:
        """Add results; when this returns, they are on the disk.

        Parameters
        ----------
        results : iterable of Result
        lines : iterable of bytes, optional
            What :func:`line_of` made of each already; then they may be
            :func:`~course_lib.grading.results.slim` ones.

        Raises
        ------
        Problem
            If there is no room, or the file can't be written. Then nothing was added.
        """
        found = list(results)
        rows = list(lines) or list(map(line_of, found))
        data = b"".join(rows)
        try:
            written = self._file.write(data)
            if written != len(data):
                raise OSError(28, "No space left on device")
            os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(self._end)
            raise _unwritable(self.path, error) from None
        for result, line in zip(found, rows, strict=True):
            self.kept[result.student, result.assignment] = Kept(self._end, *head_of(result))
            self._end += len(line)

    def holds(self, student: str, assignment: str, key: str) -> Kept | None:
        """Return what is remembered of a submission, if its key is still this one and all of it is there."""
        kept = self.kept.get((student, assignment))
        if kept is None or kept.key != key or not kept.final:
            return None
        if kept.graded and not autograded_path(self.path.parent, assignment, student).is_file():
            return None
        return kept

    def result(self, student: str, assignment: str) -> Result | None:
        """Return a submission's last result; None if somebody has damaged its line."""
        self._file.seek(self.kept[student, assignment].offset)
        return read_line(_read_line(self._file))


def _read_line(file: BinaryIO) -> bytes:
    parts: list[bytes] = []
    while True:
        part = file.read(1 << 16)
        end = part.find(b"\n")
        if end >= 0 or not part:
            return b"".join([*parts, part[: end + 1]])
        parts.append(part)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the finished lines with their offsets."""
    offset = 0
    with open(path, "rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield offset, line
                offset += len(line)


def read(home: Path, wanted: Collection[tuple[str, str]] | None = None) -> Iterator[Result]:
    """Yield the last result of each submission of a class, by assignment and student.

    Results of runs that go on at this moment are there as far as they are written.

    Parameters
    ----------
    home : Path
        The class's folder.
    wanted : collection of (str, str), optional
        Students and assignments to read; by default all.
    """
    path = home / NAME
    if not path.is_file():
        return
    places: dict[tuple[str, str], list[int]] = {}
    for offset, line in _lines(path):
        who = who_of(line)
        if who is not None and (wanted is None or who in wanted):
            places.setdefault(who, []).append(offset)
    with open(path, "rb") as file:
        for who in sorted(places, key=lambda who: who[::-1]):
            for offset in reversed(places[who]):
                file.seek(offset)
                result = read_line(file.readline())
                if result is not None:  # else somebody damaged it: the one before counts
                    yield result
                    break


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
