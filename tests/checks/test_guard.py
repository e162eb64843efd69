"""The engine around an answer: whose work it is, counted functions, what is plain, what is shown."""

from __future__ import annotations

import contextlib
import gc

import numpy as np
import pytest

from course_lib import _epochs, check, datasets, optimizers
from course_lib.checks import EXERCISES, Failure, judge
from course_lib.checks.exercise import CheckFailed
from course_lib.checks.guard import OwnWork
from course_lib.checks.render import to_text
from course_lib.checks.rows import exercise, form_of, prop, question, unchanged_of
from course_lib.checks.trial import Trial
from course_lib.checks.values import difference
from course_lib.kernels import optimizers as kernels

MOMENTUM = EXERCISES["momentum_step"]


def call_library(w, g, v, lr, momentum):
    new, (v,) = optimizers.step("momentum", w, g, (v,), 1, lr=lr, momentum=momentum)
    return new, v


def swallow_everything(*args):
    with contextlib.suppress(BaseException):
        return call_library(*args)
    w, g, v, lr, momentum = args
    return w - lr * (momentum * v + g), momentum * v + g


def call_kernel(w, g, v, lr, momentum):
    w, v = w.copy(), v.copy()
    kernels.momentum(w.reshape(-1), g.reshape(-1), v.reshape(-1), lr, momentum, 0.0, 0.0)
    return w, v


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (call_library, "course_lib.optimizers."),
        (swallow_everything, "course_lib.optimizers."),
        (call_kernel, "course_lib.kernels.optimizers."),
        (lambda *args: MOMENTUM.reference(*args), "course_lib."),
        (lambda *args: MOMENTUM.correct[0](*args), "course_lib.checks."),
    ],
)
def test_the_library_cannot_be_handed_in(answer, named):
    verdict = judge(MOMENTUM, answer)
    assert verdict.points == 0
    assert f"The function calls {named}" in verdict.cause
    assert "belongs to the library" in verdict.cause
    assert {outcome.status for outcome in verdict.outcomes} == {"not checked"}


def test_a_compiled_answer_is_looked_into():
    numba = pytest.importorskip("numba")

    @numba.njit
    def answer(w, g, v, lr, momentum):
        kernels.sgd(w, g, v.reshape(1, -1), 1, lr, v)
        return w, v

    @numba.njit
    def right(w, g, v, lr, momentum):
        v = momentum * v + g
        return w - lr * v, v

    assert "calls course_lib.kernels.optimizers" in judge(MOMENTUM, answer).cause
    assert "belongs to the library" not in judge(MOMENTUM, right).cause


@pytest.mark.parametrize("own", [MOMENTUM.reference, MOMENTUM.correct[0]])
def test_a_row_of_the_checks_cannot_be_handed_in(own):
    assert judge(MOMENTUM, own).passed  # how the checks are tested
    with pytest.raises(CheckFailed, match="belongs to the library"):
        check.momentum_step(own)


def double(f, x):
    """The right function of a small exercise."""
    return 2.0 * f(x)


def wrong_once(f, x):
    """it is not doubled

    Multiply by two, as the statement says.
    """
    return f(x)


def called_twice(trial):
    """The function f is called once."""
    trial.call(square, np.arange(3.0))
    if trial.calls["f"] != 1:
        raise Failure(f"f was called {trial.calls['f']} times.")
    assert np.array_equal(trial.seen["f"][0][0], np.arange(3.0))


def square(x):
    """f(x) = sum of x**2"""
    from course_lib import averages  # what a check passes in may use the library

    assert averages.ewma(x, 0.5).shape == x.shape
    return np.sum(x**2)


def make(rng):
    return square, rng.normal(size=3)


def right(trial):
    """It is twice f at x."""
    trial.compare(*make(trial.rng(1)), when=" at a random point")


DOUBLE = exercise(
    "double",
    "01_regularization",
    title="Twice",
    points=2,
    section="sec-none",
    parameters=("f", "x"),
    returns=("y",),
    kinds=("number",),
    reference=double,
    cases=lambda rng: [make(rng)],
    properties=(
        form_of("It returns a number.", make),
        right,
        prop(called_twice, after="right"),
        unchanged_of(make),
    ),
    misconceptions=(wrong_once,),
    correct=(),
)


def test_functions_passed_in_are_counted_and_may_use_the_library():
    assert judge(DOUBLE, lambda f, x: 2 * f(x)).passed
    verdict = judge(DOUBLE, lambda f, x: f(x) + f(x))
    assert verdict.cause == "f was called 2 times."


