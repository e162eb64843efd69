"""Run every check on its own right function, with nothing installed but NumPy; see test_wheel.py."""

import importlib.util
import json
import sys
import time

for absent in ("numba", "click", "rich", "dask", "nbgrader", "IPython", "matplotlib"):
    assert importlib.util.find_spec(absent) is None, absent

import numpy as np  # noqa: E402

from course_lib.checks import EXERCISES, judge  # noqa: E402

report = {"python": list(sys.version_info[:2]), "numpy": np.__version__, "seconds": {}}
for name, row in EXERCISES.items():
    for seed, hidden in ((0, False), (9, True))[: 1 + row.hidden]:
        start = time.perf_counter()
        verdict = judge(row, row.reference, seed, hidden)
        report["seconds"][f"{name}{' hidden' * hidden}"] = round(time.perf_counter() - start, 3)
        assert verdict.passed, (name, hidden, verdict.cause)
    wrong = row.misconceptions[0]
    verdict = judge(row, wrong.function)
    assert verdict.misconception == wrong.name, (name, wrong.name, verdict.misconception)
print(json.dumps(report))
