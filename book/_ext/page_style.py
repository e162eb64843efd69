"""A page's own style sheet: of all rules of the site those that can apply to something on it.

A rule stays if every class and id in it is a word of the page, or of a script that runs on it. A custom property
stays if something that stayed asks for it. So a page carries what it needs in its head, and asks for no file before
it is shown.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import tinycss2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

_ADDRESS = re.compile(r"""url\(\s*(["']?)(?!data:|#|[a-z]+:)([^"')]+)\1\s*\)""")
_NAME = re.compile(r"[.#]((?:\\.|[\w-])+)")
_CONDITION = re.compile(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)")
_ASKED = re.compile(r"var\(\s*(--[\w-]+)")
_NESTING = {"media", "supports", "layer", "container"}


class Rule(NamedTuple):
    """A rule of a style sheet.

    Attributes
    ----------
    head : str
        What stands before the braces of a rule around others, such as ``@media print``.
    selectors : tuple of (str, frozenset of str)
        The selectors, each with the classes and ids that it asks for; conditions (``:not``, ``:is``) don't count.
    declarations : tuple of (str, str)
        Names and values.
    inside : tuple of Rule
        The rules between the braces of ``head``.
    text : str
        A rule that is kept as it is, such as ``@font-face``; it has none of the others.
    """

    head: str = ""
    selectors: tuple[tuple[str, frozenset[str]], ...] = ()
    declarations: tuple[tuple[str, str], ...] = ()
    inside: tuple[Rule, ...] = ()
    text: str = ""


def read(css: str) -> tuple[Rule, ...]:
    """Read a style sheet, without its comments.

    Raises
    ------
    ValueError
        If there is a mistake in it.

    Examples
    --------
    >>> [rule] = read("a.b:not(.c) > #d { top : 0 }")
    >>> rule.selectors[0][0], sorted(rule.selectors[0][1]), rule.declarations
    ('a.b:not(.c) > #d', ['b', 'd'], (('top', '0'),))
    """
    return tuple(_read(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)))


def _read(rules: Iterable[Any]) -> Iterator[Rule]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = tuple((part, _names(part)) for part in _parts(rule.prelude))
            yield Rule(selectors=selectors, declarations=tuple(_declarations(rule.content)))
        elif rule.type == "at-rule" and rule.lower_at_keyword in _NESTING and rule.content:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            head = f"@{rule.at_keyword} {tinycss2.serialize(rule.prelude).strip()}"
            yield Rule(head=head, inside=tuple(_read(inner)))
        elif rule.type == "at-rule" and rule.lower_at_keyword == "charset":
            continue  # the pages and the sheets are UTF-8
        elif rule.type == "at-rule":
            yield Rule(text=re.sub(r"\s+", " ", rule.serialize()))
        else:
            raise ValueError(f"A style sheet has a mistake in line {rule.source_line}: {rule!r}")


def _names(selector: str) -> frozenset[str]:
    names = _NAME.findall(_CONDITION.sub("", selector))
    return frozenset(re.sub(r"\\(.)", r"\1", name) for name in names)


def _parts(prelude: list[Any]) -> list[str]:
    """Return the selectors between the commas."""
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    return [re.sub(r"\s+", " ", tinycss2.serialize(part).strip()) for part in parts]


def _declarations(content: list[Any]) -> Iterator[tuple[str, str]]:
    """Return what is between the braces, without comments and idle spaces."""
    found = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    for one in found:
        if one.type != "declaration":
            raise ValueError(f"A style sheet has a rule within a rule, or a mistake: {one!r}")
        value = re.sub(r"\s+", " ", tinycss2.serialize(one.value).strip())
        yield one.name, f"{value}{' !important' if one.important else ''}"


def kept(rules: Iterable[Rule], words: AbstractSet[str]) -> Iterator[Rule]:
    """Keep the rules whose classes and ids are all among the words."""
    for rule in rules:
        if rule.text:
            yield rule
        elif rule.head:
            inside = tuple(kept(rule.inside, words))
            if inside:
                yield rule._replace(inside=inside)
        else:
            selectors = tuple(one for one in rule.selectors if one[1] <= words)
            if selectors:
                yield rule._replace(selectors=selectors)


def asked_for(rules: Iterable[Rule], also: Iterable[str] = ()) -> set[str]:
    """Return the custom properties that the rules ask for, those that others ask for included.

    Examples
    --------
    >>> sorted(asked_for(read("a { --x: 1; --y: var(--x); --z: 2; top: var(--y) }")))
    ['--x', '--y']
    """
    needs: dict[str, set[str]] = {}
    wanted = set(also)
    for name, value in _all_declarations(rules):
        asked = set(_ASKED.findall(value))
        if name.startswith("--"):
            needs.setdefault(name, set()).update(asked)
        else:
            wanted |= asked
    new = wanted
    while new:
        new = set().union(*(needs.get(name, set()) for name in new)) - wanted
        wanted |= new
    return wanted


def _all_declarations(rules: Iterable[Rule]) -> Iterator[tuple[str, str]]:
    for rule in rules:
        yield from rule.declarations
        yield from _all_declarations(rule.inside)


def write(rules: Iterable[Rule], properties: AbstractSet[str] | None = None) -> str:
    """Write rules as a style sheet; of custom properties only these, if they are given.

    Examples
    --------
    >>> write(read("/* x */ a, b { --c: 1; top: 0 } @media print { a { --d: 2 } }"), set())
    'a,b{top:0}'
    """
    return "".join(_written(rule, properties) for rule in rules)


def _written(rule: Rule, properties: AbstractSet[str] | None) -> str:
    if rule.text:
        return rule.text
    if rule.head:
        inside = write(rule.inside, properties)
        return f"{rule.head}{{{inside}}}" if inside else ""
    lines = [
        f"{name}:{value}"
        for name, value in rule.declarations
        if properties is None or not name.startswith("--") or name in properties
    ]
    return f"{','.join(text for text, _ in rule.selectors)}{{{';'.join(lines)}}}" if lines else ""


def lean(rules: Iterable[Rule], words: AbstractSet[str]) -> str:
    """Return a style sheet without what has no use where these are all words.

    Examples
    --------
    >>> lean(read(".a, .b { color: red; --x: 1 } .b { top: 0 } @media print { .a { top: 1px } }"), {"a"})
    '.a{color:red}@media print{.a{top:1px}}'
    """
    some = tuple(kept(rules, words))
    return write(some, asked_for(some, {word for word in words if word.startswith("--")}))


def moved(css: str, folder: str, to: str) -> str:
    """Return a style sheet for another folder: what it loads is found from there.

    Examples
    --------
    >>> moved("a { background: url(../b.svg) }", "_static/styles", "_static")
    'a { background: url("b.svg") }'
    """

    def new(found: re.Match[str]) -> str:
        path = os.path.normpath(os.path.join(folder, found[2]))
        return f'url("{os.path.relpath(path, to or ".")}")'.replace(os.sep, "/")

    return _ADDRESS.sub(new, css)
