"""``course import``: from what a platform exports to one folder for each student.

Of several files of one student, the one that came last counts (Canvas numbers them), else the one
that is called as it should be. Everything is listed: what was taken, and what was not, with its
reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from .importing_names import Claim, Layout, claim, recognize, which
from .importing_record import Record, Sent
from .importing_roster import Person
from .importing_sources import Entry, Refused, entries
from .policy import Limits
from .submissions import put

Status = Literal["taken", "passed over", "refused"]


class Row(NamedTuple):
    """What became of one file.

    Attributes
    ----------
    source, entry : str
        The archive or folder, and the file in it; ``""`` for the whole of it.
    status : {"taken", "passed over", "refused"}
        ``passed over`` is what nobody meant as an answer.
    reason : str
        Why; for what was taken, what was put right.
    student, assignment : str
    """

    source: str
    entry: str
    status: Status
    reason: str = ""
    student: str = ""
    assignment: str = ""


class Request(NamedTuple):
    """What is wanted.

    Attributes
    ----------
    submitted : Path
        Where submissions go.
    assignments : sequence of str
        Those of the course.
    assignment : str
        What everything is for; empty: what names say.
    layout : str
        Empty: what names say.
    limits : Limits
    people : mapping of str to Person
        By the platform's number, and by name.
    times : mapping of (str, str) to datetime
        By student and assignment; an assignment of ``""`` stands for all.
    dry : bool
        Whether nothing is to be written.
    """

    submitted: Path
    assignments: Sequence[str]
    assignment: str = ""
    layout: Layout | None = None
    limits: Limits = Limits()
    people: Mapping[str, Person] = {}
    times: Mapping[tuple[str, str], datetime] = {}
    dry: bool = False


class _Found(NamedTuple):
    entry: Entry
    claim: Claim
    assignment: str
    digest: str


def take(sources: Iterable[Path], request: Request, record: Record) -> Iterator[Row]:
    """Take in sources one after the other; yield what became of each file.

    Parameters
    ----------
    sources : iterable of Path
        Zips or folders.
    request : Request
    record : Record
        Is told of everything that was taken.
    """
    for source in sources:
        try:
            yield from _take(source, request, record)
        except Refused as reason:
            yield Row(source.name, "", "refused", str(reason))


def _take(source: Path, request: Request, record: Record) -> Iterator[Row]:
    with ExitStack() as stack:
        found: list[Entry] = []
        # Looked at as a whole before anything is read: it may be refused as a whole.
        for item in list(entries(source, request.limits, stack)):
            if isinstance(item, Entry):
                found.append(item)
            else:
                status: Status = "passed over" if item.junk else "refused"
                yield Row(source.name, item.name, status, item.reason)
        layout = request.layout or recognize(entry.parts for entry in found)
        groups: dict[tuple[str, str], list[_Found]] = {}
        for entry in found:
            try:
                one = _look(entry, layout, request)
            except Refused as reason:
                yield Row(source.name, entry.name, "refused", str(reason))
                continue
            if one is None:
                yield Row(source.name, entry.name, "passed over", "not a notebook")
            else:
                groups.setdefault((one.claim.student.casefold(), one.assignment), []).append(one)
        for group in groups.values():
            yield from _choose(source, layout, group, request, record)


def _look(entry: Entry, layout: Layout, request: Request) -> _Found | None:
    if not entry.parts[-1].lower().endswith(".ipynb"):
        if entry.parts[-1].lower().endswith((".zip", ".7z", ".rar", ".gz", ".tar")):
            raise Refused("an archive inside: ask for the notebook itself, or unpack it yourself")
        return None
    own = claim(entry, layout)
    person = request.people.get(own.id) or request.people.get(own.name)
    if person is not None and person.student:
        own = own._replace(student=person.student, name=person.name or own.name)
    assignment = request.assignment or which(own, request.assignments)
    if not assignment:
        raise Refused(
            "neither its name nor its folder says which assignment it is for: pass --assignment"
        )
    return _Found(entry, own, assignment, hashlib.sha256(entry.read()).hexdigest())


def _choose(
    source: Path, layout: Layout, group: list[_Found], request: Request, record: Record
) -> Iterator[Row]:
    """Take one of the files of a student for an assignment."""
    first = group[0]
    ids = {one.claim.id for one in group}
    spelled = {one.claim.student for one in group}
    if len(ids) > 1 or len(spelled) > 1:
        who = " and ".join(sorted(ids if len(ids) > 1 else spelled))
        mend = "pass --roster, the platform's own list of the class, to tell them apart"
        for one in group:
            yield Row(source.name, one.entry.name, "refused",
                      f"two students have this name ({who}): {mend}")  # fmt: skip
        return
    wanted = f"{first.assignment}.ipynb"
    best = max(group, key=lambda one: (one.claim.order, one.claim.own == wanted))
    rivals = [one for one in group if one is not best]
    doubtful = [
        one
        for one in rivals
        if (one.claim.order, one.claim.own == wanted)
        == (best.claim.order, best.claim.own == wanted)
        and one.digest != best.digest
    ]
    if doubtful:
        for one in group:
            yield Row(source.name, one.entry.name, "refused",
                      f"{len(group)} different notebooks of one student: which one counts? "
                      f"Keep one, called {wanted}", first.claim.student, first.assignment)  # fmt: skip
        return
    for one in rivals:
        why = (
            "the same file again"
            if one.digest == best.digest
            else "another one of the student counts"
        )
        yield Row(source.name, one.entry.name, "passed over", f"{why}: {best.entry.name}",
                  one.claim.student, one.assignment)  # fmt: skip
    yield _keep(source, layout, best, request, record)


def _keep(source: Path, layout: Layout, one: _Found, request: Request, record: Record) -> Row:
    student, assignment = one.claim.student, one.assignment
    notes = []
    if one.claim.own != f"{assignment}.ipynb":
        notes.append(f"it was called {one.claim.own}")
    if one.claim.late:
        notes.append("late, says the platform")
    received = request.times.get((student, assignment)) or request.times.get((student, ""))
    person = request.people.get(one.claim.id) or request.people.get(one.claim.name)
    if received is None and person is not None:
        received = person.received
    folder = request.submitted / student / assignment
    if any(path.is_symlink() for path in (folder, folder.parent)):
        return Row(
            source.name, one.entry.name, "refused", f"{folder} is a link", student, assignment
        )
    if not request.dry:
        put(folder / f"{assignment}.ipynb", one.entry.read())
        if received is not None:  # where nbgrader looks for it
            put(folder / "timestamp.txt", received.isoformat().encode())
        else:
            (folder / "timestamp.txt").unlink(missing_ok=True)
    again = record.add(
        student,
        Sent(
            assignment, layout, one.claim.id, one.claim.name, one.claim.base,
            one.claim.late, received, one.digest, source.name,
        ),
    )  # fmt: skip
    if again:
        notes.append(again)
    return Row(source.name, one.entry.name, "taken", "; ".join(notes), student, assignment)
