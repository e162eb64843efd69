"""The book's own Sphinx extension: what the site needs and no setting of jupyter-book gives.

*Execution is cached by content.* jupyter-cache compares the code on a page. A page's results also
depend on ``course_lib``, so the cache lives in a folder named after the library's text: change the
library and the pages run again.

*Chapters have the number of their file.* Sphinx counts pages from one; chapter 4 is chapter 4 even
while it is the only one, and so are its figures and equations.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

# Pages compute with small arrays: the threads of a BLAS would only wait for each other. Kernels that
# execute the pages inherit this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[2]

# Parts of the library that no page runs, but for the capstone's row, which chapter 8 reads.
_NOT_ON_PAGES = {"checks", "grading", "web"}
_ON_PAGES = ("checks", "ch08_capstone")


def library_key(package: Path) -> str:
    """Return a short hash of everything in ``package`` that a page's results can depend on."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        part = path.relative_to(package)
        if part.parts[0] in _NOT_ON_PAGES and part.parts[:2] != _ON_PAGES:
            continue
        if "__pycache__" in part.parts or not path.is_file():
            continue
        digest.update(part.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def choose_cache(app: Sphinx, config: Config) -> None:
    """Point the execution cache at this library's folder, unless a folder was asked for."""
    if not config.nb_execution_cache_path:
        cache = ROOT / "_build" / ".jupyter_cache" / library_key(ROOT / "course_lib")
        config.nb_execution_cache_path = str(cache)


_number_sections = TocTreeCollectorWithStyles.assign_section_numbers


def number_by_file(self: TocTreeCollectorWithStyles, env: BuildEnvironment) -> list[str]:
    """Number all sections as Sphinx does, but take a chapter's number from its file's name."""
    changed = _number_sections(self, env)
    for page, numbers in env.toc_secnumbers.items():
        chapter = re.search(r"(?:^|/)(\d\d)_[^/]*$", page)
        if chapter is None:
            continue
        first = int(chapter[1])
        for anchor, number in numbers.items():
            if number:
                numbers[anchor] = (first, *number[1:])
        for node in [env.titles[page], *env.tocs[page].findall(nodes.reference)]:
            if node.get("secnumber"):
                node["secnumber"] = [first, *node["secnumber"][1:]]
    return changed


def remove_leftover(app: Sphinx) -> None:
    """Remove what a build that was interrupted leaves where the folder of static files is to be.

    The theme copies its logo into that folder at the end, whatever happened before; if there is no folder
    yet, the logo becomes a file of that name, and every build after that one fails.
    """
    place = Path(app.outdir) / "_static"
    if place.is_file():
        place.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    # jupyter-book sets this one for sphinx_comments, which is not loaded.
    app.add_config_value("comments_config", {}, "html")
    app.connect("config-inited", choose_cache)
    app.connect("builder-inited", remove_leftover)
    TocTreeCollectorWithStyles.assign_section_numbers = number_by_file
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
