"""The whole book in one PDF: its parts here, the book itself in ``test_site.py``, where a site is built."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]

HEAD = """<head><title>A page — A book</title>
<link rel="stylesheet" href="../_static/a.css?v=1">{}</head>"""
OWN = '<link rel="stylesheet" href="../_static/own.css">'
PAGES = {
    "book/intro": "<h1>A book</h1><p>See <a href='01_a.html#sec-x'>x</a>, <a href='01_a.html'>1</a>, "
    "<a href='https://example.org/'>out</a>, <a href='../_downloads/a.ipynb'>file</a>.</p>",
    "book/01_a": "<section id='one'><h1>1. One<a class='headerlink' href='#one'>#</a></h1>"
    "<section id='sec-x'><h2>1.1. Slope <math><msub><mi>λ</mi><mi>i</mi></msub></math></h2>"
    "<details><summary>Open</summary><p id='b'>Answer.</p></details>"
    "<div class='cell tag_hide-input'><details class='hide'><pre>draw()</pre></details></div>"
    "<div class='course-interactive'>here it moves</div><img src='../_images/a.svg' alt='A line.'></section></section>",
    "book/more/01_b": "<h1>More</h1><p>Back to <a href='../01_a.html#b'>b</a>, <a href='#here'>here</a>.</p>"
    "<p id='here'>Here.</p><figure><svg viewBox='0 0 10 7'></svg></figure><figure><svg viewBox='0 0 10 12'></svg></figure>",
}
CONTENTS = """
root: book/intro
parts:
  - caption: Chapters
    chapters:
      - file: book/01_a
  - caption: Back
    chapters:
      - glob: book/more/*
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    for name, text in PAGES.items():
        path = folder / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = HEAD.format(OWN if name == "book/intro" else "").replace(
            "../", "../" * name.count("/")
        )
        path.write_text(f"<html>{head}<body><article>{text}</article></body></html>", "utf-8")
    (folder / "_static").mkdir()
    (folder / "_static" / "own.css").write_text("@page {size: A5} p {color: red}", "utf-8")
    return folder


@pytest.fixture(scope="module")
def book(printing, site):
    return printing.whole_book(site, CONTENTS)


def test_pages_come_in_the_order_of_the_contents(book):
    text = BeautifulSoup(book[0], "html.parser").get_text()
    assert text.index("See") < text.index("Answer") < text.index("Back to")


def test_headings(book):
    places = [(one.depth, one.place, one.words) for one in book[1]]
    assert [place[:2] for place in places] == [(0, "p0"), (0, "p1"), (1, "p1-sec-x"), (0, "p2")]
    assert places[1][2] == "1. One"


def test_every_link_into_the_book_leads_to_a_place_in_it(book):
    soup = BeautifulSoup(book[0], "html.parser")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    links = [link["href"] for link in soup.find_all("a", href=True)]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert [link for link in links if not link.startswith("#")] == ["https://example.org/"]
    assert {"#p1-sec-x", "#p1", "#p1-b", "#p2-here"} <= set(links)
    assert soup.find("img")["src"] == "/_images/a.svg"


def test_what_can_be_opened_is_open_and_the_rest_is_left_out(book):
    soup = BeautifulSoup(book[0], "html.parser")
    assert [fold.has_attr("open") for fold in soup.find_all("details")] == [True]
    assert not re.search(r"draw\(\)|it moves|headerlink", book[0])
    assert "/_static/a.css" in book[0]


def test_high_drawings_get_more_of_the_page(book):
    soup = BeautifulSoup(book[0], "html.parser")
    assert [drawing.get("class") for drawing in soup.find_all("svg")] == [None, ["tall"]]


def test_a_page_keeps_its_style_to_itself(printing, book):
    style = printing.own_style("@page { size: A5 } p { color: red } @page {margin: 0}", 3)
    assert style.startswith("@page p3 { size: A5 }\n@page p3 {margin: 0}\n@scope (#p3) {")
    assert style.count("@page") == 2
    assert "@page p0 {size: A5}" in book[0]
    assert "@scope (#p0) {" in book[0]
    assert "own.css" not in book[0]
    assert "p { color: red }" in style


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("1.6. By <em>direction</em>", "1.6. By direction"),
        ("At <math><msub><mi>λ</mi><mi>i</mi></msub><mo>/</mo><mi>α</mi></math>", "At λi/α"),
        ("Of <math><mi>log</mi><mo>\u2061</mo><mi>n</mi></math>", "Of logn"),
        ("Two\n lines", "Two lines"),
    ],
)
def test_headings_without_tags(words, plain, printing):
    assert printing.plain(words) == plain


def test_a_site_that_lacks_a_page_is_said(tmp_path):
    program = ROOT / "book" / "_ext" / "print_book.py"
    done = subprocess.run(
        [sys.executable, program, tmp_path, tmp_path / "a.pdf"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "make book" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_browser_is_said(printing, monkeypatch):
    browser = sys.modules["chromium"]
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    with pytest.raises(browser.NoBrowserError, match="no-such-browser"):
        browser.find_browser()
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    with pytest.raises(browser.NoBrowserError, match="apt-get install chromium"):
        browser.find_browser()


# A PDF as Chromium writes them, with two pages, on which three places have names.
OBJECTS = [
    "<</Type /Catalog\n/Pages 2 0 R\n/Dests 5 0 R\n/Outlines 99 0 R>>",
    "<</Type /Pages\n/Count 2\n/Kids [4 0 R 3 0 R]>>",
    "<</Type /Page\n/Parent 2 0 R>>",
    "<</Type /Page\n/Parent 2 0 R>>",
    "<</a [4 0 R /XYZ 0 9 0]\n/b [3 0 R /XYZ 0 9 0]\n/c#20d [3 0 R /XYZ 0 5 0]>>",
]


@pytest.fixture
def pdf():
    data, table = b"%PDF-1.4\n", b"xref\n0 6\n0000000000 65535 f \n"
    for number, text in enumerate(OBJECTS, 1):
        table += b"%010d 00000 n \n" % len(data)
        data += f"{number} 0 obj\n{text}\nendobj\n".encode()
    end = f"trailer\n<</Size 6\n/Root 1 0 R\n/Info 3 0 R>>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + table + end.encode()


def test_places_of_a_pdf(pdf, bookmarks):
    assert bookmarks.places(pdf) == {"a": 1, "b": 2, "c d": 2}


def test_bookmarks_are_added(pdf, bookmarks):
    marks = [(0, "Ä", "a"), (1, "B", "b"), (1, "C", "c d"), (0, "D", "b")]
    more = bookmarks.add_bookmarks(pdf, [bookmarks.Bookmark(*mark) for mark in marks])
    assert more.startswith(pdf)
    places = dict(re.findall(rb"(\d+) 1\n(\d{10}) 00000 n", more))
    objects = {
        int(n): more[int(place) :].partition(b"endobj")[0].decode() for n, place in places.items()
    }
    assert all(text.startswith(f"{n} 0 obj") for n, text in objects.items())
    assert "/Outlines 6 0 R" in objects[1]
    assert "99" not in objects[1]
    assert all(part in objects[6] for part in ("/First 7 0 R", "/Last 10 0 R", "/Count 2"))
    assert all(part in objects[7] for part in ("/First 8 0 R", "/Last 9 0 R", "/Next 10 0 R"))
    assert "<feff00c4>" in objects[7]
    assert "/Prev" not in objects[7]
    assert all(part in objects[9] for part in ("/Prev 8 0 R", "/Parent 7 0 R", "/Dest /c#20d"))
    assert "/Next" not in objects[9]
    assert "/Parent 6 0 R" in objects[10]
    start = int(more[more.rindex(b"startxref") + 9 :].split()[0])
    assert more[start : start + 4] == b"xref"
    assert f"/Prev {int(pdf[pdf.rindex(b'startxref') + 9 :].split()[0])}".encode() in more[start:]
    assert b"/Size 11" in more[start:]


def test_a_bookmark_to_nowhere_is_refused(pdf, bookmarks):
    with pytest.raises(ValueError, match="nowhere"):
        bookmarks.add_bookmarks(pdf, [bookmarks.Bookmark(0, "A", "nowhere")])
