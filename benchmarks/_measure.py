"""How the benchmarks measure: everything in one process, interleaved, medians, one JSON object a line."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

RESULTS = Path(__file__).with_name("results")
REPEATS = int(os.environ.get("BENCH_REPEATS", "9"))
ENOUGH = float(os.environ.get("BENCH_SECONDS", "0.02"))  # a repeat lasts at least this long


def calls_for(run: Callable[[], object]) -> int:
    """Return how many calls one repeat needs, after warming up."""
    run()
    start = perf_counter()
    run()
    return max(1, round(ENOUGH / max(perf_counter() - start, 1e-7)))


def medians(runs: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median seconds of a call of each; they take turns, so that all meet the same noise."""
    calls = {name: calls_for(run) for name, run in runs.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(REPEATS):
        for name, run in runs.items():
            start = perf_counter()
            for _ in range(calls[name]):
                run()
            times[name].append((perf_counter() - start) / calls[name])
    return {name: statistics.median(values) for name, values in times.items()}


class Log:
    """Prints each result and keeps it in ``benchmarks/results/<name>.jsonl``."""

    def __init__(self, name: str) -> None:
        RESULTS.mkdir(exist_ok=True)
        self.path = RESULTS / f"{name}.jsonl"
        self.path.write_text("", encoding="utf-8")

    def __call__(
        self, name: str, n: int, dtype: str, seconds: Mapping[str, float], **more: object
    ) -> None:
        """Write one line: ours against the fastest of the peers (all of them are in ``peers``)."""
        peers = {peer: time for peer, time in seconds.items() if peer != "ours"}
        peer = min(peers, key=peers.__getitem__)
        line = json.dumps(
            {
                "schema": 1, "name": name, "n": n, "dtype": dtype, "ours_s": seconds["ours"],
                "peer": peer, "peer_s": peers[peer], "ratio": peers[peer] / seconds["ours"],
                "peers": peers, **more,
            }
        )  # fmt: skip
        print(line, flush=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
