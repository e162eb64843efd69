"""A check must not depend on the seed: what is tried, what is kept, and what has changed since."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from course_lib.checks import EXERCISES, Failure
from course_lib.grading import rowcode, seeds
from course_lib.grading.ui import Problem

GOOD = EXERCISES["momentum_step"]
RECORD = Path(__file__).parents[1] / "checks" / "seeds.json"
ENOUGH = 1000


def _never(trial):
    raise Failure("Never right.")


# --- the command


def test_a_right_answer_is_accepted_whatever_the_seed(run):
    result = run("checks", "--seeds", "3", "--json", "--only", "momentum_step")
    assert result.exit_code == 0
    row = json.loads(result.stdout)["exercises"]["momentum_step"]
    assert (row["visible"], row["hidden"], row["rejected"]) == (3, 3, [])
    assert "no exercise" in run("checks", "--seeds", "3", "--only", "nothing").output


def test_rejections_name_the_seed_and_the_function(monkeypatch):
    strict = dataclasses.replace(GOOD.properties[0], test=_never, weight=1.0)
    row = dataclasses.replace(GOOD, properties=(strict,))
    monkeypatch.setattr(seeds, "EXERCISES", {"momentum_step": row})
    lines = seeds.rejections(seeds.Piece("momentum_step", True, 10, 12))
    assert [line[:22] for line in lines] == ["seed 10, hidden check,"] * 2 + [
        "seed 11, hidden check,"
    ]
    assert "the reference: With inputs that are not shown" in lines[0]
    assert GOOD.correct[1].__name__ in lines[1]


class Alone:
    """Stands for a pool of processes."""

    def __init__(self, _workers, initializer):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    map = staticmethod(map)


@pytest.fixture
def tried(monkeypatch):
    """Every piece that is tried, in place of trying it."""
    pieces = []

    def note(piece):
        pieces.append((piece.check, piece.first, piece.end))
        return ["seed 5: rejected"] if piece.first == 0 and piece.hidden else []

    monkeypatch.setattr(seeds, "rejections", note)
    monkeypatch.setattr(seeds, "ProcessPoolExecutor", Alone)
    return pieces


def test_what_is_recorded_is_not_tried_again(tried, tmp_path):
    record = tmp_path / "seeds.json"
    seeds.run(60, ("momentum_step",), record)
    assert tried == [("visible", 0, 50), ("visible", 50, 60), ("hidden", 0, 50), ("hidden", 50, 60)]
    tried.clear()
    row = seeds.run(70, ("momentum_step",), record)["exercises"]["momentum_step"]
    assert tried == [("visible", 60, 70), ("hidden", 60, 70)]
    assert (row["visible"], row["hidden"]) == (70, 70)
    assert row["rejected"] == ["seed 5: rejected"]
    tried.clear()
    seeds.run(10, ("adam_step",), record)
    assert len(json.loads(record.read_text())["exercises"]) == 2


def test_an_interrupted_run_goes_on_where_it_was(tried, tmp_path, monkeypatch):
    record = tmp_path / "seeds.json"

    def interrupted(function, pieces):
        yield function(pieces[0])
        raise KeyboardInterrupt

    monkeypatch.setattr(Alone, "map", staticmethod(interrupted))
    with pytest.raises(KeyboardInterrupt):
        seeds.run(60, ("momentum_step",), record)
    monkeypatch.setattr(Alone, "map", staticmethod(map))
    tried.clear()
    seeds.run(60, ("momentum_step",), record)
    assert tried[0] == ("visible", 50, 60)


def test_a_change_of_the_code_begins_anew(tried, tmp_path, monkeypatch):
    record = tmp_path / "seeds.json"
    seeds.run(10, ("momentum_step",), record)
    tried.clear()
    monkeypatch.setattr(seeds, "digest", lambda exercise: "another")
    row = seeds.run(10, ("momentum_step",), record)["exercises"]["momentum_step"]
    assert tried == [("visible", 0, 10), ("hidden", 0, 10)]
    assert row["rejected"] == ["seed 5: rejected"]  # once


def test_a_record_that_is_none_is_an_error(tmp_path):
    record = tmp_path / "seeds.json"
    record.write_text("[]")
    with pytest.raises(Problem, match="not a record of seeds"):
        seeds.run(1, ("momentum_step",), record)


# --- the code that a record belongs to


@pytest.mark.parametrize(
    ("name", "files"),
    [
        (
            "momentum_step",
            {
                "checks/ch04_optimizers/momentum.py",
                "checks/step_runs.py",
                "checks/steps.py",
                "optimizers.py",
            },
        ),
        ("penalty", {"checks/ch01_regularization/penalty.py", "checks/judge.py", "_validate.py"}),
        ("capstone", {"checks/ch08_capstone/right.py", "training.py", "kernels/models.py"}),
    ],
)
def test_the_code_of_a_row_is_what_its_check_can_run(name, files):
    found = rowcode.code_of(*rowcode.starts(EXERCISES[name]))
    assert files <= {path.relative_to(rowcode.LIBRARY).as_posix() for path in found}
    assert not any("grading" in path.parts for path in found)


PROGRAM = """
def f(x):
    '''Two.'''
    if x:
        raise Failure(f"Not {x}.", x)
    return g(x, 2)  # twice
"""


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (PROGRAM.replace("Two", "Three"), True),
        (PROGRAM.replace("# twice", ""), True),
        (PROGRAM.replace("x, 2", "x,\n  2"), True),
        (PROGRAM.replace("Not {x}.", "No."), True),
        (PROGRAM.replace('.", x', '.", 2'), False),
        (PROGRAM.replace("2)", "3)"), False),
        (PROGRAM.replace("g(", "h("), False),
    ],
)
def test_only_code_counts(text, same, tmp_path):
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text(PROGRAM)
    other.write_text(text)
    assert (rowcode.code(one) == rowcode.code(other)) is same


# --- the record of this repository


@pytest.fixture(scope="module")
def rows():
    return json.loads(RECORD.read_text(encoding="utf-8"))["exercises"]


@pytest.mark.parametrize("name", EXERCISES)
def test_every_check_was_tried_with_a_thousand_seeds(name, rows):
    """`course checks --seeds 1000 --record tests/checks/seeds.json` brings the record up to date."""
    row, exercise = rows[name], EXERCISES[name]
    assert row["rejected"] == []
    assert all(row[check] >= ENOUGH for check in seeds.checks_of(exercise))


@pytest.mark.parametrize("name", [n for n, row in EXERCISES.items() if not row.by_result])
def test_what_has_changed_since_is_tried_with_some(name, rows):
    """Until the record is brought up to date: other seeds than those of the other tests."""
    if rows[name]["code"] == rowcode.digest(EXERCISES[name]):
        return
    for check in seeds.checks_of(EXERCISES[name]):
        assert not seeds.rejections(seeds.Piece(name, check == "hidden", 1000, 1020))


def test_the_record_says_what_has_changed(tmp_path):
    record = tmp_path / "seeds.json"
    rows = {
        name: {"code": rowcode.digest(row), **dict.fromkeys(seeds.checks_of(row), ENOUGH)}
        for name, row in EXERCISES.items()
    }
    record.write_text(json.dumps({"schema": 1, "exercises": rows}))
    assert seeds.stale(record, ENOUGH) == []
    rows["penalty"]["visible"] = ENOUGH - 1
    rows["momentum_step"]["code"] = "other"
    del rows["newton_step"]
    record.write_text(json.dumps({"schema": 1, "exercises": rows}))
    assert set(seeds.stale(record, ENOUGH)) == {"penalty", "momentum_step", "newton_step"}
