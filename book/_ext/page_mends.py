"""What is put right in the theme's pages when the site is finished: weight, access, and valid HTML.

Each mend is a line of ``MENDS`` or a function below it, says what it is for, and does nothing to a page that
has it already. What the pages link to besides their text (cards, version, worker) is ``page_head``'s.

*Icons.* The theme loads all 1,400 icons of Font Awesome twice, as a script of half a megabyte and as a font.
The pages use about thirty. They get a font of these alone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fontTools import subset
from page_tables import stack
from typeset import breaks

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ICONS = {
    "angle-left": 0xF104, "angle-right": 0xF105, "arrow-up": 0xF062, "bars": 0xF0C9, "bell": 0xF0F3,
    "check-circle": 0xF058, "chevron-down": 0xF078, "chevron-right": 0xF054, "chevron-up": 0xF077,
    "circle-half-stroke": 0xF042, "circle-info": 0xF05A, "circle-question": 0xF059, "compress": 0xF066,
    "download": 0xF019, "exclamation-circle": 0xF06A, "exclamation-triangle": 0xF071, "expand": 0xF065,
    "external-link": 0xF35D, "lightbulb": 0xF0EB, "list": 0xF03A, "magnifying-glass": 0xF002,
    "moon": 0xF186, "pencil": 0xF303, "plus": 0x2B, "minus": 0xF068, "share": 0xF064, "sun": 0xF185,
    "times-circle": 0xF057, "xmark": 0xF00D,
}  # fmt: skip
"""Icons that pages and styles use, with their places in the font."""

MENDS = [
    # Half a megabyte of icons: see above.
    (re.compile(r'\s*<script defer src="[^"]*/fontawesome\.js[^"]*"></script>'), ""),
    # Three parts of the theme write this; the first one stays.
    (
        re.compile(
            r'(<meta charset="utf-8" />\s*<meta name="viewport"[^>]*>)|\s*<meta name="viewport"[^>]*>'
        ),
        r"\1",
    ),
    # Scripts wait until the text is read; they keep their order. (The first one is read while the page is.)
    (
        re.compile(r'<script((?: data-[\w-]+="[^"]*")?) src="(?![^"]*/documentation_options)'),
        r'<script\1 defer src="',
    ),
    # The arrow that opens a part of the contents has a name.
    (re.compile(r'<summary>(?=<span class="toctree-toggle")'), '<summary aria-label="More pages">'),
    (
        re.compile(r'<span class="toctree-toggle" role="presentation">'),
        '<span class="toctree-toggle">',
    ),
    # What opens hidden code is named by the words that are seen.
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    # This role is gone from the standard; a citation is one of a list.
    (re.compile(r' role="doc-biblioentry"'), ' role="listitem"'),
    # The corner of a table names nothing.
    (re.compile(r'<th class="head">(?:<p></p>)?</th>'), "<td></td>"),
    # Statements without a label all get this one; nothing leads there.
    (re.compile(r' id="proof(?:-content)?"'), ""),
    # The side bar is a landmark of its own, with the logo in it.
    (
        re.compile(r'<div id="pst-primary-sidebar"(?! role)'),
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Book"',
    ),
    # The button is called what is written on it.
    (re.compile(r'(<button[^>]*search-button-field[^>]*?) aria-label="Search"'), r"\1"),
    # A style that each drawing brings along for notebooks; on the site it is in look.css.
    (re.compile(r"<style>\.cell_output \.text_html:has\(>\.course-figure\)\{[^}]*\}</style>"), ""),
    # What a label names needs no pointer to what it shows.
    (
        re.compile(r'<label aria-controls="[^"]*" class="sd-tab-label"'),
        '<label class="sd-tab-label"',
    ),
    # The colors of the reader's system from the first paint on, not when the theme's script has come. Without
    # scripts they are the light ones.
    (
        re.compile(r'(dataset\.theme = )localStorage\.getItem\("theme"\) \|\| "auto";'),
        (
            r'\1{ light: "light", dark: "dark" }[document.documentElement.dataset.mode] '
            r'?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");'
        ),
    ),
    (re.compile(r'(<html\b[^>]*) data-theme="auto"'), r'\1 data-theme="light"'),
    # A proof begins with a word that says so.
    (re.compile(r'(<div class="proof admonition"[^>]*>\s*<p>)Proof\. '), r"\1<em>Proof.</em> "),
    # No attribute of HTML.
    (re.compile(r' autocorrect="off"'), ""),
]


# The first page leads on; as a whole document, which is what a browser and a search engine take it for.
_LEAD = re.compile(r'\s*<meta http-equiv="Refresh" content="0; url=([^"]+)" />\s*')
_FIRST = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="_static/favicon.svg">
<title>{title}</title><meta http-equiv="refresh" content="0; url={page}"></head>
<body><main><h1>{title}</h1><p><a href="{page}">Go to the first page.</a></p></main></body></html>
"""


