"""Tables of the cheatsheet, made from the library's own: formulas and defaults stand nowhere twice.

    ```{update-rules}
    sgd: when to use it
    momentum: …
    ```

writes the table of :data:`course_lib.optimizers.OPTIMIZERS`, and the page adds what no program knows:
when to use a rule. Every rule must have its line. ``schedule-rules`` does the same with
:data:`course_lib.schedules.SCHEDULES`.

    python book/_ext/cheatsheet.py _build/html _build/cheatsheet.pdf

prints the page of the built site on one sheet of paper.
"""

from __future__ import annotations

import math
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_lib.optimizers import OPTIMIZERS, Optimizer
from course_lib.schedules import SCHEDULES

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PAGE = "book/cheatsheet.html"
STYLE = Path(__file__).with_name("sheet.css")

NAMES = {
    "sgd": "SGD", "momentum": "momentum", "nesterov": "Nesterov", "adagrad": "AdaGrad",
    "rmsprop": "RMSProp", "adadelta": "Adadelta", "adam": "Adam", "adamw": "AdamW",
    "adam_l2": "Adam with L2", "radam": "RAdam",
}  # fmt: skip
"""Rules as people write them."""

SYMBOLS = {
    "lr": r"\eta", "momentum": r"\rho", "dampening": r"\tau", "rho": r"\rho", "beta1": r"\beta_1",
    "beta2": r"\beta_2", "eps": r"\varepsilon", "weight_decay": r"\lambda", "threshold": None,
}  # fmt: skip
"""Hyperparameters in the book's notation; one that has no symbol there is not shown."""

_TEX = {
    "ρₜ": r"\rho_t ", "rₜ": "r_t ", "η₀": r"\eta_0 ", "t₀": "t_0", "η_T": r"\eta_T ", "m̂": r"\hat m",
    "v̂": r"\hat v", "←": r"\leftarrow ", "η": r"\eta ", "ρ": r"\rho ", "τ": r"\tau ", "π": r"\pi ",
    "ε": r"\varepsilon ", "λ": r"\lambda ", "Δ": r"\Delta ", "²": "^2", "−": "-", "·": r"\cdot ",
    "½": r"\tfrac12", "⌊": r"\lfloor ", "⌋": r"\rfloor ", "cos(": r"\cos(",
}  # fmt: skip


def tex(equation: str) -> str:
    """Return one of the library's equations as LaTeX.

    Raises
    ------
    ValueError
        If a character is left that LaTeX would not take: the table above lacks it.
    """
    text = re.sub(r"√\(([^()]*(?:\([^()]*\)[^()]*)*)\)", r"\\sqrt{\1}", equation)
    text = re.sub(r"√(v̂|\w)", r"\\sqrt{\1}", text)
    text = re.sub(r"\^(\([^)]*\)|⌊[^⌋]*⌋)", r"^{\1}", text)
    text = re.sub(r"\b(factor|every|then Adam)\b", r"\\text{\1}", text)
    text = re.sub(r"\b(if|else)\b", r"\\text{ \1 }", text)
    for symbol, command in _TEX.items():
        text = text.replace(symbol, command)
    if not text.isascii():
        left = sorted(set(re.findall(r"[^\x00-\x7f]", text)))
        raise ValueError(f"cheatsheet.py can't typeset {''.join(left)} in {equation!r}.")
    return text.strip()


def formula(equation: str) -> str:
    """Return an equation as inline formulas, one for each of its parts, so that the line can break."""
    return "; ".join(_breakable(part.strip()) for part in equation.split(";"))


def _breakable(part: str) -> str:
    """Return a part, and what is done otherwise as a formula of its own."""
    first, _, otherwise = part.partition(", else ")
    return f"${tex(first)}$" + (f", else ${tex(otherwise)}$" if otherwise else "")


def value(number: float) -> str:
    """Return a default as LaTeX: 1e-8 as a power of ten, 0.001 as it is."""
    if 0 < abs(number) < 1e-4:
        exponent = round(math.log10(number))
        if math.isclose(number, 10.0**exponent):
            return f"10^{{{exponent}}}"
    return f"{number:g}"


