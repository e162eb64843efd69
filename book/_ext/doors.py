"""Doors: the ways into an assignment, above the sentence of its chapter that offers it for download.

A chapter links its notebook with ``{download}``. That paragraph gets the other doors before it:

- *in the browser*, if ``make lite`` has built JupyterLite into ``_build/lite``; it becomes part of the site;
- *Colab, Binder, JupyterHub*, if the setting ``course_host`` says where the course's repository is::

      course_host:
        repository: https://github.com/OWNER/NAME
        branch: main # this one, if nothing is said
        jupyterhub: https://hub.example.org # a hub with nbgitpuller; no such door without one

Colab reads from GitHub alone, so a repository elsewhere has no such door.
"""

from __future__ import annotations

import os
import re
import shutil
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ConfigError
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

ROOT = Path(__file__).resolve().parents[2]
LITE = ROOT / "_build" / "lite"
_KEYS = {"repository", "branch", "jupyterhub"}
_ASSIGNMENT = r"(?:^|/)(exercises/(\d\d_\w+)/\2\.ipynb)$"


class Door(NamedTuple):
    """A way into an assignment: what it is called, and where it leads."""

    name: str
    address: str


def read_host(given: dict[str, str]) -> dict[str, str]:
    """Return the setting ``course_host``, whole.

    Raises
    ------
    ValueError
        If it names something else, or no repository.
    """
    if not given:
        return {}
    unknown = sorted(set(given) - _KEYS)
    if unknown:
        raise ValueError(f"course_host knows {sorted(_KEYS)}, but has {unknown}.")
    host = {"branch": "main", "jupyterhub": "", **given}
    for key in ("repository", "jupyterhub"):
        address = urlsplit(host.get(key, ""))
        if key in given and (address.scheme != "https" or not address.netloc):
            raise ValueError(f"course_host: {key} is an address with https://, not {given[key]!r}.")
    path = urlsplit(host.get("repository", "")).path
    if path.count("/") < 2:
        raise ValueError(
            "course_host needs the repository's address, such as https://github.com/OWNER/NAME."
        )
    return {key: value.rstrip("/").removesuffix(".git") for key, value in host.items()}


def hosted(notebook: str, host: dict[str, str]) -> list[Door]:
    """Return the doors of a host that lead to this file of the repository.

    Parameters
    ----------
    notebook : str
        Its path, such as ``exercises/03_sgd/03_sgd.ipynb``.
    host : dict
        As :func:`read_host` returns it.
    """
    if not host:
        return []
    repository, branch = host["repository"], host["branch"]
    address = urlsplit(repository)
    doors = []
    if address.netloc == "github.com":
        colab = f"https://colab.research.google.com/github{address.path}/blob/{quote(branch)}/{notebook}"
        doors.append(Door("Colab", colab))
        source = f"gh{address.path}/{quote(branch, safe='')}"
    else:
        source = f"git/{quote(repository, safe='')}/{quote(branch, safe='')}"
    doors.append(Door("Binder", f"https://mybinder.org/v2/{source}?urlpath=lab/tree/{notebook}"))
    if host["jupyterhub"]:
        folder = address.path.rpartition("/")[2]
        place = quote(f"lab/tree/{folder}/{notebook}", safe="")
        pull = f"repo={quote(repository, safe='')}&branch={quote(branch, safe='')}&urlpath={place}"
        doors.append(Door("JupyterHub", f"{host['jupyterhub']}/hub/user-redirect/git-pull?{pull}"))
    return doors


def markup(assignment: str, top: str, lite: bool, others: list[Door]) -> str:
    """Return the doors as HTML; nothing, if there are none.

    Parameters
    ----------
    assignment : str
        Such as ``03_sgd``.
    top : str
        The way from the page to the site's top folder, such as ``../``.
    lite : bool
        Whether JupyterLite is part of the site.
    others : list of Door
        The doors of a host.
    """
    parts = []
    if lite:
        parts.append(
            f'<p><a class="course-door course-door-first" href="{top}lite/start.html?open={assignment}">'
            "Do it in the browser</a> "
            "<span>Nothing to install; about 35 MB the first time. What you write stays in this browser. "
            "To hand in, <em>File → Download</em>.</span></p>"
        )
    if others:
        links = " ".join(
            f'<a class="course-door" href="{escape(door.address)}">{door.name}</a>'
            for door in others
        )
        parts.append(
            f"<p>{links} <span>On a server; you need an account there, or a wait.</span></p>"
        )
    if not parts:
        return ""
    label = "Ways to do the assignment without installing anything"
    return f'<nav class="course-doors" aria-label="{label}">{"".join(parts)}</nav>'


def place_doors(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the doors before the paragraph with the notebook's download."""
    if app.builder.format != "html":
        return
    for link in list(doctree.findall(addnodes.download_reference)):
        found = re.search(_ASSIGNMENT, link["reftarget"])
        if found is None or not isinstance(link.parent, nodes.paragraph):
            continue
        others = hosted(found[1], read_host(app.config.course_host))
        html = markup(found[2], "../" * page.count("/"), bool(app.config.course_lite), others)
        if html:
            here = link.parent.parent
            here.insert(here.index(link.parent), nodes.raw("", html, format="html"))


def look(app: Sphinx, config: Config) -> None:
    """Look whether JupyterLite was built, and whether the host's setting makes sense."""
    if config.course_lite is None:
        config.course_lite = (LITE / "start.json").is_file()
    try:
        read_host(config.course_host)
    except ValueError as fault:
        raise ConfigError(str(fault)) from None


def put_into_site(app: Sphinx, error: Exception | None) -> None:
    """Make JupyterLite a folder of the site, or say how it becomes one."""
    if error is not None or app.builder.format != "html":
        return
    target = Path(app.outdir) / "lite"
    shutil.rmtree(target, ignore_errors=True)
    if app.config.course_lite:
        shutil.copytree(LITE, target, copy_function=link_or_copy)
    else:
        logging.getLogger(__name__).info(
            "No assignments in the browser. To have them: make lite book"
        )


def link_or_copy(source: str, target: str) -> None:
    """Give a file a second name; copy it where the disk has no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension. A change of either setting writes all pages again."""
    app.add_config_value("course_host", {}, "html", [dict])
    app.add_config_value("course_lite", None, "html", [bool, type(None)])
    app.add_css_file("doors.css")
    app.connect("config-inited", look)
    app.connect("doctree-resolved", place_doors)
    app.connect("build-finished", put_into_site)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
