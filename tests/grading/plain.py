"""Plain nbgrader's commands, each in a process of its own, and nbgrader imported once for all of them.

To import nbgrader takes longer than most of its commands. So a process imports it and does nothing else;
every command is a fork of it, which goes its own way from then on.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

FORKS = hasattr(os, "fork")
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "JUPYTER_PLATFORM_DIRS": "1",
}
SECONDS = 600


class Nbgrader:
    """``run(folder, "autograde", "04_optimizers")`` is what a terminal in this folder would do."""

    def __init__(self, home):
        self.home = home
        self.mother = None

    def run(self, folder, *args):
        """Run a command; return what it said, and its code."""
        words = [str(arg) for arg in args]
        if not FORKS:
            return subprocess.run(
                [sys.executable, "-m", "nbgrader", *words], cwd=folder, env=ENVIRONMENT,
                capture_output=True, text=True, check=False, timeout=SECONDS,
            )  # fmt: skip
        if self.mother is None:
            self.mother = subprocess.Popen(
                [sys.executable, __file__], env=ENVIRONMENT, text=True, bufsize=1,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        said = [self.home / "stdout", self.home / "stderr"]
        print(json.dumps([str(folder), words, *map(str, said)]), file=self.mother.stdin)
        code = int(self.mother.stdout.readline())
        return subprocess.CompletedProcess(words, code, *(path.read_text() for path in said))

    def stop(self):
        """End the process that has imported nbgrader."""
        if self.mother is not None:
            self.mother.communicate()


def become(folder, words, *said):
    """Be the command from here on, and not for ever."""
    signal.alarm(SECONDS)
    os.chdir(folder)
    for number, path in enumerate([os.devnull, *said]):
        mode = os.O_RDWR | (os.O_CREAT | os.O_TRUNC if number else 0)
        file = os.open(path, mode, 0o600)
        os.dup2(file, number)
    sys.argv = ["nbgrader", *words]
    return nbgraderapp.main()


if __name__ == "__main__":
    # What the commands import when they run.
    import nbconvert.exporters  # noqa: F401
    from nbgrader import api, converters, preprocessors, validator  # noqa: F401
    from nbgrader.apps import nbgraderapp

    while task := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            sys.exit(become(*json.loads(task)))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(code, flush=True)
