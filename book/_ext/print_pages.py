"""The pages of the book for paper: which they are, in which order, and the text of each, ready to be printed.

What can be opened is open; what needs a screen (code folded away behind a figure, places of interactive figures) is
left out. Ids and addresses are those of the one page that all of them become.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

CHAPTER = r"book/\d\d_\w+\.html$"

# What a reader of paper can't use. Code that only draws a figure is folded away on the site.
_LEFT_OUT = (
    ".headerlink, script, button, .course-interactive, .course-cells, .toctree-wrapper, .sd-summary-state-marker, "
    ".tag_hide-input details.hide, details.hide > summary, .copybtn, nav"
)


TALL = 0.9
"""A drawing that is higher than this, in its width, has panels one above the other."""


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
    for drawing in text.select("figure svg"):
        box = [float(one) for one in str(drawing.get("viewbox", "")).split()]
        if box and box[3] > TALL * box[2]:
            drawing["class"] = [*(drawing.get("class") or []), "tall"]
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
    if re.search(CHAPTER, page.address):
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
    target = normal(PurePosixPath(page.address).parent / unquote(parts.path))
    if target in numbers:
        return f"#p{numbers[target]}" + (f"-{unquote(parts.fragment)}" if parts.fragment else "")
    return f"/{target}" if re.search(r"\.(svg|png|jpe?g)$", target) else ""


def normal(path: PurePosixPath) -> str:
    """Return a path without steps up."""
    kept: list[str] = []
    for part in path.parts:
        kept = kept[:-1] if part == ".." else [*kept, part]
    return "/".join(kept)
