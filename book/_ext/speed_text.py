"""The text of the page on measured speed: what was measured, what was wanted, and why some of it is missed."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api_text import GENERATED, heading, plain

__all__ = ["speed_page"]


def speed_page(results: Path) -> str:
    """Return the page with every measurement that compares with a peer.

    Parameters
    ----------
    results : path
        The folder of the results. What is wanted stands next to it, in ``targets.toml``.
    """
    text = GENERATED + heading("Measured speed", "=")
    tables = {path.stem: _measurements(path) for path in sorted(results.glob("*.jsonl"))}
    if not any(tables.values()):
        return text + "Nothing has been measured here yet. ``make bench`` does it.\n"
    wanted = results.parent / "targets.toml"
    targets = tomllib.loads(wanted.read_text(encoding="utf-8")) if wanted.exists() else {}
    text += (
        "One step, path or pass of each method, against what a user would pick instead, at that peer's "
        "best setting; *times* says how many times as fast ours is, *n* how many weights, steps, points or "
        "submissions there are. What was wanted and is not reached is told under each table, with the "
        "reason. ``make bench`` measures it again.\n\n"
    )
    for name, rows in tables.items():
        if rows:
            text += heading(name.replace("_", " ").capitalize()) + _NOTES.get(name, "")
        for head, cells in ((_PEERS, _cells), (_ALONE, _cells_alone)):
            chosen = [row for row in rows if ("peer" in row) == (head is _PEERS)]
            if chosen:
                text += _table([head, *map(cells, chosen)])
        text += "".join(
            f"- {sentence}\n"
            for sentence in (_short(t, rows) for t in targets.get(name, ()))
            if sentence
        )
        text += "\n"
    return text


def _short(target: Mapping[str, Any], rows: list[dict[str, Any]]) -> str:
    """Say how many rows miss what was wanted, by how much, and why; nothing if none does."""
    if "times" in target:
        rows = [row for row in rows if _meant(target, row)]
        missed = [row for row in rows if _times(target, row) < target["times"]]
        times = target["times"]
        text = f"{'' if times == 1 else f'{times:g} times '}as fast was wanted"
        if missed:
            text += (
                f", got {_range([_times(target, row) for row in missed])}{_at_the_limit(missed)}"
            )
    else:
        rows = [row for row in rows if "limit" in row]
        missed = [row for row in rows if row["seconds"] > row["limit"]]
        text = "longer than wanted"
    if not missed:
        return ""
    why = " ".join(target.get("why", "").split())
    of = f"{len(missed)} of {len(rows)} row{'s' if len(rows) > 1 else ''}"
    return f"{target['what']}, {of}: {text}. {why}".strip()


def _meant(target: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    fits = re.search(target.get("name", ""), row["name"]) and "peer" in row
    return bool(fits) and row.get("n") in target.get("n", [row.get("n")])


def _times(target: Mapping[str, Any], row: Mapping[str, Any]) -> float:
    peer = row["peers"][target["peer"]] if "peer" in target else row["peer_s"]
    return float(peer / row["ours_s"])


def _range(values: list[float]) -> str:
    low, high = (
        f"{value:.2g}" if value < 10 else f"{value:.0f}" for value in (min(values), max(values))
    )
    return low if low == high else f"{low} to {high}"


def _at_the_limit(rows: list[dict[str, Any]]) -> str:
    """Say how fast these would be if they took only what the hardware has to take."""
    if not rows or not all("limit_s" in row for row in rows):
        return ""
    shares = [row["limit_s"] / row["ours_s"] for row in rows]
    if max(shares) < 0.5:  # it is not the hardware that they wait for
        return ""
    text = f"; they run at {100 * min(shares):.0f} to {_share(max(shares))} of what the hardware allows"
    best = [row["peer_s"] / row["limit_s"] for row in rows if row["limit_s"] < row["ours_s"]]
    if not best:
        return text
    where = ", where they" if len(best) == len(rows) else f"; at {_share(1)} those below it"
    return f"{text}{where} would be {_range(best)} times as fast"


_PEERS = ["what", "n", "times", "ours", "peer", "of the limit"]
_ALONE = ["what", "measured", "wanted"]

_NOTES = {
    "steps": "*Of the limit* says how near a step comes to what the hardware allows, measured in the same "
    "rounds on all processors: to move the bytes as fast as a triad (a ← b + 2c) moves its own, whose "
    "speed stands next to that of the step, or to do nothing but the roots and divisions. Where it is near "
    "100\u00a0%, no other code could be much faster. (A triad has to read the memory it writes to, which nobody "
    "counts, and has three arrays. A step that has read already what it writes, or has fewer arrays, which fit "
    "into a faster cache, can come out above 100\u00a0%.) Below some 1,000 weights, what is measured is the "
    "call.\n\n",
    "start": "New processes, with all imports. Every kernel is compiled once (``make course`` does it first) and "
    "then read from a cache.\n\n",
    "grading": "One submission of the sample class (``course sample-class``, without what is broken or endless) "
    "costs this much of one processor in plain nbgrader, in one process, and in the judge, with all "
    "namespaces, measured on the same submissions in the same run. The students' own work is that of their "
    "cells and functions, without the judge. Memory is that of all processes together. What was wanted of the "
    "judge, 3 s to start and 25 ms added to a submission, holds for a machine on which plain nbgrader takes 4 s "
    "for one; where it takes longer, or less, so may the judge.\n\n",
}


def _table(rows: list[list[str]]) -> str:
    """Return a table whose first row names the columns, without columns that have nothing else."""
    used = [any(column[1:]) for column in zip(*rows, strict=True)]
    text = ".. list-table::\n   :header-rows: 1\n\n"
    for cells in ([*itertools.compress(row, used)] for row in rows):
        text += "".join(
            f"   {'* -' if i == 0 else '  -'} {cell}".rstrip() + "\n"
            for i, cell in enumerate(cells)
        )
    return text + "\n"


_COMPARED = {"name", "ours_s", "peer", "peer_s"}


def _measurements(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file that are measurements, by method, dtype and size."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict) and (row.keys() >= _COMPARED or {"name", "seconds"} <= row.keys()):
            rows.append(row)
    names = list(dict.fromkeys(row["name"] for row in rows))  # a method's rows stand together
    return sorted(
        rows,
        key=lambda row: (names.index(row["name"]), str(row.get("dtype")), float(row.get("n") or 0)),
    )


def _cells(row: Mapping[str, Any]) -> list[str]:
    what = ", ".join(str(row[key]) for key in ("name", "dtype") if row.get(key))
    what = re.sub(r"(?<=\d) x (?=\d)", " × ", what)
    n = f"{row['n']:,}" if isinstance(row.get("n"), int) else str(row.get("n") or "")
    times = f"{row['peer_s'] / row['ours_s']:.3g}"
    peer = f"{row['peer']}: {_duration(row['peer_s'])}"
    limit = ""
    if "limit_s" in row:
        limit = f"{_share(row['limit_s'] / row['ours_s'])} ({row['gb_per_s']:.3g} of {row['triad_gb_per_s']:.3g} GB/s)"
    return [plain(cell) for cell in (what, n, times, _duration(row["ours_s"]), peer, limit)]


def _cells_alone(row: Mapping[str, Any]) -> list[str]:
    wanted = f"at most {_duration(row['limit'])}" if "limit" in row else ""
    return [plain(cell) for cell in (row["name"], _duration(row["seconds"]), wanted)]


def _share(part: float) -> str:
    return f"{100 * part:.0f}\u00a0%"


def _duration(seconds: float) -> str:
    if seconds <= 0:  # a difference that is smaller than what it varies by
        return "within the noise"
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g}\u00a0{unit}"
    return f"{seconds / 1e-9:.3g}\u00a0ns"
