"""What makes the finished pages show sooner on a slow phone: less before the text, and nothing for nothing.

*A style sheet in the page.* The theme, its parts and the book have 15 files, which hold the first paint up; most of
their rules are for things that no page has. Each page gets the rules that can apply to something on it, in its head
(see ``page_style``). All of them together are in ``pages.css``, for the book on paper.

*Fonts after the text*, for who has not been here before: what is there is shown in the device's own.

*Scripts after the text* (see ``page_scripts``).

*Drawings after the text* (see ``page_drawings``), *and code in few elements* (see ``page_code``).

*Settings in the page.* The one script that no other can wait for is four lines; they stand in the page.

*The search index on the search page.* The theme loads it everywhere for a search while one types, which is
switched off here.
"""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import page_code
import page_drawings
import page_scripts
import page_style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

SHEET = "_static/pages.css"
ALONE = {"_static/sheet.css"}
"""Style sheets of one page that would do something to the others."""

_LINK = re.compile(r'\s*<link\b[^>]*\brel="stylesheet"[^>]*>')
_HREF = re.compile(r'href="([^"]+)"')
_SEARCH = re.compile(
    r'\s*<script\b[^>]* src="(?:\.\./)*(?:_static/searchtools|_static/language_data|searchindex)\.js[^>]*></script>'
)
_IMPORT = re.compile(r"""@import\s+["']([^"']+)["']\s*;""")
_SETTINGS = re.compile(r'<script src="[^"]*/documentation_options\.js[^"]*"></script>')
_WORD = re.compile(r"[\w-]+")
_NAMED = re.compile(r'\b(?:class|id)="([^"]*)"')
_PROPERTY = re.compile(r"--[\w-]+")
_STYLE = re.compile(
    r"<style data-sheet=[^>]*>.*?</style>(?:<style data-fonts>.*?</style><script>.*?</script>)?",
    re.DOTALL,
)
_FACE = re.compile(r"@font-face\s*\{[^}]*url\([^}]*\}")  # those that are loaded
# Fonts that were here before are used at once; without scripts, too.
_LATER = '<script>localStorage.getItem("fonts") || (document.querySelector("style[data-fonts]").media = "not all")</script>'
_TOOLTIP = {
    "fade", "show", "tooltip", "tooltip-arrow", "tooltip-inner", "bs-tooltip-auto", "bs-tooltip-bottom",
    "bs-tooltip-end", "bs-tooltip-start", "bs-tooltip-top",
}  # fmt: skip


def words_of(html: str, page: str, site: Path) -> set[str]:
    """Return the classes and ids of a page, and all words of the scripts that run on it."""
    words = set(_TOOLTIP)
    for given in _NAMED.findall(html):
        words.update(given.split())
    words.update(_PROPERTY.findall(html.partition("<body")[2]))
    for path in page_scripts.scripts_of(html, page, site):
        words |= _words_in(path, path.stat().st_mtime_ns)
    return words


@functools.cache
def _words_in(path: Path, _changed: int) -> frozenset[str]:
    found = frozenset(_WORD.findall(path.read_text(encoding="utf-8")))
    if path.name == "editor.js":  # a bundle, with thousands of words that are not of the page
        return frozenset(word for word in found if word.startswith(("cm-", "tok-")))
    return found


def sheets_of(html: str, page: str) -> list[str]:
    """Return a page's style sheets, as paths in the site."""
    links = [_HREF.search(link) for link in _LINK.findall(html)]
    folder = os.path.dirname(page)
    paths = [
        os.path.normpath(os.path.join(folder, urlsplit(link[1]).path)) for link in links if link
    ]
    return [path.replace(os.sep, "/") for path in paths]


def one_order(lists: Iterable[list[str]]) -> list[str]:
    """Return the members of all lists, each after those before it in its own list.

    Examples
    --------
    >>> one_order([["a", "d"], ["a", "b", "d"], ["c", "d"]])
    ['c', 'a', 'b', 'd']
    """
    whole: list[str] = []
    for one in lists:
        place = 0
        for name in one:
            if name in whole:
                place = max(place, whole.index(name) + 1)
            else:
                whole.insert(place, name)
                place += 1
    return whole


