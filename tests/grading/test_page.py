"""The feedback page: everything that a student should know, nothing hidden, nothing that runs."""

import base64
import itertools
import re

import nbformat
import pytest

from course_lib.checks import EXERCISES, judge
from course_lib.grading import page
from course_lib.grading.autograded import fill
from course_lib.grading.blueprint import draw
from course_lib.grading.clerk import Job, make_task
from course_lib.grading.page import ByHand
from course_lib.grading.results import Result
from course_lib.grading.task import Limits, Outcome, Ran

NAME = "05_schedules"
FIRST = "step_decay"
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e"


@pytest.fixture(scope="module")
def blueprint(course):
    return draw(course, NAME)


@pytest.fixture(scope="module")
def made(blueprint):
    """Everybody's first misconception, evil texts in every place that a student can reach."""
    notebook = nbformat.from_dict(blueprint.release)
    for cell in notebook.cells:
        if cell.metadata.nbgrader.grade_id == FIRST:
            cell.source += f"\n# {EVIL}"
    notebook.cells.append(nbformat.v4.new_code_cell(f"print('{EVIL}')"))
    task, names = make_task(Job("ada", NAME, b""), notebook, blueprint, Limits())
    verdicts, entries = {}, []
    for row in blueprint.graded.values():
        exercise = EXERCISES[row.exercise]
        wrong = exercise.misconceptions[0].function
        answer = wrong() if exercise.takes == "value" else wrong
        verdict = judge(exercise, answer, row.seed, row.hidden, trusted=True).to_dict()
        verdict["printed"] = EVIL if not row.hidden else ""
        verdicts[row.cell] = verdict
        mark = min(verdict["points"], row.points)
        entries.append({**verdict, "cell": row.cell, "mark": mark, "max_points": row.points})
    cells = (
        Ran(FIRST, "answer", EVIL, f"ValueError: {EVIL}", (PNG, EVIL.encode())),
        Ran(task.cells[-1][0], "answer", EVIL, "", (PNG,)),
    )
    text = fill(notebook, blueprint, Outcome("graded", verdicts, cells, "namespaces"), names)
    points = sum(entry["mark"] for entry in entries)
    result = Result(
        EVIL, NAME, "repaired", points, blueprint.max_points, tuple(entries), (EVIL,), (EVIL,),
        sandbox="namespaces", seconds=1.25, engine="judge", cpu=0.5,
    )  # fmt: skip
    return result, text


def draw_page(made, by_hand=None):
    result, text = made
    return page.render(result, page.read(text), by_hand or {}, "https://example.org/book")


def test_nothing_in_it_runs_or_loads(made):
    text = draw_page(made)
    assert "default-src 'none'" in text
    for bad in ("<script", "<img src=x", "onerror=alert", "@import", "url(http", "<link", "\u202e"):
        assert bad not in text.replace("onerror=alert(2)&gt;", ""), bad
    assert set(re.findall(r'\bsrc="([^"]{0,22})', text)) == {"data:image/png;base64,"}
    assert all(
        url.startswith("#") or "example.org" in url for url in re.findall('href="(.*?)"', text)
    )
    assert "&lt;script&gt;" in text


def test_what_it_tells(made, blueprint):
    text = draw_page(made)
    result, _ = made
    assert f"<b>{result.points:g}</b> of {blueprint.max_points:g} points" in text
    for row in blueprint.graded.values():
        exercise = EXERCISES[row.exercise]
        assert f'id="{exercise.name}"' in text
        assert f"{NAME}.html#{exercise.section}" in text
    named = [entry for entry in result.exercises if entry["mistake"]]
    assert named
    for entry in named:
        assert f"This looks like: {page.Markup.escape(entry['mistake'])}" in text.replace(
            "&#x27;", "&#39;"
        )
    assert "put right" in text
    assert "Sandbox: namespaces" in text
    assert "0.5 seconds" in text


def test_hidden_checks_keep_their_secrets(made, blueprint):
    text = draw_page(made)
    assert "hidden check" in text
    for row in blueprint.graded.values():
        if row.hidden:
            assert row.source not in text
            assert f"seed={row.seed}" not in text
            assert str(row.seed) not in re.sub(r"base64,[^\"]*", "", text)


def test_only_pictures_that_are_pictures(made):
    shown = re.findall(r'base64,([^"]*)"', draw_page(made))
    assert [base64.b64decode(data) for data in shown] == [PNG, PNG]


def test_what_a_person_said_counts_instead(made, blueprint):
    first = next(iter(blueprint.graded.values()))
    hands = {first.cell: ByHand(first.points, 0.5), first.exercise: ByHand(comment="Well <b>done")}
    text = draw_page(made, hands)
    mark = next(e["mark"] for e in made[0].exercises if e["cell"] == first.cell)
    total = round(made[0].points - mark + first.points + 0.5, 2)
    assert f"<b>{total:g}</b> of" in text
    assert "From your instructor" in text
    assert "Well &lt;b&gt;done" in text


def test_headings_and_names_for_who_can_not_see_it(made):
    text = draw_page(made)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"|aria-labelledby="([^"]+)"', text):
        assert (target[0] or target[1]) in ids
    assert all("alt=" in tag for tag in re.findall(r"<img[^>]*>", text))
    levels = [int(level) for level in re.findall(r"<h(\d)", text)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_autograded_notebook_is_valid_and_gives_nbgrader_the_same_marks(made):
    from nbgrader.utils import determine_grade

    result, text = made
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if c.metadata.get("nbgrader")}
    for entry in result.exercises:
        assert determine_grade(cells[entry["cell"]]) == (entry["mark"], entry["max_points"])
