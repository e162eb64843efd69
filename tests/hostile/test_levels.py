"""The corpus at every level of the sandbox that this machine has, as root and as nobody.

But for what ends by the judge's clock alone, whatever the level (``once`` in ``corpus/forms.py``). That a
copy which is to end does end is seen at every level with two cases of this kind.

All of it in a cage around the sandbox, made with bwrap, for the case that the sandbox does not hold: no
network, no other processes, all files read only, few processes.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.grading.sandbox import LEVELS, python_path, why_not

HERE = Path(__file__).parent
PYTHON = Path(os.path.realpath(sys.executable))
NOBODY = "65534"
needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="the cage is made with bwrap")


def cage(nobody):
    """The words before a command that put it in the cage."""
    words = ["bwrap", "--die-with-parent", "--new-session", "--ro-bind", "/", "/", "--dev", "/dev"]
    words += ["--proc", "/proc", "--perms", "1777", "--tmpfs", "/tmp"]
    words += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    words += ["--dir", "/tmp/in-a-cage"]
    if os.geteuid() != 0:
        words += ["--unshare-user"]
    elif nobody:  # who may not look into root's home, where Python may be installed
        words += ["--cap-add", "ALL", "--perms", "0755", "--tmpfs", "/root"]
        if PYTHON.is_relative_to("/root"):
            own = Path("/root", PYTHON.parts[2])
            words += ["--perms", "0755", "--dir", str(own), "--ro-bind", str(own), str(own)]
        words += ["--", "setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
        words += ["--inh-caps=-all", "prlimit", "--nproc=100", "--"]
        return words
    else:
        words += ["--cap-add", "ALL"]
    return [*words, "--", "prlimit", "--nproc=400", "--"]


def run(level, nobody):
    """Run the corpus at a level; return what it said."""
    kept = {name: os.environ[name] for name in ("PATH", "NUMBA_CACHE_DIR") if name in os.environ}
    environment = {**kept, "PYTHONPATH": python_path(), "HOME": "/tmp", "MPLBACKEND": "agg"}
    words = [*cage(nobody), str(PYTHON), "-P", str(HERE / "run.py"), level]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@needs_bwrap
@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("nobody", [False, True], ids=["as who we are", "as nobody"])
def test_every_case_ends_as_it_must_at_every_level(level, nobody):
    if nobody and os.geteuid() != 0:
        pytest.skip("not root: we are nobody already")
    if level == "namespaces" and not nobody:
        pytest.skip("test_hostile.py does that, case by case")
    if why := why_not(level):
        pytest.skip(f"there is no such level here: {why}")
    said = run(level, nobody)
    assert said["wrong"] == []
    assert said["count"] >= 170
