"""The process of one library: reads orders from its input, a JSON object a line, and answers each.

``python _server.py MODULE``, as :class:`_measure.Process` starts it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from time import perf_counter

Run = Callable[[int], object]


def calls_for(run: Run, seconds: float) -> int:
    """Return how many calls one turn needs to last that long, after warming up."""
    run(2)
    calls = 1
    while (duration := _time(run, calls)) < seconds / 4:
        calls *= 2
    return max(1, round(seconds * calls / duration))


def _time(run: Run, calls: int) -> float:
    start = perf_counter()
    run(calls)
    return perf_counter() - start


def main() -> None:
    """Serve until the input ends."""
    answers = os.fdopen(os.dup(1), "w")  # whatever a library prints goes elsewhere
    os.dup2(2, 1)
    module = importlib.import_module(sys.argv[1])
    runs: dict[str, tuple[Run, int]] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if "prepare" in order:
            runs.clear()
            found = module.prepare(order["prepare"])
            runs |= {name: (run, calls_for(run, order["seconds"])) for name, run in found.items()}
            answer = list(runs)
        elif "measure" in order:
            run, calls = runs[order["measure"]]
            run(1)  # the process before has emptied the caches
            answer = _time(run, calls) / calls
        else:
            answer = getattr(module, order["tell"])()
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
