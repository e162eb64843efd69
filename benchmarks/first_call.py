"""What the first call of a kernel costs in a new process, its code already in the cache.

Run it with ``make bench`` or ``python benchmarks/first_call.py``; it prints one JSON object a line. Each
measurement is a process of its own; times are medians, in milliseconds.

``import``     importing numba and course_lib
``refresh``    numba's own set-up at the first compiled function of any library (its lazy imports)
``first_call`` beyond those two: reading the kernel from the cache and running it
``next_call``  the same call again
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile

CALLS = {
    "step adam": "from course_lib.optimizers import step; call = lambda: step('adam', [1.0], [1.0])",
    "descend": "from course_lib.descent import descend; call = lambda: descend('rosenbrock', rule='adam')",
}

MEASURE = """
from time import perf_counter
times = [perf_counter()]
import numba
{prepare}
times.append(perf_counter())
from numba.core.registry import cpu_target
cpu_target.typing_context.refresh()
cpu_target.target_context.refresh()
times.append(perf_counter())
call()
times.append(perf_counter())
call()
times.append(perf_counter())
import json
print(json.dumps([1000 * (b - a) for a, b in zip(times, times[1:])]))
"""


def measure(prepare: str, cache: str) -> list[float]:
    """Return the four times of one new process."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.format(prepare=prepare)],
        env={**os.environ, "NUMBA_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    times: list[float] = json.loads(done.stdout)
    return times


def main(repeats: int = 7) -> None:
    """Measure every call and print the medians."""
    with tempfile.TemporaryDirectory() as cache:
        for name, prepare in CALLS.items():
            cold = measure(prepare, cache)
            runs = [measure(prepare, cache) for _ in range(repeats)]
            medians = [round(statistics.median(column), 3) for column in zip(*runs, strict=True)]
            print(
                json.dumps(
                    {
                        "benchmark": "first_call",
                        "call": name,
                        **dict(
                            zip(
                                ("import", "refresh", "first_call", "next_call"),
                                medians,
                                strict=True,
                            )
                        ),
                        "first_call_uncached": round(cold[2], 1),
                        "repeats": repeats,
                        "python": platform.python_version(),
                        "unit": "ms",
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
