"""What is in a source of submissions: a zip, or a folder; looked at, and never unpacked as it stands.

No name in a source decides where something is written. An entry is a name to look at, and bytes.
"""

from __future__ import annotations

import lzma
import math
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from .policy import Limits

_JUNK = {"__MACOSX", ".git", ".ipynb_checkpoints", "Thumbs.db", "desktop.ini", "__pycache__"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError,
    NotImplementedError, ValueError,
)  # fmt: skip


class Refused(Exception):  # noqa: N818  # an outcome, told to the instructor
    """An entry, or a whole source, that is not taken; the message says why."""


class Entry(NamedTuple):
    """One file in a source.

    Attributes
    ----------
    name : str
        As the source says, made printable.
    parts : tuple of str
        Its folders and itself.
    read : callable
        Returns the bytes, or raises :class:`Refused`.
    """

    name: str
    parts: tuple[str, ...]
    read: Callable[[], bytes]


class Left(NamedTuple):
    """An entry that is left aside. ``junk``: nobody handed it in on purpose."""

    name: str
    reason: str
    junk: bool = False


def entries(source: Path, limits: Limits, stack: ExitStack) -> Iterator[Entry | Left]:
    """Yield all that is in a zip or a folder; its files can be read until the stack is closed.

    Raises
    ------
    Refused
        If nothing of it can be taken: it is no archive, has too many entries, or unpacks to too much.
    """
    if source.is_dir():
        yield from _folder(source, limits)
    else:
        yield from _archive(source, limits, stack)


def printable(name: str) -> str:
    r"""Return a name without what can't be seen, shortened.

    Examples
    --------
    >>> printable("a\x1b[2Jb")
    'a?[2Jb'
    """
    text = _CONTROL.sub("?", name.encode("utf-8", "replace").decode("utf-8"))
    return text if len(text) <= 160 else text[:157] + "..."


def split(name: str) -> tuple[str, ...]:
    r"""Return the parts of a name in an archive.

    Raises
    ------
    Refused
        If it points out of the archive.

    Examples
    --------
    >>> split("ada/one.ipynb")
    ('ada', 'one.ipynb')
    >>> split("../one.ipynb")
    Traceback (most recent call last):
    course_lib.grading.importing_sources.Refused: its path leads out of the archive
    """
    if _CONTROL.search(name):
        raise Refused("its name has characters that can't be shown")
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        raise Refused("its path leads out of the archive")
    if len(name) > 1000 or len(parts) > 30:
        raise Refused("its path is too long")
    return parts


def _is_junk(parts: tuple[str, ...]) -> bool:
    return any(part in _JUNK or part.startswith((".", "~$")) for part in parts)


def _archive(path: Path, limits: Limits, stack: ExitStack) -> Iterator[Entry | Left]:
    most = limits.archive_megabytes * 1e6
    try:
        size = path.stat().st_size
        if size > most:
            raise Refused(_large(f"the archive has {math.ceil(size / 1e6)} MB", limits, size))
        archive = stack.enter_context(zipfile.ZipFile(path))
    except _BROKEN as error:
        why = error.strerror if isinstance(error, OSError) else "damaged, or of another kind"
        raise Refused(f"it can't be read as a zip ({why}). Download it again") from None
    found = archive.infolist()
    if len(found) > limits.archive_entries:
        times = len(found) / limits.archive_entries
        raise Refused(_many(f"{len(found)} entries", limits.archive_entries, limits, times))
    total = sum(info.file_size for info in found)
    if total > most:
        raise Refused(
            _large(f"it says that it unpacks to {math.ceil(total / 1e6)} MB", limits, total)
        )
    for info in found:
        yield from _member(archive, info, limits)


def _many(what: str, most: int, limits: Limits, times: float) -> str:
    wanted = math.ceil(limits.archive_entries * times)
    return (
        f"it has {what}; at most {most} are read. If your class is so large, write "
        f"archive_entries = {wanted} under [limits] in course.toml"
    )


def _large(what: str, limits: Limits, size: int) -> str:
    return (
        f"{what}; at most {limits.archive_megabytes:g} are read. If your class is so large, write "
        f"archive_megabytes = {math.ceil(size / 1e6)} under [limits] in course.toml"
    )


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits
) -> Iterator[Entry | Left]:
    if info.is_dir():
        return
    raw = _decoded(info)
    name = printable(raw)
    try:
        parts = split(raw)
    except Refused as reason:
        yield Left(name, str(reason))
        return
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind and kind != stat.S_IFREG:
        yield Left(name, "it is a link or a device, not a file")
    elif not parts or _is_junk(parts):
        yield Left(name, "a hidden file, or one that a program keeps for itself", junk=True)
    elif info.flag_bits & 1:
        yield Left(name, "it is locked with a password")
    else:
        yield Entry(name, parts, lambda: _unpack(archive, info, limits.file_megabytes * 1e6))


def _decoded(info: zipfile.ZipInfo) -> str:
    """Return a name; in a zip that doesn't say its encoding it is mostly UTF-8 all the same."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.orig_filename


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: float) -> bytes:
    try:
        with archive.open(info) as file:
            data = file.read(int(most) + 1)  # whatever size it says it has
    except _BROKEN:
        raise Refused("it is damaged in the archive") from None
    return _checked(data, most)


def _checked(data: bytes, most: float) -> bytes:
    if len(data) > most:
        raise Refused(
            f"it has more than {most / 1e6:g} MB (file_megabytes in course.toml). Ask for it without "
            "its outputs"
        )
    return data


def _folder(root: Path, limits: Limits) -> Iterator[Entry | Left]:
    count = 0
    for folder, folders, files in os.walk(root):  # follows no links
        folders[:] = sorted(name for name in folders if name not in _JUNK)
        here = Path(folder)
        for name in sorted([*files, *(n for n in folders if (here / n).is_symlink())]):
            path = here / name
            parts = tuple(
                unicodedata.normalize("NFC", part) for part in path.relative_to(root).parts
            )
            shown = printable("/".join(parts))
            count += 1
            if count > limits.archive_entries * 10:
                raise Refused(_many(f"more than {count - 1} files", count - 1, limits, 2))
            if _CONTROL.search("/".join(parts)):
                yield Left(shown, "its name has characters that can't be shown")
            elif not stat.S_ISREG(path.lstat().st_mode):
                yield Left(shown, "it is a link or a device, not a file")
            elif _is_junk(parts):
                yield Left(shown, "a hidden file, or one that a program keeps for itself", True)
            else:
                yield Entry(shown, parts, _reader(path, limits.file_megabytes * 1e6))


def _reader(path: Path, most: float) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
                return _checked(file.read(int(most) + 1), most)
        except OSError as error:
            raise Refused(f"it can't be read ({error.strerror})") from None

    return read
