"""Random damage to the solutions: what is made, what the checks notice, what is explained."""

from __future__ import annotations

import dataclasses
import json

import pytest

from course_lib.checks import EXERCISES
from course_lib.grading import mutate
from course_lib.grading._mutations import changes, only_order

PROGRAM = '''
def f(x, y=2):
    """Stays."""
    if x < 3 and not y:
        x += 1
    return np.maximum(x, y), -x[1:]
'''


def test_every_kind_of_change_is_made():
    made = {(before, after) for before, after, _ in changes(PROGRAM)}
    for after in (
        "if x <= 3 and (not y):",
        "if x > 3 and (not y):",
        "if x < 3 or not y:",
        "if x < 3 and y:",
        "if not (x < 3 and (not y)):",
        "if y < 3 and (not y):",
        "pass",
    ):
        assert ("if x < 3 and (not y):", after) in made
    assert ("x += 1", "x -= 1") in made
    for after in (
        "return (np.minimum(x, y), -x[1:])",
        "return (-x[1:], np.maximum(x, y))",
        "return (np.maximum(x, y), x[1:])",
        "return (np.maximum(x, y), -x[:])",
        "return (np.maximum(x, y), -x[2:])",
    ):
        assert ("return (np.maximum(x, y), -x[1:])", after) in made
    assert all('"""Stays."""' in source for _, _, source in changes(PROGRAM))


def test_the_order_of_arguments_is_changed_everywhere():
    swapped = {after for _, after, _ in changes("def f(x, y):\n    return g(x, y) + max(x, y)")}
    assert "return g(y, x) + max(x, y)" in swapped
    assert "return g(x, y) + max(y, x)" in swapped


@pytest.mark.parametrize(
    ("after", "same"),
    [
        ("np.maximum(y, x) + g(x, y)", True),
        ("np.maximum(x, y) + g(y, x)", False),
        ("np.maximum(y, y) + g(x, y)", False),
        ("np.minimum(x, y) + g(x, y)", False),
    ],
)
def test_the_order_in_a_maximum_explains_itself(after, same):
    assert only_order("np.maximum(x, y) + g(x, y)", after) is same


def test_the_checks_notice_and_the_report_says_so(run):
    result = run("checks", "--mutate", "--json", "--only", "momentum_step")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["schema"] == 1
    assert data["mutants"] == data["killed"] > 10
    assert data["share"] == 1.0
    assert [row["name"] for row in data["exercises"]] == ["momentum_step"]


def test_an_unknown_exercise_is_an_error(run):
    result = run("checks", "--mutate", "--only", "no_such_step")
    assert result.exit_code == 2
    assert "no exercise no_such_step" in result.output


SOLUTION = (
    "def momentum_step(w, g, v, lr, momentum):\n    v = momentum * v + g\n    return w - lr * v, v"
)


def test_a_weak_check_lets_changes_live(monkeypatch):
    good = EXERCISES["momentum_step"]
    weak = dataclasses.replace(good, properties=good.properties[:2])  # the state alone
    mutants = list(mutate.mutants_of("momentum_step", SOLUTION))
    assert not any(map(mutate.survives, mutants))
    monkeypatch.setattr(mutate, "EXERCISES", {"momentum_step": weak})
    lived = [m for m in mutants if mutate.survives(m)]
    assert {m.before for m in lived} == {"return (w - lr * v, v)"}


class Here:
    map = staticmethod(map)


class Blank:
    exercise = EXERCISES["momentum_step"]
    solution = SOLUTION.replace("+ g", "+ g * 1")
    context = ""


def test_a_change_that_computes_the_same_must_be_explained():
    bare = mutate.survey(Blank, Here, {})
    # g * 1 and g / 1 are the same
    assert bare.survivors
    reasons = {("momentum_step", s["before"], s["after"]): "g · 1 = g / 1" for s in bare.survivors}
    told = mutate.survey(Blank, Here, reasons)
    assert not told.survivors
    assert told.equivalent[0]["reason"] == "g · 1 = g / 1"
    assert told.killed == bare.killed == told.mutants - len(told.equivalent)


@pytest.mark.proof(
    "course_lib/grading/mutate.py", "course_lib/checks/**/*.*", "solutions/*/*.ipynb"
)
def test_98_of_100_changes_are_noticed_and_each_other_one_is_explained(run):
    """Of every solution, with nothing left out of the count; no explanation is there for nothing."""
    result = run("checks", "--mutate", "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["share"] >= 0.98
    assert data["mutants"] > 1400
    written = [name for name, row in EXERCISES.items() if row.takes == "function"]
    assert sorted(row["name"] for row in data["exercises"]) == sorted(written)
    told = {
        (row["name"], change["before"], change["after"])
        for row in data["exercises"]
        for change in row["equivalent"]
        if change["reason"] != mutate.ORDER
    }
    assert told == mutate.explained().keys()
