"""The text of the book keeps its promises, and each check sees what it is there to see."""

import inspect
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from course_lib import datasets, descent, landscapes, models, regularization, training
from course_lib.optimizers import OPTIMIZERS

ROOT = Path(__file__).resolve().parents[2]


def cell(code, options=""):
    return f"```{{code-cell}} ipython3\n{options}{code}\n```\n"


FIGURE = "---\nmystnb:\n  figure:\n    name: fig-a\n    caption: |\n      What it shows.\n---\n"
DRAW = "fig, ax = plotting.figure()\n"


@pytest.mark.parametrize("check", ["figures", "long_lines", "numbers"])
def test_every_chapter_passes(check, lint, chapters):
    for name, text in chapters.items():
        assert getattr(lint, check)(text) == [], name


def test_the_options_of_every_cell_can_be_read(lint, chapters, errata):
    """A caption with a colon and a space in it is no YAML, and stops the build after minutes."""
    for name, text in (chapters | errata).items():
        for found in lint.code_cells(text):
            lines = found.options.splitlines()
            if all(line.startswith(":") for line in lines):
                options = "\n".join(line[1:] for line in lines)
                try:
                    yaml.safe_load(options)
                except yaml.YAMLError as error:
                    pytest.fail(f"{name}: {options[:200]}: {error}")


@pytest.mark.parametrize("check", ["long_lines", "numbers"])
def test_every_page_of_the_errata_passes(check, lint, errata):
    for name, text in errata.items():
        assert getattr(lint, check)(text) == [], name


@pytest.mark.parametrize(
    ("page", "finding"),
    [
        (cell(DRAW + 'plotting.show(fig, alt="A line.")', FIGURE), None),
        (cell(DRAW + "plotting.show(fig)", FIGURE), "must end with plotting.show"),
        (cell(DRAW + "fig", FIGURE), "must end with plotting.show"),
        (cell(DRAW + 'plotting.show(fig, alt="A line.")'), "needs a name"),
        (cell("import matplotlib.pyplot as plt"), "draws past"),
    ],
)
def test_figures(page, finding, lint):
    found = lint.figures(page)
    assert (found == []) if finding is None else (len(found) == 1 and finding in found[0])


@pytest.mark.parametrize(
    ("page", "finding"),
    [
        ("It takes {glue:text}`steps` steps.", None),
        ("It takes 691 steps.", "691"),
        ("At $\\kappa = 100$.", "100"),
        ("It is 3.14 and 7 times.", "3.14"),
        (cell("assert steps == 691") + "It takes 691 steps.", None),
        (cell("lr = 1e-4") + "With $10^{-4}$.", None),
        (cell("lr = 1e-4") + "With $10^{-5}$.", "10^{-5}"),
        (cell("n = 1797") + "There are 1,797 digits, `x = 0.55`, {cite:t}`Some2019`.", None),
        ("## One\n" + cell("n = 55") + "## Two\nStill 55.", None),
        ("## One\nNot yet 55.\n## Two\n" + cell("n = 55"), "55"),
        ("Twelve is 12, and $w_{17}$ is a name.", None),
        ("13. A list has numbers.", None),
    ],
)
def test_numbers(page, finding, lint):
    found = lint.numbers(page)
    assert (found == []) if finding is None else (len(found) == 1 and found[0].startswith(finding))


def test_long_lines(lint):
    wide = "x = " + "1 + " * 30 + "1"
    assert len(lint.long_lines(cell(wide))) == 1
    assert lint.long_lines(cell(wide, "---\ntags: [hide-input]\n---\n")) == []
    assert lint.long_lines(cell(wide, ":tags: [remove-cell]\n")) == []


def test_citations(lint, pages):
    bibliography = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    assert lint.citations(pages, bibliography) == []
    entry = "@misc{Known2020,\n  title = {A},\n  doi = {10/1}\n}\n"
    assert lint.citations({"a.md": "{cite:t}`Known2020`"}, entry) == []
    assert "which is not" in lint.citations({"a.md": "{cite:p}`Known2020, Other2021`"}, entry)[0]
    assert "nobody cites" in lint.citations({"a.md": ""}, entry)[0]
    bare = entry.replace("doi", "note")
    assert "no address" in lint.citations({"a.md": "{cite:t}`Known2020`"}, bare)[0]


def test_names_in_the_notation_exist(lint, pages):
    tuples = (
        datasets.Digits, descent.Descent, landscapes.Objective, models.Model, training.History,
    )  # fmt: skip
    functions = (
        descent.descend,
        training.fit,
        regularization.penalty,
        regularization.ridge_solution,
    )
    names = {"w", "g", "t"}  # what every kernel is given
    names |= {field for kind in tuples for field in kind._fields}
    names |= {name for function in functions for name in inspect.signature(function).parameters}
    names |= {name for rule in OPTIMIZERS.values() for name in (*rule.hyper, *rule.state)}
    assert lint.undefined_names(pages["notation.md"], names) == []
    assert lint.undefined_names("| $a$ | b | `learning_rate` |", names) == [
        "course_lib has nothing called learning_rate."
    ]


def test_every_page_is_in_the_contents(pages):
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert {name for name in pages if f"book/{name.removesuffix('.md')}" not in contents} == set()


def test_no_heading_has_a_formula(pages):
    """A reference to it would show how the formula is written."""
    lines = [line for text in pages.values() for line in text.splitlines()]
    assert [line for line in lines if re.match(r"#+ .*\$", line)] == []


def test_a_label_names_one_thing(pages):
    label = r"^\((?!index)([\w-]+)\)=$|^:?\s+name: (fig-[\w-]+)$|^:label: ([\w-]+)$|^\$\$ \((eq-[\w-]+)\)$"
    found = Counter(
        "".join(groups)
        for text in pages.values()
        for groups in re.findall(label, text, re.MULTILINE)
    )
    assert [name for name, count in found.items() if count > 1] == []
    assert {"ch-optimizers", "fig-memory", "alg-adam", "eq-momentum"} <= set(found)


def test_settings_that_keep_the_site_whole():
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    sphinx = settings["sphinx"]["config"]
    assert settings["execute"]["execute_notebooks"] == "cache"
    assert sphinx["nb_execution_raise_on_error"] is True
    assert not {"sphinx_thebe", "sphinx_comments"} & set(sphinx["extensions"])
    assert {"R", "E", "argmin"} <= set(sphinx["formula_macros"])
    assert "formulas" in sphinx["extensions"]


def test_the_cache_knows_the_library(extension, tmp_path):
    (tmp_path / "grading").mkdir()
    (tmp_path / "a.py").write_text("x = 1")
    first = extension.library_key(tmp_path)
    (tmp_path / "grading" / "b.py").write_text("no page runs this")
    assert extension.library_key(tmp_path) == first
    (tmp_path / "checks" / "ch08_capstone").mkdir(parents=True)
    (tmp_path / "checks" / "c.py").write_text("nor this")
    assert extension.library_key(tmp_path) == first
    (tmp_path / "checks" / "ch08_capstone" / "d.py").write_text("but this")
    second = extension.library_key(tmp_path)
    assert second != first
    (tmp_path / "a.py").write_text("x = 2")
    assert extension.library_key(tmp_path) != second


def test_what_an_interrupted_build_leaves_is_removed(extension, tmp_path):
    app = SimpleNamespace(outdir=tmp_path)
    extension.remove_leftover(app)
    (tmp_path / "_static").write_text("a logo")
    extension.remove_leftover(app)
    assert not (tmp_path / "_static").exists()
    (tmp_path / "_static").mkdir()
    extension.remove_leftover(app)
    assert (tmp_path / "_static").is_dir()
