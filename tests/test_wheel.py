"""The library as a browser gets it: a wheel, Python 3.12, NumPy 2.0, and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.checks import EXERCISES

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")


def run(*command, cwd):
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python_for_numpy_2_0():
    """Python 3.12, the browser's; where there is none, this one, if NumPy 2.0 knows it."""
    found = subprocess.run(
        [UV, "python", "find", "--no-python-downloads", "3.12"], capture_output=True, text=True
    )
    if found.returncode == 0:
        return found.stdout.strip()
    if sys.version_info >= (3, 13):
        pytest.skip("there is no Python 3.12, and NumPy 2.0 has no wheel for this one")
    return sys.executable


@pytest.mark.slow
def test_every_check_runs_from_the_wheel_with_nothing_but_numpy(tmp_path):
    source = tmp_path / "source"  # a copy: building leaves files behind
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(
        ROOT / "course_lib", source / "course_lib", ignore=shutil.ignore_patterns("__pycache__")
    )
    run(UV, "build", "--quiet", "--wheel", "--out-dir", tmp_path, cwd=source)
    (wheel,) = tmp_path.glob("*.whl")
    run(UV, "venv", "--quiet", "--python", python_for_numpy_2_0(), "alone", cwd=tmp_path)
    python = tmp_path / "alone" / "bin" / "python"
    install = (UV, "pip", "install", "--quiet", "--python", python)
    run(*install, "numpy==2.0.2", cwd=tmp_path)
    run(*install, "--no-deps", wheel, cwd=tmp_path)
    absent = ("numba", "click", "rich", "dask", "nbgrader", "IPython", "matplotlib")
    look = f"import importlib.util as u; assert not any(map(u.find_spec, {absent}))"
    run(python, "-c", look, cwd=tmp_path)
    report = json.loads(run(python, "-m", "course_lib.checks", cwd=tmp_path))
    assert report["problems"] == []
    assert report["numpy"] == "2.0.2"
    assert {name.removesuffix(" hidden") for name in report["seconds"]} == set(EXERCISES)
