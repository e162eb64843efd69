"""Whose is it, and what for? What the names say that learning platforms and folders give to files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from .importing_sources import Entry, Refused

Layout = Literal["canvas", "moodle", "folder", "github"]
LAYOUTS: tuple[Layout, ...] = ("canvas", "moodle", "folder", "github")

# Canvas: doejane_LATE_1234_56789_notebook.ipynb; a file handed in again is called notebook-1.ipynb.
_CANVAS = re.compile(
    r"(?P<name>[^_]+(?:_[^_]+)*?)_(?P<late>LATE_)?(?P<id>\d+)_(?P<file>\d+)_(?P<own>.+)"
)
# Moodle: "Jane Doe_1234_assignsubmission_file_", as a folder or before the file's own name.
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<own>.*))?", re.DOTALL
)
_UNSAFE = re.compile(r"[^\w.@+-]+")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


class Claim(NamedTuple):
    """What a name says.

    Attributes
    ----------
    student : str
        What the student's folder is to be called.
    name : str
        The person's name, as far as it is known.
    id : str
        The platform's number of the student (Canvas) or of the participant (Moodle, another one for
        each assignment).
    own : str
        The file's own name.
    folders : tuple of str
        Folders between the student's and the file.
    order : int
        Of several files of one student, the highest came last.
    late : bool
        Whether the platform calls it late.
    base : str
        What feedback has to be called for the platform to find its student.
    """

    student: str
    name: str
    id: str
    own: str
    folders: tuple[str, ...] = ()
    order: int = 0
    late: bool = False
    base: str = ""


def recognize(names: Iterable[tuple[str, ...]]) -> Layout:
    """Return what kind of source has files of these names.

    Examples
    --------
    >>> recognize([("doejane_12_345_a.ipynb",)]), recognize([("ada", "a.ipynb")])
    ('canvas', 'folder')
    >>> recognize([("hw-submissions", "hw-ada", "a.ipynb"), ("hw-submissions", "hw-bob", "a.ipynb")])
    'github'
    """
    rows = [parts for parts in names if parts[-1].endswith(".ipynb")]
    if any(_MOODLE.fullmatch(part) for parts in rows for part in parts):
        return "moodle"
    if rows and all(len(parts) == 1 and _CANVAS.fullmatch(parts[0]) for parts in rows):
        return "canvas"
    tops = {parts[0] for parts in rows}
    if len(tops) == 1 and next(iter(tops)).endswith("-submissions"):
        return "github"
    return "folder"


def claim(entry: Entry, layout: Layout) -> Claim:
    """Return what an entry's name says.

    Raises
    ------
    Refused
        If it says nothing in this layout.
    """
    if layout == "canvas":
        return _canvas(entry.parts[-1])
    if layout == "moodle":
        return _moodle(entry.parts)
    if layout == "github":
        return _github(entry.parts)
    if len(entry.parts) < 2:
        raise Refused("it lies in no student's folder: expected <student>/<file>.ipynb")
    name, *folders, own = entry.parts
    return Claim(safe(name), name, "", own, tuple(folders))


def _canvas(name: str) -> Claim:
    match = _CANVAS.fullmatch(name)
    if match is None:
        raise Refused("its name is not one that Canvas gives: name_<user>_<file>_notebook.ipynb")
    student = safe(f"{match['name']}-{match['id']}")
    own = re.sub(r"-\d+(?=\.\w+$)", "", match["own"])
    return Claim(
        student, match["name"], match["id"], own, (), int(match["file"]), bool(match["late"]), name
    )


def _moodle(parts: tuple[str, ...]) -> Claim:
    for position, part in enumerate(parts):
        match = _MOODLE.fullmatch(part)
        if match is None:
            continue
        if match["plugin"] != "file":
            raise Refused("it is a text typed into Moodle, not a file")
        rest = parts[position + 1 :]
        own = rest[-1] if rest else match["own"] or ""
        base = f"{match['name']}_{match['id']}_assignsubmission_file"
        return Claim(safe(match["name"]), match["name"], match["id"], own, rest[:-1], base=base)
    raise Refused("its path is not one that Moodle gives: Name_<number>_assignsubmission_file_/…")


def _github(parts: tuple[str, ...]) -> Claim:
    """Read ``<slug>-submissions/<slug>-<user>/…``, as GitHub Classroom's clone lays them."""
    if len(parts) > 2 and parts[0].endswith("-submissions"):
        slug, repo = parts[0].removesuffix("-submissions"), parts[1]
        user = repo.removeprefix(f"{slug}-")
        return Claim(safe(user), user, "", parts[-1], parts[2:-1])
    raise Refused("it is in no student's repository: expected <name>-submissions/<name>-<user>/…")


def safe(name: str) -> str:
    """Return a name that can be a folder's on every system.

    Raises
    ------
    Refused
        If nothing of it is left.

    Examples
    --------
    >>> safe("Jane Doe"), safe("../x"), safe("CON"), safe("Zoë Ångström")
    ('Jane-Doe', 'x', 'CON-', 'Zoë-Ångström')
    """
    text = _UNSAFE.sub("-", unicodedata.normalize("NFC", name)).strip("-. ")[:100]
    if not text:
        raise Refused("it says no student's name")
    return f"{text}-" if _RESERVED.fullmatch(text) else text


def which(own: Claim, assignments: Sequence[str]) -> str:
    """Return the assignment that a file's folders or name say; empty if they say none.

    Examples
    --------
    >>> which(Claim("ada", "ada", "", "01_one (1).ipynb"), ["01_one", "02_two"])
    '01_one'
    """
    for folder in reversed(own.folders):
        if folder in assignments:
            return folder
    stem = own.own.removesuffix(".ipynb")
    if stem in assignments:
        return stem
    said = [name for name in assignments if name.lower() in stem.lower()]
    return said[0] if len(said) == 1 else ""
