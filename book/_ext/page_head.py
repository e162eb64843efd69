"""What a page says of itself to those who don't read it: search engines, shared links, a report, a worker.

- *A description*: the first sentences of the page.
- *A card* for those who share the page: a picture with its title, drawn when the site is finished.
- *Version, and a way to report a mistake*, in the footer. The link is there if the setting ``course_host``
  names the repository (see ``doors.py``). It opens the form ``mistake.yml`` with page and version filled in.
- *Reading offline*: ``offline.js`` starts ``sw.js``, which keeps the files that are listed here.

Two things are known only where the site is published, so they come from the environment:
``COURSE_SITE_URL``, the site's address (a shared card needs it), and ``COURSE_REVISION``, the commit.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import textwrap
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
from docutils import nodes
from matplotlib.figure import Figure

from course_lib import __version__, descent, landscapes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.config import Config

WORKER = Path(__file__).with_name("sw.js")
VALLEY = landscapes.quadratic((1, 14), angle=0.2)
DESCRIPTION = (
    "An open course on regularization and optimization for deep learning: text, figures that were measured, "
    "and exercises that are checked at once."
)


def description(doctree: nodes.document | None) -> str:
    """Return the first sentences of a page, at most 200 characters."""
    if doctree is None:
        return DESCRIPTION
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            text = " ".join(paragraph.astext().split())
            if len(text) >= 40 and "\\" not in text:
                return textwrap.shorten(text, 200, placeholder=" …")
    return DESCRIPTION


def report_link(repository: str, page: str, version: str) -> str:
    """Return the address of the form for a mistake, filled in.

    Examples
    --------
    >>> report_link("https://github.com/a/b", "book/03_sgd", "0.1.0")
    'https://github.com/a/b/issues/new?template=mistake.yml&page=book%2F03_sgd&version=0.1.0'
    """
    query = urlencode({"template": "mistake.yml", "page": page, "version": version})
    return f"{repository}/issues/new?{query}"


def card_of(page: str) -> str:
    """Return the path of a page's card; only chapters have their own."""
    chapter = re.fullmatch(r"book/(\d\d_\w+)", page)
    return f"_static/cards/{chapter[1] if chapter else 'course'}.png"


def version() -> str:
    """Return the version of the course, with the commit where it is known."""
    revision = os.environ.get("COURSE_REVISION", "")[:10]
    return f"{__version__}+{revision}" if revision else __version__


def describe(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Fill in a page's head and footer."""
    app.add_js_file("offline.js", loading_method="defer")
    top = "../" * page.count("/")
    base = app.config.html_baseurl.rstrip("/") + "/" if app.config.html_baseurl else top
    title = re.sub(r"<[^>]+>", "", context.get("title") or app.config.html_title)
    about = escape(description(tree), quote=True)
    tags = [
        f'<meta name="description" content="{about}">',
        f'<meta property="og:title" content="{escape(title, quote=True)}">',
        f'<meta property="og:description" content="{about}">',
        '<meta property="og:type" content="article">',
        f'<meta property="og:site_name" content="{escape(app.config.html_title, quote=True)}">',
        f'<meta property="og:image" content="{base}{card_of(page)}">',
        '<meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">',
        '<meta name="twitter:card" content="summary_large_image">',
    ]
    context["metatags"] = context.get("metatags", "") + "\n".join(tags)
    footer = f"Version {version()}"
    repository = (getattr(app.config, "course_host", None) or {}).get("repository")
    if repository:
        link = escape(report_link(repository.rstrip("/"), page, version()))
        footer += f' · <a class="course-report" href="{link}">Report a mistake on this page</a>'
    context["theme_extra_footer"] = f"<p>{footer}</p>"


@functools.cache
def heights(x: tuple[float, float, int], y: tuple[float, float, int]) -> np.ndarray:
    """Return the card's valley on a grid; ``x`` and ``y`` are first, last and how many."""
    of = VALLEY.value_and_gradient
    return np.array([[of(np.array([a, b]))[0] for a in np.linspace(*x)] for b in np.linspace(*y)])


def draw_card(target: Path, title: str, line: str) -> None:
    """Draw a card: the cover's two paths on the right, a title, and a line below it."""
    ground, words, soft, one, two = "#12324d", "#ffffff", "#8fabc2", "#9bd2f8", "#ffb07c"
    figure = Figure(figsize=(12, 6.3), facecolor=ground)
    axes = figure.add_axes((0, 0, 1, 1))
    x, y = (-4.1, 0.9, 160), (-1.3, 1.3, 90)
    levels = np.geomspace(0.02, 20, 10)
    grid = np.linspace(*x), np.linspace(*y), heights(x, y)
    axes.contour(*grid, levels=levels, colors=soft, linewidths=1.1, alpha=0.5)
    for rule, rate, color in (("sgd", 0.135, two), ("momentum", 0.02, one)):
        path = descent.descend(VALLEY, [-2.2, 0.2], rule=rule, steps=40, lr=rate).path
        axes.plot(*path.T, color=color, linewidth=2.2, marker="o", markersize=4)
    axes.axis("off")
    font = {"color": words, "family": "DejaVu Serif"}
    lines = "\n".join(textwrap.wrap(title, 18))
    figure.text(0.05, 0.9, lines, fontsize=42, fontweight="bold", va="top", linespacing=1.2, **font)
    figure.text(0.05, 0.07, line, fontsize=18, va="bottom", **font)
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=100, metadata={"Software": None})


def kept_files(site: Path) -> list[str]:
    """List what a reader keeps: every page, and what pages load. Not what is asked for (notebooks, the lab)."""
    folders = {"book", "figures", "vendor"}
    kept = [*site.glob("*.html"), site / "searchindex.js"]
    for folder in folders:
        kept += (site / folder).rglob("*")
    static = site / "_static"
    kept += (p for p in static.rglob("*") if p.suffix in {".css", ".js", ".svg", ".woff", ".woff2"})
    left_out = {"locales", "webfonts", "cards", "pictures"}  # pictures: of what drawings show
    return sorted(
        path.relative_to(site).as_posix()
        for path in kept
        if path.is_file() and path.suffix != ".ttf" and not left_out & set(path.parts)
    )


def digest(site: Path, files: Iterable[str]) -> str:
    """Return a short hash of these files, which changes when the reader has to fetch them anew."""
    whole = hashlib.sha256()
    for name in files:
        whole.update(name.encode() + b"\0" + (site / name).read_bytes())
    return whole.hexdigest()[:12]


def finish(app: Sphinx, error: Exception | None) -> None:
    """Draw the cards and write the worker, once all pages are as they will be."""
    if error is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    host = app.config.html_title
    wanted = {"course": host}
    for page in app.env.found_docs:
        name = Path(card_of(page)).stem
        if name != "course":
            wanted[name] = f"{int(name[:2])}  {app.env.titles[page].astext()}"
    for name, title in wanted.items():
        target = site / "_static" / "cards" / f"{name}.png"
        if not target.exists():
            draw_card(target, title, "" if name == "course" else host)
    files = kept_files(site)
    text = WORKER.read_text(encoding="utf-8")
    text = text.replace("__VERSION__", digest(site, files)).replace(
        "[/* files */]", json.dumps(files)
    )
    (site / "sw.js").write_text(text, encoding="utf-8")


def from_environment(app: Sphinx, config: Config) -> None:
    """Take the site's address from where it is published."""
    config.html_baseurl = os.environ.get("COURSE_SITE_URL", config.html_baseurl)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("config-inited", from_environment)
    app.connect("html-page-context", describe)
    app.connect("build-finished", finish, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
