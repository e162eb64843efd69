"""Write the table of the last measurements: ``benchmarks/results/*.jsonl`` → ``book/benchmarks_table.md``."""

from __future__ import annotations

import json
from pathlib import Path

RESULTS = Path(__file__).with_name("results")
TABLE = Path(__file__).parents[1] / "book" / "benchmarks_table.md"


def readable(seconds: float) -> str:
    """Return a time with three digits and a unit."""
    for factor, unit in ((1e6, "µs"), (1e3, "ms")):
        if seconds * factor < 1000:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s"


def main() -> None:
    """Write one row a measurement."""
    rows = [
        "| what | n | dtype | ours | fastest peer | its time | ratio |",
        "|---|--:|---|--:|---|--:|--:|",
    ]
    for path in sorted(RESULTS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            r = json.loads(line)
            if "ratio" not in r:
                continue
            rows.append(
                f"| {r['name']} | {r['n']:,} | {r['dtype']} | {readable(r['ours_s'])} | {r['peer']} "
                f"| {readable(r['peer_s'])} | {r['ratio']:.2f} |"
            )
    TABLE.write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows) - 2} rows in {TABLE.name}")


if __name__ == "__main__":
    main()
