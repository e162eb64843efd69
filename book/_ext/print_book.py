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
from html import escape
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import page_drawings
from bookmarks import Bookmark, add_bookmarks, places
from bs4 import BeautifulSoup
from chromium import NoBrowserError, print_to_pdf
from print_pages import CHAPTER, Heading, Page, article, normal, own_style, pages

ROOT = Path(__file__).resolve().parents[2]
PAPER = Path(__file__).with_name("print.css")
ADDRESS = "print.html"
APPLIED = "\u2061"  # between a function and what it is applied to; nothing that is seen


def whole_book(site: Path, contents: str) -> tuple[str, list[Heading]]:
    """Return the book as one page, and its headings.

    Raises
    ------
    FileNotFoundError
        If a page of the contents is not in the site.
    """
    order = pages(contents, site)
    numbers = {page.address: i for i, page in enumerate(order)}
    model = next(page for page in order if re.search(CHAPTER, page.address))
    sample = BeautifulSoup((site / model.address).read_text(encoding="utf-8"), "html.parser")
    shared = _stylesheets(sample, model)
    lines, texts, styles, found = [], [], [PAPER.read_text(encoding="utf-8")], []
    for i, page in enumerate(order):
        html = page_drawings.whole(
            (site / page.address).read_text(encoding="utf-8"), page.address, site
        )
        soup = BeautifulSoup(html, "html.parser")
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
    links = [str(link["href"]) for link in soup.find_all("link", rel="stylesheet")]
    # What a page has in its head is a part of this one (see page_speed.py).
    whole = [str(style["data-sheet"]) for style in soup.find_all("style", {"data-sheet": True})]
    return [normal(folder / urlsplit(address).path) for address in [*whole, *links]]


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
