"""The reference pages: everything public is documented, has its page, and what is missing is seen."""

import dataclasses
import json
import os
import sys
import tomllib
import types
from pathlib import Path
from typing import NamedTuple

import docutils.core
import pytest

import course_lib
from course_lib import averages, checks, models, optimizers, regularization

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = [getattr(course_lib, name) for name in course_lib.__all__]


@pytest.mark.parametrize("module", PUBLIC, ids=lambda module: module.__name__)
def test_everything_public_is_documented(module, gaps):
    assert gaps.gaps(module) == []


@pytest.mark.parametrize("module", PUBLIC, ids=lambda module: module.__name__)
def test_every_public_name_has_an_entry(module, text):
    page = text.module_page("a page", module)
    for name in module.__all__:
        assert f":: {module.__name__}.{name}\n" in page or f".. py:data:: {name}\n" in page


def test_every_module_has_its_page(api, tmp_path):
    (tmp_path / "course_lib.gone.rst").write_text("A module that is no more.")
    names = api.write_pages(tmp_path)
    assert {f"course_lib.{name}" for name in course_lib.__all__} < set(names)
    assert {"course_lib.kernels", "index", "speed"} < set(names)
    assert {path.stem for path in tmp_path.glob("*.rst")} == set(names)


def test_pages_that_did_not_change_are_left_alone(api, tmp_path):
    api.write_pages(tmp_path)
    for path in tmp_path.glob("*.rst"):
        os.utime(path, (0, 0))
    index = tmp_path / "index.rst"
    index.write_text("old")
    api.write_pages(tmp_path)
    assert [path for path in tmp_path.glob("*.rst") if path.stat().st_mtime > 0] == [index]
    assert index.read_text(encoding="utf-8") != "old"


def test_the_contents_take_in_every_page():
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert {"book/api/index", "glob: book/api/course_lib.*", "book/api/speed"} <= {
        line.strip(" -").removeprefix("file: ") for line in contents.splitlines()
    }


# --- what is missing is seen


def complete(a, *rest, b=1):
    """Add.

    Parameters
    ----------
    a, b : int
    *rest : int

    Returns
    -------
    int

    Examples
    --------
    >>> complete(1)
    2
    """
    return a + sum(rest) + b


def without_words(a):
    return a


def without_returns(a):
    """Add.

    Parameters
    ----------
    a : int

    Examples
    --------
    >>> without_returns(1)
    1
    """
    return a


def without_parameter(a, b):
    """Add.

    Parameters
    ----------
    a : int

    Returns
    -------
    int

    Examples
    --------
    >>> without_parameter(1, 2)
    3
    """
    return a + b


def with_one_too_many(a):
    """Add.

    Parameters
    ----------
    a, c : int

    Returns
    -------
    int

    Examples
    --------
    >>> with_one_too_many(1)
    1
    """
    return a


def without_example(a):
    """Add.

    Parameters
    ----------
    a : int

    Returns
    -------
    int
    """
    return a


class Bare(NamedTuple):
    a: int


@dataclasses.dataclass
class BareData:
    a: tuple = ()


class Half(NamedTuple):
    """A pair.

    Attributes
    ----------
    a : int
    """

    a: int
    b: int


class Methods:
    """Something that works."""

    def __init__(self, size):
        self.size = size

    def work(self, hours):
        """Work."""

    @property
    def tired(self):
        return True


def module_with(thing):
    module = types.ModuleType("sample", "A module.")
    module.thing = thing
    module.__all__ = ["thing"]
    return module


@pytest.mark.parametrize(
    ("thing", "findings"),
    [
        (complete, []),
        (without_words, ["has no docstring", "has no example"]),
        (without_returns, ["does not say what it returns"]),
        (without_parameter, ["does not describe its parameter b"]),
        (with_one_too_many, ["describes c, which it does not take"]),
        (without_example, ["has no example"]),
        (Bare, ["has no docstring"]),
        (BareData, ["has no docstring"]),
        (Half, ["does not describe b"]),
        (
            Methods,
            [
                "thing does not describe size",
                "work does not describe its parameter hours",
                "work does not say what it returns",
                "tired has no docstring",
            ],
        ),
    ],
)
def test_gaps_are_seen(thing, findings, gaps):
    found = gaps.gaps(module_with(thing))
    assert len(found) == len(findings)
    for sentence, finding in zip(found, findings, strict=True):
        assert finding in sentence