def read_sheet(site: Path, name: str) -> str:
    """Return a style sheet with those that it imports, for the folder of ``SHEET``."""
    path = site / name
    folder = os.path.dirname(name)
    css = path.read_text(encoding="utf-8")
    imported = [os.path.normpath(os.path.join(folder, found[1])) for found in _IMPORT.finditer(css)]
    first = "".join(read_sheet(site, one.replace(os.sep, "/")) for one in imported)
    return f"{first}{page_style.moved(_IMPORT.sub('', css), folder, os.path.dirname(SHEET))}\n"


def make_fast(site: Path) -> None:
    """Change the pages of a finished site. Pages that an earlier build has changed are as those of this one."""
    pages = {
        path.relative_to(site).as_posix(): path
        for path in site.rglob("*.html")
        if path.relative_to(site).parts[0] not in {"_static", "lite"}
    }
    texts = {name: path.read_text(encoding="utf-8") for name, path in pages.items()}
    target = site / SHEET
    known = target.read_text(encoding="utf-8") if target.exists() else ""
    before = known.partition("*/")[0].removeprefix("/*").split() if known else []
    every = one_order([before, *(sheets_of(text, name) for name, text in texts.items())])
    every = [name for name in every if name not in ALONE | {SHEET}]
    rules = page_style.read("".join(read_sheet(site, name) for name in every))
    stands = page_code.looks(rules)
    theme = site / "_static" / "scripts" / "pydata-sphinx-theme.js"
    theme.write_text(
        page_scripts.stops_when_near(theme.read_text(encoding="utf-8")), encoding="utf-8"
    )
    settings = (site / "_static" / "documentation_options.js").read_text(encoding="utf-8")
    settings = f"<script>{' '.join(settings.split())}</script>"
    words: set[str] = set()
    for name, html in texts.items():
        fast = _SETTINGS.sub(lambda _: settings, html)
        if name != "search.html":
            fast = _SEARCH.sub("", fast)
        fast = page_drawings.take_out(page_code.fewer_tokens(fast, stands), name, site)
        of_page = words_of(fast, name, site)
        words |= of_page
        css = page_style.lean(rules, of_page)
        fast = page_scripts.late(own_style(fast, name, css), name)
        if fast != html:
            pages[name].write_text(fast, encoding="utf-8")
    css = page_style.lean(rules, words)
    target.write_text(f"/* {' '.join(every)} */\n{css}\n", encoding="utf-8")


def own_style(html: str, page: str, css: str) -> str:
    """Return a page with its style in its head, where the first link was; links of ``ALONE`` follow it.

    Examples
    --------
    >>> own_style('<link href="../a.css" rel="stylesheet" /><link rel="stylesheet" href="b.css">', "c/d.html", "a{}")
    '<style data-sheet="../_static/pages.css">a{}</style>'

    Fonts that the browser does not have yet come after the first look, by ``page_start.js``.
    """
    top = "../" * page.count("/")
    css = page_style.moved(css, os.path.dirname(SHEET), os.path.dirname(page))
    faces = "" if page == "search.html" else "".join(_FACE.findall(css))
    fonts = f"<style data-fonts>{faces}</style>{_LATER}" if faces else ""
    style = (
        f'<style data-sheet="{top}{SHEET}">{_FACE.sub("", css) if faces else css}</style>{fonts}'
    )
    if _STYLE.search(html):
        return _STYLE.sub(lambda _: style, html)
    alone = [name for name in sheets_of(html, page) if name in ALONE]
    links = "".join(f'\n<link rel="stylesheet" href="{top}{name}">' for name in alone)
    places = iter([style + links])
    return _LINK.sub(lambda _: next(places, ""), html)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Make the pages fast when they are as they will be."""
    if error is None and app.builder.format == "html":
        make_fast(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension: after the pages are mended, before their files are listed for reading offline."""
    app.connect("build-finished", finish, priority=920)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
