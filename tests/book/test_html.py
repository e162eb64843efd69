"""Every page is valid HTML to a parser that forgives nothing, and says what it is about."""

import re

import html5lib
import pytest
from bs4 import BeautifulSoup

# A drawing is thousands of paths of one kind, which a browser's own parser reads in the other tests.
DRAWING = re.compile(r"(<svg\b[^>]*>).*?(</svg>)", re.DOTALL)


def faults(html):
    """Return what a strict parser says of a page, with the place."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(DRAWING.sub(r"\1\2", html))
    return [f"line {line}: {what}" for (line, _), what, _ in parser.errors]


def repeated(html):
    """Return the ids that a page gives twice."""
    ids = re.findall(r'<[a-z][^>]*? id="([^"]+)"', html)
    return sorted({one for one in ids if ids.count(one) > 1})


def test_a_fault_is_seen():
    start = "<!DOCTYPE html><html><head><title>a</title></head><body>"
    assert faults(start + "<p>a</p></body></html>") == []
    assert faults(start + "<p>a</span></body></html>")
    assert repeated('<p id="a"><p class="b" id="a"><p id="c">') == ["a"]


@pytest.mark.slow
def test_pages_are_valid_html(whole_site):
    found, about = [], {}
    pages = [p for p in whole_site.rglob("*.html") if not {"_static", "lite"} & set(p.parts)]
    for path in pages:
        name = path.relative_to(whole_site).as_posix()
        html = path.read_text(encoding="utf-8")
        found += [f"{name}: {fault}" for fault in faults(html)]
        found += [f"{name}: two have the id {one}" for one in repeated(html)]
        head = BeautifulSoup(html.partition("</head>")[0], "html.parser")
        if "http-equiv" in html[:400]:  # the one that leads on to the first page
            continue
        about[name] = head.find("meta", attrs={"name": "description"})["content"]
        picture = head.find("meta", property="og:image")["content"]
        if not (path.parent / picture).is_file():
            found.append(f"{name} has no picture for those who share it.")
    assert found == []
    assert all(40 <= len(text) <= 200 for text in about.values())
    chapters = [text for name, text in about.items() if re.match(r"book/0\d_", name)]
    assert len(set(chapters)) == len(chapters) == 8
