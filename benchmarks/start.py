"""What it costs to begin: new processes, imports included, with every kernel in the cache, and without.

``import``      ``import numba, course_lib``, against ``import numba``
``path``        a process that takes a path of 100,000 Adam steps, against one that does so with JAX
``first call``  of some kernels in a new process, beyond importing numba and course_lib; the first of them
                does nothing, so that all of its time is numba's own
``compile``     ``python -m course_lib.kernels`` with nothing in the cache

``make bench`` runs it in the peers' environment. JAX may keep what it compiles as well (its persistent
cache), so both begin with a warm cache.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from time import perf_counter

from _measure import HERE, QUICK, Log

REPEATS = 2 if QUICK else int(os.environ.get("BENCH_ROUNDS", "11"))

IMPORTS = {"ours": "import numba, course_lib", "import numba": "import numba"}

RUN = "import by_{who}; by_{who}.prepare({{'what': 'path', 'steps': 100_000}})[{way!r}](1)"
PATHS = {
    "ours": RUN.format(who="ours", way="ours"),
    "jax scan": RUN.format(who="jax", way="jax scan"),
}

CALLS = {
    "a kernel that does nothing": "import numpy as np; from _nothing import nothing; "
    "call = lambda: nothing(np.ones(1))",
    "a step of Adam": "from course_lib.optimizers import step; call = lambda: step('adam', [1.0], [1.0])",
    "a run on Rosenbrock's function": "from course_lib.descent import descend; "
    "call = lambda: descend('rosenbrock', rule='adam')",
    "a run of momentum": "from course_lib.descent import descend; "
    "call = lambda: descend('rosenbrock', rule='momentum')",
    "a sweep": "from course_lib.descent import sweep; "
    "call = lambda: sweep('quadratic', grid={'lr': [0.1, 0.2]})",
    "a network's gradient": "import numpy as np; from course_lib.models import two_layer_network; "
    "m = two_layer_network(); w = m.init(0); X = np.zeros((32, 64)); y = np.zeros(32, dtype=int); "
    "call = lambda: m.loss_and_gradient(w, X, y)",
}
FIRST_CALL = """
from time import perf_counter
import numba
{prepare}
start = perf_counter()
call()
print(perf_counter() - start)
"""


def run(code: str | list[str], caches: str) -> str:
    """Run code in a new process; return what it prints."""
    done = subprocess.run(
        [sys.executable, *(["-c", code] if isinstance(code, str) else code)],
        cwd=HERE,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)]),
            "NUMBA_CACHE_DIR": caches,
            "JAX_COMPILATION_CACHE_DIR": caches,
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
            "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def processes(codes: dict[str, str], caches: str) -> dict[str, float]:
    """Return the median seconds of new processes that take turns."""
    times: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(REPEATS + 1):
        for name, code in codes.items():
            start = perf_counter()
            run(code, caches)
            times[name].append(perf_counter() - start)
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def main() -> None:
    """Measure all."""
    log = Log("start")
    with tempfile.TemporaryDirectory() as caches:
        if not QUICK:
            start = perf_counter()
            run(["-m", "course_lib.kernels"], caches)
            log.write(name="every kernel compiled, once", seconds=perf_counter() - start)
        for name, prepare in CALLS.items():
            code = FIRST_CALL.format(prepare=prepare)
            run(code, caches)
            seconds = statistics.median(float(run(code, caches)) for _ in range(REPEATS))
            log.write(name=f"first call of {name}, compiled before", seconds=seconds, limit=0.05)
        imports = processes(IMPORTS, caches)
        more = imports["ours"] - imports["import numba"]
        log.write(name="import course_lib, beyond import numba", seconds=more, limit=0.3)
        log.compare(
            "a new process that takes a path of 100,000 Adam steps", 100_000, "float64",
            processes(PATHS, caches),
        )  # fmt: skip
    log.finish()


if __name__ == "__main__":
    main()
