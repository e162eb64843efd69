"""How the benchmarks measure, and how they keep what they measured.

Libraries disturb one another in one process: their threads wait for work by spinning, each has its own
idea of how many there should be, and what one leaves in the allocator the next one pays for. Each library
therefore has a process of its own (:class:`Process`), which times itself when it is told to. They take
turns, so that all meet the same noise, and one works at a time. What counts is the median over the rounds.

Every benchmark takes ``--quick``: few and short rounds of small sizes, to see that it works. The results
then go to ``_build/bench``, not to ``benchmarks/results``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).parent
QUICK = "--quick" in sys.argv[1:]
RESULTS = HERE.parent / "_build" / "bench" if QUICK else HERE / "results"
ROUNDS = 3 if QUICK else int(os.environ.get("BENCH_ROUNDS", "11"))
SECONDS = 0.002 if QUICK else float(os.environ.get("BENCH_SECONDS", "0.02"))  # of a turn, at least
REST = 0.003  # until the threads of the one before have stopped spinning


class Process:
    """A library in a process of its own, which prepares what it is told to and times it.

    Parameters
    ----------
    module : str
        A module of this folder. Its ``prepare(task)`` returns the ways it has to do the task: for each
        name a function that does it as many times as it is told.
    """

    def __init__(self, module: str) -> None:
        command = [sys.executable, str(HERE / "_server.py"), module]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.process.communicate()  # closes its input, which ends it

    def ask(self, **order: Any) -> Any:
        """Give an order to the process; return its answer."""
        print(json.dumps(order), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{' '.join(self.process.args)} stopped; what it said stands above.")
        return json.loads(answer)

    def prepare(self, task: Mapping[str, Any], seconds: float = SECONDS) -> list[str]:
        """Prepare a task, in turns of so many seconds at least; return the names of the ways to do it.

        What was prepared before is forgotten.
        """
        return self.ask(prepare=task, seconds=seconds)

    def measure(self, name: str) -> float:
        """Return how many seconds one call takes, in the mean over a turn."""
        return self.ask(measure=name)

    def tell(self, question: str) -> Any:
        """Return what the module's function ``question`` says."""
        return self.ask(tell=question)


def take_turns(
    processes: Iterable[Process], task: Mapping[str, Any], seconds: float = SECONDS
) -> dict[str, float]:
    """Return the median seconds of one call of every way that the processes have to do a task."""
    ways = [(process, name) for process in processes for name in process.prepare(task, seconds)]
    times: dict[str, list[float]] = {name: [] for _, name in ways}
    for _ in range(ROUNDS):
        for process, name in ways:
            time.sleep(REST)
            times[name].append(process.measure(name))
    return {name: statistics.median(values) for name, values in times.items()}


class Log:
    """Prints each result and keeps it in ``<name>.jsonl``.

    Until all are there (:meth:`finish`) they are kept in ``<name>.jsonl.part``. A benchmark that is started
    again goes on from there: it leaves out what is :meth:`known`. Delete the file to begin anew.
    """

    def __init__(self, name: str) -> None:
        RESULTS.mkdir(exist_ok=True, parents=True)
        self.path = RESULTS / f"{name}.jsonl"
        self.part = RESULTS / f"{name}.jsonl.part"
        if QUICK:
            self.part.unlink(missing_ok=True)
        lines = self.part.read_text(encoding="utf-8").splitlines() if self.part.exists() else []
        # A line that was cut off when the benchmark was interrupted is measured again.
        self.lines = [line for line in lines if line.endswith("}")]
        self.part.write_text("".join(f"{line}\n" for line in self.lines), encoding="utf-8")
        self._keys = {self._key(**json.loads(line)) for line in self.lines}

    @staticmethod
    def _key(
        name: str, n: int | None = None, dtype: str | None = None, **_: Any
    ) -> tuple[Any, ...]:
        return name, n, dtype

    def known(self, name: str, n: int | None = None, dtype: str | None = None) -> bool:
        """Whether this was measured before the benchmark was interrupted."""
        return self._key(name, n, dtype) in self._keys

    def compare(
        self, name: str, n: int, dtype: str, seconds: Mapping[str, float], **more: Any
    ) -> None:
        """Write one line: ours against the fastest of the peers (all of them are in ``peers``)."""
        peers = {peer: time for peer, time in seconds.items() if peer != "ours"}
        peer = min(peers, key=peers.__getitem__)
        self.write(
            name=name, n=n, dtype=dtype, ours_s=seconds["ours"], peer=peer, peer_s=peers[peer],
            ratio=round(peers[peer] / seconds["ours"], 3), **more, peers=peers,
        )  # fmt: skip

    def write(self, **values: Any) -> None:
        """Write one line of anything."""
        line = json.dumps({"schema": 1, **values}, ensure_ascii=False)
        print(line, flush=True)
        with self.part.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def finish(self) -> None:
        """Put the new results in the place of the old ones."""
        self.part.replace(self.path)
