"""One step of every update rule against torch (fused, foreach, plain) and optax (jitted, buffers donated).

``make bench`` runs it in the peers' environment. ``BENCH_SIZES=1e2,1e4`` and ``BENCH_RULES=adamw`` take a
part. Each line also holds the memory bandwidth of our step and that of a threaded triad (a ← b + 2c) of the
same rounds; every weight, gradient and state that is read or written counts once for each.
"""

from __future__ import annotations

import os
from contextlib import ExitStack

from _measure import QUICK, Log, Process, take_turns

from course_lib.optimizers import OPTIMIZERS

SIZES = os.environ.get("BENCH_SIZES", "1e2,1e3" if QUICK else "1e2,1e3,1e4,1e5,1e6,1e7").split(",")
RULES = os.environ.get("BENCH_RULES", "sgd,adam" if QUICK else ",".join(OPTIMIZERS)).split(",")
BYTES = {"float64": 8, "float32": 4}


def main() -> None:
    """Measure every rule at every size in both precisions."""
    log = Log("steps")
    with ExitStack() as stack:
        processes = [stack.enter_context(Process(f"by_{who}")) for who in ("ours", "torch", "jax")]
        for n in (int(float(size)) for size in SIZES):
            for dtype, size in BYTES.items():
                for rule in RULES:
                    if log.known(rule, n, dtype):
                        continue
                    task = {"what": "step", "rule": rule, "n": n, "dtype": dtype}
                    seconds = take_turns(processes, task)
                    triad = 3 * n * size / seconds.pop("triad")
                    moved = (3 + 2 * len(OPTIMIZERS[rule].state)) * n * size / seconds["ours"]
                    log.compare(
                        rule, n, dtype, seconds,
                        gb_per_s=round(moved / 1e9, 2), triad_gb_per_s=round(triad / 1e9, 2),
                    )  # fmt: skip
    log.finish()


if __name__ == "__main__":
    main()
