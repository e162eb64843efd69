"""Tables on a phone: one that is too wide is read row by row, with the name of the column before each entry.

How wide a table has to be is counted in letters: the longest word of each column, where a name in code and a
formula are one word. Sentences want room for more than their longest word, or they become towers. What fits
stays a table, unless another one of the page has the same head and does not; if its last column is mostly empty,
what is in it goes below the entry before it, so that the others have the width.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

PHONE = 42
"""Letters in a line of a table on a phone."""

SENTENCE = 85
"""Letters from which on a cell is a sentence, which has to have ``ROOM`` letters in a line."""

ROOM = 14
_PADDING = 3
APPLIED = "\u2061"  # between a function and what it is applied to; nothing that is seen
_TABLE = re.compile(r'<table class="table">.*?</table>', re.DOTALL)


def stack(html: str) -> str:
    """Return a page whose wide tables can be stacked by ``look.css``.

    Examples
    --------
    >>> stack('<table class="table"><tr><td>short</td></tr></table>')
    '<table class="table"><tr><td>short</td></tr></table>'
    >>> page = "".join(
    ...     f'<table class="table"><thead><tr><th>a</th></tr></thead><tbody><tr><td>{word}</td></tr></tbody></table>'
    ...     for word in ("short", 50 * "w")
    ... )
    >>> stack(page).count('class="table stacks"')
    2
    """
    tables = [found[0] for found in _TABLE.finditer(html)]
    done = [_stacked(table, PHONE) for table in tables]
    wide = {_head(new) for new in done if 'class="table stacks"' in new}
    whole = iter(
        _stacked(table, 0) if _head(table) in wide else new
        for table, new in zip(tables, done, strict=True)
    )
    return _TABLE.sub(lambda _: next(whole), html)


def _head(table: str) -> str:
    return table.partition("<thead>")[2].partition("</thead>")[0]


def _stacked(html: str, limit: int) -> str:
    soup = BeautifulSoup(html, "html.parser")
    head = soup.select("thead tr")
    rows = [row.find_all(["td", "th"], recursive=False) for row in soup.select("tbody tr")]
    if len(head) != 1 or soup.select("[colspan], [rowspan]"):
        return html
    over = head[0].find_all(["td", "th"])
    names = [" ".join(cell.get_text().replace(APPLIED, "").split()) for cell in over]
    if any(len(row) != len(names) for row in rows):
        return html
    columns = zip(over, *rows, strict=True)
    wide = [max(width(cell) for cell in column) + _PADDING for column in columns]
    table = soup.table
    assert table is not None
    if sum(wide) <= limit:
        return _folded(html, soup, table, names, rows)
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            if cell.get_text(strip=True):
                cell["data-label"] = name
            if any(isinstance(part, str) and part.strip() for part in cell.contents):
                inside = soup.new_tag("div")
                inside.extend(list(cell.contents))
                cell.append(inside)
    table["class"] = ["table", "stacks"]
    return str(soup)


def _folded(
    html: str, soup: BeautifulSoup, table: Tag, names: list[str], rows: list[list[Tag]]
) -> str:
    """Return a narrow table, to be folded if it has three columns and the last one is mostly empty."""
    said = [row[-1] for row in rows if row[-1].get_text(strip=True)]
    if len(names) != 3 or not names[-1] or len(said) > len(rows) / 2:
        return html
    for cell in said:
        cell["data-label"] = names[-1]
    table["class"] = ["table", "folds"]
    return str(soup)


def width(cell: Tag) -> int:
    """Return how many letters a cell needs in a line.

    Examples
    --------
    >>> width(BeautifulSoup("a word", "html.parser"))
    4
    >>> width(BeautifulSoup("a word " * 13, "html.parser"))
    14
    """
    return max(longest_word(cell), ROOM if len(cell.get_text().strip()) >= SENTENCE else 0)


def longest_word(cell: Tag) -> int:
    """Return how many letters of a cell can't be broken.

    Examples
    --------
    >>> cell = BeautifulSoup("<code>f(a, b)</code> or <math><mi>η</mi><mo>+</mo><mi>θ</mi></math>", "html.parser")
    >>> longest_word(cell)
    7
    """
    whole = [len(part.get_text()) for part in cell.find_all(["code", "math"])]
    rest = [len(word) for word in cell.get_text(" ").split()]
    return max([*whole, *rest], default=0)
