"""The whole book as one PDF, made of the pages of the finished site.

    python book/_ext/print_book.py _build/html _build/book.pdf

The pages are put one after the other into one page, in the order of the table of contents, and Chromium
prints it. So the numbers of sections, figures and equations are those of the site, formulas are typeset
by the same browser, and figures stay drawings. What can be opened is open; what needs a screen (code
folded away behind a figure, places of interactive figures) is left out. Every link that leads into
the book leads to a place in the PDF. Chapters and their sections are its contents and its bookmarks.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import yaml
from bookmarks import Bookmark, add_bookmarks, places
from bs4 import BeautifulSoup, Tag
from chromium import NoBrowserError, print_to_pdf

ROOT = Path(__file__).resolve().parents[2]
PAPER = Path(__file__).with_name("print.css")
ADDRESS = "print.html"
APPLIED = "\u2061"  # between a function and what it is applied to; nothing that is seen
_CHAPTER = r"book/\d\d_\w+\.html$"

# What a reader of paper can't use. Code that only draws a figure is folded away on the site.
_LEFT_OUT = (
    ".headerlink, script, button, .course-interactive, .course-cells, .toctree-wrapper, .sd-summary-state-marker, "
    ".tag_hide-input details.hide, details.hide > summary, .copybtn, nav"
)


class Page(NamedTuple):
    """One page of the book: its address in the site, and how deep it stands in the contents."""

    address: str
    depth: int
    part: str


class Heading(NamedTuple):
    """A line of the contents: how deep it stands, its id, and its words as HTML."""

    depth: int
    place: str
    words: str


def pages(contents: str, site: Path) -> list[Page]:
    """Return the pages of the book in the order of ``_toc.yml``."""
    toc = yaml.safe_load(contents)
    found = [Page(f"{toc['root']}.html", 0, "")]
    for part in toc["parts"]:
        found += _below(part["chapters"], 0, part["caption"], site)
    return found


def _below(entries: list[dict[str, object]], depth: int, part: str, site: Path) -> list[Page]:
    found = []
    for entry in entries:
        if "glob" in entry:
            paths = sorted(site.glob(f"{entry['glob']}.html"))
            found += [Page(path.relative_to(site).as_posix(), depth, part) for path in paths]
        else:
            found.append(Page(f"{entry['file']}.html", depth, part))
            found += _below(entry.get("sections", []), depth + 1, part, site)  # type: ignore[arg-type]
    return found


def article(
    soup: BeautifulSoup, page: Page, number: int, numbers: dict[str, int]
) -> tuple[list[Heading], str]:
    """Return a page's headings for the contents, and its text, ready to be printed."""
    text = soup.find("article")
    assert isinstance(text, Tag), page.address
    for part in text.select(_LEFT_OUT):
        part.decompose()
    for fold in text.find_all("details"):
        fold["open"] = ""
    _own_ids(text, number)
    for style in text.find_all("style"):
        if style.find_parent("svg") is None:
            style.string = own_style(str(style.string), number)
    for tag, name in _with_addresses(text):
        tag[name] = _to_print(str(tag[name]), page, number, numbers)
        if not tag[name]:
            del tag[name]
    title = text.find("h1")
    assert isinstance(title, Tag), page.address
    headings = [Heading(page.depth, f"p{number}", title.decode_contents().strip())]
    if re.search(_CHAPTER, page.address):
        for section in text.select("section > section"):
            heading = section.find("h2", recursive=False)
            if isinstance(heading, Tag):
                place = str(section["id"])
                headings.append(Heading(page.depth + 1, place, heading.decode_contents().strip()))
    for heading in text.find_all(re.compile(r"^h[1-5]$")):
        heading.name = f"h{int(heading.name[1]) + page.depth}"
    return headings, text.decode()


def own_style(rules: str, number: int) -> str:
    """Keep a page's own style sheet to the page, and let its sheets of paper be as it wants them."""
    paper = re.findall(r"@page\s*\{([^{}]*)\}", rules)
    rest = re.sub(r"@page\s*\{[^{}]*\}", "", rules)
    sheets = [f"@page p{number} {{{rule}}}" for rule in paper]
    return "\n".join([*sheets, f"@scope (#p{number}) {{{rest}}}"])


def _own_ids(text: Tag, number: int) -> None:
    """Make ids different from those of other pages; the parts of drawings have their own already."""
    for tag in text.find_all(id=True):
        if tag.find_parent("svg") is None:
            tag["id"] = f"p{number}-{tag['id']}"
    for tag in text.find_all(attrs={"aria-labelledby": True}):
        tag["aria-labelledby"] = f"p{number}-{tag['aria-labelledby']}"


def _with_addresses(text: Tag) -> Iterator[tuple[Tag, str]]:
    for tag in text.find_all("a", href=True):
        yield tag, "href"
    for tag in text.find_all("img", src=True):
        yield tag, "src"


