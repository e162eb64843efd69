r"""Formulas become MathML: as MathJax has it, or the build ends. The pages' own are in the second half.

The expected symbols and parts are those of MathJax 3.2.2 (``MathJax.tex2mml``), recorded once.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest

PARTS = {
    "msup",
    "msub",
    "msubsup",
    "mfrac",
    "msqrt",
    "mroot",
    "mtr",
    "mtd",
    "mover",
    "munder",
    "munderover",
}
MATHJAX = [
    (r"\frac{a}{1 + \lambda}", "a1+λ", "mfrac:1"),
    (r"\hat w_{t+1}^2 - \bar\sigma", "wˆt+12−σ¯", "mover:2 msubsup:1"),
    (r"\sqrt[3]{\tfrac32 x} + \sqrt y", "32x3+y", "mfrac:1 mroot:1 msqrt:1"),
    (r"f''(x) + f'''(\xi_\pm)", "f″(x)+f‴(ξ±)", "msub:1 msup:2"),
    (r"\sum_{i=1}^n \prod_j x_{ij}", "∑i=1n∏jxij", "msub:1 munder:1 munderover:1"),
    (r"\lVert g \rVert_2^2 \le |x|", "‖g‖22≤|x|", "msubsup:1"),
    (r"\left(\frac{X^\top X}{N} + \alpha I\right)^{-1}", "(X⊤XN+αI)−1", "mfrac:1 msup:2"),
    (r"\big((1+\rho)\,w\big)^{-1}", "((1+ρ)w)−1", "msup:1"),
    (
        r"\begin{aligned} a &= b, & c &= d \\[1ex] e &\approx f \end{aligned}",
        "a=b,c=de≈f",
        "mtd:6 mtr:2",
    ),
    (
        r"\begin{cases} a & \text{if } x > 0 \\ b & \text{else} \end{cases}",
        "{aifx>0belse",
        "mtd:4 mtr:2",
    ),
    (r"\begin{pmatrix} 4 & 0 \\ 0 & 1 \end{pmatrix}", "(4001)", "mtd:4 mtr:2"),
    (r"\underbrace{a + b}_{\text{decay}}", "a+b⏟decay", "munder:2"),
    (r"\operatorname{sign}(w)\,\max(0, \log n)", "sign(w)max(0,logn)", ""),
    (r"a_1, \dots, a_n", "a1,…,an", "msub:2"),
    (r"1 + \beta + \cdots", "1+β+⋯", ""),
    (r"\int_0^\infty e^{-y/2}\,\mathrm dy", "∫0∞e−y/2dy", "msubsup:1 msup:1"),
    (r"\binom{n}{k}", "(nk)", "mfrac:1"),
    (r"\overset{!}{=} \lfloor x \rfloor", "=!⌊x⌋", "mover:1"),
    (r"\mathtt{weight\_decay}", "weight_decay", ""),
    (r"\dot x + \ddot x + \tilde w^\top", "x˙+x¨+w˜⊤", "mover:3 msup:1"),
    (r"\lim_{h \to 0} g(h)", "limh→0g(h)", "munder:1"),
    (r"10^{-8}, 0.999", "10−8,0.999", "msup:1"),
]


def symbols(root):
    """Return what a formula shows, in the order of its parts."""
    return re.sub(r"[\u2061\u2063\s]", "", "".join(root.itertext()))


@pytest.mark.parametrize(("tex", "shown", "parts"), MATHJAX)
def test_as_mathjax_has_it(formulas, tex, shown, parts):
    root = ET.fromstring(formulas.draw(tex, block=True))
    found = Counter(part.tag for part in root.iter() if part.tag in PARTS)
    assert symbols(root) == shown
    assert " ".join(f"{name}:{found[name]}" for name in sorted(found)) == parts


@pytest.mark.parametrize(
    ("tex", "says"),
    [
        (r"\nosuch", "nosuch"),
        (r"a \\ b", "aligned or gathered"),
        (r"\begin{aligned}[t] a \end{aligned}", "option"),
        (r"\frac{a}", "argument"),
        (r"\left( a", "right"),
    ],
)
def test_what_cannot_be_drawn_is_said(formulas, tex, says):
    with pytest.raises(ValueError, match=says):
        formulas.draw(tex)


def test_macros(formulas):
    with pytest.raises(ValueError, match="ours"):
        formulas.draw(r"w \in \ours^n")
    assert "ℝ" in formulas.draw(r"w \in \ours^n", macros=(("ours", r"\mathbb{R}"),))


def test_a_fence_with_a_power_stands_in_a_row(formulas):
    """Otherwise Chromium draws it as small as a letter."""
    power = next(ET.fromstring(formulas.draw(r"\big(a\big)^2")).iter("msup"))
    assert power[0].tag == "mrow"
    assert [(part.tag, part.text) for part in power[0]] == [("mo", ")")]


def test_a_fence_that_is_not_there_takes_no_place(formulas):
    drawn = formulas.draw(r"\left. \frac{a}{b} \right|")
    assert "\u2063" not in drawn
    assert symbols(ET.fromstring(drawn)) == "ab|"


def test_lines_keep_the_space_that_is_asked_for(formulas):
    rows = list(
        ET.fromstring(formulas.draw(r"\begin{aligned} a &= b \\[2ex] c &= d \end{aligned}")).iter(
            "mtr"
        )
    )
    assert [row.get("style") for row in rows] == ["--gap:2ex", None]
    assert [[cell.get("class") for cell in row] for row in rows] == [["r", "l"]] * 2
    assert [symbols(row) for row in rows] == ["a=b", "c=d"]


def test_a_sign_at_the_start_of_a_line_stands_between_two_things(formulas):
    tex = r"\begin{aligned} &-a \\ &+ b \\ c &- d \end{aligned}"
    signs = [row[1][0] for row in ET.fromstring(formulas.draw(tex)).iter("mtr")]
    assert [(sign.text, sign.get("form")) for sign in signs] == [
        ("−", None),
        ("+", "infix"),
        ("−", "infix"),
    ]


def test_roots_are_as_high_as_a_letter_and_hats_stand_off(formulas):
    root = ET.fromstring(formulas.draw(r"\sqrt n"))
    assert root.find("msqrt/mspace").attrib == {"height": "0.8em", "depth": "0.15em"}
    cubic = ET.fromstring(formulas.draw(r"\sqrt[3]{n}")).find("mroot")
    assert [part.tag for part in cubic[0]] == ["mspace", "mi"]
    assert len(cubic) == 2
    for tex, name in ((r"\tilde J", "high"), (r"\hat w", None)):
        assert ET.fromstring(formulas.draw(tex)).find("mover")[1].get("class") == name


def test_names_of_code_are_letters(formulas):
    name = next(ET.fromstring(formulas.draw(r"\mathtt{sam\_step}")).iter("mtext"))
    assert (name.text, name.get("class")) == ("sam_step", "code")


@pytest.mark.slow
def test_pages_have_no_formula_that_is_not_drawn(whole_site):
    count, wrong = 0, []
    for path in (whole_site / "book").rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        count += html.count("<math")
        text = re.sub(r"<(script|pre|code|svg)\b.*?</\1>", "", html, flags=re.DOTALL)
        wrong += [
            f"{path.name}: {tex}"
            for tex in re.findall(r"\\[(\[].{,60}|.{,30}(?<!\$)\$\w.{,30}", text)
        ]
        if "mathjax" in html.lower().replace("mathjax_ignore", ""):  # a class of MyST's
            wrong.append(f"{path.name}: MathJax")
    assert wrong == []
    assert count > 3000
    assert not list(whole_site.glob("vendor/mathjax*"))


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"m = 0 \qquad\qquad v = 1", ["m = 0", "v = 1"]),
        (r"\frac{a \qquad b}{2}", [r"\frac{a \qquad b}{2}"]),
        (r"\left( a \qquad b \right) \qquad \{ c", [r"\left( a \qquad b \right)", r"\{ c"]),
        (r"\begin{cases} a \qquad b \end{cases}", [r"\begin{cases} a \qquad b \end{cases}"]),
        (r"\leftarrow \qquad x", [r"\leftarrow", "x"]),
    ],
)
def test_what_stands_side_by_side_is_told_apart(formulas, tex, parts):
    assert formulas.beside(tex) == parts
