"""What every chapter promises, checked on its text and on the finished site.

Each function takes text or a file and returns its findings, one sentence each. The tests in
``tests/book`` run them on the whole book.

*Numbers.* A number in the prose of a chapter must come from the code. Either it is pulled in with
``{glue:text}``, or the same number stands in a code cell of the same section (``##``) or of one
before it, where it is an input or is asserted. Whole numbers up to twelve are words in digits, and
years belong to citations.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

__all__ = [
    "citations", "code_cells", "exhibits", "external_requests", "figures", "links", "long_lines", "numbers",
    "pictures_without_words", "undefined_names",
]  # fmt: skip

_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.\\])\d+(?:,\d{3})*(?:\.\d+)?(?:\^\{?-?\d+\}?)?")


class Cell(NamedTuple):
    """One code cell: what is set above its code, the code, and where it begins in the page."""

    options: str
    code: str
    start: int


def code_cells(page: str) -> list[Cell]:
    """Return the code cells of a page."""
    cells = []
    for match in _CELL.finditer(page):
        body = match[1]
        options = re.match(r"---\n.*?^---\n|(?::[^\n]*\n)+", body, re.MULTILINE | re.DOTALL)
        end = options.end() if options else 0
        cells.append(Cell(body[:end], body[end:].strip("\n"), match.start()))
    return cells


def figures(page: str) -> list[str]:
    """Find cells that draw without ``plotting.show(..., alt=...)``, or whose figure lacks a caption."""
    found = []
    for cell in code_cells(page):
        where = cell.code.splitlines()[0] if cell.code else "an empty cell"
        if re.search(r"\bpyplot\b|\.savefig\(|\bplt\.", cell.code):
            found.append(f"the cell '{where}' draws past course_lib.plotting.")
        if "plotting.figure(" not in cell.code:
            continue
        last = ast.parse(cell.code).body[-1]
        shown = isinstance(last, ast.Expr) and ast.unparse(last).startswith("plotting.show(")
        if not (shown and "alt=" in ast.unparse(last)):
            found.append(f"the cell '{where}' must end with plotting.show(fig, alt=...).")
        if not re.search(r"\bname: fig-", cell.options) or "caption:" not in cell.options:
            found.append(f"the figure of the cell '{where}' needs a name (fig-...) and a caption.")
    return found


def long_lines(page: str, limit: int = 78) -> list[str]:
    """Find lines of code that are shown and wider than the page."""
    return [
        f"this line of code is wider than {limit} characters: {line.strip()}"
        for cell in code_cells(page)
        if "hide-input" not in cell.options and "remove-cell" not in cell.options
        for line in cell.code.splitlines()
        if len(line) > limit
    ]


def numbers(page: str) -> list[str]:
    """Find numbers in the prose that no code stands behind."""
    known: set[float] = set()
    found = []
    for section in re.split(r"^(?=## )", page, flags=re.MULTILINE):
        for cell in code_cells(section):
            known |= _constants(cell.code)
        for number in _NUMBER.findall(_prose(section)):
            value = _value(number)
            if not (value in known or (value <= 12 and value == int(value))):
                title = section.splitlines()[0]
                found.append(f"{number} in '{title}' is neither glued nor in a code cell.")
    return found


def exhibits(page: str) -> dict[str, list[str]]:
    """Return an errata page's exhibits by label, each with what it lacks."""
    parts = {
        "a quotation": r"^> ",
        "a hint": r"^```\{hint\}$",
        "a cell that is hidden and asserts": r"^:tags: \[hide-cell\]$[^`]*?\bassert\b",
        "the fault": r"^`{4}\{dropdown\} The fault, and the mend$",
        "the mend": r"^\*\*The mend\.\*\* \S",
    }
    sections = re.findall(
        r"^\((erratum-[\w-]+)\)=\n## (.*?)(?=^\([\w-]+\)=$|\Z)", page, re.MULTILINE | re.DOTALL
    )
    return {
        label: [name for name, sign in parts.items() if not re.search(sign, text, re.MULTILINE)]
        for label, text in sections
    }


