"""Update rules: one table drives every test. Agreement with PyTorch is in test_oracles.py."""

import os

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import _plan
from course_lib.optimizers import (
    OPTIMIZERS,
    Stepper,
    as_optimizer,
    from_function,
    learning_rates,
    step,
)

rules = pytest.mark.parametrize("rule", OPTIMIZERS)


def finite(n):
    return arrays(np.float64, n, elements=st.floats(-10, 10, width=32))


# The equations as one would write them down, with NumPy, one line a quantity.
def sgd(w, g, lr):
    return (w - lr * g,)


def momentum(w, g, v, lr, momentum=0.9, dampening=0.0):
    v = momentum * v + (1 - dampening) * g
    return w - lr * v, v


def rmsprop(w, g, s, lr, rho=0.99, eps=1e-8):
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def adam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def nesterov(w, g, v, lr, momentum=0.9):
    v = momentum * v + g
    return w - lr * (g + momentum * v), v


def adagrad(w, g, s, lr, eps=1e-10):
    s = s + g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def adadelta(w, g, s, d, lr, rho=0.9, eps=1e-6):
    s = rho * s + (1 - rho) * g**2
    move = np.sqrt(d + eps) / np.sqrt(s + eps) * g
    d = rho * d + (1 - rho) * move**2
    return w - lr * move, s, d


def radam(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8, threshold=4.0):
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho > threshold:
        up, down = (rho - 4) * (rho - 2) * rho_inf, (rho_inf - 4) * (rho_inf - 2) * rho
        return adam(w, g, m, v, t, lr * np.sqrt(up / down), beta1, beta2, eps)
    _, m, v = adam(w, g, m, v, t, lr, beta1, beta2, 1.0)
    return w - lr * m / (1 - beta1**t), m, v


