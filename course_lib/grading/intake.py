"""From a submitted file to a notebook that can be graded: found, and read within limits.

What is taken of it is decided in :mod:`course_lib.grading.rebuild`.
"""

from __future__ import annotations

import functools
import hashlib
import json
import marshal
import os
import re
import stat
import warnings
from pathlib import Path
from typing import Any

from .rebuild import repair as repair

MAX_BYTES = 20_000_000
MAX_CELLS = 2_000
_TOO_DEEP = "the file is nested too deeply to be a notebook."
_FORM = 2  # of marshal: nothing in it depends on who else uses an object
_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")


class Unreadable(Exception):  # noqa: N818  # an outcome, told to the instructor
    """The submission can't be graded; the message says why and what to do."""


def find_notebook(folder: Path, assignment: str) -> tuple[Path, list[str]]:
    """Return the submitted notebook, and notes if it had to be guessed.

    Only files count: a link could point at somebody else's work, a pipe would never end.

    Raises
    ------
    Unreadable
        If there is none, or several that could be meant.
    """
    expected = folder / f"{assignment}.ipynb"
    if _is_plain(expected):
        return expected, []
    found = sorted(path for path in folder.glob("*.ipynb") if _is_plain(path))
    if len(found) == 1:
        return found[0], [f"the file is called {found[0].name}; it was taken for {expected.name}"]
    what = f"several notebooks ({len(found)})" if found else "no notebook"
    raise Unreadable(f"{what} in the submission; expected {expected.name}. Ask for it again.")


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def load(path: Path) -> bytes:
    """Return what stands in a submitted file.

    Raises
    ------
    Unreadable
        If it is too large, or not a file that can be read.
    """
    try:
        no_link = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, os.O_RDONLY | no_link), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(MAX_BYTES + 1) if size <= MAX_BYTES else b""
    except OSError as error:
        raise Unreadable(f"the file can't be read ({error.strerror}). Ask for it again.") from None
    if max(size, len(data)) > MAX_BYTES:
        raise Unreadable(
            f"the file has {size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} are read. "
            "Ask for it again with its outputs cleared."
        )
    return data


def read(path: Path) -> Any:
    """Read a notebook of any format version.

    Raises
    ------
    Unreadable
        If it is too large, not JSON, or not a notebook.
    """
    import nbformat

    try:
        return nbformat.from_dict(parse(load(path)))
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None


def parse(data: bytes) -> Any:
    """Return the notebook that a file holds, without outputs; of any format version.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    NotebookNode
        Of format 4. Of what it says about itself only cells are looked at, and of these only type,
        text, id and metadata, which stays plain data, however deep.

    Raises
    ------
    Unreadable
        If it is not JSON, or not a notebook.
    """
    from nbformat import NotebookNode  # not needed to see that a file is as it was

    cells = [NotebookNode(cell) for cell in _cells(data)]
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=cells)


@functools.lru_cache(1)  # whoever works on a file asks for its hash, then for its cells
def _cells(data: bytes) -> list[dict[str, Any]]:
    """Return what :func:`parse` takes of a file's cells, as plain data."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(
            f"the file is damaged: it is not valid JSON{where}, as after an upload that broke off. "
            "Ask for it again."
        ) from None
    except (RecursionError, MemoryError):
        raise Unreadable(_TOO_DEEP) from None
    try:
        if content["nbformat"] != 4:
            content = _upgrade(data)
        cells = [_cell(cell) for cell in content["cells"][:MAX_CELLS]]
    except Exception as error:
        raise Unreadable(
            f"the file is not a notebook that can be read ({type(error).__name__}). "
            "Ask for it again, saved by Jupyter."
        ) from None
    if not cells:
        raise Unreadable("the notebook has no cells. Ask for it again.")
    if len(content["cells"]) > MAX_CELLS:
        raise Unreadable(
            f"the notebook has {len(content['cells'])} cells; at most {MAX_CELLS} are read."
        )
    return cells


def _upgrade(data: bytes) -> Any:
    """Turn another format into format 4, as Jupyter does."""
    import nbformat

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of missing cell ids: they get one later
        return nbformat.reads(data.decode("utf-8-sig"), as_version=4)


def _cell(cell: Any) -> dict[str, Any]:
    source = cell["source"]
    if isinstance(source, list):
        source = "".join(source)
    kind, metadata = cell["cell_type"], cell.get("metadata")
    if not (isinstance(source, str) and isinstance(kind, str)):
        raise TypeError("text")
    new: dict[str, Any] = {"cell_type": kind, "source": _printable(source)}
    new["metadata"] = metadata if isinstance(metadata, dict) else {}
    if isinstance(cell.get("id"), str) and _ID.fullmatch(cell["id"]):
        new["id"] = cell["id"]
    if kind == "code":
        new |= {"execution_count": None, "outputs": []}
    return new


def _printable(text: str) -> str:
    """Replace what no file can hold: half of a character that takes two."""
    return text.encode("utf-8", "replace").decode("utf-8")


def digest(data: bytes) -> str:
    """Return a hash of all that :func:`parse` takes of a file, whatever its outputs are.

    Examples
    --------
    >>> one = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "outputs": []}]}'
    >>> digest(one) == digest(one.replace(b"[]", b"[3]"))
    True
    >>> digest(one) == digest(one.replace(b"1", b"2"))
    False
    """
    try:
        rows = _cells(data)
        read: Any = [(c["cell_type"], c["source"], c.get("id"), c["metadata"]) for c in rows]
        text = marshal.dumps(read, _FORM)  # in a fifth of the time that JSON takes
    except Unreadable as reason:
        text = str(reason).encode()
    except ValueError:  # metadata that are nested too deeply: then the outputs count, too
        text = data
    return hashlib.sha256(text).hexdigest()
