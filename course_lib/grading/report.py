"""``course report``: one page on how a class did, and on what it has not understood."""

from __future__ import annotations

import base64
import hashlib
import platform
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup

from . import charts
from .ordinary import WARNING
from .pages import TEMPLATES, book_link, environment, printable
from .report_compare import compare
from .report_help import may_need_help
from .report_read import Before
from .report_rows import Row
from .report_tally import Tally, tallies
from .results import Result

MOST = 100  # rows of a table that grows with the class
_LONG = 300  # characters of a text that somebody else wrote


class MistakeRow(NamedTuple):
    """A mistake that was recognized: how often, its help, and where the book explains it."""

    exercise: str
    title: str
    help: str
    times: int
    share: float
    link: str


class CauseRow(NamedTuple):
    """What stopped a check when no mistake was recognized, and how often."""

    exercise: str
    cause: str
    times: int


class Remark(NamedTuple):
    """A submission that was repaired, stopped, or flagged for another reason."""

    student: str
    kind: str
    text: str


def mistakes(tally: Tally, book: str) -> list[MistakeRow]:
    """Return the recognized mistakes, most frequent first; each counts once a submission."""
    whole = max(len(tally.marked), 1)
    return [
        MistakeRow(key[0], *tally.texts[key], count, count / whole, book_link(book, key[0]))
        for key, count in sorted(tally.mistakes.items(), key=lambda item: (-item[1], item[0]))
    ]


def other_causes(tally: Tally) -> list[CauseRow]:
    """Return what went wrong where no mistake was recognized; each counts once a submission."""
    rows = sorted(tally.causes.items(), key=lambda item: (-item[1], item[0]))
    return [CauseRow(*key, count) for key, count in rows]


def remarks(tally: Tally) -> list[Remark]:
    """Return what was put right, ran out of time, or is worth a look."""
    rows = []
    for row in tally.marked:
        late = tuple(note for note in row.notes if "stopped" in note or "did not finish" in note)
        rest = tuple(note for note in row.notes if note not in late)
        for kind, texts in (("stopped", late), ("flagged", rest), ("repaired", row.repaired)):
            if texts:
                rows.append(Remark(row.student, kind, "; ".join(texts)))
    order = ("stopped", "flagged", "repaired")
    return sorted(rows, key=lambda row: (order.index(row.kind), row.student))


def render(
    results: Iterable[Result],
    book: str,
    *,
    before: Mapping[tuple[str, str], Before] | None = None,
    anonymous: bool = False,
) -> str:
    """Return the page.

    Parameters
    ----------
    results : iterable of Result
        At least one. Each is looked at once, and not kept.
    book : str
        Where the book's pages are, as seen from the report: an address or a relative path.
    before : mapping, optional
        An earlier run, as :func:`course_lib.grading.report_read.earlier` gives it.
    anonymous : bool, optional
        Numbers in place of students, other ones each time.
    """
    found = tallies(results)
    students = sorted({row.student for tally in found.values() for row in tally.rows})
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    env = environment()
    env.filters["short"] = _short
    env.filters["who"] = env.filters["told"] = _short
    if anonymous:
        env.filters["who"], env.filters["told"] = _masks(students)
    return env.get_template("report.html.j2").render(
        sections=[_section(tally, book, before or {}) for tally in found.values()],
        help=may_need_help(found),
        submissions=sum(len(tally.rows) for tally in found.values()),
        marked=sum(len(tally.marked) for tally in found.values()),
        students=len(students),
        compared=before is not None,
        anonymous=anonymous,
        made_with=_versions(),
        graded_with=_graded(found),
        most=MOST,
        script=Markup(script),  # ours, and the only one that the page's policy lets run
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _short(text: object, _student: str = "") -> str:
    line = printable(str(text))
    return line if len(line) <= _LONG else line[: _LONG - 1] + "…"


def _masks(students: list[str]) -> tuple[Callable[[object], str], Callable[..., str]]:
    """Return filters: a student's number, and a text without students' and files' names."""
    shuffled = random.SystemRandom().sample(students, len(students))
    numbers = {student: f"student {n}" for n, student in enumerate(shuffled, 1)}
    words = re.compile(r"\w[\w@+.-]*")

    def told(text: object, student: str = "") -> str:
        line = re.sub(r"\S+\.ipynb", "….ipynb", str(text))
        if student:
            line = re.sub(re.escape(student), "…", line, flags=re.IGNORECASE)
        line = words.sub(lambda word: "…" if word[0].strip(".") in numbers else word[0], line)
        return _short(line)

    return lambda student: numbers.get(str(student), "student"), told


def _versions() -> str:
    names = ", ".join(f"{name} {version(name)}" for name in ("course-lib", "nbgrader", "numpy"))
    return f"{names}, Python {platform.python_version()}"


def _graded(found: Mapping[str, Tally]) -> list[tuple[str, str, int]]:
    """Return how many submissions were graded by which engine, in which sandbox."""
    counts = Counter((row.engine, row.sandbox) for tally in found.values() for row in tally.rows)
    return [(*key, count) for key, count in counts.most_common()]


def _section(tally: Tally, book: str, before: Mapping[tuple[str, str], Before]) -> dict[str, Any]:
    points, most = tally.points, tally.max_points
    seconds = [row.seconds for row in tally.rows]
    unmarked: list[Row] = [row for row in tally.rows if row.points is None]
    return {
        "name": tally.name,
        "count": len(tally.rows),
        "marked": len(points),
        "max_points": most,
        "quartiles": [float(q) for q in np.quantile(points, (0.25, 0.5, 0.75))]
        if len(points)
        else None,
        "mean": float(points.mean()) if len(points) else None,
        "spread": float(points.std(ddof=1)) if len(points) > 1 else None,
        "exercises": tally.exercises(),
        "properties": tally.properties(),
        "ordinary": tally.ordinary,
        "warning": WARNING,
        "by_hand": list(tally.by_hand.values()),
        "mistakes": mistakes(tally, book),
        "causes": other_causes(tally),
        "seconds": [float(q) for q in np.quantile(seconds, (0.5, 0.95, 1))],
        "figures": {
            "scores": charts.scores([float(p) for p in points], most) if len(points) else None,
            "time": charts.seconds(seconds),
        },
        "unmarked": unmarked,
        "remarks": remarks(tally),
        "before": compare(tally, before),
    }


def write(results: Iterable[Result], out: Path, book: str, **more: Any) -> Path:
    """Write the page as ``index.html`` into a folder, and return where it is."""
    out.mkdir(parents=True, exist_ok=True)
    page = out / "index.html"
    page.write_text(render(results, book, **more), encoding="utf-8")
    return page
