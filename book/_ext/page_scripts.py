"""The scripts of a finished page: when they come, which they are, and what the theme's measures.

*Scripts after the text.* None of them does anything for the first look; ``page_start.js`` loads them when it is
painted.

*What scrolls is measured when it is near.* The theme's script asks each piece of code whether it scrolls and makes
it a stop for the Tab key, one after the other, so that the browser lays the whole page out, hundreds of times. Here
it asks what comes near the window, long formulas among it, all at once; what is far away is a stop until then.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

START = Path(__file__).with_name("page_start.js")
_STOPS = re.compile(
    r"(?P<all>document\.querySelectorAll\(\[[^\]]*\]\.join\(\", \"\)\))"
    r"\.forEach\(e=>\{e\.tabIndex=(?P<scrolls>[^?]*)\?0:-1\}\)\},t=(?P<later>_\(e,300\));"
)
_STOPS_MADE = "/* when near */"
_SCRIPT = re.compile(r'\s*<script\b([^>]*?) src="([^"]*)"([^>]*)></script>')
_PRELOAD = re.compile(r'\s*<link rel="preload" as="script"[^>]*>')
_STARTED = re.compile(r'<script data-start="">.*?\n\}\)\((\[.*?\])\);</script>', re.DOTALL)
_LOADED = re.compile(r'<script\b[^>]*? src="([^"]*)"|\["([^"]+\.js[^"]*)",\{')
_NO_WORDS = {"bootstrap.js"}
"""A script that holds the names of everything that it could do; the pages use its tooltips alone."""


def stops_when_near(script: str) -> str:
    """Return the theme's script with measures of what is near the window, all of them before anything is changed.

    Raises
    ------
    ValueError
        If the theme has another script than the one that was read here.
    """
    if _STOPS_MADE in script:
        return script
    new = (
        rf"{_STOPS_MADE}for(const e of [...\g<all>,...document.querySelectorAll('div.math,math.long')])near.unobserve(e),e.matches('[tabindex],.output')||(e.tabIndex=0),near.observe(e)"
        r"},near=new IntersectionObserver(s=>s.filter(e=>e.isIntersecting).map(({target:e})=>[e,\g<scrolls>?0:-1])"
        r".forEach(([e,n])=>{e.tabIndex=n}),{rootMargin:'1000px'}),t=\g<later>;"
    )
    changed, times = _STOPS.subn(new, script)
    if times != 1:
        raise ValueError(
            "pydata-sphinx-theme.js is another one: see stops_when_near in page_scripts.py."
        )
    return changed


def scripts_of(html: str, page: str, site: Path) -> list[Path]:
    """Return the scripts that a page loads, those that its loaders may load included."""
    named = [one[1] or one[2] for one in _LOADED.finditer(html)]
    folder = (site / page).parent
    paths = [Path(os.path.normpath(folder / name.partition("?")[0])) for name in named]
    more = [
        path
        for loader in paths
        if loader.name == "loader.js"
        for path in loader.parent.glob("*.js")
    ]
    return [path for path in [*paths, *more] if path.is_file() and path.name not in _NO_WORDS]


def late(html: str, page: str) -> str:
    """Return a page whose scripts are loaded when its text is on the screen, by ``page_start.js``.

    The search page is for nothing else than its script. A script of tabs waits for an event that is over by then.

    Examples
    --------
    >>> page = '<head><script defer src="a.js"></script></head><body><script data-b="1" src="c.js"></script></body>'
    >>> late(page, "d.html").rpartition("})(")[2]
    '[["a.js",{}],["c.js",{"b":"1"}]]);</script></body>'
    """
    start = START.read_text(encoding="utf-8").strip()
    if page == "search.html":
        return html
    if _STARTED.search(html):
        return _STARTED.sub(
            lambda found: f'<script data-start="">{start}({found[1]});</script>', html
        )
    files: list[tuple[str, dict[str, str]]] = []

    def take(found: re.Match[str]) -> str:
        if "/design-tabs.js" in found[2]:
            return found[0] if 'class="sd-tab-set' in html else ""
        data = re.findall(r'\bdata-([a-z]+)="([^"]*)"', found[1] + found[3])
        files.append((found[2], dict(data)))
        return ""

    html = _PRELOAD.sub("", _SCRIPT.sub(take, html))
    text = json.dumps(files, separators=(",", ":"))
    return html.replace("</body>", f'<script data-start="">{start}({text});</script></body>')
