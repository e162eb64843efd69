"""``course similarity``: pairs of submissions that are unusually alike, with the evidence.

Code is read as a row of tokens without comments, layout and names, so that renaming changes nothing.
Of every run of tokens a hash is taken, and of every window of hashes the smallest is kept: whatever
two texts share that is at least as long as a window and a run together is then found in both. What the
released notebook has, and what many submissions have, does not count: an update rule of three lines
has few forms. What is left is shared by few, and is shown side by side.

That two are alike does not say why. It is a reason to ask.

References
----------
.. [1] S. Schleimer, D. S. Wilkerson, A. Aiken, "Winnowing: local algorithms for document
   fingerprinting", SIGMOD 2003.
"""

from __future__ import annotations

import functools
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from pygments.lexers import PythonLexer
from pygments.token import Comment, Name, Number, String, Text, Token

from .._validate import Array

RUN = 14  # tokens that are hashed together: about two lines
WINDOW = 6  # hashes of which one is kept
COMMON = 0.05  # share of the class above which what is shared does not count
FEWEST = 3  # but so many may always share it
LEAST = 6  # rare hashes in common that make a pair worth a look
MIN_SHARE = 0.25  # of the rare hashes of the shorter one


class Print(NamedTuple):
    """A kept hash, and where its run of tokens stands: cell, first and last line (from 0)."""

    value: int
    cell: str
    first: int
    last: int


class Pair(NamedTuple):
    """Two submissions.

    Attributes
    ----------
    one, other : str
    shared : int
        Rare hashes in common.
    share : float
        Of the rare hashes of the shorter one.
    spots : tuple of (Print, Print)
        Where: in the one, and in the other.
    """

    one: str
    other: str
    shared: int
    share: float
    spots: tuple[tuple[Print, Print], ...]


def tokens(source: str) -> list[tuple[int, int]]:
    r"""Return (code, line) of the tokens of a text; what does not change meaning is left out.

    Examples
    --------
    >>> one, two = tokens("v = a + 1  # velocity"), tokens("w  =  b + 1")
    >>> [code for code, _ in one] == [code for code, _ in two]
    True
    """
    found, line = [], 0
    for kind, text in PythonLexer(stripnl=False).get_tokens(source[:100_000]):
        if not (kind in Comment or kind in Text or kind in String.Doc):
            found.append((_code(kind, text), line))
        line += text.count("\n")
    return found


@functools.lru_cache(maxsize=4096)
def _code(kind: Any, text: str) -> int:
    if kind in Name:
        text = "name"
    elif kind in Number:
        text = "number"
    elif kind in String:
        text = "text"
    elif kind in Token.Error:
        text = "?"
    return zlib.crc32(text.encode("utf-8", "replace"))


def prints(cells: Mapping[str, str]) -> list[Print]:
    """Return the fingerprint of a submission.

    Parameters
    ----------
    cells : mapping of str to str
        What the student wrote, by name of the cell. A run never reaches from one into the next.
    """
    found = []
    for cell, source in cells.items():
        row = tokens(source)
        if len(row) < RUN:
            continue
        hashes = _hashes(np.array([code for code, _ in row], np.uint64))
        found += [
            Print(int(hashes[at]), cell, row[at][1], row[at + RUN - 1][1]) for at in winnow(hashes)
        ]
    return found


def _hashes(codes: Array) -> Array:
    """Return a hash of every run of tokens."""
    windows = np.lib.stride_tricks.sliding_window_view(codes, RUN)
    powers = np.array([pow(0x9E3779B97F4A7C15, k, 1 << 64) for k in range(1, RUN + 1)], np.uint64)
    mixed = (windows * powers).sum(axis=1, dtype=np.uint64)  # modulo 2**64
    mixed = mixed ^ (mixed >> np.uint64(31))
    return np.asarray(mixed * np.uint64(0xBF58476D1CE4E5B9))


def winnow(hashes: Array) -> list[int]:
    """Return the positions that are kept: the smallest of each window, the last of equal ones.

    Examples
    --------
    >>> winnow(np.array([9, 1, 8, 7, 6, 5, 4, 3]))
    [1, 7]
    """
    if len(hashes) <= WINDOW:
        return [len(hashes) - 1 - int(np.argmin(hashes[::-1]))]
    windows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW)[:, ::-1]
    smallest = np.arange(len(windows)) + WINDOW - 1 - windows.argmin(axis=1)
    return [int(at) for at in np.unique(smallest)]


def pairs(
    found: Mapping[str, list[Print]], released: Iterable[Print] = (), most: int = 50
) -> list[Pair]:
    """Return the pairs that are unusually alike, those with most in common first.

    Parameters
    ----------
    found : mapping of str to list of Print
        By student.
    released : iterable of Print
        Of the released notebook.
    most : int
        As many pairs at most.
    """
    given = {one.value for one in released}
    own = {student: {p.value for p in row} - given for student, row in found.items()}
    counts = Counter(value for values in own.values() for value in values)
    limit = max(FEWEST, int(COMMON * len(found)))
    holders: defaultdict[int, list[str]] = defaultdict(list)
    rare: Counter[str] = Counter()
    for student, values in own.items():
        for value in values:
            if counts[value] <= limit:
                holders[value].append(student)
                rare[student] += 1
    shared: Counter[tuple[str, str]] = Counter()
    for students in holders.values():
        shared.update(combinations(sorted(students), 2))
    rows = []
    for (one, other), count in shared.items():
        share = count / min(rare[one], rare[other])
        if count >= LEAST and share >= MIN_SHARE:
            rows.append((count, share, one, other))
    rows.sort(key=lambda row: (-row[0], -row[1], row[2:]))
    return [
        Pair(
            one,
            other,
            count,
            round(share, 4),
            _spots(found[one], found[other], holders, one, other),
        )
        for count, share, one, other in rows[:most]
    ]


def _spots(
    a: list[Print], b: list[Print], holders: Mapping[int, list[str]], one: str, other: str
) -> tuple[tuple[Print, Print], ...]:
    there: dict[int, Print] = {}
    for p in b:
        there.setdefault(p.value, p)
    spots = {
        p.value: (p, there[p.value])
        for p in reversed(a)
        if p.value in there and {one, other} <= set(holders.get(p.value, ()))
    }
    return tuple(sorted(spots.values(), key=lambda spot: (spot[0].cell, spot[0].first)))
