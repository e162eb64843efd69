"""One step of every update rule against torch (fused, foreach, plain) and optax (jitted, buffers donated).

``make bench`` runs it in the peers' environment. ``BENCH_SIZES=1e2,1e4`` and ``BENCH_RULES=adamw`` take a
part.

Each line also holds what the hardware allows, measured in the same rounds on all processors: ``gb_per_s``
and ``triad_gb_per_s``, the memory bandwidth of our step and that of a triad (a ← b + 2c), where every
weight, gradient and state that is read or written counts once for each; and ``limit_s``, how long a step would
take that moves its bytes at the triad's speed, or its roots and divisions alone if that takes longer.
"""

from __future__ import annotations

import os
from contextlib import ExitStack

from _measure import QUICK, Log, Process, take_turns

from course_lib.optimizers import OPTIMIZERS

SIZES = os.environ.get("BENCH_SIZES", "1e2,1e3" if QUICK else "1e2,1e3,1e4,1e5,1e6,1e7").split(",")
RULES = os.environ.get("BENCH_RULES", "sgd,adam" if QUICK else ",".join(OPTIMIZERS)).split(",")
BYTES = {"float64": 8, "float32": 4}
WITH_ROOTS = OPTIMIZERS.keys() - {"sgd", "momentum", "nesterov"}


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
                    words = 3 + 2 * len(OPTIMIZERS[rule].state)
                    triad, roots = seconds.pop("triad"), seconds.pop("roots")
                    limit = max(triad * words / 3, roots if rule in WITH_ROOTS else 0.0)
                    log.compare(
                        rule, n, dtype, seconds, limit_s=limit,
                        gb_per_s=round(words * n * size / seconds["ours"] / 1e9, 2),
                        triad_gb_per_s=round(3 * n * size / triad / 1e9, 2),
                    )  # fmt: skip
    log.finish()


if __name__ == "__main__":
    main()
