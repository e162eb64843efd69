"""Steps that nbgrader_config.py adds to nbgrader's own, so that its plain commands do as ours do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbgrader.nbgraderformat import SCHEMA_VERSION
from nbgrader.preprocessors import NbGraderPreprocessor

from .course import find_course
from .intake import repair
from .policy import NAME, load
from .running import limits_of, sentence


class MarkGenerated(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes into a released notebook that it is generated, and from what (nbgrader_config.py)."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Add the note to the notebook's metadata."""
        name = resources["nbgrader"]["notebook"]
        assignment = resources["nbgrader"]["assignment"]
        nb.metadata["generated"] = (
            f"from solutions/{assignment}/{name}.ipynb by `course exercises`; edit there, not here"
        )
        return nb, resources


class TellLimits(NbGraderPreprocessor):  # type: ignore[misc]
    """Says in a released notebook what it may use when it is graded, from the course's ``course.toml``."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Add a cell behind the first. It is not locked: a course may change its limits later."""
        from ..checks import EXERCISES

        assignment = resources["nbgrader"]["assignment"]
        root = self.config.CourseDirectory.get("root")
        course = find_course(Path(root) if root else None)
        path = course.root / NAME
        policy = load(path if path.is_file() else None, course.assignments())
        names = [str(cell.metadata.get("nbgrader", {}).get("grade_id", "")) for cell in nb.cells]
        checks = {name: EXERCISES[name].seconds for name in names if name in EXERCISES}
        text = sentence(limits_of(policy, assignment), checks)
        row: dict[str, Any] = dict.fromkeys(("grade", "locked", "solution", "task"), False)
        row |= {"grade_id": "limits", "schema_version": SCHEMA_VERSION}
        cell = nbformat.v4.new_markdown_cell(text, id="limits", metadata={"nbgrader": row})
        nb.cells.insert(1, cell)
        return nb, resources


class PutRight(NbGraderPreprocessor):  # type: ignore[misc]
    """Rebuilds a submission from the released notebook: the first step of ``nbgrader autograde``.

    nbgrader's own ``add_missing_cells`` can't put back a cell that stands behind a locked text cell.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Put back missing cells and restore changed ones; what was done is logged."""
        release = find_course().release(resources["nbgrader"]["assignment"])
        if release.stem != resources["nbgrader"]["notebook"]:
            return nb, resources
        nb, notes = repair(nb, nbformat.read(release, as_version=4))
        for note in notes:
            self.log.warning("%s", note)
        return nb, resources