def mend(html: str) -> str:
    """Return a page with all mends.

    Examples
    --------
    >>> mend('<th class="head"></th><div role="doc-biblioentry">')
    '<td></td><div role="listitem">'
    >>> mend('<script src="a.js"></script>')
    '<script defer src="a.js"></script>'
    >>> mend('<table class="table"><tbody><tr class="row-odd"><td>w</td><td>1</td></tr></tbody></table>')
    '<table class="table"><tbody><tr class="row-odd"><th scope="row">w</th><td>1</td></tr></tbody></table>'
    """
    for pattern, put in MENDS:
        html = pattern.sub(put, html)
    html = _WITHOUT_CORNER.sub(
        lambda table: _FIRST_CELL.sub(r'\1<th scope="row">\2</th>', table[0]), html
    )
    html = _LONG_NAME.sub(lambda name: name[1] + "<wbr>".join(breaks(name[2])) + name[3], html)
    return stack(_SIGNATURE.sub(_lines, html))


# Where nothing stands above the first column, its cells are what names the rows.
_WITHOUT_CORNER = re.compile(
    r'<table class="table">\s*(?:<thead>\s*<tr[^>]*><td></td>(?:.(?!</table>))*?</thead>\s*)?'
    r"<tbody>.*?</tbody>",
    re.DOTALL,
)
_FIRST_CELL = re.compile(r'(<tr class="row-(?:even|odd)">)<td>((?:(?!</?t[dr]).)+)</td>', re.DOTALL)

# A name in a line that a phone may have to break.
_LONG_NAME = re.compile(r'(<span class="pre">)([^<]{20,})(</span>)')

# Parameters one a line are no list of terms: there is no term in it.
_SIGNATURE = re.compile(r'<dl>(\s*<dd><em class="sig-param">.*?)</dl>', re.DOTALL)


def _lines(found: re.Match[str]) -> str:
    lines = found[1].replace("<dd>", '<span class="sig-line">').replace("</dd>", "</span>")
    return f'<span class="sig-lines">{lines}</span>'


def write_icons(source: Path, target: Path) -> None:
    """Write a font that has the icons of ``ICONS`` alone."""
    options = subset.Options(flavor="woff", desubroutinize=True, name_IDs=[0, 1, 2, 13])
    font = subset.load_font(str(source), options)
    choice = subset.Subsetter(options)
    choice.populate(unicodes=ICONS.values())
    choice.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(target), options)


def mend_site(app: Sphinx, error: Exception | None) -> None:
    """Mend all pages of the finished site, and write its icons."""
    if error is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for path in site.rglob("*.html"):
        if path.relative_to(site).parts[0] in {"_static", "lite"}:
            continue
        html = path.read_text(encoding="utf-8")
        lead = _LEAD.fullmatch(html)
        mended = _FIRST.format(title=app.config.html_title, page=lead[1]) if lead else mend(html)
        if mended != html:
            path.write_text(mended, encoding="utf-8")
    fonts = site / "_static" / "vendor" / "fontawesome" / "webfonts"
    write_icons(fonts / "fa-solid-900.ttf", site / "_static" / "fonts" / "icons.woff")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("build-finished", mend_site, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
