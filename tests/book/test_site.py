"""The finished site: built with warnings as errors, whole, and asking nothing of any other host."""

import re
import shutil
import subprocess

import pytest
from bs4 import BeautifulSoup


@pytest.mark.slow
def test_the_site(lint, glossary, pages, printing, cheatsheet, whole_site, tmp_path):
    """One test, so that pages are read once."""
    site = whole_site
    built = sorted(site.rglob("*.html"))
    assert {"index.html", "intro.html", "04_optimizers.html"} <= {page.name for page in built}
    # The theme keeps its templates' parts next to its own files; they are no pages. JupyterLite, if it was
    # built, is not ours; what it asks for is seen in tests/web/test_lite.py.
    built = [page for page in built if not {"_static", "lite"} & set(page.parts)]

    found = []
    for page in built:
        html = page.read_text(encoding="utf-8")
        found += [f"{page.name}: {f}" for f in lint.external_requests(html)]
        found += [f"{page.name}: {f}" for f in lint.pictures_without_words(html)]
    found += lint.links(built, site)
    for style in set(site.rglob("*.css")) - set((site / "lite").rglob("*.css")):
        text = style.read_text(encoding="utf-8")
        found += [f"{style.name}: {f}" for f in lint.external_requests(text)]
        if re.search(r"@import\s+(?:url\()?['\"]?(?:https?:)?//", text):
            found.append(f"{style.name} imports from another host.")
    assert found == []

    chapter = (site / "book" / "04_optimizers.html").read_text(encoding="utf-8")
    assert '<span class="section-number">4. </span>' in chapter
    assert "Fig. 4.1" in chapter
    assert 'id="equation-eq-momentum"' in chapter
    assert ">(4.1)<" in chapter
    reference = (site / "book" / "api" / "course_lib.optimizers.html").read_text(encoding="utf-8")
    assert 'id="course_lib.optimizers.step"' in reference
    assert "Parameters" in reference
    figures = re.findall(r'<figure [^>]*id="fig-', chapter)
    assert 7 <= len(figures) == chapter.count('class="course-figure"')

    words = glossary.vocabulary(pages["glossary.md"])
    for page in (site / "book").glob("0*.html"):
        assert first_uses_without_link(page.read_text(encoding="utf-8"), words) == [], page.name
    index = (site / "book" / "index.html").read_text(encoding="utf-8")
    terms = [term.replace("'", "’") for term in words.names.values()]
    assert all(f">{term}, <a" in index or f">{term}</a>" in index for term in terms)
    assert 'href="api/course_lib.optimizers.html#course_lib.optimizers.step"' in index
    museum = BeautifulSoup((site / "book" / "errata.html").read_text("utf-8"), "html.parser")
    listed = {link["href"].partition("#")[2] for link in museum.select("table.exhibits li a")}
    exhibits = set()
    for page in (site / "book" / "errata").glob("*.html"):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for section in soup.find_all("section", recursive=True):
            if section.find("section") is None:
                exhibits.add(section.find("span", id=re.compile("^erratum-"))["id"])
                assert closed_steps(section) == [
                    "1 A hint",
                    "2 What it does",
                    "3 The fault",
                    "4 The mend",
                ]
    assert exhibits == listed
    assert museum.find("p", string=f"That makes {len(exhibits)} exhibits in all.")
    the_sheet(site, printing, cheatsheet.PAGE, tmp_path)
    if shutil.which("pdftotext") is None:
        pytest.skip("the site is whole; the PDF was not made, because poppler-utils are missing")
    the_pdf(site, printing, tmp_path / "book.pdf")


def the_sheet(site, printing, page, folder):
    """Print the cheatsheet: one page, on the paper of either side of the ocean."""
    html = (site / page).read_text(encoding="utf-8")
    other = f"{page.rpartition('/')[0]}/letter.html"
    paper = "<style>@page { size: Letter landscape }</style></body>"
    for name, text in ((page, html), (other, html.replace("</body>", paper))):
        printing.print_to_pdf(name, site, folder / "sheet.pdf", {name: text})
        data = (folder / "sheet.pdf").read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b", data)) == 1, name
        width = float(re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+)", data)[1])
        assert abs(width - (792 if name == other else 842)) < 2  # points


