"""Tests of minutes: run until they have held, and again when something that they rest on has changed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEST = """
import pathlib, pytest
HERE = pathlib.Path(__file__).parent

@pytest.mark.proof("table.toml")
@pytest.mark.parametrize("number", [1, 2])
def test_all(number):
    assert "3" not in (HERE / "table.toml").read_text() or number == 1
"""


@pytest.fixture
def project(tmp_path):
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  proof: minutes\n  slow: seconds\n")
    (tmp_path / "table.toml").write_text("a = 1\n")
    (tmp_path / "test_it.py").write_text(TEST)

    def run(*options):
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *options]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return done.stdout.splitlines()[-1].partition(" in ")[0]

    return run, tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two"])
def test_what_has_held_is_not_run_again_until_it_may_have_changed(project, workers):
    run, folder = project
    assert run(*workers) == "2 skipped"
    assert not (folder / "tests" / "proofs.json").exists()
    assert run("--proofs", *workers) == "2 passed"
    assert len(json.loads((folder / "tests" / "proofs.json").read_text())) == 2
    assert run(*workers) == "2 skipped"
    assert run("--proofs", *workers) == "2 passed"
    (folder / "test_it.py").write_text(TEST.replace("HERE /", "HERE  /") + "# a remark\n")
    assert run(*workers) == "2 skipped"
    (folder / "table.toml").write_text("a = 3\n")
    assert run("--proofs", *workers) == "1 failed, 1 passed"
    assert run(*workers) == "2 skipped"
    (folder / "table.toml").write_text("a = 2\n")
    assert run(*workers) == "1 passed, 1 skipped"
