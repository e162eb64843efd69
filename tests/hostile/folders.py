"""What people hand in as files, and what must become of it.

Each case fills a folder. How it must end: ``K`` read as it is · ``R`` repaired, and it is said what ·
``F`` refused with a sentence. Whatever is read holds the answer that was handed in, among the course's own cells.
"""

import copy
import io
import json
import os
import zipfile
from typing import NamedTuple

import nbformat

ASSIGNMENT = "05_schedules"
CELL = "scale_learning_rate"
ANSWER = "def scale_learning_rate(lr, b, b0):\n    return lr * b / b0\n"
FILE = f"{ASSIGNMENT}.ipynb"


class Link(NamedTuple):
    to: str


class Sparse(NamedTuple):
    size: int


PIPE, FOLDER = "a pipe", "a folder"


class Folder(NamedTuple):
    name: str
    end: str
    files: dict


def answered(release):
    """The released notebook with one answer in it, as plain data."""
    notebook = copy.deepcopy(json.loads(json.dumps(release)))
    for cell in notebook["cells"]:
        if about(cell).get("grade_id") == CELL:
            cell["source"] = ANSWER
    return notebook


def about(cell):
    return cell["metadata"].get("nbgrader", {})


def changed(release, change):
    """The notebook after its list of cells, or each cell, was changed."""
    notebook = answered(release)
    notebook["cells"] = change(notebook["cells"])
    return data(notebook)


def each(release, change):
    notebook = answered(release)
    for cell in notebook["cells"]:
        change(cell)
    return data(notebook)


def data(notebook, **more):
    return json.dumps({**notebook, **more}).encode()


def code():
    return {
        "cell_type": "code",
        "metadata": {},
        "source": "",
        "outputs": [],
        "execution_count": None,
    }


def format_3(release):
    """The notebook as programs of 2014 wrote it: nothing in it says which cell is which but its text."""
    old = nbformat.convert(nbformat.from_dict(answered(release)), 3)
    return nbformat.writes(old, version=3).encode()


