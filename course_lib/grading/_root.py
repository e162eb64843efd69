"""What of this machine's files an answer needs: Python, its packages, the library."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

DEVICES = ("null", "zero", "random", "urandom")
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")


def needed() -> Iterator[str]:
    """Yield the folders that Python needs: its own, its packages, this library; none twice."""
    import IPython
    import matplotlib
    import numpy

    packages = (numpy, matplotlib, IPython)
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {f"{sys.base_prefix}/lib"} - {"/usr/lib"}
    folders |= {str(Path(str(package.__file__)).parents[1]) for package in packages}
    folders |= {str(Path(__file__).parents[1])}
    folders |= set(_SYSTEM) | set(_compiled())
    done: list[str] = []
    for folder in sorted(filter(os.path.lexists, folders), key=len):
        if not any(folder.startswith(f"{other}/") for other in done):
            done.append(folder)
            yield folder


def _compiled() -> Iterator[str]:
    """Yield the folder of compiled kernels, if it is not the library's own."""
    folder = os.environ.get("NUMBA_CACHE_DIR", "")
    if os.path.isabs(folder) and not folder.startswith("/tmp/"):
        yield folder