def _to_print(address: str, page: Page, number: int, numbers: dict[str, int]) -> str:
    """Return where an address of the site leads in print; nothing, if it leads to no part of it."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return address
    if not parts.path:
        return f"#p{number}-{unquote(parts.fragment)}" if parts.fragment else ""
    target = _normal(PurePosixPath(page.address).parent / unquote(parts.path))
    if target in numbers:
        return f"#p{numbers[target]}" + (f"-{unquote(parts.fragment)}" if parts.fragment else "")
    return f"/{target}" if re.search(r"\.(svg|png|jpe?g)$", target) else ""


def _normal(path: PurePosixPath) -> str:
    kept: list[str] = []
    for part in path.parts:
        kept = kept[:-1] if part == ".." else [*kept, part]
    return "/".join(kept)


def whole_book(site: Path, contents: str) -> tuple[str, list[Heading]]:
    """Return the book as one page, and its headings.

    Raises
    ------
    FileNotFoundError
        If a page of the contents is not in the site.
    """
    order = pages(contents, site)
    numbers = {page.address: i for i, page in enumerate(order)}
    model = next(page for page in order if re.search(_CHAPTER, page.address))
    sample = BeautifulSoup((site / model.address).read_text(encoding="utf-8"), "html.parser")
    shared = _stylesheets(sample, model)
    lines, texts, styles, found = [], [], [PAPER.read_text(encoding="utf-8")], []
    for i, page in enumerate(order):
        soup = BeautifulSoup((site / page.address).read_text(encoding="utf-8"), "html.parser")
        headings, text = article(soup, page, i, numbers)
        own = [sheet for sheet in _stylesheets(soup, page) if sheet not in shared]
        styles += [own_style((site / sheet).read_text(encoding="utf-8"), i) for sheet in own]
        found += headings
        if page.part != (order[i - 1].part if i else ""):
            lines.append(f'<p class="part">{escape(page.part)}</p>')
        lines += [_line(heading) for heading in headings]
        texts.append(f'<div class="page" id="p{i}" style="page: p{i}">{text}</div>')
        styles.append(
            f"@page p{i} {{ @top-right {{ content: {_css(plain(headings[0].words))} }} }}"
        )
    book = _PAGE.format(
        title=escape(str(sample.title.string).split(" — ")[-1]) if sample.title else "",
        links="\n".join(f'<link rel="stylesheet" href="/{sheet}">' for sheet in shared),
        styles="\n".join(styles),
        contents="\n".join(lines),
        texts="\n".join(texts),
    )
    return book, found


def plain(words: str) -> str:
    """Return a heading without tags; a formula in it as the letters that it shows."""
    text = BeautifulSoup(words, "html.parser").get_text().replace(APPLIED, "")
    return " ".join(text.split())


def _line(heading: Heading) -> str:
    link = f'<a href="#{heading.place}" data-page="000">{heading.words}</a>'
    return f'<p class="entry depth-{heading.depth}">{link}</p>'


def number_contents(data: bytes) -> str:
    """Return the script that gives each line of the contents the number of its page."""
    return (
        f"const pages = {json.dumps(places(data))};"
        "for (const line of document.querySelectorAll('.contents a'))"
        " line.dataset.page = pages[decodeURIComponent(line.hash.slice(1))];"
    )


def _css(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _stylesheets(soup: BeautifulSoup, page: Page) -> list[str]:
    """Return the addresses of a page's style sheets."""
    folder = PurePosixPath(page.address).parent
    links = soup.find_all("link", rel="stylesheet")
    return [_normal(folder / urlsplit(str(link["href"])).path) for link in links]


_PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light" data-mode="light">
<head><meta charset="utf-8"><title>{title}</title>
{links}
<style>
{styles}
</style>
</head>
<body class="printed">
<div class="page bd-article title-page"><p class="book-title">{title}</p>
<p>The text, formulas and figures of the site, in one file. What only a screen can do is on the site: figures
that answer as you drag, and the code that draws each figure.</p></div>
<div class="page bd-article contents"><p class="contents-title">Contents</p>
{contents}</div>
{texts}
</body></html>
"""


def print_book(site: Path, pdf: Path) -> str:
    """Print the book of a site; return the page that was printed."""
    book, headings = whole_book(site, (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    print_to_pdf(ADDRESS, site, pdf, {ADDRESS: book}, again=number_contents)
    marks = [Bookmark(one.depth, plain(one.words), one.place) for one in headings]
    pdf.write_bytes(add_bookmarks(pdf.read_bytes(), marks))
    return book


def main() -> None:
    """Print the book, or say in a line why it can't be printed."""
    if len(sys.argv) != 3:
        raise SystemExit("Say where the site is and where the PDF goes: print_book.py SITE PDF")
    site, pdf = Path(sys.argv[1]), Path(sys.argv[2])
    if not (site / "book" / "intro.html").is_file():
        raise SystemExit(f"There is no site in {site}. Build it first: make book")
    try:
        print_book(site, pdf)
    except FileNotFoundError as missing:
        raise SystemExit(
            f"The site is older than _toc.yml: {missing.filename} is missing. Build it: make book"
        ) from None
    except NoBrowserError as missing:
        raise SystemExit(str(missing)) from None
    print(f"{pdf}: {pdf.stat().st_size / 1e6:.1f} MB")
    fonts = shutil.which("fc-list")
    if fonts and not subprocess.run([fonts, ":lang=ko"], capture_output=True, check=True).stdout:
        print(
            "No Korean font was found, so the glossary has boxes. On Debian: apt install fonts-nanum"
        )


if __name__ == "__main__":
    main()