def the_pdf(site, printing, pdf):
    """Print the book: all chapters in its bookmarks, all equations, figures and references in its text."""
    book = printing.print_book(site, pdf)
    data = pdf.read_bytes()
    titles = [
        bytes.fromhex(found.decode()).decode("utf-16-be")
        for found in re.findall(rb"/Title <feff([0-9a-f]+)>", data)
    ]
    soup = BeautifulSoup(book, "html.parser")
    chapters = [page.name[:2] for page in sorted((site / "book").glob("0*.html"))]
    numbers = [re.match(r"(\d)\. \S", title) for title in titles]
    assert [f"0{number[1]}" for number in numbers if number] == chapters
    assert {"The errata museum", "Glossary", "Bibliography", "Index"} <= set(titles)

    text = subprocess.run(
        ["pdftotext", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "??" not in text
    assert not re.search(r"\\\(|\\\[|\\frac|\\lambda", text)  # every formula is typeset
    equations = [number.text for number in soup.select("span.eqno")]
    assert len(equations) > 80
    assert [number for number in equations if number not in text] == []
    captions = [
        " ".join(number.text.split()) for number in soup.select("figcaption .caption-number")
    ]
    assert len(captions) == len(soup.select("figure svg[role=img]")) > 60
    words = " ".join(text.split())
    assert [caption for caption in captions if caption not in words] == []
    # Figures are drawings. A picture may only be where a drawing has one in it (the ground of a map).
    assert data.count(b"/Subtype /Image") <= 2 * len(soup.find_all("image"))


def closed_steps(section):
    """Return what can be opened in an exhibit: closed at first, and by the browser's own means."""
    steps = section.find_all("details")
    assert all(step.find(True, recursive=False).name == "summary" for step in steps)
    return [" ".join(step.summary.text.split()) for step in steps if not step.has_attr("open")]


def first_uses_without_link(html, words):
    """Find terms whose first use in the text of a page does not lead to the glossary."""
    page = BeautifulSoup(html, "html.parser").find("article")
    closed = "h1, h2, h3, h4, h5, h6, pre, code, .math, .cell, figcaption, summary, script, .admonition-title"
    for part in page.select(closed):
        part.clear()
    seen, found = set(), []
    for text in page.find_all(string=True):
        link = text.find_parent("a")
        here = link is not None and link.parent.get("class") == ["first-use"]
        for _, _, term in words.find(text) if here or link is None else ():
            target = f"glossary.html#term-{re.sub(r'[^A-Za-z0-9]+', '-', term)}"
            if term not in seen and not (here and link["href"] == target):
                found.append(f"{term} in '{text.strip()[:60]}'")
            seen.add(term)
    return found


def test_a_first_use_without_a_link_is_seen(glossary):
    words = glossary.vocabulary("```{glossary}\n\nloss\n  What is made small.\n```\n")
    link = '<span class="first-use"><a href="glossary.html#term-loss">loss</a></span>'
    page = "<article><h2>Loss</h2><p>{} and loss</p></article>"
    assert first_uses_without_link(page.format(link), words) == []
    assert len(first_uses_without_link(page.format("loss"), words)) == 1
    assert len(first_uses_without_link(page.format(f"<p>Loss</p>{link}"), words)) == 1
    assert len(first_uses_without_link(page.format(link.replace("#term-", "#")), words)) == 1


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://unpkg.com/thebe"></script>',
        '<link rel="stylesheet" href="//fonts.example.org/a.css">',
        '<img alt="x" src="http://example.org/a.png">',
        "<style>@font-face { src: url('https://example.org/a.woff') }</style>",
        '<script>const from = "https://unpkg.com/x.js"</script>',
        '<p style="background: url(https://example.org/a.png)">',
    ],
)
def test_requests_are_seen(html, lint):
    assert lint.external_requests(html)


def test_links_are_no_requests(lint):
    assert not lint.external_requests('<a href="https://doi.org/10.1/2">a paper</a>')
    assert not lint.external_requests('<link rel="next" href="setup.html"><img src="a.png">')


@pytest.mark.parametrize(
    "html",
    ['<img src="a.png">', '<img alt="../_images/a.png" src="a.png">', '<svg role="img"></svg>'],
)
def test_pictures_without_words_are_seen(html, lint):
    assert lint.pictures_without_words(html)


def test_broken_links_are_seen(lint, tmp_path):
    page = tmp_path / "a.html"
    other = tmp_path / "b.html"
    other.write_text('<p id="here">', encoding="utf-8")
    page.write_text('<a href="b.html#here">b</a><a href="#">top</a>', encoding="utf-8")
    assert lint.links([page, other], tmp_path) == []
    page.write_text('<a href="c.html">c</a><a href="b.html#there">b</a>', encoding="utf-8")
    assert [finding.split()[-1] for finding in lint.links([page, other], tmp_path)] == [
        "exist.",
        "place.",
    ]
