"""Which of the course's own cells the answers of a submission need.

A notebook's experiments take most of its time and give no points. Only cells whose names an answer
uses have to run before the checks; what names those are is read from the text, without running it.
"""

from __future__ import annotations

import ast
import functools
import re
import symtable
from collections.abc import Sequence

# Who looks names up while running may need any cell.
_DYNAMIC = frozenset({"globals", "locals", "vars", "eval", "exec", "get_ipython", "__main__"})
_WORD = re.compile(r"[^\W\d]\w*")
_REMEMBERED = functools.lru_cache(256)  # the course's own cells are in every submission


@_REMEMBERED
def uses(source: str) -> frozenset[str]:
    r"""Return the names that a text takes from outside of its functions.

    All of its words, if it is not plain Python.

    Examples
    --------
    >>> sorted(uses("def f(x):\n    y = np.sin(x)\n    return helper(y)"))
    ['helper', 'np']
    >>> sorted(uses("%time f(x)"))
    ['f', 'time', 'x']
    """
    try:
        tables = [symtable.symtable(source, "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(_WORD.findall(source))
    names: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        names.update(
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (top or symbol.is_global())
        )
    return frozenset(names)


@_REMEMBERED
def defines(source: str) -> frozenset[str]:
    """Return the names that a text binds at its top level, whatever it does them in.

    Examples
    --------
    >>> sorted(defines("import numpy as np; from a import b; x, y = 1, 2"))
    ['b', 'np', 'x', 'y']
    """
    try:
        table = symtable.symtable(source, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(_WORD.findall(source))
    found = (s for s in table.get_symbols() if s.is_assigned() or s.is_imported())
    return frozenset(symbol.get_name() for symbol in found)


@_REMEMBERED
def imports(source: str) -> bool:
    """Whether a text imports something at its top level, so that it may set up what follows.

    Examples
    --------
    >>> imports("import numpy"), imports("if True: import numpy")
    (True, False)
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return True
    return any(isinstance(row, ast.Import | ast.ImportFrom) for row in body)


def needed(cells: Sequence[tuple[str, str]]) -> list[bool]:
    """Say which cells have to run.

    Parameters
    ----------
    cells : sequence of (str, str)
        Kind and text of each, in order: ``answer`` cells always run, ``given`` ones if they import
        something, or if a later cell that runs uses a name of theirs.

    Returns
    -------
    list of bool

    Examples
    --------
    >>> needed([("given", "k = 2"), ("given", "w = 3"), ("answer", "f = lambda w: k * w")])
    [True, False, True]
    """
    wanted: set[str] = set()
    runs = []
    for kind, source in reversed(cells):
        run = kind == "answer" or bool(wanted & (_DYNAMIC | defines(source))) or imports(source)
        if run:
            wanted |= uses(source)
        runs.append(run)
    return runs[::-1]
