"""The code behind a row: a digest that changes when what its check computes may have changed."""

from __future__ import annotations

import ast
import functools
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import checks
from ..checks import Exercise

LIBRARY = Path(checks.__file__).parents[1]

# How kernels are compiled and spread over threads is no part of what they compute.
MACHINERY = {"policy.py", "_cache.py", "_numba.py", "_threads.py", "crew.py", "words.py"}


def digest(exercise: Exercise) -> str:
    """Return a digest of all code of the library that a check of an exercise can run.

    Parameters
    ----------
    exercise : Exercise

    Returns
    -------
    str
        Sixteen hexadecimal digits, from the module of the row, that of the judge, and every module
        that they import, however far away, but for the machinery of the kernels. Comments,
        docstrings, layout and the words of a :class:`Failure` don't matter, nor does the version of
        Python.
    """
    return digest_of(*starts(exercise))


def digest_of(*starts: Path) -> str:
    """Return a digest of some files of the library and of all that they import.

    Parameters
    ----------
    *starts : path

    Returns
    -------
    str
        As :func:`digest`.
    """
    whole = hashlib.sha256()
    for path in code_of(*starts):
        whole.update(f"{path.relative_to(LIBRARY).as_posix()} {code(path)}\n".encode())
    return whole.hexdigest()[:16]


def starts(exercise: Exercise) -> tuple[Path, Path]:
    """Return the file in which a row is made, and that of the judge.

    Parameters
    ----------
    exercise : Exercise

    Returns
    -------
    tuple of path
    """
    for name, module in sorted(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if not name.startswith("course_lib.checks.ch") or not path or "__path__" in vars(module):
            continue
        if any(value is exercise for value in vars(module).values()):
            return Path(path), LIBRARY / "checks" / "judge.py"
    raise LookupError(f"{exercise.name} stands in no module of the checks.")


def code_of(*starts: Path) -> list[Path]:
    """Return some files and all of the library that they import, but for the kernels' machinery.

    Parameters
    ----------
    *starts : path

    Returns
    -------
    list of path
        Sorted.
    """
    todo = list(starts)
    found = set(todo)
    while todo:
        new = set(_imports(todo.pop())) - found
        found |= new
        todo += new
    return sorted(found)


@functools.cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def _imports(path: Path) -> tuple[Path, ...]:
    """Return the files of the library that one of them imports, relatively as all of it does."""
    found: list[Path] = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            parts = [folder / alias.name for alias in node.names]
            modules = [file for part in parts for file in _file_of(part)]
            found += modules if len(modules) == len(parts) else [*modules, *_file_of(folder)]
    computing = (file for file in found if file.name not in MACHINERY)
    return tuple(dict.fromkeys(computing))


def _file_of(name: Path) -> Iterator[Path]:
    """Find the file of a module or of a package, if there is one."""
    files = (name.with_name(f"{name.name}.py"), name / "__init__.py")
    return (file for file in files if file.is_file())


@functools.cache
def code(path: Path) -> str:
    """Return a digest of the code of one file.

    Parameters
    ----------
    path : path

    Returns
    -------
    str
    """
    return hashlib.sha256(_shape(_tree(path)).encode()).hexdigest()


def _shape(node: Any) -> str:
    """Write a syntax tree without words, and without what only some versions of Python have.

    Examples
    --------
    >>> _shape(ast.parse('''def f():
    ...     "Two."
    ...     return 2  # a comment''')) == _shape(ast.parse("def f(): return 2"))
    True
    """
    if isinstance(node, list):
        return f"[{', '.join(map(_shape, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and _is_text(node.body[:1]):
        fields["body"] = node.body[1:]
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Failure":
        fields["args"] = node.args[1:]
    parts = [f"{k}={_shape(v)}" for k, v in fields.items() if v is not None and v != []]
    return f"{type(node).__name__}({', '.join(parts)})"


def _is_text(first: list[ast.stmt]) -> bool:
    return any(
        isinstance(s, ast.Expr)
        and isinstance(s.value, ast.Constant)
        and isinstance(s.value.value, str)
        for s in first
    )
