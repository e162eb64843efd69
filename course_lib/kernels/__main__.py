"""Compiles every kernel, so that nobody has to wait for it later: ``python -m course_lib.kernels``.

``make course`` does it first. What is compiled already is only looked at.
"""

from __future__ import annotations

import sys

from ._ahead import main

if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Interrupted: what is compiled by now is kept.")