def test_evidence_names_the_function():
    verdict = judge(DOUBLE, lambda f, x: f(x))
    assert verdict.misconception == "wrong_once"
    assert verdict.cause == "y is not right at a random point."
    assert dict(verdict.evidence.arguments)["f"] == "sum of x**2"


def test_what_is_passed_in_is_safe_from_changes():
    def greedy(f, x):
        y = f(x)
        x *= 0
        return 2 * y

    verdict = judge(DOUBLE, greedy)
    assert [o.name for o in verdict.outcomes if o.status == "fails"] == ["inputs_unchanged"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda f, x: np.ones(2), "The returned y has shape (2,), but must be one number"),
        (lambda f, x: "a", "The returned y is not one real number (it is a str)"),
        (lambda f, x: (1.0, 2.0), "The returned y has shape (2,), but must be one number"),
        (lambda f, x: f(x, x), "raised TypeError"),
    ],
)
def test_wrong_kinds_are_explained(answer, words):
    assert words in judge(DOUBLE, answer).cause


def same_mistake(f, x):
    raise ZeroDivisionError


def test_exceptions_and_calls_belong_to_the_fingerprint():
    rng = np.random.default_rng
    prints = [
        [part.tolist() for part in DOUBLE.fingerprint(Trial(DOUBLE, f, 0, False), rng(0))]
        for f in (double, wrong_once, same_mistake, lambda f, x: f(x) + f(x))
    ]
    assert all(a != b for i, a in enumerate(prints) for b in prints[:i])


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        (-3.0, np.inf, "is not right"),
        (np.inf, np.inf, ""),
        (np.inf, 3.0, "contains inf"),
        (np.nan, np.nan, ""),
        (0.0, np.nan, "is not right"),
    ],
)
def test_infinity_is_compared_as_it_is(actual, expected, words):
    found = difference(np.array([1.0, actual]), np.array([1.0, expected]), "w")
    assert (found == "") if not words else (words in found)


QUESTION = question(
    "half_of_pi",
    "01_regularization",
    title="Half of pi",
    section="sec-none",
    answer=lambda: np.pi / 2,
    wrong=(),
    tolerance=0.01,
)


def test_a_question_takes_a_number():
    assert judge(QUESTION, 1.57).passed
    assert judge(QUESTION, 1.57).points == 1
    verdict = judge(QUESTION, 3.14)
    assert verdict.cause == "The answer is not right yet."
    assert verdict.evidence is None
    assert "1.57" not in to_text(verdict)
    assert "is not one real number" in judge(QUESTION, "one and a half").cause
    assert "no answer yet. Write half_of_pi = " in judge(QUESTION, None).cause


CHOICE = question(
    "which",
    "01_regularization",
    title="Which",
    section="sec-none",
    answer=lambda: "saddle",
    choices=("saddle", "minimum"),
    wrong=(),
)


def test_a_choice_must_be_one_of_the_choices():
    assert judge(CHOICE, "saddle").passed
    assert judge(CHOICE, "minimum").points == 0
    assert "must be one of 'saddle', 'minimum'" in judge(CHOICE, "valley").cause


def test_our_own_first_call_costs_a_student_no_time():
    import dataclasses
    import time

    seen = []

    def slow_at_first(f, x):
        if not seen:
            seen.append(time.sleep(0.6))  # as compiling is
        return 2.0 * f(x)

    row = dataclasses.replace(DOUBLE, name="double_slowly", reference=slow_at_first, seconds=0.5)
    assert judge(row, lambda f, x: 2 * f(x)).passed


def test_what_the_library_throws_away_is_not_the_answers_call():
    """A generator that nobody holds any more is run to its end when garbage is collected."""
    gc.collect()
    data = datasets.digits()
    batches = _epochs.minibatches(data, 10, 1, 0)
    next(batches)
    ring = [batches]
    ring.append(ring)
    del batches, ring

    def allocates(w, g, m, v, t, lr, beta1, beta2, eps):
        gc.set_threshold(1, 1, 1)
        rings = []
        for _ in range(50):
            rings = [rings]
            rings.append(rings)
        return adam(w, g, m, v, t, lr, beta1, beta2, eps)

    before = gc.get_threshold()
    try:
        assert OwnWork().call(allocates, [1.0, 1.0, 0.0, 0.0, 1, 0.1, 0.9, 0.999, 1e-8])
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)


def adam(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v
