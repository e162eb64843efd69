"""Which of the library's files a mark depends on, and a hash of their text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
# Within the package all imports are relative. Parsing its files would take longer than hashing them; a
# sentence in a docstring that looks like an import does no harm, as it leads to a file or to none.
_IMPORT = re.compile(r"^[ \t]*from (\.+)([\w.]*) import (\([^)]*\)|[^\n#]*)", re.MULTILINE)
_NAME = re.compile(r"(\w+)(?: as \w+)?[ \t]*,?[ \t]*(?:#[^\n]*)?")
STARTS = ("grading/worker.py", "grading/gradebook.py")


def fingerprint(starts: Sequence[str] = STARTS, package: Path = PACKAGE) -> str:
    """Return a hash of some files and of all files of the package that they import."""
    digest = hashlib.sha256()
    for path in dependencies(starts, package):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def dependencies(starts: Sequence[str] = STARTS, package: Path = PACKAGE) -> list[Path]:
    """Return the files themselves and what they import of the package, directly or not.

    Examples
    --------
    >>> names = [path.name for path in dependencies()]
    >>> "judge.py" in names, "report.py" in names
    (True, False)
    """
    found: set[Path] = set()
    waiting = [package / start for start in starts]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imports(path, package)
    return sorted(found)


def _imports(path: Path, package: Path) -> Iterator[Path]:
    """Find the package's own files that one file imports."""
    for dots, module, names in _IMPORT.findall(path.read_text(encoding="utf-8")):
        target = path.parents[len(dots) - 1].joinpath(*module.split("."))
        # Importing a module runs its package first. The top one is left out: it only lists names.
        parts = (target / name for name in _NAME.findall(names))
        for place in (target, target.parent, *parts):
            if place.with_suffix(".py").is_file():
                yield place.with_suffix(".py")
            elif package in place.parents and (place / "__init__.py").is_file():
                yield place / "__init__.py"
