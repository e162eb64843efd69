"""Every update rule and every model against PyTorch: its record always, itself where it is installed."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from course_lib import models
from course_lib.optimizers import OPTIMIZERS, Stepper

ORACLES = Path(__file__).parent / "oracles"
RECORD = json.loads((ORACLES / "torch.json").read_text(encoding="utf-8"))
ABOUT = RECORD["about"]


def recorder():
    """Load tests/oracles/record.py."""
    spec = importlib.util.spec_from_file_location("oracle_record", ORACLES / "record.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def name_of(row):
    hyper = row.get("hyper", row["arguments"])
    return " ".join([row["ours"], *(f"{name}={value}" for name, value in hyper.items())])


each_rule = pytest.mark.parametrize("row", RECORD["rules"], ids=name_of)
each_model = pytest.mark.parametrize("row", RECORD["models"], ids=name_of)


def our_path(row, dtype):
    """Return the weights after the recorded steps, along our run."""
    w = np.array(ABOUT["start"], dtype=dtype)
    gradients = np.array(ABOUT["gradients"])
    stepper = Stepper(row["ours"], w, **row["hyper"])
    if row["hyper"].get("dampening"):
        # PyTorch's first step is not dampened: v₁ = g₁. Ours is, like all others. So ours begins with
        # the velocity that makes momentum·v₀ + (1 − dampening)·g₁ = g₁.
        stepper.state[0] = row["hyper"]["dampening"] * gradients[0] / row["hyper"]["momentum"]
    path = []
    for t, g in enumerate(gradients, start=1):
        stepper.update(g)
        if t in ABOUT["steps"]:
            path.append(w.copy())
    return path


@each_rule
def test_rule_in_double_precision(row):
    np.testing.assert_allclose(our_path(row, np.float64), row["float64"], rtol=1e-12, atol=1e-14)


@each_rule
def test_rule_in_single_precision(row):
    np.testing.assert_allclose(our_path(row, np.float32), row["float32"], rtol=1e-4, atol=1e-5)


@each_model
def test_model(row):
    model = getattr(models, row["ours"])(**row["arguments"])
    loss, gradient = model.loss_and_gradient(*(np.array(row[key]) for key in ("w", "X", "y")))
    assert loss == pytest.approx(row["loss"], rel=1e-13)
    np.testing.assert_allclose(gradient, row["gradient"], rtol=1e-12, atol=1e-15)


def test_the_record_has_every_rule_and_every_hyperparameter():
    for name, rule in OPTIMIZERS.items():
        cases = [row["hyper"] for row in RECORD["rules"] if row["ours"] == name]
        assert cases
        for hyper, default in {"lr": rule.lr, **rule.hyper}.items():
            assert any(case.get(hyper, default) != default for case in cases), (name, hyper)
    assert {row["ours"] for row in RECORD["models"]} == set(models.__all__) - {"Model"}


def test_the_record_is_that_of_the_table():
    table = recorder()
    recorded = [[r["ours"], r["hyper"], r["peer"], r["arguments"]] for r in RECORD["rules"]]
    assert recorded == json.loads(json.dumps(table.RULES))
    assert ABOUT["gradients"] == table.gradients().tolist()
    assert [[r["ours"], r["arguments"]] for r in RECORD["models"]] == [
        m[:2] for m in map(list, table.MODELS)
    ]
    assert ABOUT["torch"].startswith("2.13.")


@each_rule
def test_rule_against_the_library_itself(row):
    pytest.importorskip("optax" if row["peer"].startswith("optax.") else "torch")
    live = recorder().peer_path(row["peer"], row["arguments"])
    np.testing.assert_allclose(our_path(row, np.float64), live, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("index", range(len(RECORD["models"])))
def test_model_against_the_library_itself(index):
    pytest.importorskip("torch")
    _, arguments, layers = recorder().MODELS[index]
    row = {"ours": RECORD["models"][index]["ours"], "arguments": arguments}
    test_model({**row, **recorder().torch_model(arguments, layers)})
