"""Every method against what other libraries give for it: one table, recorded by `make oracles`."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest

from course_lib.regularization import lasso_path, penalty, ridge_with_intercept
from course_lib.schedules import chain, schedule, with_warmup

ROWS = json.loads((Path(__file__).parent / "oracles" / "methods.json").read_text())

# Where one row of the table needs more than one call of ours.
COMPOSED = {
    "warmup_cosine": lambda t, lr, T, warmup: with_warmup(
        schedule("cosine_decay", lr=lr, T=T), warmup
    )(t),
    "chain_of_three": lambda t, lr: chain(
        (schedule("constant", lr=lr), 4),
        (schedule("exponential_decay", lr=lr, factor=0.9), 8),
        (schedule("linear_decay", lr=lr, T=10), None),
    )(t),
    "ridge_intercept_last": lambda **given: np.append(*ridge_with_intercept(**given)),
    "lasso_path_w": lambda **given: lasso_path(**given).w,
    "penalty_flat": lambda **given: np.append(*penalty(**given)),
}


def ours(name):
    if name in COMPOSED:
        return COMPOSED[name]
    module, function = name.split(".")
    return getattr(importlib.import_module(f"course_lib.{module}"), function)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['ours']} = {row['peer']}")
def test_same_as_the_peer(row):
    found = ours(row["ours"])(**row["arguments"])
    np.testing.assert_allclose(found, row["expected"], rtol=row["rtol"], atol=row["atol"])