def test_data_without_words_is_seen(gaps, tmp_path, monkeypatch):
    (tmp_path / "tabular.py").write_text(
        '"""A module."""\n__all__ = ["A", "B"]\nA = 1\n"""One."""\nB = 2\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    import tabular

    assert gaps.gaps(tabular) == ["tabular.B has no text below its assignment."]
    del sys.modules["tabular"]


def test_a_module_without_words_is_seen(gaps):
    module = module_with(complete)
    module.__doc__ = None
    assert gaps.gaps(module) == ["sample has no docstring."]


# --- what stands on the pages


def test_tables_show_their_rows(text):
    page = text.module_page("p", optimizers)
    assert "``adamw``" in page
    assert "Defaults: lr 0.001, beta1 0.9, beta2 0.999, eps 1e-08, weight\\_decay 0.01." in page
    assert "λ Σ \\|w\\|" in text.module_page("p", regularization)
    assert "``adam_step``\n      | One step of Adam\n" in text.module_page("p", checks)


def test_data_that_comes_from_a_private_module_keeps_its_words(gaps):
    assert gaps.words_about_data(optimizers, "OPTIMIZERS")
    assert gaps.words_about_data(checks, "EXERCISES").startswith("Every exercise")


def test_a_named_tuple_shows_methods_but_not_fields(gaps):
    members = gaps.own_members(models.Model)
    assert {"new_statistics", "n_parameters"} <= set(members)
    assert not set(members) & {*models.Model._fields, "count", "index", "_replace"}


def test_names_used_by_a_chapter(text):
    page = (
        "```{code-cell} ipython3\n%matplotlib inline\nimport numpy as np\n"
        "from course_lib import averages as means, plotting\n"
        "from course_lib.optimizers import step\nmeans.ewma(np.ones(3), 0.9)\nplotting.show\n```\n"
        "```{code-cell} ipython3\n:tags: [x]\nmeans.sma(np.ones(3), 2)\n```\n"
    )
    assert text.names_used(page) == {
        ("averages", "ewma"), ("averages", "sma"), ("plotting", "show"), ("optimizers", "step"),
    }  # fmt: skip
    index = text.index_page({"course_lib.averages": averages}, {"/book/03_sgd": page})
    assert "Used in :doc:`chapter\u00a03 </book/03_sgd>`." in index
    assert ":py:obj:`ewma <course_lib.averages.ewma>`, :py:obj:`sma" in index


def test_only_chapters_in_the_contents_count(text, tmp_path):
    for name in ("01_a", "02_b"):
        (tmp_path / f"{name}.md").write_text(name)
    assert text.chapters(tmp_path, "- file: book/02_b\n") == {"/book/02_b": "02_b"}


def test_bars_in_docstrings_are_kept(api):
    lines = [
        "Return |w| and |a − b| / 2; ``|c|`` too.",
        "a | b",
        ">>> x | y | z",
        "7 |8|",
        "",
        "|d|",
    ]
    api.keep_bars(None, "", "", None, None, lines)
    assert lines == [
        r"Return \|w\| and \|a − b\| / 2; ``|c|`` too.", "a | b", ">>> x | y | z", "7 |8|", "", r"\|d\|",
    ]  # fmt: skip


def test_initials_do_not_begin_lists(api):
    lines = [
        "G. H. Golub (2013).",
        ".. [R3f-1] B. T. Polyak (1964).",
        "A. letter",
        "Steps by J. Doe.",
    ]
    api.keep_initials(None, "", "", None, None, lines)
    assert lines == [
        r"G\. H. Golub (2013).", r".. [R3f-1] B\. T. Polyak (1964).", "A. letter", "Steps by J. Doe.",
    ]  # fmt: skip
    read = docutils.core.publish_doctree("\n\n".join((lines[0], lines[3])))
    assert read.astext() == "G. H. Golub (2013).\n\nSteps by J. Doe."


def test_speed_before_anything_was_measured(speed, tmp_path):
    assert "make bench" in speed.speed_page(tmp_path / "nowhere")
    (tmp_path / "a.jsonl").write_text('{"name": "cold"}\nnot json\n[]\n')
    page = speed.speed_page(tmp_path)
    assert "Nothing has been measured" in page
    assert "list-table" not in page


def test_speed(speed, tmp_path):
    row = {"name": "adam_step", "n": 1000000, "dtype": "float32", "ours_s": 4e-4, "peer": "torch"}
    rows = [row | {"peer_s": 1e-3}, {"name": "grid", "ours_s": 2e-8, "peer": "x", "peer_s": 3.0}]
    (tmp_path / "steps.jsonl").write_text("\n".join(map(json.dumps, rows)))
    lines = [
        line.strip() for line in speed.speed_page(tmp_path).replace("\u00a0", " ").splitlines()
    ]
    first = lines.index("* - adam\\_step, float32")
    assert lines[first + 1 : first + 5] == ["- 1,000,000", "- 2.5", "- 400 µs", "- torch: 1 ms"]
    second = lines.index("* - grid")
    assert lines[second + 1 : second + 5] == ["-", "- 1.5e+08", "- 20 ns", "- x: 3 s"]
    assert "- of the limit" not in lines  # nothing is known of it in any row


def test_speed_next_to_what_the_hardware_allows(speed, tmp_path):
    row = {"name": "sgd", "n": 10, "ours_s": 4e-4, "peer": "torch", "peer_s": 1e-3}
    limit = {"limit_s": 3e-4, "gb_per_s": 61.5, "triad_gb_per_s": 82}
    (tmp_path / "steps.jsonl").write_text(json.dumps(row | limit))
    (tmp_path / "start.jsonl").write_text('{"name": "import", "seconds": -0.002, "limit": 0.3}')
    page = speed.speed_page(tmp_path).replace("\u00a0", " ")
    assert "     - 75 % (61.5 of 82 GB/s)\n" in page
    assert "     - of the limit\n" in page
    assert "   * - import\n     - within the noise\n     - at most 300 ms\n" in page
    assert page.count("list-table") == 2


def test_what_is_missed_is_told_with_its_reason(speed, tmp_path):
    results = tmp_path / "results"
    results.mkdir()
    limit = {"limit_s": 1e-4, "gb_per_s": 61.5, "triad_gb_per_s": 82}
    row = {
        "name": "sgd",
        "n": 10,
        "peer": "torch",
        "peer_s": 1e-3,
        "peers": {"torch": 1e-3, "x": 1.0},
    }
    rows = [row | limit | {"ours_s": ours} for ours in (2e-4, 1e-3, 1e-5)]
    (results / "steps.jsonl").write_text(
        "\n".join(map(json.dumps, [*rows, row | {"n": 20, "ours_s": 1e-3}]))
    )
    (results / "start.jsonl").write_text('{"name": "import", "seconds": 0.4, "limit": 0.3}')
    (tmp_path / "targets.toml").write_text(
        """
        steps = [{what = "A step", n = [10], times = 7, why = "So it is."}, {what = "All", times = 1},
                 {what = "Another peer", name = "sgd", peer = "x", times = 2000}]
        start = [{what = "A start", why = "The\\n machine."}]
        """
    )
    page = speed.speed_page(results)
    assert (
        "- A step, 2 of 3 rows: 7 times as fast was wanted, got 1 to 5; they run at 10 to 50\u00a0% of what the "
        "hardware allows, where they would be 10 times as fast. So it is.\n"
    ) in page
    assert "All," not in page
    assert "- Another peer, 2 of 4 rows: 2000 times as fast was wanted, got 1000.\n" in page
    assert "- A start, 1 of 1 row: longer than wanted. The machine.\n" in page


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        ([2e-4, 4e-4], "; they run at 25 to 50\u00a0% of what the hardware allows, where they would be 10 times as fast"),
        ([2e-4, 5e-5], "; they run at 50 to 200\u00a0% of what the hardware allows; at 100\u00a0% those below it would be 10 times as fast"),
        ([5e-5, 4e-5], "; they run at 200 to 250\u00a0% of what the hardware allows"),
        ([1e-3], ""),
    ],
)  # fmt: skip
def test_nobody_would_be_slower_at_the_limit(speed, ours, said):
    assert (
        speed._at_the_limit([{"peer_s": 1e-3, "limit_s": 1e-4, "ours_s": s} for s in ours]) == said
    )


