"""Give a PDF of Chromium's its bookmarks.

Chromium can write bookmarks itself, but it joins the words at the end of a line, doubles a heading that
was moved to the next page, and leaves formulas out. Here they are added to the finished file, in the way
the format has for changes: new objects and a new table of places behind the old end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

__all__ = ["Bookmark", "add_bookmarks", "places"]


class Bookmark(NamedTuple):
    """A line of the list: how deep it stands, what it says, and the id it leads to."""

    depth: int
    title: str
    place: str


class _File:
    """What has to be known of a PDF to add something to it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.table = int(data[data.rindex(b"startxref") + 9 :].split()[0])
        self.trailer = data[data.rindex(b"trailer") : data.rindex(b"startxref")]
        self.size = self.number(b"Size")
        self.root = self.number(b"Root")
        self.catalog = self.object(self.root)

    def number(self, key: bytes, where: bytes | None = None) -> int:
        """Return a number from the trailer or from an object."""
        found = re.search(rb"/%s (\d+)" % key, self.trailer if where is None else where)
        assert found, f"the file has no {key.decode()} where it should be"
        return int(found[1])

    def object(self, number: int) -> bytes:
        """Return an object that is no stream, without its first and last line."""
        head = re.compile(rb"xref\s+0 \d+\s+").match(self.data, self.table)
        assert head, "the table of places is not where it should be"
        start = head.end() + 20 * number
        place = int(self.data[start : start + 10])
        inside = self.data[place : self.data.index(b"endobj", place)]
        return inside.partition(b" obj")[2].strip()


def places(data: bytes) -> dict[str, int]:
    """Return the ids that links of the PDF lead to, each with the number of its page, from 1 on."""
    file = _File(data)
    table = re.search(rb"/Dests (\d+) 0 R", file.catalog)
    if table is None:
        return {}
    order = {page: i for i, page in enumerate(_pages(file, file.number(b"Pages", file.catalog)), 1)}
    found = re.findall(rb"/(\S+) \[(\d+) 0 R", file.object(int(table[1])))
    return {
        re.sub(r"#([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), name.decode()): order[int(page)]
        for name, page in found
    }


def _pages(file: _File, number: int) -> Iterator[int]:
    """Go through the tree of pages."""
    node = file.object(number)
    children = re.search(rb"/Kids \[([^\]]*)\]", node)
    if children is None:
        yield number
        return
    for child in re.findall(rb"(\d+) 0 R", children[1]):
        yield from _pages(file, int(child))


def add_bookmarks(data: bytes, marks: Sequence[Bookmark]) -> bytes:
    """Return the PDF with bookmarks.

    Parameters
    ----------
    data : bytes
        A PDF as Chromium writes it.
    marks : sequence of Bookmark
        In the order of the pages; a depth is at most one more than the one before it.

    Raises
    ------
    ValueError
        If a bookmark leads to an id that no link leads to: Chromium names only those.
    """
    missing = {mark.place for mark in marks} - set(places(data))
    if missing:
        raise ValueError(f"no link of the page leads to {', '.join(sorted(missing))}")
    file = _File(data)
    top = file.size
    objects = {top: b"<</Type /Outlines\n" + _relatives(marks, None, top) + b">>"}
    for i, mark in enumerate(marks):
        title = (b"\xfe\xff" + mark.title.encode("utf-16-be")).hex().encode()
        place = re.sub(r"[^\w.-]", lambda m: f"#{ord(m[0]):02X}", mark.place).encode()
        lines = _relatives(marks, i, top)
        objects[top + 1 + i] = b"<</Title <%s>\n/Dest /%s\n%s>>" % (title, place, lines)
    catalog = re.sub(rb"/(Outlines \d+ 0 R|PageMode /\w+)\s*", b"", file.catalog)
    opened = b"/Outlines %d 0 R\n/PageMode /UseOutlines>>" % top
    objects[file.root] = catalog.removesuffix(b">>") + opened
    return data + _added(objects, file, len(data))


def _relatives(marks: Sequence[Bookmark], own: int | None, top: int) -> bytes:
    """Return an entry's links to its parent, neighbors and children."""
    depth = -1 if own is None else marks[own].depth
    first = 0 if own is None else own + 1
    family = []
    for i in range(first, len(marks)):
        if marks[i].depth <= depth:
            break
        if marks[i].depth == depth + 1:
            family.append(i)
    found = {}
    if family:
        found = {"First": family[0], "Last": family[-1]}
    if own is not None:
        found["Parent"] = next((i for i in range(own, -1, -1) if marks[i].depth < depth), -1)
        found["Prev"] = _neighbor(marks, range(own - 1, -1, -1), depth)
        found["Next"] = _neighbor(marks, range(own + 1, len(marks)), depth)
    lines = [f"/{key} {top + 1 + i} 0 R" for key, i in found.items() if i != -1 or key == "Parent"]
    count = len(family) if own is None else -len(family)  # children are closed at first
    return "\n".join([*lines, *([f"/Count {count}"] if family else [])]).encode()


def _neighbor(marks: Sequence[Bookmark], others: range, depth: int) -> int:
    for i in others:
        if marks[i].depth <= depth:
            return i if marks[i].depth == depth else -1
    return -1


def _added(objects: dict[int, bytes], file: _File, start: int) -> bytes:
    """Return new objects with their table of places, to stand behind the old end."""
    body = b"\n"
    table = b"xref\n"
    for number, text in sorted(objects.items()):
        table += b"%d 1\n%010d 00000 n \n" % (number, start + len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    size = max(file.size, max(objects) + 1)
    old = re.sub(rb"/Size \d+", b"/Size %d" % size, file.trailer.strip())
    trailer = old.removesuffix(b">>") + b"\n/Prev %d>>" % file.table
    return body + table + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % (start + len(body))
