"""Schedules: values, domain, composition, and the laws of chapter 5."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.descent import descend
from course_lib.landscapes import quadratic
from course_lib.schedules import (
    SCHEDULES,
    chain,
    rates,
    satisfies_robbins_monro,
    scale_learning_rate,
    schedule,
    with_warmup,
)

PARAMETERS = {
    "constant": {},
    "step_decay": {"factor": 0.5, "every": 10},
    "exponential_decay": {"factor": 0.9},
    "linear_decay": {"T": 40, "lr_end": 0.02},
    "cosine_decay": {"T": 40, "lr_end": 0.02},
    "inverse_sqrt": {"offset": 5.0},
    "inverse_time": {"decay": 0.3},
}
kinds = pytest.mark.parametrize("kind", SCHEDULES)


def example(kind, lr=0.2):
    return schedule(kind, lr=lr, **PARAMETERS[kind])


def test_every_schedule_of_the_table_is_tried():
    assert set(PARAMETERS) == set(SCHEDULES)


@kinds
def test_begins_at_lr_and_never_rises(kind):
    values = example(kind)(np.arange(60))
    assert values[0] == 0.2
    assert (np.diff(values) <= 0).all()
    assert (values >= 0).all()


@kinds
def test_scalar_and_array_agree_and_keep_the_shape(kind):
    rate = example(kind)
    steps = np.arange(12).reshape(3, 4)
    values = rate(steps)
    assert values.shape == (3, 4)
    assert values.dtype == np.float64
    one = rate(7)
    assert isinstance(one, float)
    assert one == values[1, 3]
    assert rate(np.zeros((0, 2))).shape == (0, 2)


@kinds
def test_proportional_to_the_first_rate(kind):
    parameters = PARAMETERS[kind] | ({"lr_end": 0.0} if "T" in PARAMETERS[kind] else {})
    t = np.arange(50)
    twice = schedule(kind, lr=0.4, **parameters)(t)
    np.testing.assert_allclose(twice, 2 * schedule(kind, lr=0.2, **parameters)(t), rtol=1e-15)


@kinds
def test_outside_the_domain_the_nearest_end_counts(kind):
    rate = example(kind)
    assert rate(-5) == rate(0)
    if rate.steps is not None:
        assert rate(rate.steps) == rate(1e9) == rate(math.inf) == 0.02


@given(T=st.integers(1, 300), lr=st.floats(0, 10), share=st.floats(0, 1))
def test_cosine_is_symmetric_about_its_middle(T, lr, share):
    rate = schedule("cosine_decay", lr=lr, T=T)
    both = rate(share * T) + rate((1 - share) * T)
    assert both == pytest.approx(lr, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(("kind", "power"), [("inverse_sqrt", 0.5), ("inverse_time", 1.0)])
def test_falls_like_the_power_of_t_that_the_table_says(kind, power):
    near, far = example(kind)([1e8, 1e10])
    assert math.log(near / far) / math.log(100) == pytest.approx(power, abs=1e-6)
    assert SCHEDULES[kind].power == power


def test_transformers_schedule_is_inverse_sqrt_behind_a_warmup():
    W = 40
    t = np.arange(1, 400)  # the paper counts from 1
    theirs = np.minimum(t**-0.5, t * W**-1.5)
    ours = with_warmup(schedule("inverse_sqrt", lr=W**-0.5, offset=W), W)
    # Their peak is at t = W, which is our step W − 1; ours stays there for one step more.
    np.testing.assert_allclose(ours(t[:W] - 1), theirs[:W], rtol=1e-13)
    np.testing.assert_allclose(ours(t[W - 1 :]), theirs[W - 1 :], rtol=1e-13)


@kinds
@given(warmup=st.integers(1, 50))
def test_warmup_rises_from_more_than_nothing_without_a_jump(kind, warmup):
    base = example(kind)
    values = with_warmup(base, warmup)(np.arange(warmup + 50))
    np.testing.assert_allclose(np.diff(values[:warmup]), 0.2 / warmup, rtol=1e-9)
    assert values[0] == pytest.approx(0.2 / warmup)
    assert values[warmup - 1] == 0.2
    assert np.array_equal(values[warmup:], base(np.arange(50)))  # shifted, all of it


def test_warmup_of_nothing_is_the_schedule_itself():
    base = example("cosine_decay")
    assert with_warmup(base, 0) is base


def test_warmup_makes_the_domain_longer():
    assert with_warmup(example("cosine_decay"), 10).steps == 50
    assert with_warmup(example("constant"), 10).steps is None


def test_chain_begins_each_piece_anew():
    rate = chain((example("cosine_decay"), 30), (example("step_decay"), 25), (lambda t: 0.01, None))
    values = rate(np.arange(80))
    assert np.array_equal(values[:30], example("cosine_decay")(np.arange(30)))
    assert np.array_equal(values[30:55], example("step_decay")(np.arange(25)))
    assert (values[55:] == 0.01).all()
    assert rate.steps is None
    assert rate(31) == values[31]


def test_chain_of_a_hundred_pieces():
    pieces = [(schedule("constant", lr=k / 100), 2) for k in range(100)]
    values = rates(chain(*pieces), 200)
    assert np.array_equal(values, np.repeat(np.arange(100) / 100, 2))


def test_chains_last_piece_may_go_to_its_own_end():
    rate = chain((example("constant"), 5), (example("linear_decay"), None))
    assert rate.steps == 45


def test_a_plain_function_with_a_branch_is_called_one_whole_step_at_a_time():
    seen = []

    def mine(t):
        seen.append(t)
        return 1.0 if t < 2 else 0.5

    assert np.array_equal(rates(mine, 4), [1, 1, 0.5, 0.5])
    assert seen == [0, 1, 2, 3]
    assert all(isinstance(t, int) for t in seen)


def test_rates_are_what_descend_takes():
    run = descend(quadratic((1, 2)), steps=3, lr=rates(schedule("linear_decay", lr=0.3, T=3), 3))
    np.testing.assert_allclose(run.path[-1], [0.7 * 0.8 * 0.9, 0.4 * 0.6 * 0.8], rtol=1e-14)


def test_scaling_rule():
    assert scale_learning_rate(0.1, 512, 256) == 0.2
    assert scale_learning_rate(0.1, 64, 256) == 0.025
    assert scale_learning_rate(0.1, 1024, 256, power=0.5) == 0.2
    assert scale_learning_rate(0.1, 1024, 256, power=0) == 0.1


@pytest.mark.parametrize(
    ("power", "expected"),
    [(0, False), (0.5, False), (0.50001, True), (0.75, True), (1, True), (1.00001, False)],
)
def test_robbins_monro_by_the_power(power, expected):
    assert satisfies_robbins_monro("power", power) is expected


@kinds
def test_robbins_monro_agrees_with_the_sums(kind):
    """Sums over 10 to 10⁶ and 10 to 10¹² steps, by integration on a logarithmic scale."""
    parameters = PARAMETERS[kind] | ({"lr_end": 0.0} if "T" in PARAMETERS[kind] else {})
    rate = schedule(kind, lr=1.0, **parameters)
    log_t = np.linspace(np.log(10), np.log(1e12), 200_001)
    t = np.exp(log_t)
    both = []
    for p in (1, 2):
        cumulative = np.cumsum(rate(t) ** p * t) * (log_t[1] - log_t[0])
        both.append(cumulative[-1] - cumulative[len(t) // 2] > 0.01)  # still grows at the end
    assert satisfies_robbins_monro(kind) is (both == [True, False])


# Laws: many independent weights with one curvature stand for many runs of one.

CURVATURE, COPIES = 0.5, 3000
BOWL = quadratic([CURVATURE] * COPIES)


def mean_square(lr, steps, noise=1.0, seed=0):
    run = descend(BOWL, np.zeros(COPIES), "sgd", steps=steps, lr=lr, noise=noise, seed=seed)
    return float((run.path[-1] ** 2).mean())


@pytest.mark.parametrize("lr", [0.2, 1.0, 3.0])
def test_law_a_constant_rate_leaves_a_floor(lr):
    floor = lr / (CURVATURE * (2 - lr * CURVATURE))  # η σ² / (λ (2 − η λ)) with σ = 1
    assert mean_square(lr, steps=120) == pytest.approx(floor, rel=0.1)


def test_law_one_over_t_goes_below_every_floor():
    """With η₀ = 1/λ, w is the mean of t noises divided by λ: E w² = σ² / (λ² t)."""
    for steps in (10, 100):
        lr = rates(schedule("inverse_time", lr=1 / CURVATURE), steps)
        assert mean_square(lr, steps) == pytest.approx(1 / (CURVATURE**2 * steps), rel=0.1)


def test_law_linear_scaling_collapses_the_floor_and_breaks_down():
    """k times the batch: noise σ/√k, rate k η. Same floor while k η λ ≪ 2, divergence beyond."""
    base = mean_square(0.02, steps=600)
    for k in (2, 8):
        scaled = scale_learning_rate(0.02, batch=32 * k, base_batch=32)
        same = mean_square(scaled, steps=600 // k, noise=k**-0.5, seed=k)
        assert same == pytest.approx(base, rel=0.12)
    k = 128
    scaled = scale_learning_rate(0.02, batch=32 * k, base_batch=32)
    large = mean_square(scaled, steps=60, noise=k**-0.5, seed=k)
    assert large > 1.5 * base
    assert scale_learning_rate(0.02, 32 * 256, 32) * CURVATURE > 2  # and here it would diverge
