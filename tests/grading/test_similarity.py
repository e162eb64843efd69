"""Similarity: what is found through renaming, what does not count, and that the page accuses nobody."""

import json

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.grading.similarity import RUN, WINDOW, Print, pairs, prints, tokens, winnow

LONG = """
def adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    # my own way
    first = beta1 * m + (1 - beta1) * g
    second = beta2 * v + (1 - beta2) * g * g
    if t < 1:
        raise ValueError("t")
    for k in range(3):
        first[k] = first[k] + 0 * second[k]
    scale = (1 - beta2 ** t) ** 0.5 / (1 - beta1 ** t)
    return w - lr * scale * first / (second ** 0.5 + eps * scale), first, second
"""


def other(seed):
    """Code that has nothing in common with another seed's."""
    rng = np.random.default_rng(seed)
    words = ["if", "else", "for", "+", "-", "*", "/", "(", ")", "[", "]", ",", "x", "1", "%", "not"]
    return {"cell": " ".join(rng.choice(words, 200))}


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_every_window_keeps_one(hashes):
    kept = winnow(np.array(hashes))
    for start in range(max(len(hashes) - WINDOW + 1, 1)):
        window = range(start, min(start + WINDOW, len(hashes)))
        assert any(at in window for at in kept)
        assert min(hashes[i] for i in window) in {hashes[at] for at in kept if at in window}


@given(st.integers(0, 500), st.integers(0, 500))
def test_what_is_long_enough_is_always_found(before, after):
    shared = other(999)["cell"].split()[: RUN + WINDOW]
    texts = [
        " ".join(
            [*other(seed)["cell"].split()[:30], *shared, *other(seed + 1)["cell"].split()[:30]]
        )
        for seed in (before, 1000 + after)
    ]
    one, two = ({p.value for p in prints({"c": text})} for text in texts)
    assert one & two


def test_names_comments_and_layout_do_not_count():
    changed = LONG.replace("first", "a_name").replace("# my own way", "# theirs, not mine")
    changed = changed.replace("    ", "  ").replace(" + ", "+").replace('"t"', "'too small'")
    assert [c for c, _ in tokens(LONG)] == [c for c, _ in tokens(changed)]
    assert [c for c, _ in tokens(LONG)] != [c for c, _ in tokens(LONG.replace("-", "+"))]


def test_a_copy_is_found_with_its_lines():
    found = {f"s{n}": prints(other(n)) for n in range(30)}
    found["one"] = prints({"adam_step": "x = 1\n" + LONG})
    found["two"] = prints({"adam": LONG.replace("second", "u")})
    (pair,) = pairs(found)
    assert (pair.one, pair.other, pair.share) == ("one", "two", 1.0)
    a, b = pair.spots[0]
    assert (a.cell, b.cell) == ("adam_step", "adam")
    assert a.first == b.first + 1


def test_what_was_released_or_many_have_does_not_count():
    two = {"one": prints({"c": LONG}), "two": prints({"c": LONG})}
    strangers = {f"s{n}": prints(other(n)) for n in range(30)}
    assert len(pairs({**two, **strangers})) == 1
    assert pairs({**two, **strangers}, prints({"given": LONG})) == []
    many = {f"m{n}": prints({"c": LONG}) for n in range(4)}
    assert pairs({**many, **strangers}) == []


def test_of_a_thousand_the_ten_pairs_that_copied_are_found_and_no_others():
    rng = np.random.default_rng(0)
    common = rng.integers(1 << 62, size=40)  # what a tenth of the class has
    own = {f"s{n:03}": list(rng.integers(1 << 62, size=120)) for n in range(1000)}
    names = list(own)
    for name in names[::10]:
        own[name] += list(common)
    copied = set(zip(names[:20:2], names[1:20:2], strict=True))
    for one, other in copied:
        own[other][:60] = own[one][:60]
    found = {
        name: [Print(int(v), "c", n, n) for n, v in enumerate(row)] for name, row in own.items()
    }
    alike = pairs(found)
    assert {(pair.one, pair.other) for pair in alike} == copied
    assert {pair.shared for pair in alike} == {60}
    assert len(pairs(found, most=3)) == 3


def test_code_that_is_none():
    assert prints({"c": ""}) == []
    assert prints({"c": "def f(:\n  '''x"}) == []
    assert prints({"c": "é\x00 ☃ " * 40})


@pytest.fixture
def class_of_three(tmp_path, course):
    notebook = nbformat.read(course.release("04_optimizers"), as_version=4)
    for student, text in (
        ("ada", LONG),
        ("bo", LONG.replace("first", "</pre><script>")),
        ("cy", "x = 1"),
    ):
        copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
        cell = next(c for c in copy.cells if c.metadata.nbgrader.grade_id == "adam_step")
        cell.source = text
        folder = tmp_path / "submitted" / student / "04_optimizers"
        folder.mkdir(parents=True)
        nbformat.write(copy, folder / "04_optimizers.ipynb")
    (tmp_path / "submitted" / "dan" / "04_optimizers").mkdir(parents=True)
    return tmp_path


def test_the_command(class_of_three, run):
    result = run("similarity", "-a", "04_optimizers", "--class", class_of_three)
    assert result.exit_code == 0, result.output
    folder = class_of_three / "similarity" / "04_optimizers"
    data = json.loads((folder / "similarity.json").read_text())
    assert data["submissions"] == 3
    (pair,) = data["pairs"]
    assert (pair["one"], pair["other"]) == ("ada", "bo")
    assert {spot["one"]["cell"] for spot in pair["spots"]} == {"adam_step"}
    page = (folder / "similarity.html").read_text()
    assert "does not say why" in page
    assert "<script" not in page
    assert "<mark>" in page
    result = run("similarity", "-a", "nothing", "--class", class_of_three)
    assert (result.exit_code, "there are:" in result.output) == (2, True)
    result = run("similarity", "-a", "01_regularization", "--class", class_of_three)
    assert (result.exit_code, "No submission for" in result.output) == (2, True)
