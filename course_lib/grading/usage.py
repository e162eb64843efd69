"""What another process has used so far: seconds of the processor, bytes of memory."""

from __future__ import annotations

import sys
import time
from pathlib import Path

_OF_A_PROCESS = 2  # Linux: the clock that counts what the scheduler gave it, all threads together


def cpu_of(process: int) -> float:
    """Return the seconds of the processor that a process has used so far; 0 if it is not there.

    Examples
    --------
    >>> import os
    >>> cpu_of(os.getpid()) > 0
    True
    """
    if not process:
        return 0.0
    if sys.platform == "linux":
        try:
            return time.clock_gettime((~process << 3) | _OF_A_PROCESS)
        except OSError:
            return 0.0
    import psutil  # type: ignore[import-untyped]

    try:
        times = psutil.Process(process).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times[0] + times[1])


def memory_of(process: int) -> int:
    """Return the largest resident size, in bytes, that a process has had; 0 if it can't be told.

    Examples
    --------
    >>> import os
    >>> memory_of(os.getpid()) >= 0
    True
    """
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    _, found, rest = text.partition("VmHWM:")
    return int(rest.split()[0]) * 1024 if found else 0
