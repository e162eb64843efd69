"""Code on a page in as few elements as its colors need.

Pygments puts every token into an element of its own: names and brackets, which have the color of plain text, and
spaces. A chapter had ten thousand of them, half of all its elements. Here a token that looks like plain text is
plain text, tokens that look alike get one class, and neighbors of one class are one element.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from page_style import Rule

_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_TOKEN = re.compile(r'<span class="(\w+)">([^<]*)</span>')
_NEIGHBORS = re.compile(r'(<span class="(\w+)">[^<]*)</span>(\s*)<span class="\2">')
_IN_THEME = re.compile(r'html\[data-theme="?(\w+)"?\] \.highlight(?: \.(\w+))?')


def looks(rules: Iterable[Rule]) -> dict[str, str]:
    """Return for each class of a token the class that stands for its look; none, if it looks like plain text.

    A class that is named by any other rule keeps its name.

    Examples
    --------
    >>> from page_style import read
    >>> css = '''html[data-theme="dark"] .highlight { color: #fff; background: #000 }
    ... html[data-theme="dark"] .highlight .n { color: #fff }
    ... html[data-theme="dark"] .highlight .s1 { color: red }
    ... html[data-theme="dark"] .highlight .s2 { color: red }
    ... html[data-theme="dark"] .highlight .gp { color: red }
    ... span.gp { top: 0 }'''
    >>> looks(read(css))
    {'n': '', 's1': 's1', 's2': 's1'}
    """
    base: dict[str, tuple[tuple[str, str], ...]] = {}
    styles: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {}
    others: set[str] = set()
    for rule in _flat(rules):
        for selector, names in rule.selectors:
            found = _IN_THEME.fullmatch(selector)
            if found is None:
                # A signature in the reference has such classes too, and is no code.
                others |= set() if "sig-param" in names else names
            elif found[2]:
                styles.setdefault(found[2], {})[found[1]] = rule.declarations
            else:
                base[found[1]] = tuple(one for one in rule.declarations if one[0] == "color")
    stands: dict[str, str] = {}
    first: dict[str, str] = {}
    for name, style in styles.items():
        if name not in others:
            plain = bool(base) and style == base
            stands[name] = "" if plain else first.setdefault(repr(sorted(style.items())), name)
    return stands


def _flat(rules: Iterable[Rule]) -> Iterable[Rule]:
    for rule in rules:
        yield rule
        yield from _flat(rule.inside)


def fewer_tokens(html: str, stands: dict[str, str]) -> str:
    """Return a page with the tokens of its code named as ``stands`` says, and neighbors in one.

    Examples
    --------
    >>> page = '<pre><span class="n">a</span> <span class="s2">b</span> <span class="s1">c</span></pre>'
    >>> fewer_tokens(page, {"n": "", "s1": "s1", "s2": "s1"})
    '<pre>a <span class="s1">b c</span></pre>'
    """

    def token(found: re.Match[str]) -> str:
        name = stands.get(found[1], found[1])
        return f'<span class="{name}">{found[2]}</span>' if name else found[2]

    def code(found: re.Match[str]) -> str:
        text, again = _TOKEN.sub(token, found[0]), 1
        while again:
            text, again = _NEIGHBORS.subn(
                lambda pair: pair[0] if pair[2] not in stands else f"{pair[1]}{pair[3]}", text
            )
            again = 0 if not _more(text, stands) else again
        return text

    return _CODE.sub(code, html)


def _more(text: str, stands: dict[str, str]) -> bool:
    return any(pair[2] in stands for pair in _NEIGHBORS.finditer(text))