def test_sizes_have_the_sign_of_times(speed):
    assert (
        speed._cells({"name": "a mix, 4 x 256", "ours_s": 1, "peer": "x", "peer_s": 1})[0]
        == "a mix, 4 × 256"
    )


def test_every_target_means_a_measurement(speed):
    targets = tomllib.loads((ROOT / "benchmarks" / "targets.toml").read_text())
    for name, listed in targets.items():
        rows = speed._measurements(ROOT / "benchmarks" / "results" / f"{name}.jsonl")
        for target in listed:
            assert any("limit" in row or speed._meant(target, row) for row in rows), target


def test_speed_of_grading(speed, tmp_path):
    rows = [
        {
            "name": "a submission, per core",
            "n": 189,
            "ours_s": 0.04,
            "peer": "nbgrader",
            "peer_s": 4,
        },
        {"name": "2,000 submissions on 2 cores: memory 800 MB", "n": 2000, "seconds": 50.0},
    ]
    (tmp_path / "grading.jsonl").write_text("\n".join(map(json.dumps, rows)))
    page = speed.speed_page(tmp_path).replace("\u00a0", " ")
    assert "Grading\n-------\n" in page
    assert "namespaces" in page
    assert "     - 100\n     - 40 ms\n     - nbgrader: 4 s\n" in page
    assert "   * - 2,000 submissions on 2 cores: memory 800 MB\n     - 50 s\n" in page


def test_kinds(gaps):
    assert gaps.kind(optimizers.step) == "function"
    assert gaps.kind(optimizers.Stepper) == "class"
    assert gaps.kind(optimizers.OPTIMIZERS) == gaps.kind(optimizers.Rule) == "data"


def test_speed_keeps_a_method_together(speed, tmp_path):
    rows = [
        {"name": name, "n": n, "ours_s": 1.0, "peer": "x", "peer_s": 1.0}
        for n in (1000, 20)
        for name in ("sgd", "adam")
    ]
    (tmp_path / "steps.jsonl").write_text("\n".join(map(json.dumps, rows)))
    page = speed.speed_page(tmp_path)
    names = [line.split()[-1] for line in page.splitlines() if line.startswith("   * - ")]
    assert names == ["what", "sgd", "sgd", "adam", "adam"]
    assert page.index("- 20\n") < page.index("- 1,000\n")
