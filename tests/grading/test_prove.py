"""The checks are tested by the misconceptions, and that test can fail."""

import dataclasses
import json

from course_lib.checks import EXERCISES
from course_lib.grading import prove

SOME = ("adam_step", "first_adam_step", "top_eigenvalue")  # tests/checks tries them all


def test_all_rejected_named_and_accepted(run):
    result = run("checks", "--json", *(f"--only={name}" for name in SOME))
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["schema"] == 1
    assert [row["name"] for row in data["exercises"]] == list(SOME)
    for row in data["exercises"]:
        assert row["variants"] == row["rejected"] == row["named"]
        assert row["correct_variants"] == row["accepted"]
        if EXERCISES[row["name"]].takes == "function":
            assert row["variants"] >= 4
            assert row["correct_variants"] > 5


def test_a_weak_check_is_found_out(monkeypatch, run):
    good = EXERCISES["momentum_step"]
    first = good.properties[:1]  # nothing is looked at but the form
    weak = dataclasses.replace(good, properties=(dataclasses.replace(first[0], weight=1.0),))
    proof = prove.prove(weak)
    assert proof.rejected < proof.variants
    assert not proof.holds
    monkeypatch.setattr(prove, "EXERCISES", {"momentum_step": weak})
    result = run("checks")
    assert result.exit_code == 1
    assert "accepts the wrong variant" in result.output


def test_a_check_that_is_too_strict_is_found_out():
    good = EXERCISES["momentum_step"]
    wrong = good.misconceptions[0].function
    strict = dataclasses.replace(good, correct=(wrong,), misconceptions=good.misconceptions[1:])
    proof = prove.prove(strict)
    assert proof.accepted == proof.correct_variants - 1
    assert "rejects the right variant" in proof.problems[0]


def test_two_mistakes_that_look_alike_are_found_out():
    good = EXERCISES["momentum_step"]
    twice = dataclasses.replace(
        good, misconceptions=(good.misconceptions[0], good.misconceptions[0])
    )
    other = dataclasses.replace(good.misconceptions[1], function=_unknown)
    unnamed = dataclasses.replace(good, misconceptions=(other,))
    assert prove.prove(twice).holds  # the same mistake has the same name
    assert prove.prove(unnamed).holds
    proof = prove.prove(dataclasses.replace(good, misconceptions=(other, _renamed(other))))
    assert proof.named == 1


def _unknown(w, g, v, lr, momentum):
    """another mistake"""
    return w - 2 * lr * g, v + 7 * g


def _renamed(misconception):
    def other_name(w, g, v, lr, momentum):
        """the same mistake under another name"""
        return _unknown(w, g, v, lr, momentum)

    return dataclasses.replace(misconception, function=other_name)
