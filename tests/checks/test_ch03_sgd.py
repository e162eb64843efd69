"""Chapter 3: its references against the library, and answers that are right or wrong in other ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import averages, descent, gradients, landscapes, noise, second_order
from course_lib.checks import EXERCISES, judge
from course_lib.checks.ch03_sgd import hessians
from course_lib.checks.ch03_sgd.newton_step import _residual, _steep_and_flat
from course_lib.checks.render import to_text
from course_lib.checks.trial import Trial

SEEDS = st.integers(0, 2**32 - 1)


def reference(name):
    return EXERCISES[name].reference


def failed(verdict):
    return [outcome.name for outcome in verdict.outcomes if outcome.status == "fails"]


# ----------------------------------------------------------- the references and the library


def test_gradient_descent_is_that_of_the_library():
    bowl = landscapes.quadratic((1, 10), angle=0.3)
    run = descent.descend(bowl, [1.0, -2.0], "sgd", steps=30, lr=0.1)
    path = reference("gradient_descent")(
        lambda w: bowl.value_and_gradient(w)[1], np.array([1.0, -2.0]), 0.1, 30
    )
    np.testing.assert_allclose(path, run.path, rtol=1e-12, atol=1e-15)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_second_order_is_that_of_the_library(seed):
    rng = np.random.default_rng(seed)
    g, bowl, _ = hessians.bowl(rng, 4)
    np.testing.assert_allclose(
        reference("best_step_size")(bowl), second_order.best_step_size(bowl), rtol=1e-12
    )
    for H in (bowl, hessians.saddle(rng, 4, down=2)[1], hessians.hill(rng, 4)[1]):
        np.testing.assert_allclose(
            reference("newton_step")(g, H, 1e-6), second_order.newton_step(g, H), rtol=1e-7
        )
        for tol in (1e-8, 0.1, 0.5):
            kind = reference("classify_stationary_point")(H, tol)
            assert kind == second_order.classify_stationary_point(H, tol)


@given(SEEDS, st.integers(1, 12), st.sampled_from([(), (2,), (2, 3)]))
@settings(max_examples=25, deadline=None)
def test_averages_are_those_of_the_library(seed, window, shape):
    rng = np.random.default_rng(seed)
    g = rng.normal(size=(9, *shape))
    for weights in (None, rng.uniform(0.1, 1, window)):
        np.testing.assert_allclose(
            reference("moving_averages")(g, window, weights),
            averages.moving_averages(g, window, weights),
            rtol=1e-10,
            atol=1e-12,
        )
    for correct in (True, False):
        np.testing.assert_allclose(
            reference("ewma")(g, 0.1 * (window % 10), correct),
            averages.ewma(g, 0.1 * (window % 10), correct),
            rtol=1e-10,
            atol=1e-12,
        )


def test_minibatches_are_those_of_the_library():
    ours, theirs = (
        split(23, 5, np.random.default_rng(8))
        for split in (reference("minibatches"), noise.minibatches)
    )
    assert [rows.tolist() for rows in ours] == [rows.tolist() for rows in theirs]


def test_minibatch_gradient_is_the_slope_of_the_loss():
    rng = np.random.default_rng(4)
    w, X, y = rng.normal(size=3), rng.normal(size=(8, 3)), rng.normal(size=8)
    rows = np.array([5, 2, 2, 7])

    def loss(w):
        return 0.5 * np.mean((X[rows] @ w - y[rows]) ** 2)

    np.testing.assert_allclose(
        reference("minibatch_gradient")(w, X, y, rows),
        gradients.numerical_gradient(loss, w),
        rtol=1e-7,
    )


# ---------------------------------------------------------------------------- minibatches

MINIBATCHES = EXERCISES["minibatches"]


def cut(order, m):
    return [order[start : start + m] for start in range(0, len(order), m)]


def deal(order, m):
    return [order[k::m] for k in range(m)]


@pytest.mark.parametrize(
    ("answer", "message", "property_name"),
    [
        (lambda n, m, rng: [], "no example in any batch", "form"),
        (lambda n, m, rng: cut(rng.permutation(n) - 1, m), "whole numbers from 0 to 5", "form"),
        (lambda n, m, rng: cut(rng.permutation(n) + 0.5, m), "whole numbers from 0 to 5", "form"),
        (lambda n, m, rng: [rng.permutation(n).reshape(-1, 1)], "has shape (6, 1)", "form"),
        (lambda n, m, rng: rng.permutation(n), "has shape ()", "form"),
        (lambda n, m, rng: [None], "is not a list of arrays", "form"),
        (lambda n, m, rng: [*cut(rng.permutation(n), m), []], "sizes", "whole_batches"),
    ],
)
def test_minibatches_of_another_form(answer, message, property_name):
    verdict = judge(MINIBATCHES, answer)
    assert message in verdict.cause
    assert failed(verdict) == [property_name]
    assert "Traceback" not in to_text(verdict)


def test_minibatches_as_rows_of_an_array():
    def answer(n, m, rng):
        order = rng.permutation(n)
        return order.reshape(-1, m) if n % m == 0 else cut(order, m)

    assert judge(MINIBATCHES, answer).passed


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda n, m, rng: cut(rng.choice(n, n), m), "with_replacement"),
        (
            lambda n, m, rng: [rng.integers(n, size=len(rows)) for rows in cut(np.arange(n), m)],
            "with_replacement",
        ),
        (lambda n, m, rng: cut(rng.permutation(n)[: n - n % m], m), "last_dropped"),
        (
            lambda n, m, rng: cut(np.random.default_rng(7).permutation(n), m),
            "same_order_every_epoch",
        ),
        (lambda n, m, rng: cut((np.arange(n) + rng.integers(1, n)) % n, m), "rotated"),
        (lambda n, m, rng: deal(rng.permutation(n), m), "m_batches"),
    ],
)
def test_minibatches_written_another_way_get_the_name(answer, name):
    verdict = judge(MINIBATCHES, answer)
    assert not verdict.passed
    assert verdict.misconception == name


def test_a_shuffle_that_leaves_nothing_in_its_place_is_rejected():
    """Sattolo's algorithm: an off-by-one in the usual shuffle."""

    def answer(n, m, rng):
        order = np.arange(n)
        for last in range(n - 1, 0, -1):
            other = rng.integers(last)
            order[[last, other]] = order[[other, last]]
        return cut(order, m)

    assert failed(judge(MINIBATCHES, answer)) == ["every_place"]


