"""Two steps that nbgrader_config.py adds to nbgrader's own, so that its plain commands do as ours do."""

from __future__ import annotations

from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from .course import find_course
from .intake import repair


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
