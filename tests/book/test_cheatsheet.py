"""The cheatsheet's tables say what the library says. (That it fits one sheet: test_site.py.)"""

import re

import pytest

from course_lib.optimizers import OPTIMIZERS
from course_lib.schedules import SCHEDULES


@pytest.fixture(scope="module")
def when():
    return {name: f"for {name}" for name in (*OPTIMIZERS, *SCHEDULES)}


@pytest.mark.parametrize(
    ("equation", "tex"),
    [
        ("w ← w − η m̂ / (√v̂ + ε)", r"w \leftarrow w - \eta \hat m / (\sqrt{\hat v} + \varepsilon )"),
        ("Δ = g √(d + ε) / √(s + ε)", r"\Delta = g \sqrt{d + \varepsilon } / \sqrt{s + \varepsilon }"),
        ("s + g²", "s + g^2"),
        ("η₀ √(t₀ / (t₀ + t))", r"\eta_0 \sqrt{t_0 / (t_0 + t)}"),
        ("η₀ · factor^⌊t / every⌋", r"\eta_0 \cdot \text{factor}^{\lfloor t / \text{every}\rfloor }"),
        ("rₜ if ρₜ > 4, else 1", r"r_t \text{ if } \rho_t > 4, \text{ else } 1"),
    ],
)  # fmt: skip
def test_formulas(cheatsheet, equation, tex):
    assert re.sub(r" +", " ", cheatsheet.tex(equation)) == tex


def test_a_character_without_a_command_is_refused(cheatsheet):
    with pytest.raises(ValueError, match=r"can't typeset ∇ in 'w ← ∇'"):
        cheatsheet.tex("w ← ∇")


def test_every_rule_has_its_row(cheatsheet, when):
    table = cheatsheet.update_rules(when).splitlines()[2:]
    assert len(table) == len(OPTIMIZERS) == len(cheatsheet.NAMES)
    for row, rule in zip(table, OPTIMIZERS.values(), strict=True):
        assert row.startswith(f"| **{cheatsheet.NAMES[rule.name]}** | $")
        assert row.endswith(f"| for {rule.name} |")
        assert row.count(" | ") == 5
        assert "threshold" not in row
        assert f"| {3 + 2 * len(rule.state)} |" in row
        assert rf"$\eta = {rule.lr:g}$" in row
        if rule.state:
            assert f"| {', '.join(f'${slot}$' for slot in rule.state)} |" in row


def test_every_schedule_has_its_row(cheatsheet, when):
    table = cheatsheet.schedule_rules(when).splitlines()[2:]
    assert len(table) == len(SCHEDULES)
    assert all(row.count(" | ") == 2 for row in table)


def test_defaults_are_in_the_books_notation(cheatsheet):
    assert set(cheatsheet.SYMBOLS) == {"lr"} | {h for r in OPTIMIZERS.values() for h in r.hyper}
    shown = cheatsheet.defaults(OPTIMIZERS["adamw"])
    assert shown == (
        r"$\eta = 0.001$, $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\varepsilon = 10^{-8}$, $\lambda = 0.01$"
    )
    assert cheatsheet.value(2.5e-5) == "2.5e-05"  # no power of ten is made of it


def test_the_page_has_a_line_for_each(cheatsheet, pages):
    blocks = dict(re.findall(r"```\{([\w-]+-rules)\}\n(.*?)```", pages["cheatsheet.md"], re.DOTALL))
    rules = cheatsheet.lines_by_name(blocks["update-rules"].splitlines(), OPTIMIZERS)
    schedules = cheatsheet.lines_by_name(blocks["schedule-rules"].splitlines(), SCHEDULES)
    assert all(rules.values())
    assert all(schedules.values())
    with pytest.raises(ValueError, match=r"missing for .*'momentum'.*there is no \['momentun'\]"):
        cheatsheet.lines_by_name(["momentun: x"], OPTIMIZERS)
