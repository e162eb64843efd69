"""Running a notebook in a kernel within limits: for each cell, and for the whole."""

from __future__ import annotations

import os
import subprocess
import tempfile
from time import monotonic
from typing import Any, NamedTuple

from nbclient.exceptions import DeadKernelError
from nbgrader.preprocessors import Execute

from .course import Notes, make_logger

MAX_OUTPUT = 1_000_000  # characters in one cell; what comes after is dropped
AFTER_TIMEOUT = (
    5  # seconds for a cell without points, once one of the same notebook ran out of time
)

# Two kernels at a time on two cores: threads inside them only get into each other's way.
_ONE_THREAD = dict.fromkeys(
    ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


class Limits(NamedTuple):
    """Time that a notebook may take.

    Attributes
    ----------
    cell, total : float
        Seconds for one cell, after which it is interrupted; and for all, after which the kernel is
        ended.
    """

    cell: float = 30.0
    total: float = 150.0


class Stopped(Exception):  # noqa: N818  # an outcome, told to the instructor
    """The notebook could not be run to its end; the message says why."""


class LimitedExecute(Execute):  # type: ignore[misc]
    """nbgrader's own executor, with a limit for the whole notebook and for the output of a cell."""

    def __init__(self, limits: Limits, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limits = limits
        self.deadline = monotonic() + limits.total
        self.late: list[str] = []
        self._written = 0
        self.timeout_func = self._seconds_for
        self.shutdown_kernel = "immediate"  # nothing in it is worth waiting for

    def _seconds_for(self, cell: Any) -> int:
        metadata = cell.metadata.get("nbgrader", {})
        worth = metadata.get("grade") or metadata.get("solution")
        seconds = self.limits.cell if worth or not self.late else AFTER_TIMEOUT
        return max(1, int(min(seconds, self.deadline - monotonic())))

    def start_new_kernel(self, **kwargs: Any) -> None:
        """Start the kernel; what it writes past Jupyter goes nowhere."""
        nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        super().start_new_kernel(**nowhere, **kwargs)

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> Any:
        """Run one cell, unless the time of the whole is over."""
        if monotonic() >= self.deadline:
            raise Stopped(
                f"the notebook did not finish within {self.limits.total:g} seconds: its kernel was "
                f"ended before {_describe(cell, index)}"
            )
        self._written = 0
        try:
            result = super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            raise Stopped(f"the kernel died in {_describe(cell, index)}") from None
        if any(output.get("ename") == "CellTimeoutError" for output in cell.get("outputs", [])):
            self.late.append(f"{_describe(cell, index)} ran out of time and was stopped")
        return result

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        """Take over one output, as long as the cell has not written too much."""
        self._written += len(str(msg["content"]))
        if self._written > MAX_OUTPUT:
            return None
        return super().output(outs, msg, display_id, cell_index)


def _describe(cell: Any, index: int) -> str:
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    return f"cell {name}" if name else f"cell number {index + 1}"


def execute(notebook: Any, limits: Limits, config: Any = None) -> list[str]:
    """Run a notebook in place, in an empty folder, in a kernel of its own.

    Parameters
    ----------
    notebook : NotebookNode
        Its outputs are filled in.
    limits : Limits
    config : traitlets.config.Config, optional

    Returns
    -------
    list of str
        A note for each cell that ran out of time.

    Raises
    ------
    Stopped
        If the kernel died or the whole took too long.
    """
    os.environ.update(_ONE_THREAD)
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    runner = LimitedExecute(limits, config=config)
    runner.log = make_logger(Notes())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        runner.preprocess(notebook, {"metadata": {"path": folder}})
    return runner.late
