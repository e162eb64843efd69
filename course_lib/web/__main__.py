"""``python -m course_lib.web FILE``: compile the kernels into a file; ``make wasm`` does that."""

from __future__ import annotations

import sys
from pathlib import Path

from .build import ToolMissingError, build, tools


def main(arguments: list[str]) -> int:
    """Write the module and, next to it, what made it."""
    if len(arguments) != 1:
        print("Say where to: python -m course_lib.web book/figures/kernels.wasm", file=sys.stderr)
        return 2
    target = Path(arguments[0])
    try:
        build(target)
        target.with_suffix(".txt").write_text(tools() + "\n", encoding="utf-8")
    except (ToolMissingError, RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{target}: {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