def defaults(rule: Optimizer) -> str:
    """Return a rule's default rate and hyperparameters; what is zero by default is left out."""
    given = {"lr": rule.lr, **rule.hyper}
    shown = [(SYMBOLS[name], number) for name, number in given.items() if SYMBOLS[name] and number]
    return ", ".join(f"${symbol} = {value(number)}$" for symbol, number in shown)


def moved(rule: Optimizer) -> int:
    """Return how many numbers a step reads and writes for every weight: w, g and the state."""
    return 3 + 2 * len(rule.state)


def update_rules(when: Mapping[str, str]) -> str:
    """Return the table of update rules as MyST."""
    lines = [
        "| rule | a step | state | moves | defaults | when to use it |",
        "|---|---|---|---|---|---|",
    ]
    for name, rule in OPTIMIZERS.items():
        equation = rule.equation.replace("threshold", f"{rule.hyper.get('threshold', 0):g}")
        state = ", ".join(f"${slot}$" for slot in rule.state) or "none"
        lines.append(
            f"| **{NAMES[name]}** | {formula(equation)} | {state} | {moved(rule)} "
            f"| {defaults(rule)} | {when[name]} |"
        )
    return "\n".join(lines)


def schedule_rules(when: Mapping[str, str]) -> str:
    """Return the table of schedules as MyST."""
    lines = ["| schedule | rate of step $t$, from 0 | when to use it |", "|---|---|---|"]
    for name, row in SCHEDULES.items():
        title = name.replace("_decay", "").replace("_", " ")
        lines.append(f"| **{title}** | {formula(row.equation)} | {when[name]} |")
    return "\n".join(lines)


def lines_by_name(content: list[str], names: Mapping[str, Any]) -> dict[str, str]:
    """Read the lines of a directive, ``name: text``.

    Raises
    ------
    ValueError
        If a name is missing, or is none of the table's.
    """
    found = {
        key.strip(): text.strip()
        for key, _, text in (line.partition(":") for line in content if line.strip())
    }
    missing, unknown = sorted(names.keys() - found), sorted(found.keys() - names.keys())
    if missing or unknown:
        raise ValueError(f"lines are missing for {missing}, and there is no {unknown}.")
    return found


class _Table(SphinxDirective):
    """A directive with a line for each row of a table of the library."""

    has_content = True
    names: Mapping[str, Any]

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        self.env.note_dependency(__file__)
        try:
            when = lines_by_name(list(self.content), self.names)
        except ValueError as error:
            raise self.error(str(error)) from None
        return self.parse_text_to_nodes(self.text(when))

    def text(self, when: Mapping[str, str]) -> str:
        raise NotImplementedError


class UpdateRules(_Table):
    """``update-rules``: all rules of the library."""

    names = OPTIMIZERS

    def text(self, when: Mapping[str, str]) -> str:
        """Return the table."""
        return update_rules(when)


class ScheduleRules(_Table):
    """``schedule-rules``: all schedules of the library."""

    names = SCHEDULES

    def text(self, when: Mapping[str, str]) -> str:
        """Return the table."""
        return schedule_rules(when)


def add_style(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Link the sheet's style from its page, after all others, and from no other page."""
    if page == PAGE.removesuffix(".html"):
        app.add_css_file(STYLE.name, priority=900)


def copy_style(app: Sphinx, exception: Exception | None) -> None:
    """Put the style beside the site's. (jupyter-book would link every style of _static from every page.)"""
    if exception is None and app.builder.format == "html":
        shutil.copyfile(STYLE, Path(app.outdir) / "_static" / STYLE.name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("update-rules", UpdateRules)
    app.add_directive("schedule-rules", ScheduleRules)
    app.connect("html-page-context", add_style)
    app.connect("build-finished", copy_style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def main(site: str, pdf: str) -> None:
    """Print the page of a built site."""
    from chromium import NoBrowserError, print_to_pdf

    if not (Path(site) / PAGE).is_file():
        sys.exit(f"There is no {PAGE} in {site}. Build the site first: make book.")
    try:
        print_to_pdf(PAGE, Path(site), Path(pdf))
    except NoBrowserError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:3])
