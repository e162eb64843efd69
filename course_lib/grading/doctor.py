"""``course doctor``: what this machine has, what is missing, and how to get it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from rich.table import Table

from .course import add_scripts_to_path, find_course
from .ui import Problem

Level = Literal["ok", "note", "missing"]
MARKS: dict[Level, str] = {"ok": "✓", "note": "·", "missing": "✗"}
INSTALL = (
    "python -m pip install --require-hashes -r requirements.txt, then pip install --no-deps -e ."
)


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes
    ----------
    what : str
        Its name.
    level : {"ok", "note", "missing"}
        Whether the course can work with it as it is.
    detail : str
        What was found.
    mend : str
        What to do about it; empty if there is nothing to do.
    """

    what: str
    level: Level
    detail: str
    mend: str = ""


def examine() -> list[Finding]:
    """Look at everything that the course needs."""
    add_scripts_to_path()
    findings = [_python(), *map(_package, ("numpy", "matplotlib", "nbgrader", "jupyter-book"))]
    findings += [_numba(), _cache(), _kernel(), _alembic(), _course(), _sandbox()]
    return [*findings, _cgroup()] if platform.system() == "Linux" else findings


def _python() -> Finding:
    version = platform.python_version()
    detail = f"{version} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("Python", "ok", detail)
    return Finding("Python", "missing", detail, "Use Python 3.11, 3.12 or 3.13.")


def _package(name: str) -> Finding:
    try:
        return Finding(name, "ok", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "missing", "not installed", f"Install it: {INSTALL}")


def _numba() -> Finding:
    from ..kernels import policy

    if not policy.jit_enabled():
        why = "switched off" if policy.HAS_NUMBA else "not installed"
        return Finding(
            "numba",
            "note",
            f"{why}; kernels run as plain Python, with the same results, slowly",
            "python -m pip install numba, and unset NUMBA_DISABLE_JIT",
        )
    threads = os.environ.get("NUMBA_NUM_THREADS") or os.cpu_count()
    version = importlib.metadata.version("numba")
    return Finding("numba", "ok", f"{version}, compiles; {threads} threads")


def _cache() -> Finding:
    from ..kernels import policy

    chosen = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(chosen) if chosen else Path(policy.__file__).parent / "__pycache__"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            "compiled kernels",
            "note",
            f"{folder} can't be written ({error.strerror}): every start compiles anew",
            "Set NUMBA_CACHE_DIR to a folder that can.",
        )
    return Finding("compiled kernels", "ok", f"kept in {folder}")


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding(
            "notebook kernel", "missing", "no kernel python3", "python -m pip install ipykernel"
        )
    program = shutil.which(spec.argv[0])
    if program is None:
        return Finding(
            "notebook kernel",
            "missing",
            f"python3 starts {spec.argv[0]}, which is not there",
            "python -m ipykernel install --sys-prefix",
        )
    return Finding("notebook kernel", "ok", f"python3, {program}")


def _alembic() -> Finding:
    found = shutil.which("alembic")
    if found:
        return Finding("alembic", "ok", found)
    return Finding(
        "alembic",
        "missing",
        "not on PATH; nbgrader needs it to make a gradebook",
        "python -m pip install alembic",
    )


def _course() -> Finding:
    try:
        course = find_course()
    except Problem as problem:
        return Finding("course", "note", "the working folder is not in one", problem.message)
    names = course.assignments()
    if not names:
        return Finding("course", "missing", f"{course.solutions} is empty", "Add an assignment.")
    return Finding("course", "ok", f"{course.root}, assignments: {', '.join(names)}")


def _sandbox() -> Finding:
    """Say which level of the judge's sandbox can be had, and what stands in the way of a better one."""
    from .sandbox import LEVELS, means, why_not

    problems: dict[str, str] = {}
    for level in LEVELS:
        problem = why_not(level)
        if problem:
            problems[level] = problem
            continue
        told = f"level {level}: {means(level)}"
        better = _told(problems)
        told += f" ({better})" if better else ""
        if level == LEVELS[-1]:
            return Finding("sandbox", "note", told, _better_sandbox(better))
        return Finding("sandbox", "ok", told)
    return Finding(
        "sandbox", "missing", f"no level ({_told(problems)})", _better_sandbox(_told(problems))
    )


def _told(problems: dict[str, str]) -> str:
    """Return why each level can't be had, in one line."""
    return "; ".join(f"no {name}: {why}" for name, why in problems.items())


def _cgroup() -> Finding:
    """Say whether the whole command can be given a limit; each answer has limits of its own."""
    each = "each answer is one process, and its limits need none"
    try:
        there = Path("/sys/fs/cgroup/cgroup.controllers").read_text().split()
    except OSError:
        there = []
    if {"memory", "pids"} <= set(there):
        mend = (
            "To limit all workers together: systemd-run --scope -p MemoryMax=75% course grade ..."
        )
        return Finding("cgroup v2", "ok", f"memory and pids can be limited; {each}", mend)
    return Finding("cgroup v2", "note", f"no control of memory and pids here; {each}")


_SETTINGS = {  # what may keep users from making namespaces: the value that does, and the mend
    "kernel/unprivileged_userns_clone": ("0", "sysctl kernel.unprivileged_userns_clone=1"),
    "user/max_user_namespaces": ("0", "sysctl user.max_user_namespaces=10000"),
    "kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
}


def _better_sandbox(why: str) -> str:
    """Say how to get a better level on this machine."""
    if "below /tmp" in why:
        return "Move the course, with its .venv, to a folder that is not below /tmp."
    if platform.system() != "Linux":
        return "Grade classes that you don't trust on Linux: in a virtual machine or a container."
    for name, (value, mend) in _SETTINGS.items():
        try:
            found = Path("/proc/sys", name).read_text().strip()
        except OSError:
            continue
        if found == value:
            return f"As root: {mend}. Or install bubblewrap: apt install bubblewrap."
    if shutil.which("bwrap") is None:
        return "Install bubblewrap: apt install bubblewrap (or dnf, pacman, zypper)."
    return (
        "In a container: let it make namespaces, as with docker run --security-opt "
        "seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined."
    )


def to_table(findings: list[Finding]) -> Table:
    """Return a table for the terminal."""
    table = Table("", "what", "found", title="course doctor", title_justify="left")
    for finding in findings:
        mend = f"\n→ {finding.mend}" if finding.mend else ""
        table.add_row(MARKS[finding.level], finding.what, finding.detail + mend)
    return table
