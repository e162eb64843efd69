"""The errata museum: exhibits that are opened step by step, and their list.

Each page below ``book/errata`` has one section an exhibit. It is written as a quotation, a hint, a
cell that runs what the quotation says, and a dropdown whose paragraphs from **The mend.** on are the
mend:

    (erratum-half)=
    ## A penalty without its half

    > The formula, as it is passed on.

    ```{hint}
    Where to look.
    ```

    ```{code-cell} ipython3
    :tags: [hide-cell]
    ...
    ```

    ````{dropdown} The fault, and the mend
    What is wrong with it. **The mend.** What is right.
    ````

The reader sees the quotation and a question. Hint, run, fault and mend are four ``<details>``: they open
by mouse, touch and keyboard, and without a script. The directive ``exhibits`` lists all of them, by
chapter, with their numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

FOLDER = "book/errata/"
LABEL = "erratum-"
QUESTION = "It looks right, and it runs. What is wrong with it?"
STEPS = ("A hint", "What it does", "The fault", "The mend")


class Exhibit(NamedTuple):
    """An exhibit: its label, its page, and its title as nodes."""

    label: str
    page: str
    title: list[nodes.Node]


class step(nodes.General, nodes.Element):  # noqa: N801
    """One thing to open: a ``<details>`` with its number and name."""


class exhibits(nodes.General, nodes.Element):  # noqa: N801
    """The place of the list."""


def open_step(self: Any, node: step) -> None:
    """Write what stands before the content."""
    self.body.append(
        f'<details class="erratum-step"><summary><span class="erratum-number">{node["number"]}</span> '
        f'{STEPS[node["number"] - 1]}</summary><div class="erratum-body">\n'
    )


def close_step(self: Any, node: step) -> None:
    """Write what stands behind the content."""
    self.body.append("</div></details>\n")


class Steps(SphinxTransform):
    """Put the parts of each exhibit into steps, and remember the exhibit."""

    default_priority = 820

    def apply(self, **kwargs: Any) -> None:
        """Change the page, if it is one of the museum's."""
        if not self.env.docname.startswith(FOLDER):
            return
        found = _museum(self.env)[self.env.docname] = []
        for section in self.document.findall(nodes.section):
            label = next((name for name in section["ids"] if name.startswith(LABEL)), None)
            if label is not None:
                title = next(section.findall(nodes.title))
                found.append(Exhibit(label, self.env.docname, title.deepcopy().children))
                fold(section)


def fold(section: nodes.section) -> None:
    """Put the hint, the cell, the fault and the mend of one exhibit into steps."""
    before: list[nodes.Node] = []
    parts: dict[int, list[nodes.Node]] = {}
    for child in section.children:
        if isinstance(child, nodes.hint):
            parts.setdefault(1, []).extend(child.children)
        elif isinstance(child, nodes.container) and child.get("nb_element") == "cell_code":
            child.attributes.pop("hide_mode", None)  # its step hides it
            parts.setdefault(2, []).append(child)
        elif isinstance(child, nodes.container) and child.get("design_component") == "dropdown":
            parts[3], parts[4] = fault_and_mend(child.children[1:])
        elif not child.astext().startswith("What it does."):
            before.append(child)
    question = nodes.paragraph("", QUESTION, classes=["erratum-question"])
    folded = [step("", *parts[n], number=n) for n in sorted(parts) if parts[n]]
    section.children = []
    section += [*before, question, *folded]


def fault_and_mend(children: list[nodes.Node]) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Divide what a dropdown says where it comes to the mend."""
    for i, child in enumerate(children):
        words = [word for word in child.children if word.astext()]  # the parser leaves empty ones
        if words and isinstance(words[0], nodes.strong) and words[0].astext() == "The mend.":
            child.children = []
            child += words[1:]
            if isinstance(words[1], nodes.Text):
                child.replace(words[1], nodes.Text(words[1].lstrip()))
            return children[:i], children[i:]
    return children, []


def _museum(env: BuildEnvironment) -> dict[str, list[Exhibit]]:
    if not hasattr(env, "errata_exhibits"):
        env.errata_exhibits = {}  # type: ignore[attr-defined]
    return env.errata_exhibits  # type: ignore[attr-defined, no-any-return]


def forget(app: Sphinx, env: BuildEnvironment, page: str) -> None:
    """Drop the exhibits of a page that is read again."""
    _museum(env).pop(page, None)


def merge(app: Sphinx, env: BuildEnvironment, pages: list[str], other: BuildEnvironment) -> None:
    """Take over what another process has read."""
    theirs = _museum(other)
    _museum(env).update({page: theirs[page] for page in pages if page in theirs})


class Exhibits(SphinxDirective):
    """``exhibits`` is replaced by the list of all exhibits, when all pages are known."""

    def run(self) -> list[nodes.Node]:
        """Return the place of the list."""
        return [exhibits()]


def list_pages(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name the page with the list, which is written again whenever any page has changed."""
    return ["book/errata"] if "book/errata" in env.all_docs else []


def fill(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the list into its place."""
    for place in list(doctree.findall(exhibits)):
        museum = _museum(app.env)
        total = sum(len(found) for found in museum.values())
        rows = [_row(app, page, name, museum[name]) for name in sorted(museum) if museum[name]]
        place.replace_self(
            [
                _table(("Chapter", "Exhibits"), (35, 65), rows),
                nodes.paragraph("", f"That makes {total} exhibits in all."),
            ]
        )


def _row(app: Sphinx, page: str, name: str, found: list[Exhibit]) -> list[list[nodes.Node]]:
    def link(target: str, words: Iterable[nodes.Node]) -> nodes.reference:
        uri = app.builder.get_relative_uri(page, target.partition("#")[0])
        copies = [word.deepcopy() for word in words]
        anchor = target.partition("#")[2]
        return nodes.reference(
            "", "", *copies, internal=True, refuri=uri + (f"#{anchor}" if anchor else "")
        )

    chapter = "book/" + name.removeprefix(FOLDER)
    title = [nodes.Text(f"{int(chapter[5:7])}. "), *app.env.titles[chapter].children]
    links = [
        nodes.list_item("", nodes.paragraph("", "", link(f"{name}#{one.label}", one.title)))
        for one in found
    ]
    number = "1 exhibit" if len(found) == 1 else f"{len(found)} exhibits"
    first = [nodes.paragraph("", "", link(chapter, title)), nodes.paragraph("", number)]
    return [first, [nodes.bullet_list("", *links)]]


def _table(
    head: Iterable[str], widths: Iterable[int], rows: list[list[list[nodes.Node]]]
) -> nodes.table:
    def line(cells: Iterable[list[nodes.Node]]) -> nodes.row:
        return nodes.row("", *[nodes.entry("", *cell) for cell in cells])

    columns = [nodes.colspec(colwidth=width) for width in widths]
    first = nodes.thead("", line([nodes.paragraph("", word)] for word in head))
    group = nodes.tgroup("", *columns, first, nodes.tbody("", *map(line, rows)), cols=len(columns))
    return nodes.table("", group, classes=["exhibits"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_node(step, html=(open_step, close_step))
    app.add_node(exhibits)
    app.add_directive("exhibits", Exhibits)
    app.add_transform(Steps)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-get-updated", list_pages)
    app.connect("doctree-resolved", fill)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
