"""What makes the finished pages show sooner on a slow phone: fewer files, and none of them for nothing.

*One style sheet.* The theme, its parts and the book have 15, which hold the first paint up; most of their
rules are for things that no page has. The pages get one sheet, with the rules that can apply to something.
A rule stays if every class and id in it is a word of a page or of a script.

*What scrolls is measured at once.* The theme's script asks each piece of code whether it scrolls and makes it
a stop for the Tab key, one after the other, so that the browser lays the page out hundreds of times; folded
pieces too. Here it asks all that are seen, long formulas among them, then sets, and asks again when something
is unfolded.

*Settings in the page.* The one script that no other can wait for is four lines; they stand in the page.

*The search index on the search page.* The theme loads it everywhere for a search while one types, which is
switched off here.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import tinycss2

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
_STOPS = re.compile(
    r"(?P<all>document\.querySelectorAll\(\[[^\]]*\]\.join\(\", \"\)\))"
    r"\.forEach\(e=>\{e\.tabIndex=(?P<scrolls>[^?]*)\?0:-1\}\)\},t=(?P<later>_\(e,300\));"
)
_STOPS_MADE = "/* at once */"
_ADDRESS = re.compile(r"""url\(\s*(["']?)(?!data:|#|[a-z]+:)([^"')]+)\1\s*\)""")
_WORD = re.compile(r"[\w-]+")
_NAME = re.compile(r"[.#]((?:\\.|[\w-])+)")
_CONDITION = re.compile(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)")
_NESTING = {"media", "supports", "layer", "container"}


def stops_at_once(script: str) -> str:
    """Return the theme's script with measures taken before anything is changed.

    Raises
    ------
    ValueError
        If the theme has another script than the one that was read here.
    """
    if _STOPS_MADE in script:
        return script
    seen = r"[...\g<all>,...document.querySelectorAll('div.math,math.long')].filter(e=>!e.closest('details:not([open])'))"
    new = (
        rf"{_STOPS_MADE}{seen}.map(e=>[e,\g<scrolls>?0:-1])"
        r".forEach(([e,n])=>{e.tabIndex=n})},t=\g<later>;document.addEventListener('toggle',t,!0);"
    )
    changed, times = _STOPS.subn(new, script)
    if times != 1:
        raise ValueError(
            "pydata-sphinx-theme.js is another one: see stops_at_once in page_speed.py."
        )
    return changed


def can_apply(selector: str, words: set[str]) -> bool:
    """Tell whether the classes and ids of a selector are all among the words; conditions don't count.

    Examples
    --------
    >>> can_apply("a.b:not(.c) > #d", {"b", "d"}), can_apply(".b .c", {"b"})
    (True, False)
    """
    names = _NAME.findall(_CONDITION.sub("", selector))
    return all(re.sub(r"\\(.)", r"\1", name) in words for name in names)


def lean(css: str, words: set[str]) -> str:
    """Return a style sheet without comments and without rules that no page has a use for.

    Examples
    --------
    >>> lean("/* x */ .a, .b { color: red } .b { top: 0 } @media print { .a { top: 1px } }", {"a"})
    '.a{color:red}@media print{.a{top:1px}}'
    """
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(_rules(rules, words))


def _rules(rules: Iterable[Any], words: set[str]) -> Iterable[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            kept = [part for part in _parts(rule.prelude) if can_apply(part, words)]
            if kept:
                yield f"{','.join(kept)}{{{_declarations(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in _NESTING and rule.content:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            text = "".join(_rules(inner, words))
            if text:
                yield f"@{rule.at_keyword} {tinycss2.serialize(rule.prelude).strip()}{{{text}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword == "charset":
            continue  # the pages and the sheet are UTF-8
        elif rule.type == "at-rule":
            yield rule.serialize()
        else:
            raise ValueError(f"A style sheet has a mistake in line {rule.source_line}: {rule!r}")


def _parts(prelude: list[Any]) -> list[str]:
    """Return the selectors between the commas."""
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    return [re.sub(r"\s+", " ", tinycss2.serialize(part).strip()) for part in parts]


def _declarations(content: list[Any]) -> str:
    """Return what is between the braces, without comments and idle spaces."""
    found = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    lines = []
    for one in found:
        if one.type != "declaration":
            return tinycss2.serialize(content).strip()
        value = re.sub(r"\s+", " ", tinycss2.serialize(one.value).strip())
        lines.append(f"{one.name}:{value}{' !important' if one.important else ''}")
    return ";".join(lines)


def moved(css: str, folder: str, to: str) -> str:
    """Return a style sheet for another folder: what it loads is found from there.

    Examples
    --------
    >>> moved("a { background: url(../b.svg) }", "_static/styles", "_static")
    'a { background: url("b.svg") }'
    """

    def new(found: re.Match[str]) -> str:
        path = os.path.normpath(os.path.join(folder, found[2]))
        return f'url("{os.path.relpath(path, to)}")'.replace(os.sep, "/")

    return _ADDRESS.sub(new, css)


def words_of(site: Path, pages: Iterable[Path]) -> set[str]:
    """Return all words of the pages and of the scripts that run on them."""
    scripts = [
        path
        for path in site.rglob("*.js")
        if path.relative_to(site).parts[0] not in {"lite", "vendor"}
        and path.name != "fontawesome.js"  # no page loads it
    ]
    words: set[str] = set()
    for path in [*pages, *scripts]:
        words.update(_WORD.findall(path.read_text(encoding="utf-8")))
    return words


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
    return f"{first}{moved(_IMPORT.sub('', css), folder, os.path.dirname(SHEET))}\n"


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
    css = lean("".join(read_sheet(site, name) for name in every), words_of(site, pages.values()))
    target.write_text(f"/* {' '.join(every)} */\n{css}\n", encoding="utf-8")
    theme = site / "_static" / "scripts" / "pydata-sphinx-theme.js"
    theme.write_text(stops_at_once(theme.read_text(encoding="utf-8")), encoding="utf-8")
    mark = hashlib.sha256(css.encode()).hexdigest()[:8]
    settings = (site / "_static" / "documentation_options.js").read_text(encoding="utf-8")
    settings = f"<script>{' '.join(settings.split())}</script>"
    for name, html in texts.items():
        fast = one_sheet(html, name, mark)
        fast = _SETTINGS.sub(lambda _: settings, fast)
        if name != "search.html":
            fast = _SEARCH.sub("", fast)
        if fast != html:
            pages[name].write_text(fast, encoding="utf-8")


def one_sheet(html: str, page: str, mark: str) -> str:
    """Return a page with one link to a style sheet, where the first one was; those of ``ALONE`` follow it.

    Examples
    --------
    >>> one_sheet('<link href="../a.css" rel="stylesheet" /><link rel="stylesheet" href="b.css">', "c/d.html", "12")
    '<link rel="stylesheet" href="../_static/pages.css?v=12">'
    """
    top = "../" * page.count("/")
    alone = [name for name in sheets_of(html, page) if name in ALONE]
    names = [f"{SHEET}?v={mark}", *alone]
    links = "\n".join(f'<link rel="stylesheet" href="{top}{name}">' for name in names)
    places = iter([links])
    return _LINK.sub(lambda _: next(places, ""), html)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Make the pages fast when they are as they will be."""
    if error is None and app.builder.format == "html":
        make_fast(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension: after the pages are mended, before their files are listed for reading offline."""
    app.connect("build-finished", finish, priority=920)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