def slip():
    """A zip file that would unpack elsewhere."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../../gradebook.db", "x")
        archive.writestr("/etc/passwd", "x")
    return file.getvalue()


def promote(cell):
    if "nbgrader" in cell["metadata"]:
        cell["metadata"]["nbgrader"] |= {"points": 99, "schema_version": 99, "locked": False}


def rename(cell):
    if "nbgrader" in cell["metadata"]:
        cell["metadata"]["nbgrader"]["grade_id"] += "-mine"


def strip(cell):
    cell["metadata"] = {}
    cell.pop("id", None)


def show(cell):
    if cell["cell_type"] == "code":
        html = {"text/html": "<script>alert(1)</script>" * 100}
        cell["outputs"] = [{"output_type": "display_data", "data": html, "metadata": {}}]


def cases(release, secret):
    """Every case; ``secret`` is a file outside that must not be read."""
    whole = data(answered(release))
    graded = [cell for cell in release["cells"] if about(cell).get("grade")]
    extra = {
        "numpy.py": b"raise SystemExit",
        "course_lib/__init__.py": b"raise SystemExit",
        "conftest.py": b"raise SystemExit",
        "gradebook.db": b"SQLite format 3\0",
        "timestamp.txt": b"1970-01-01 00:00:00 UTC",
        "slip.zip": slip(),
        "notes.txt": b"\xff" * 1000,
        "..\\..\\gradebook.db": b"x",
        "-rf": b"x",
        ".ipynb_checkpoints/05_schedules-checkpoint.ipynb": b"{}",
    }
    lone = [
        Folder(f"beside it {name}", "K", {FILE: whole, name: text}) for name, text in extra.items()
    ]

    def is_check(cell):
        return bool(about(cell).get("grade"))

    return [
        Folder("as it should be", "K", {FILE: whole}),
        *lone,
        Folder("much beside it", "K", {FILE: whole, **extra}),
        Folder("a link beside it", "K", {FILE: whole, "solution.ipynb": Link(secret)}),
        Folder("a folder of links", "K", {FILE: whole, "all": Link("/")}),
        Folder("with outputs of HTML", "K", {FILE: each(release, show)}),
        Folder("with a byte order mark", "K", {FILE: b"\xef\xbb\xbf" + whole}),
        Folder("forged metadata of the file", "K", {FILE: data(answered(release), metadata={"points": 99})}),
        Folder("half of a character in a cell", "K", {FILE: changed(release, lambda cells: [*cells, {**code(), "source": "x = '\ud800'"}])}),
        Folder("a key twice, and numbers that are none", "K", {FILE: whole[:-1] + b', "extra": NaN, "extra": -Infinity}'}),
        Folder("format 3", "K", {FILE: format_3(release)}),
        Folder("ids of a million letters", "K", {FILE: changed(release, lambda cells: [*cells, {**code(), "id": "x" * 10**6}])}),
        Folder("points and locks edited", "R", {FILE: each(release, promote)}),
        Folder("renamed by a browser", "R", {f"{ASSIGNMENT} (1).ipynb": whole}),
        Folder("name in capitals", "R", {FILE.upper().replace("IPYNB", "ipynb"): whole}),
        Folder("a name of commands", "R", {"$(touch x); `y`.ipynb": whole}),
        Folder("a name of two lines", "R", {"a\nb\x1b[31m.ipynb": whole}),
        Folder("checks deleted", "R", {FILE: changed(release, lambda cells: [c for c in cells if not is_check(c)])}),
        Folder("all but the answer deleted", "R", {FILE: changed(release, lambda cells: [c for c in cells if about(c).get("grade_id") == CELL])}),
        Folder("checks twice", "R", {FILE: changed(release, lambda cells: [d for c in cells for d in [c] * (1 + is_check(c))])}),
        Folder("cells in reverse", "R", {FILE: changed(release, lambda cells: cells[::-1])}),
        Folder("checks rewritten", "R", {FILE: each(release, lambda cell: cell.update(source="2.0") if is_check(cell) else None)}),
        Folder("checks are text now", "R", {FILE: each(release, lambda cell: cell.update(cell_type="markdown") if is_check(cell) else None)}),
        Folder("ids edited", "R", {FILE: each(release, rename)}),
        Folder("all metadata stripped", "R", {FILE: each(release, strip)}),
        Folder("empty folder", "F", {}),
        Folder("a link instead", "F", {FILE: Link(secret)}),
        Folder("a link upwards", "F", {FILE: Link("../../secret.ipynb")}),
        Folder("a link to itself", "F", {FILE: Link(FILE)}),
        Folder("a pipe instead", "F", {FILE: PIPE}),
        Folder("a folder instead", "F", {FILE: FOLDER}),
        Folder("a device instead", "F", {FILE: Link("/dev/zero")}),
        Folder("only a zip file", "F", {"slip.zip": slip()}),
        Folder("two that could be meant", "F", {"a.ipynb": whole, "b.ipynb": whole}),
        Folder("empty file", "F", {FILE: b""}),
        Folder("truncated", "F", {FILE: whole[: len(whole) // 2]}),
        Folder("200 MB", "F", {FILE: Sparse(200_000_000)}),
        Folder("nested too deeply", "F", {FILE: b"[" * 1_000_000}),
        Folder("nested too deeply inside", "F", {FILE: b'{"nbformat": 4, "cells": ' + b'{"a":' * 200_000}),
        Folder("not JSON", "F", {FILE: b"<html></html>"}),
        Folder("JSON, but a number", "F", {FILE: b"1" * 5000}),
        Folder("JSON, but a list", "F", {FILE: b"[]"}),
        Folder("in UTF-16", "F", {FILE: whole.decode().encode("utf-16")}),
        Folder("no cells", "F", {FILE: data(answered(release), cells=[])}),
        Folder("too many cells", "F", {FILE: data(answered(release), cells=graded[:1] * 3000)}),
        Folder("cells that are no list", "F", {FILE: data(answered(release), cells={"0": graded[0]})}),
        Folder("text that is no text", "F", {FILE: changed(release, lambda cells: [*cells, {**code(), "source": [1, 2]}])}),
        Folder("format 99", "F", {FILE: data(answered(release), nbformat=99)}),
        Folder("format of text", "F", {FILE: data(answered(release), nbformat="4")}),
        Folder("a submission in a submission", "F", {f"{ASSIGNMENT}/{FILE}": whole}),
    ]  # fmt: skip


def build(folder, case):
    """Fill a folder with what a case hands in."""
    folder.mkdir(parents=True)
    for name, what in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(what, Link):
            path.symlink_to(what.to)
        elif isinstance(what, Sparse):
            with path.open("wb") as file:
                file.truncate(what.size)
        elif what == PIPE:
            os.mkfifo(path)
        elif what == FOLDER:
            path.mkdir()
        else:
            path.write_bytes(what)
