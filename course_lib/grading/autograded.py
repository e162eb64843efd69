"""The executed notebook of a submission, in nbgrader's form: outputs and verdicts filled in.

nbgrader reads the same marks from it as were given, and formgrader shows it.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Mapping
from typing import Any

from ..checks.exercise import Evidence, Verdict
from ..checks.exercise import Outcome as Row
from ..checks.render import headline
from . import ordinary
from .blueprint import Blueprint, Graded
from .matching import Same, grade_id
from .task import Outcome, Ran


def verdict_of(data: Mapping[str, Any]) -> Verdict:
    """Return a verdict from its JSON form, with or without what a result adds to it.

    Examples
    --------
    >>> from course_lib.checks import EXERCISES, judge
    >>> row = EXERCISES["momentum_step"]
    >>> verdict = judge(row, row.misconceptions[0].function)
    >>> verdict_of(verdict.to_dict()) == verdict
    True
    """
    evidence = data.get("evidence")
    if evidence is not None:
        evidence = Evidence(*(_pairs(evidence[name]) for name in ("arguments", "results")))
    names = ("exercise", "title", "points", "max_points", "cause", "misconception", "mistake")
    rest = {name: data[name] for name in (*names, "help", "printed", "hidden")}
    return Verdict(
        outcomes=tuple(Row(**row) for row in data["outcomes"]), evidence=evidence, **rest
    )


def _pairs(rows: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(text)) for name, text in rows)


_WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def fill(notebook: Any, blueprint: Blueprint, outcome: Outcome, names: Mapping[int, str]) -> str:
    """Return the notebook of a submission as it is after grading.

    Parameters
    ----------
    notebook : NotebookNode
        The rebuilt submission. It is not changed.
    blueprint : Blueprint
    outcome : Outcome
    names : mapping of int to str
        What each cell that was run is called in the outcome, by position.

    Returns
    -------
    str
        JSON.
    """
    ran = {cell.name: cell for cell in outcome.cells}
    lines = []
    number = 1
    for position, cell in enumerate(notebook.cells):
        graded = blueprint.graded.get(grade_id(cell))
        if graded is not None and graded.exercise:
            data = outcome.verdicts[graded.cell]
            lines.append(
                _line_of_check(cell["id"], Same(cell["metadata"]), graded, Same(data), number)
            )
        elif graded is not None and graded.tests:
            outputs = show_test(ran.get(graded.cell), graded.points, number)
            lines.append(_line(cell, source=graded.source, outputs=outputs, execution_count=number))
        elif names.get(position) in ran:
            outputs = show_run(ran[names[position]])
            lines.append(_line(cell, outputs=outputs, execution_count=number))
        else:
            write = _line_of_text if len(cell["source"]) < _LONG else _line_of_text.__wrapped__
            lines.append(
                write(cell["cell_type"], cell["id"], Same(cell["metadata"]), cell["source"])
            )
            continue
        number += 1
    # A cell a line: with `indent`, Python's slow encoder would do it.
    cells = ",\n".join(lines)
    rest = {name: value for name, value in notebook.items() if name != "cells"}
    return f'{{\n"cells": [\n{cells}\n],\n{_WRITE(rest)[1:]}\n'


def _line(cell: Mapping[str, Any], **changes: Any) -> str:
    return _WRITE({**cell, **changes})


_LONG = 20_000  # characters; a text of a student's that is not remembered


# Most cells of most submissions are the course's, and many verdicts are the same.
@functools.lru_cache(512)
def _line_of_text(kind: str, name: str, metadata: Same, source: str) -> str:
    cell = {"cell_type": kind, "id": name, "metadata": metadata.it, "source": source}
    return _line(cell, **({"execution_count": None, "outputs": []} if kind == "code" else {}))


@functools.lru_cache(512)
def _line_of_check(name: str, metadata: Same, graded: Graded, data: Same, number: int) -> str:
    outputs = show_verdict(verdict_of(data.it), graded.points, number)
    cell = {"cell_type": "code", "id": name, "metadata": metadata.it, "source": graded.source}
    return _line(cell, execution_count=number, outputs=outputs)


def show_run(ran: Ran) -> list[dict[str, Any]]:
    """Return a notebook's outputs for a cell that was run."""
    outputs: list[dict[str, Any]] = []
    if ran.text:
        outputs.append({"output_type": "stream", "name": "stdout", "text": ran.text})
    for image in ran.images:
        data = {"image/png": base64.b64encode(image).decode()}
        outputs.append({"output_type": "display_data", "data": data, "metadata": {}})
    if ran.error:
        outputs.append(show_error(*_halves(ran.error)))
    return outputs


def show_test(ran: Ran | None, most: float, number: int) -> list[dict[str, Any]]:
    """Return a test cell's outputs, from which nbgrader reads the same mark."""
    mark, cause = ordinary.mark_of(ran, most)
    if ran is None or (mark <= 0 and not ran.error and cause):
        return [show_error("NoPoints", cause)]
    shown = show_run(ran._replace(text=ran.text.removesuffix(f"{ran.value}\n")))
    if ran.value and not ran.error:
        data = {"text/plain": ran.value}
        shown.append(
            {"output_type": "execute_result", "data": data, "execution_count": number, "metadata": {}}
        )  # fmt: skip
    return shown


def show_verdict(verdict: Verdict, most: float, number: int) -> list[dict[str, Any]]:
    """Return the outputs that a check leaves in a notebook: its verdict, and points or an error."""
    shown = {"output_type": "display_data", "data": _draw(verdict), "metadata": {}}
    mark = mark_of(verdict.points, most)
    if mark <= 0:
        return [shown, show_error("CheckFailed", f"{headline(verdict)}. {verdict.cause}")]
    points = {
        "output_type": "execute_result",
        "data": {"text/plain": repr(float(mark))},
        "execution_count": number,
        "metadata": {},
    }
    return [shown, points]


@functools.lru_cache(512)  # in a class many answers are wrong in the same way
def _draw(verdict: Verdict) -> dict[str, Any]:
    return verdict._repr_mimebundle_()


def mark_of(points: float, most: float) -> float:
    """Return the points of a check as a mark: never more than its cell gives, and never below 0.

    Examples
    --------
    >>> mark_of(1.5, 2.0), mark_of(3.0, 2.0), mark_of(float("nan"), 2.0)
    (1.5, 2.0, 0.0)
    """
    return min(points, most) if points > 0 else 0.0


def _halves(error: str) -> tuple[str, str]:
    name, _, text = error.partition(": ")
    return name, text


def show_error(name: str, text: str) -> dict[str, Any]:
    """Return a notebook's output of an error."""
    line = f"{name}: {text}" if text else name
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [line]}