def _prose(section: str) -> str:
    """Return the text without code, roles, directive names, options, links' targets and indices."""
    text = _CELL.sub("", section)
    text = re.sub(r"\A---\n.*?^---\n", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^\s*`{3,}.*$|^\s*:[\w-]+:.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\{[\w:-]+\}`[^`]*`|`[^`]*`", "", text)
    text = re.sub(r"_(?:\{[^}]*\}|\w)", "", text)  # w_1 is a name
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"^\d+\.|^\*\*\d+\.\*\*", "", text, flags=re.MULTILINE)


def _value(number: str) -> float:
    """Return what a number as it is written means, powers included."""
    base, _, power = number.replace(",", "").partition("^")
    return float(base) ** float(power.strip("{}") or 1)


def _constants(code: str) -> set[float]:
    """Return all numbers written in a piece of code."""
    return {
        float(node.value)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    }


def citations(pages: dict[str, str], bibliography: str) -> list[str]:
    """Find keys that are cited but not in the bibliography, and entries without use or address."""
    entries = dict(re.findall(r"^@\w+\{(\w+),(.*?)^\}", bibliography, re.MULTILINE | re.DOTALL))
    cited = {
        key.strip(): page
        for page, text in pages.items()
        for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]*)`", text)
        for key in keys.split(",")
    }
    found = [
        f"{page} cites {key}, which is not in references.bib."
        for key, page in cited.items()
        if key not in entries
    ]
    found += [
        f"{key} is in references.bib but nobody cites it." for key in entries if key not in cited
    ]
    for key, fields in entries.items():
        if not re.search(r"^\s*(doi|eprint|url)\s*=", fields, re.MULTILINE):
            found.append(f"{key} has no doi, no arXiv number and no address.")
    return found


def undefined_names(notation: str, names: set[str]) -> list[str]:
    """Find names in the last column of the notation tables that the library doesn't have."""
    rows = re.findall(r"^\|.*\|([^|]*)\|$", notation, re.MULTILINE)
    used = {name for cell in rows for name in re.findall(r"`([^`]+)`", cell)}
    return [f"course_lib has nothing called {name}." for name in sorted(used - names)]


def external_requests(html: str) -> list[str]:
    """Find what a browser would fetch from another host when it opens this page."""
    found = []
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(True):
        loads = ["src", "srcset", "poster", "data"] if tag.name != "a" else []
        if tag.name == "link" and set(tag.get("rel", [])) & {
            "stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "manifest", "modulepreload"
        }:  # fmt: skip
            loads.append("href")
        if tag.name in ("image", "use"):
            loads += ["href", "xlink:href"]
        found += [
            f"<{tag.name} {name}> asks for {tag[name]}."
            for name in loads
            if re.match(r"(https?:)?//", str(tag.get(name, "")))
        ]
    for tag in soup.find_all(["script", "style"]):
        found += [
            f"<{tag.name}> names {url}." for url in re.findall(r"https?://[^\s'\"`)]+", tag.text)
        ]
    for url in re.findall(r"url\(['\"]?((?:https?:)?//[^'\")]+)", html):
        found.append(f"a style asks for {url}.")
    return found


def pictures_without_words(html: str) -> list[str]:
    """Find pictures with no text alternative, or with a file's path for one."""
    found = []
    soup = BeautifulSoup(html, "html.parser")
    for image in soup.find_all("img"):
        words = image.get("alt", "")
        if not words.strip() or re.search(r"\.(png|svg|jpe?g)$|^\S*/\S*$", words):
            found.append(f"the picture {image.get('src')} has the text alternative '{words}'.")
    drawings = soup.find_all("svg", role="img")
    unnamed = [drawing for drawing in drawings if not drawing.get("aria-label", "").strip()]
    return found + ["a drawing has no aria-label."] * len(unnamed)


def links(pages: list[Path], site: Path) -> list[str]:
    """Find links from built pages to pages, files or places of the site that don't exist."""
    found = []
    # Every page leads to most others: each is read once.
    soups = {page: BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser") for page in pages}
    places = {
        page.resolve(): {tag["id"] for tag in soup.find_all(id=True)}
        for page, soup in soups.items()
    }
    for page, soup in soups.items():
        for tag in soup.find_all(["a", "link", "script", "img"]):
            address = tag.get("href") or tag.get("src") or ""
            parts = urlsplit(address)
            if not address or parts.scheme or parts.netloc or address == "#":
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
            if not target.is_file() or site.resolve() not in target.parents:
                found.append(f"{page.name} links to {address}, which does not exist.")
            elif parts.fragment and unquote(parts.fragment) not in places.get(target, ()):
                found.append(f"{page.name} links to {address}, but there is no such place.")
    return found
