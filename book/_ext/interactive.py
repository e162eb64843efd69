"""The directive ``interactive``: the place of a figure that answers as you drag.

    ```{interactive} momentum-playground
    :standin: fig-phases
    ```

names the interactive figure and the picture that says the same without a script: a figure of the
same page, which stays above it. A reader without JavaScript has that one alone. Where there is no such
script in ``book/figures``, the place stays empty.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import figure_scripts
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


class Interactive(SphinxDirective):
    """``interactive`` takes a name, and the label of the picture that stands in for it."""

    required_arguments = 1
    option_spec = {"standin": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the place, hidden until a script fills it."""
        if "standin" not in self.options:
            raise self.error("interactive needs :standin:, the label of a figure on this page.")
        places = self.env.metadata[self.env.docname].setdefault("interactive", {})
        places[self.arguments[0]] = self.options["standin"]
        name, standin = escape(self.arguments[0]), escape(self.options["standin"])
        self.env.note_dependency(str(figure_scripts.FIGURES / f"{self.arguments[0]}.js"))
        ready = " data-ready" if self.arguments[0] in figure_scripts.names() else ""
        place = (
            f'<div class="course-interactive" data-figure="{name}" data-standin="{standin}"'
            f"{ready} hidden></div>"
        )
        return [nodes.raw("", place, format="html")]


def find_missing(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn, and so fail the build, where the picture that stands in does not exist."""
    from sphinx.util import logging

    labels = env.get_domain("std").data["labels"]  # type: ignore[attr-defined]
    for page, data in env.metadata.items():
        for name, standin in data.get("interactive", {}).items():
            if standin not in labels or labels[standin][0] != page:
                logging.getLogger(__name__).warning(
                    "interactive %s: %s is no figure of this page", name, standin, location=page
                )


def add_loader(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Give a page that has such figures the script that loads them, and no other page."""
    if app.env.metadata.get(page, {}).get("interactive"):
        app.add_js_file("../figures/loader.js", loading_method="defer")
        app.add_css_file("figures.css")


def write_scripts(app: Sphinx, error: Exception | None) -> None:
    """Put the figures' scripts into the finished site."""
    if error is None and app.builder.format == "html":
        figure_scripts.write(Path(app.outdir) / "figures")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("interactive", Interactive)
    app.connect("env-check-consistency", find_missing)
    app.connect("html-page-context", add_loader)
    app.connect("build-finished", write_scripts)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
