"""The page that a host shows at an address where nothing is: ``404.html``, with the book's contents and a search.

GitHub Pages, Netlify and Cloudflare Pages show it at any wrong address, however deep, and the address stays. What the
page names by relative paths would then be looked for in the wrong folder. So it has a ``<base>``: where the book is,
as far as the build knows it (``COURSE_SITE_URL``, see ``page_head.py``), and ``not_found.js`` finds it by itself.
A link to a place of the page (``#main-content``) is one of ``404.html``: the book begins elsewhere.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from page_head import report_link, version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

PAGE = "404"
TITLE = "This page is not here"
SCRIPT = Path(__file__).with_name("not_found.js")
_PLACE = re.compile(r'(<a\b[^>]* href=")(?=#)')

_BODY = """<section id="not-here"><h1>{title}</h1>
<p>Nothing is at this address<span class="course-address"></span>. A page may have moved, or a letter of the
address is wrong.</p>
<form class="bd-search course-search" action="search.html" method="get" role="search">
<i class="fa-solid fa-magnifying-glass"></i>
<input type="search" class="form-control" name="q" placeholder="Search this book" aria-label="Search this book" autocomplete="off">
<button class="btn" type="submit">Search</button></form>
<p>{report}</p>
<h2>The pages of the book</h2>
<ul class="simple">
{pages}
</ul></section>
"""
_TELL = 'Did a link lead here<span class="course-referrer"></span>? Then that link is wrong: '
_FORM = '<a class="course-report" href="{}">report it</a>, so that it is mended.'
_SOMEONE = "please tell whoever keeps the page that has it."


def base_of(site: str) -> str:
    """Return what the page's paths begin with, for a site at this address; ``./`` if none is known.

    Examples
    --------
    >>> base_of("https://owner.github.io/course"), base_of("https://a.org"), base_of("")
    ('/course/', '/', './')
    """
    return urlsplit(site).path.rstrip("/") + "/" if site else "./"


def with_base(html: str, base: str, first: str) -> str:
    """Return the page with its base, and with the script that finds the book, before anything that has a path.

    Examples
    --------
    >>> page = with_base('<head><meta charset="utf-8" /><a class="b" href="#c">', "/d/", "e.html")
    >>> page[:62], page[-31:]
    ('<head><meta charset="utf-8" /><base href="/d/"><script>// Runs', '<a class="b" href="404.html#c">')
    """
    script = SCRIPT.read_text(encoding="utf-8").strip()
    head = f'<base href="{escape(base)}"><script>{script}({json.dumps(first)});</script>'
    html = _PLACE.sub(rf"\g<1>{PAGE}.html", html)
    start, meta, rest = html.partition('<meta charset="utf-8" />')
    return html if "<base " in html else f"{start}{meta}{head}{rest}"


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give Sphinx the page."""
    host = getattr(app.config, "course_host", None) or {}
    repository = host.get("repository", "").rstrip("/")
    link = escape(report_link(repository, PAGE, version())) if repository else ""
    root = app.config.root_doc
    listed = [root, *app.env.toctree_includes.get(root, ())]
    items = [
        f'<li><p><a href="{app.builder.get_relative_uri(PAGE, name)}">{escape(app.env.titles[name].astext())}</a></p></li>'
        for name in listed
        if not re.search(r"/course_lib\.", name)  # behind the library's own page
    ]
    body = _BODY.format(
        title=TITLE,
        report=_TELL + (_FORM.format(link) if link else _SOMEONE),
        pages="\n".join(items),
    )
    yield PAGE, {"title": TITLE, "body": body}, "page.html"


def finish(app: Sphinx, error: Exception | None) -> None:
    """Give the page its base when it is as it will be, but for its style."""
    if error is None and app.builder.format == "html":
        path = Path(app.outdir) / f"{PAGE}.html"
        base = base_of(app.config.html_baseurl)
        first = app.builder.get_relative_uri(PAGE, app.config.root_doc)
        path.write_text(with_base(path.read_text(encoding="utf-8"), base, first), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension: after the pages are mended, before they are made fast."""
    app.connect("html-collect-pages", pages)
    app.connect("build-finished", finish, priority=910)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
