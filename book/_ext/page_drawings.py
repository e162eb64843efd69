"""Drawings of a page in a file of their own, so that its text is there without them.

Half of a chapter's bytes are drawings, and none of them is seen first. On the page stays the element of each, with
its words and its size, so that nothing moves when ``drawings.js`` fills it. For readers without scripts each drawing
is a picture too. (A picture for everyone would have neither the page's type nor its colors in the dark.)
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

SCRIPT = Path(__file__).with_name("drawings.js")
FOLDER = "_static/drawings"
PICTURES = "_static/pictures"
LEAST = 40_000
"""A page with fewer bytes of drawings keeps them."""

_DRAWING = re.compile(
    r'(<div class="course-figure">\s*)(<svg\b[^>]*)>((?:(?!</?svg\b).)+)</svg>', re.DOTALL
)
_PLACE = re.compile(r'(<svg\b[^>]*) data-drawing="(\d+)"></svg><noscript>.*?</noscript>', re.DOTALL)
_WITHOUT_SCRIPT = (
    "<noscript><style>svg[data-drawing]{display:none!important}</style></noscript>\n</head>"
)


def file_of(page: str) -> str:
    """Return the address of a page's drawings in the site.

    Examples
    --------
    >>> file_of("book/04_optimizers.html")
    '_static/drawings/book-04_optimizers.js'
    """
    return f"{FOLDER}/{page.removesuffix('.html').replace('/', '-')}.js"


def take_out(html: str, page: str, site: Path) -> str:
    """Return a page with empty drawings, and write these into the site; the page loads them when it is shown."""
    found = list(_DRAWING.finditer(html))
    if sum(len(one[3]) for one in found) < LEAST:
        return html
    top = "../" * page.count("/")
    name = Path(file_of(page)).stem
    places = iter(range(len(found)))

    def place(one: re.Match[str]) -> str:
        number = next(places)
        picture = f"{PICTURES}/{name}-{number}.svg"
        _write(site / picture, f"{one[2]}>{one[3]}</svg>\n")
        words = re.search(r'aria-label="([^"]*)"', one[2])
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', one[2])
        size = f' width="{float(box[1]):.0f}" height="{float(box[2]):.0f}"' if box else ""
        image = f'<img src="{top}{picture}" alt="{words[1] if words else ""}"{size}>'
        return f'{one[1]}{one[2]} data-drawing="{number}"></svg><noscript>{image}</noscript>'

    text = json.dumps([one[3] for one in found], ensure_ascii=False)
    text = f"{SCRIPT.read_text(encoding='utf-8').strip()}({text});\n"
    _write(site / file_of(page), text)
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    script = f'<script defer src="{top}{file_of(page)}?v={mark}"></script>\n{_WITHOUT_SCRIPT}'
    return _DRAWING.sub(place, html).replace("</head>", script, 1)


def whole(html: str, page: str, site: Path) -> str:
    """Return a page with its drawings in it again."""
    if not _PLACE.search(html):
        return html
    text = (site / file_of(page)).read_text(encoding="utf-8")
    drawings = json.loads(text.partition("\n})(")[2].removesuffix(");\n"))
    return _PLACE.sub(lambda one: f"{one[1]}>{drawings[int(one[2])]}</svg>", html)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
