"""Pages run before they are read: side by side, once, and an error has the name of its page."""

import subprocess
import sys
from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"
SETTINGS = f"""
import sys
sys.path.insert(0, {str(EXTENSIONS)!r})
import run_pages
run_pages.at_once = lambda: 2
extensions = ["myst_nb", "run_pages"]
nb_execution_mode = "cache"
nb_execution_timeout = 60
nb_execution_raise_on_error = True
nb_execution_cache_path = "cache"
"""
PAGE = """---
file_format: mystnb
kernelspec: {{name: python3}}
---
# A page

```{{code-cell}} ipython3
{}
```
"""
MEET = """
from pathlib import Path
from time import sleep
with open("runs", "a") as runs:
    print("{0}", file=runs)
Path("{0}").touch()
while not Path("{1}").exists():
    sleep(0.02)
print("{0} has met {1}")
"""


def build(folder):
    """Build the pages of a folder."""
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", folder, folder / "html"],
        capture_output=True, text=True, cwd=folder,
    )  # fmt: skip


@pytest.mark.slow
def test_pages_run_side_by_side_and_once(tmp_path):
    """Each of two pages waits for the other; then a third fails."""
    (tmp_path / "conf.py").write_text(SETTINGS)
    (tmp_path / "index.md").write_text("# Contents\n\n```{toctree}\n:glob:\n*\n```\n")
    (tmp_path / "words.md").write_text("# No code\n")
    (tmp_path / "one.md").write_text(PAGE.format(MEET.format("one", "two")))
    (tmp_path / "two.md").write_text(PAGE.format(MEET.format("two", "one")))
    done = build(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "one has met two" in (tmp_path / "html" / "one.html").read_text()
    assert "two has met one" in (tmp_path / "html" / "two.html").read_text()
    assert sorted((tmp_path / "runs").read_text().split()) == ["one", "two"]

    page = tmp_path / "one.md"
    page.write_text(page.read_text() + "\nOther words, and the same code.\n")
    (tmp_path / "three.md").write_text(PAGE.format("print(1 / 0)"))
    done = build(tmp_path)
    assert done.returncode != 0
    assert "A page of the book does not run" in done.stderr
    assert "three\n" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert sorted((tmp_path / "runs").read_text().split()) == ["one", "two"]
