"""The library stands closed before the copies are made, opens when a cell calls it, and closes for good."""

import subprocess
import sys

import pytest

BEGIN = """
import importlib, sys
from course_lib import optimizers, schedules
from course_lib.checks import EXERCISES
from course_lib.checks.guard import LibraryCalled
from course_lib.grading import library

def refuses(function, *args):
    try:
        function(*args)
    except LibraryCalled as called:
        return str(called)

own = schedules.scale_learning_rate.__code__
library.prepare()
assert schedules.scale_learning_rate.__code__ is not own
"""
CASES = {
    "closed without a call": """
assert library.close()
assert refuses(schedules.scale_learning_rate, 0.1, 64, 32) == "course_lib.schedules.scale_learning_rate"
assert library.refused() == "course_lib.schedules.scale_learning_rate"
library.begin()
assert not library.refused()
assert refuses(EXERCISES["momentum_step"].reference, 1, 2, 3)
assert schedules.scale_learning_rate.__code__ is not own
assert library._state.own == []
""",
    "a cell calls it": """
assert schedules.scale_learning_rate(0.1, 64, 32) == 0.2
assert schedules.scale_learning_rate.__code__ is own
assert not library.close()
assert refuses(schedules.scale_learning_rate, 0.1, 64, 32) == "course_lib.schedules.scale_learning_rate"
assert refuses(EXERCISES["momentum_step"].reference, 1, 2, 3)
""",
    "imported, reloaded or put there later": """
assert "course_lib.averages" not in sys.modules
from course_lib import averages
importlib.reload(schedules)
kept = sys.modules.pop("course_lib.optimizers")
again = importlib.import_module("course_lib.optimizers")
assert not library.close()
assert again is not kept
mine = [f for f in vars(averages).values() if getattr(f, "__module__", "") == averages.__name__
        and hasattr(f, "__code__") and not f.__closure__]
assert mine
for function in (*mine, schedules.scale_learning_rate, again.step, kept.step):
    assert refuses(function)
""",
    "a kernel": """
from course_lib.kernels import policy
kernel = next(x for x in vars(importlib.import_module("course_lib.kernels.optimizers")).values()
              if isinstance(x, policy.Kernel))
library.close()
assert refuses(kernel) == f"{kernel.function.__module__}.{kernel.function.__name__}"
""",
}


@pytest.mark.parametrize("case", CASES)
def test_library_is_closed(case):
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + CASES[case]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