def adamw(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    moved, m, v = adam(w, g, m, v, t, lr, beta1, beta2, eps)
    return moved - lr * weight_decay * w, m, v


def adam_l2(w, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    return adam(w, g + weight_decay * w, m, v, t, lr, beta1, beta2, eps)


FORMULAS = {
    f.__name__: f
    for f in (
        sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw, adam_l2, radam
    )
}  # fmt: skip


def run(rule, gradients, w0, lr=0.05, dtype=np.float64, **hyper):
    w = np.array(w0, dtype=dtype)
    stepper = Stepper(rule, w, lr=lr, **hyper)
    for g in gradients:
        stepper.update(g)
    return w, stepper.state


@st.composite
def settings_of(draw, rule):
    """Draw a value for every hyperparameter of a rule."""
    ranges = {"momentum": (0, 0.99), "dampening": (0, 1), "rho": (0, 0.999), "beta1": (0, 0.99),
              "beta2": (0, 0.9999), "eps": (1e-10, 0.1), "weight_decay": (0, 1),
              "threshold": (4, 6)}  # fmt: skip
    return {name: draw(st.floats(*ranges[name])) for name in OPTIMIZERS[rule].hyper}


@rules
@given(data=st.data())
@settings(max_examples=40)
def test_kernel_is_its_equation(rule, data):
    hyper = data.draw(settings_of(rule))
    gradients = data.draw(arrays(np.float64, (5, 3), elements=st.floats(-10, 10, width=32)))
    w0 = data.draw(finite(3))
    ours = run(rule, gradients, w0, **hyper)
    equation = run(FORMULAS[rule], gradients, w0, **hyper)
    for mine, theirs in zip(ours, equation, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12)


@rules
def test_defaults_are_those_of_the_equation(rule):
    assert dict(from_function(FORMULAS[rule]).hyper) == dict(OPTIMIZERS[rule].hyper)
    assert from_function(FORMULAS[rule]).state == OPTIMIZERS[rule].state


@rules
def test_float32_stays_float32_and_agrees_to_its_precision(rule):
    gradients = np.random.default_rng(0).standard_normal((50, 8))
    w0 = np.linspace(-1, 1, 8)
    single, double = (run(rule, gradients, w0, dtype=dtype)[0] for dtype in (np.float32, float))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, double, rtol=2e-5, atol=2e-5)


@rules
def test_any_shape_gives_the_same_numbers(rule):
    gradients = np.random.default_rng(1).standard_normal((4, 6))
    flat, _ = run(rule, gradients, np.ones(6))
    table, _ = run(rule, gradients.reshape(4, 2, 3), np.ones((2, 3)))
    assert np.array_equal(table.reshape(-1), flat)
    scalar, _ = run(rule, gradients[:, 0], np.array(1.0))
    assert scalar == pytest.approx(flat[0], rel=1e-14)


@rules
def test_step_carries_the_state_and_changes_nothing_in_place(rule):
    gradients = np.random.default_rng(2).standard_normal((5, 3))
    w0 = np.ones(3)
    expected, state_expected = run(rule, gradients, w0)
    w, state = w0, None
    for t, g in enumerate(gradients, start=1):
        before = w.copy(), g.copy(), [part.copy() for part in state or ()]
        new, *new_state = step(rule, w, g, state, t=t, lr=0.05)
        assert np.array_equal(w, before[0])
        assert np.array_equal(g, before[1])
        for part, then in zip(state or (), before[2], strict=True):
            assert np.array_equal(part, then)
        w, state = new, tuple(new_state)
    np.testing.assert_allclose(w, expected, rtol=1e-13)
    for part, row in zip(state, state_expected, strict=True):
        np.testing.assert_allclose(part, row, rtol=1e-13)


@rules
def test_rate_of_a_single_update(rule):
    gradients = np.random.default_rng(3).standard_normal((3, 2))
    w = np.ones(2)
    stepper = Stepper(rule, w, lr=123.0)
    for g in gradients:
        stepper.update(g, lr=0.05)
    assert np.array_equal(w, run(rule, gradients, np.ones(2))[0])


@rules
def test_no_gradient_and_no_decay_is_no_step(rule):
    hyper = {"weight_decay": 0.0} if "weight_decay" in OPTIMIZERS[rule].hyper else {}
    assert np.array_equal(run(rule, np.zeros((3, 2)), [1.0, -1.0], **hyper)[0], [1.0, -1.0])


@given(g=finite(4), lr=st.floats(1e-4, 1))
def test_first_step_of_adam_is_lr_wherever_there_is_a_slope(g, lr):
    assume((g != 0).all())
    w, *_ = step("adam", np.zeros(4), g, lr=lr, eps=0)
    np.testing.assert_allclose(w, -lr * np.sign(g), rtol=1e-12)


@given(g=finite(4), w=finite(4), decay=st.floats(0, 1))
def test_decoupled_decay_is_adam_plus_a_shrinkage(g, w, decay):
    decayed, *_ = step("adamw", w, g, lr=0.1, weight_decay=decay)
    plain, *_ = step("adam", w, g, lr=0.1)
    np.testing.assert_allclose(decayed, plain - 0.1 * decay * w, rtol=1e-12, atol=1e-13)


def test_nan_in_the_gradient_is_not_hidden():
    for rule in OPTIMIZERS:
        assert np.isnan(step(rule, [1.0, 1.0], [np.nan, 1.0])[0]).tolist() == [True, False]


def test_rules_can_be_named_taken_from_the_table_or_written():
    row = OPTIMIZERS["adam"]
    assert as_optimizer("adam") is row
    assert as_optimizer(row) is row
    assert as_optimizer(adam).name == "adam"
    with pytest.raises(ValueError, match="there is no rule 'Adam'; there are sgd, momentum"):
        as_optimizer("Adam")
    with pytest.raises(TypeError, match="not int"):
        as_optimizer(3)


def test_the_table_can_not_be_changed_by_accident():
    with pytest.raises(TypeError):
        OPTIMIZERS["adam"].hyper["beta1"] = 0.5


# -- a student's function --


def test_parameters_may_be_keyword_only_and_in_any_order_around_t():
    def rule(w, g, t, v, *, lr=0.5, keep):
        return w - lr * t * g, keep * v + g

    optimizer = from_function(rule)
    assert (optimizer.state, optimizer.lr) == (("v",), 0.5)
    w, v = step(rule, [1.0], [1.0], ([2.0],), t=3, keep=0.5)
    assert (w, v) == (1 - 0.5 * 3, 2.0)
    with pytest.raises(TypeError, match="rule needs a value for keep"):
        step(rule, [1.0], [1.0])


def test_a_function_that_works_in_place_inside_does_no_harm():
    def rule(w, g, v, lr):
        g *= 2
        v += g
        w -= lr * v
        return w, v

    g = np.ones(2)
    w, v = np.ones(2), np.zeros(2)
    new_w, new_v = step(rule, w, g, (v,), lr=0.1)
    assert (g == 1).all()
    assert (w == 1).all()
    assert (v == 0).all()
    np.testing.assert_allclose(new_w, 0.8)
    np.testing.assert_allclose(new_v, 2)


def test_a_jitted_function_is_a_rule_too():
    numba = pytest.importorskip("numba")
    gradients = np.ones((3, 2))
    expected = run(momentum, gradients, [1.0, 2.0], momentum=0.5)[0]
    assert np.array_equal(
        run(numba.njit(momentum), gradients, [1.0, 2.0], momentum=0.5)[0], expected
    )


# -- rates --


def test_learning_rates():
    sgd_row = OPTIMIZERS["sgd"]
    assert learning_rates(sgd_row, None, 2).tolist() == [0.01, 0.01]
    assert learning_rates(sgd_row, [1, 2], 2).tolist() == [1.0, 2.0]
    for wrong, says in (([1.0], "shape"), ([1, np.inf], r"lr\[1\] is inf"), (-1.0, "lr is -1")):
        with pytest.raises(ValueError, match=says):
            learning_rates(sgd_row, wrong, 2)


# -- which weights decay acts on, and on how many threads --

decaying = pytest.mark.parametrize(
    "rule", [r for r in OPTIMIZERS if "weight_decay" in OPTIMIZERS[r].hyper]
)


def run_masked(rule, gradients, mask, dtype=np.float64):
    w = np.linspace(-1, 1, mask.size, dtype=dtype).reshape(mask.shape)
    stepper = Stepper(rule, w, lr=0.05, decay_mask=mask, weight_decay=0.3)
    for g in gradients:
        stepper.update(g)
    return w, stepper


@decaying
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("blocks", [1, 2, 7, 150])
def test_a_mask_leaves_weights_undecayed(rule, dtype, blocks):
    """Few blocks are followed by slices, many by indices."""
    mask = (np.arange(300) // (300 // blocks) % 2 == 0).reshape(30, 10)
    gradients = np.random.default_rng(0).standard_normal((4, 30, 10))
    w, stepper = run_masked(rule, gradients, mask, dtype)
    decayed, _ = run_masked(rule, gradients, np.ones_like(mask), dtype)
    not_decayed, _ = run_masked(rule, gradients, np.zeros_like(mask), dtype)
    assert not np.array_equal(decayed, not_decayed)
    tolerance = {"rtol": 1e-6 if dtype is np.float32 else 1e-13}
    np.testing.assert_allclose(w, np.where(mask, decayed, not_decayed), **tolerance)
    assert stepper.t == 4


def test_a_mask_works_with_a_students_rule():
    mask = np.array([True, False, False, True])
    gradients = np.ones((3, 4))
    ours, _ = run_masked("adamw", gradients, mask)
    theirs, _ = run_masked(adamw, gradients, mask)
    np.testing.assert_allclose(theirs, ours, rtol=1e-13)


@rules
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_step_in_pieces_is_the_same_to_the_last_bit(rule, dtype, monkeypatch):
    gradients = np.random.default_rng(1).standard_normal((6, 1001)).astype(dtype)
    w0 = np.linspace(-1, 1, 1001, dtype=dtype)
    mask = np.arange(1001) % 50 < 40
    masked = "weight_decay" in OPTIMIZERS[rule].hyper
    alone = run(rule, gradients, w0, dtype=dtype)
    if masked:
        alone_masked, _ = run_masked(rule, gradients, mask, dtype)
    monkeypatch.setattr(_plan, "threads", lambda: 3)
    monkeypatch.setattr(_plan, "_SHARED", 1.0)
    size = _plan.parts_and_piece(1001, 1e6)[1]
    assert size < 1001 / 3
    shared = run(rule, gradients, w0, dtype=dtype)
    if masked:
        shared_masked, _ = run_masked(rule, gradients, mask, dtype)
        tolerance = {"rtol": 1e-6 if dtype is np.float32 else 1e-13}  # cut in other places
        np.testing.assert_allclose(shared_masked, alone_masked, **tolerance)
    if os.environ.get("NUMBA_BOUNDSCHECK") == "1":
        # Such loops end in single numbers, which round in their own way: so compare with the pieces, each alone.
        monkeypatch.setattr(_plan, "threads", lambda: 1)
        pieces = [slice(low, low + size) for low in range(0, 1001, size)]
        runs = [run(rule, gradients[:, piece], w0[piece], dtype=dtype) for piece in pieces]
        alone = np.concatenate([w for w, _ in runs]), np.concatenate([s for _, s in runs], axis=1)
    assert np.array_equal(shared[0], alone[0])
    assert np.array_equal(shared[1], alone[1])


# -- gradients as they come --


@rules
def test_gradients_of_other_kinds(rule):
    gradients = np.random.default_rng(2).standard_normal((3, 4))
    expected, _ = run(rule, gradients, np.ones(4))
    read_only = gradients.copy()
    read_only.flags.writeable = False
    scattered = np.repeat(gradients, 2, axis=1)[:, ::2]
    for given_as in (read_only, scattered, gradients.astype(">f8"), gradients.tolist()):
        assert np.array_equal(run(rule, given_as, np.ones(4))[0], expected)


@pytest.mark.parametrize(
    ("g", "error", "says"),
    [
        (lambda w: w, ValueError, "g shares memory with w"),
        (lambda w: w[:], ValueError, "g shares memory with w"),
        (lambda w: np.ones(4), ValueError, r"g has shape \(4,\), but w has shape \(3,\)"),
        (lambda w: np.ones(3, complex), TypeError, "g must hold real numbers"),
        (lambda w: None, TypeError, "g must hold real numbers"),
        (lambda w: 1.0, ValueError, r"g has shape \(\)"),
    ],
)
def test_gradients_that_can_not_be_followed(g, error, says):
    big = np.ones(5)
    for w in (np.ones(3), big[1:4]):
        stepper = Stepper("adam", w)
        with pytest.raises(error, match=says):
            stepper.update(g(w))
        assert (w == 1).all()
        assert stepper.t == 0