# ---------------------------------------------------------------------------- second order


@given(SEEDS)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_inverse_shows_and_solving_does_not(seed):
    """The border of 1e-12 is far from both: for one seed in a thousand, an inverse is nearer to it than this."""
    row = EXERCISES["newton_step"]
    args = _steep_and_flat(np.random.default_rng(seed))
    for function in (row.reference, *row.correct):
        assert _residual(Trial(row, function, 0, False, trusted=True), args) < 1e-14
    inverse = next(m.function for m in row.misconceptions if m.name == "explicit_inverse")
    assert _residual(Trial(row, inverse, 0, False, trusted=True), args) > 3e-11


def test_other_inverses_get_the_name():
    def answer(g, H, floor):
        values = np.linalg.eigvalsh(H)
        shift = max(0.0, floor * np.abs(values).max() - values[0])
        return -(np.linalg.pinv(H + shift * np.eye(len(g))) @ g)

    assert judge(EXERCISES["newton_step"], answer).misconception == "explicit_inverse"


@pytest.mark.parametrize("values_of", [np.linalg.eigvalsh, lambda H: np.linalg.eigvals(H).real])
def test_no_tolerance_is_named_however_zero_comes_out(values_of):
    def answer(H, tol):
        values = values_of(H)
        if (values > 0).all():
            return "minimum"
        if (values < 0).all():
            return "maximum"
        return "saddle" if (values < 0).any() and (values > 0).any() else "undecided"

    assert judge(EXERCISES["classify_stationary_point"], answer).misconception == "no_tolerance"


def test_classify_names_what_it_may_return():
    verdict = judge(EXERCISES["classify_stationary_point"], lambda H, tol: "valley")
    assert "must be one of 'minimum', 'maximum', 'saddle', 'undecided'" in verdict.cause


# ------------------------------------------------------------------------------- questions


@pytest.mark.parametrize(
    ("value", "passes"), [(0.2, True), (1 / 5, True), (0.21, False), (2.0, False)]
)
def test_largest_rate(value, passes):
    assert judge(EXERCISES["largest_rate"], value).passed is passes


def test_largest_rate_is_the_border():
    """What the experiment after the question shows."""
    bowl = landscapes.quadratic((1, 10))
    runs = [descent.descend(bowl, [2.0, 1.0], steps=4000, lr=lr) for lr in (0.199, 0.201)]
    assert runs[0].losses[-1] < 1e-12
    assert runs[1].losses[-1] > 1e12


def test_newton_at_a_saddle():
    row = EXERCISES["newton_at_a_saddle"]
    assert judge(row, "it comes closer to the saddle").points == 1
    assert "must be one of" in judge(row, "closer").cause
