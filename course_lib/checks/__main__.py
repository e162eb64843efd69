"""``python -m course_lib.checks``: every check, tried on a right and on a wrong function.

Needs nothing but NumPy, so it says whether the checks work where the rest of the course is not
installed, such as in a browser. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

from . import EXERCISES, judge


def main() -> int:
    """Try them all; return 1 if one does not do what it should."""
    report: dict[str, Any] = {
        "schema": 1,
        "python": list(sys.version_info[:2]),
        "numpy": np.__version__,
        "seconds": {},
        "problems": [],
    }
    for name, row in EXERCISES.items():
        for seed, hidden in ((0, False), (9, True))[: 1 + row.hidden]:
            start = time.perf_counter()
            verdict = judge(row, row.reference, seed, hidden)
            report["seconds"][f"{name}{' hidden' * hidden}"] = round(time.perf_counter() - start, 3)
            if not verdict.passed:
                report["problems"].append(f"{name} rejects the right answer: {verdict.cause}")
        wrong = row.misconceptions[0]
        if judge(row, wrong.function).misconception != wrong.name:
            report["problems"].append(f"{name} does not name {wrong.name}.")
    print(json.dumps(report))
    return 1 if report["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
