"""Sharpness: SAM's laws, worst and mean cases against what theory says, curvature, slices, rescaling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import sharpness as sharp
from course_lib.descent import descend
from course_lib.gradients import Counted, hessian_vector_product
from course_lib.landscapes import double_well, quadratic
from course_lib.models import two_layer_network
from course_lib.optimizers import OPTIMIZERS, Stepper

RNG = np.random.default_rng(5)
MODEL = two_layer_network(n_in=5, hidden=4, n_out=3)
W, X, Y = RNG.standard_normal(MODEL.n_parameters), RNG.standard_normal((9, 5)), np.arange(9) % 3

seeds = st.integers(0, 2**32)


def bowl(curvatures):
    """Return loss and gradient of ½ Σ λ w²."""
    curvatures = np.asarray(curvatures, dtype=float)
    return lambda w: (0.5 * float(curvatures @ w**2), curvatures * w)


def loss_grad(w):
    return MODEL.loss_and_gradient(w, X, Y)


def loss(w):
    return loss_grad(w)[0]


# SAM -----------------------------------------------------------------------------------------------


@given(seed=seeds, rho=st.floats(1e-6, 10), size=st.integers(1, 20))
def test_perturbation_is_the_best_of_its_length(seed, rho, size):
    rng = np.random.default_rng(seed)
    g, other = rng.standard_normal((2, size))
    e = sharp.ascent_perturbation(g, rho)
    assert np.linalg.norm(e) == pytest.approx(rho)
    assert g @ e >= g @ (other / np.linalg.norm(other) * rho) - 1e-12
    assert np.all(sharp.ascent_perturbation(-g, rho) == -e)


@pytest.mark.parametrize("kind", [list, tuple])
def test_layers_are_one_vector(kind):
    layers = kind([np.array([[3.0, 0.0]]), np.array([4.0], dtype=np.float32)])
    first, second = found = sharp.ascent_perturbation(layers, 1.0)
    assert type(found) is kind
    np.testing.assert_allclose(first, [[0.6, 0.0]])
    np.testing.assert_allclose(second, [0.8])
    assert (first.dtype, second.dtype) == (np.float64, np.float32)


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e-30, 1.0, 1e30, 1e200])
def test_size_of_the_gradient_does_not_matter(size):
    np.testing.assert_allclose(sharp.ascent_perturbation([3 * size, 4 * size], 1.0), [0.6, 0.8])
    _, g = sharp.sam_gradient(lambda w: (0.0, size * np.ones(4) * (w > 5)), np.full(4, 6.0), 1.0)
    assert np.all(g == size)


def test_no_gradient_no_perturbation():
    assert np.all(sharp.ascent_perturbation(np.zeros((2, 3)), 1.0) == 0)
    assert np.all(sharp.ascent_perturbation([np.zeros(2), np.zeros(3)], 1.0)[1] == 0)
    np.testing.assert_array_equal(sharp.sam_step(bowl([1, 2]), [0.0, 0.0], lr=0.1, rho=1.0), [0, 0])


@pytest.mark.parametrize("rule", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rho_zero_is_no_sam(rule, dtype):
    ours, plain = W.astype(dtype), W.astype(dtype)
    sam, stepper = sharp.SAM(rule, ours, sam_rho=0.0, lr=0.1), Stepper(rule, plain, lr=0.1)
    for _ in range(5):
        sam.update(loss_grad)
        stepper.update(loss_grad(plain)[1])
    assert np.array_equal(ours, plain)


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_exactly_two_gradients_and_the_second_is_used_from_the_weights_themselves(rule):
    w, counted = W.copy(), Counted(loss_grad)
    seen = []

    def spy(v):
        seen.append(v.copy())
        return counted(v)

    before = w.copy()
    value = sharp.SAM(rule, w, sam_rho=0.3, lr=0.1).update(spy)
    assert counted.calls == 2
    assert value == loss(before)
    assert np.array_equal(seen[0], before)
    assert np.linalg.norm(seen[1] - before) == pytest.approx(0.3)
    plain = before.copy()
    Stepper(rule, plain, lr=0.1).update(loss_grad(seen[1])[1])
    assert np.array_equal(w, plain)


def test_weights_are_where_they_were_if_the_second_call_fails():
    w, calls = W.copy(), []

    def fails(v):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("no more")
        return loss_grad(v)

    with pytest.raises(RuntimeError, match="no more"):
        sharp.SAM("adam", w).update(fails)
    assert np.array_equal(w, W)


@given(eta_lam=st.floats(0.05, 1.9), rho=st.floats(1e-3, 10), lam=st.floats(0.01, 100))
def test_two_cycle_of_a_quadratic(eta_lam, rho, lam):
    eta = eta_lam / lam
    amplitude = eta_lam * rho / (2 - eta_lam)
    path = [np.array([amplitude])]
    for _ in range(4):
        path.append(sharp.sam_step(bowl([lam]), path[-1], eta, rho))
    np.testing.assert_allclose(np.ravel(path), amplitude * np.array([1, -1, 1, -1, 1]), rtol=1e-9)


def test_the_two_cycle_attracts():
    path = descend(sharp.sam_objective(quadratic((4.0,)), 0.5), steps=200, lr=0.1).path
    np.testing.assert_allclose(np.abs(path[-2:]), 0.4 * 0.5 / 1.6, rtol=1e-9)
    assert path[-1] * path[-2] < 0


def test_sam_objective_has_the_loss_here_and_the_slope_nearby():
    wells, w = double_well(), np.array([0.5, 0.3])
    value, gradient = sharp.sam_objective(wells, 0.2).value_and_gradient(w)
    nearby = w + sharp.ascent_perturbation(wells.value_and_gradient(w)[1], 0.2)
    assert value == wells.value_and_gradient(w)[0]
    np.testing.assert_allclose(gradient, wells.value_and_gradient(nearby)[1], rtol=1e-14)


def test_whole_batch_is_one_part_and_parts_are_weighted_by_their_size():
    whole = sharp.m_sam_gradient(MODEL.loss_and_gradient, W, X, Y, 0.1, m=9)
    value, gradient = sharp.sam_gradient(loss_grad, W, 0.1)
    assert whole[0] == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(whole[1], gradient, rtol=1e-13)
    value, gradient = sharp.m_sam_gradient(MODEL.loss_and_gradient, W, X, Y, 0.1, m=4)
    parts = [
        sharp.sam_gradient(lambda w, r=r: MODEL.loss_and_gradient(w, X[r], Y[r]), W, 0.1)[1]
        for r in (slice(0, 4), slice(4, 8), slice(8, 9))
    ]
    np.testing.assert_allclose(gradient, (4 * parts[0] + 4 * parts[1] + parts[2]) / 9, rtol=1e-12)
    assert value == pytest.approx(loss(W), rel=1e-13)


@given(m=st.integers(1, 9))
def test_without_rho_parts_change_nothing(m):
    _, gradient = sharp.m_sam_gradient(MODEL.loss_and_gradient, W, X, Y, 0.0, m=m)
    np.testing.assert_allclose(gradient, loss_grad(W)[1], rtol=1e-10, atol=1e-14)


# Measures ------------------------------------------------------------------------------------------


@given(seed=seeds, rho=st.floats(0.01, 10))
def test_worst_case_at_a_minimum_is_the_top_curvature(seed, rho):
    curvatures = np.random.default_rng(seed).uniform(0.1, 5, size=4)
    curvatures[2] = 10
    f = bowl(curvatures)
    found = sharp.sharpness(lambda w: f(w)[0], np.zeros(4), rho, gradient=lambda w: f(w)[1])
    assert found == pytest.approx(0.5 * rho**2 * 10, rel=1e-4)


def test_worst_case_on_a_slope_is_the_slope_times_rho():
    found = sharp.sharpness(lambda w: float(w @ [3.0, 4.0]) + 100, [1.0, 2.0], 0.5, rng=3)
    assert found == pytest.approx(2.5, rel=1e-8)


def test_a_maximum_has_no_sharpness_and_a_ball_of_no_size_neither():
    f = bowl([-1, -2])
    assert sharp.sharpness(lambda w: f(w)[0], [0.0, 0.0], 1.0) == 0.0
    assert sharp.sharpness(loss, W, 0.0) == 0.0


def test_worst_case_is_above_the_first_order_step_and_random_ones():
    gradient = lambda w: loss_grad(w)[1]  # noqa: E731
    worst = sharp.sharpness(loss, W, 0.5, gradient=gradient)
    e = sharp.ascent_perturbation(gradient(W), 0.5)
    assert worst >= loss(W + e) - loss(W)
    assert worst > sharp.average_sharpness(loss, W, 0.5).mean > 0


@given(seed=seeds)
def test_mean_case_of_a_quadratic(seed):
    curvatures = np.random.default_rng(seed).uniform(-1, 5, size=6)
    f = bowl(curvatures)
    mean, error = sharp.average_sharpness(lambda w: f(w)[0], np.arange(6.0), 0.3, seed, 300)
    assert abs(mean - 0.3**2 * curvatures.sum() / 12) < 6 * error


def test_the_seed_decides():
    values = [sharp.average_sharpness(loss, W, 0.1, rng=seed, samples=5).mean for seed in (1, 1, 2)]
    assert values[0] == values[1] != values[2]


@given(seed=seeds, top=st.sampled_from([-9.0, 9.0]))
def test_top_eigenvalue_keeps_its_sign(seed, top):
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    spectrum = np.array([top, 6.0, -5.0, 1.0, 0.0])
    H = Q * spectrum @ Q.T
    assert sharp.top_eigenvalue(lambda v: H @ v, 5, seed) == pytest.approx(top, rel=1e-7)
    highest = sharp.top_eigenvalue(lambda v: H @ v, 5, seed, which="highest")
    assert highest == pytest.approx(max(top, 6.0), rel=1e-7)
    found = sharp.power_iteration(lambda v: H @ v, 5, seed)
    assert np.abs(spectrum - found.value).min() <= found.residual + 1e-12
    np.testing.assert_allclose(H @ found.vector, top * found.vector, atol=1e-5)


def test_a_tie_shows_in_the_residual():
    found = sharp.power_iteration(lambda v: np.array([1.0, -1.0]) * v, 2, max_products=50)
    assert found.products == 50
    assert found.residual > 0.01


def test_no_curvature_at_all():
    assert sharp.top_eigenvalue(np.zeros_like, 3) == 0.0


def test_top_curvature_of_a_network():
    df = lambda w: loss_grad(w)[1]  # noqa: E731
    H = np.array([hessian_vector_product(df, W, e) for e in np.eye(W.size)])
    spectrum = np.linalg.eigvalsh((H + H.T) / 2)
    found = sharp.top_eigenvalue(lambda v: hessian_vector_product(df, W, v), W.size)
    assert found == pytest.approx(spectrum[np.abs(spectrum).argmax()], rel=1e-4)


# Slices --------------------------------------------------------------------------------------------


def test_slices_cut_the_loss():
    right, up = RNG.standard_normal((2, W.size))
    a, b = np.linspace(-1, 1, 5), np.linspace(0, 1, 3)
    plane = sharp.slice_2d(loss, W, right, up, a, b)
    assert plane.shape == (3, 5)
    assert plane[2, 1] == loss(W + a[1] * right + b[2] * up)
    assert np.array_equal(sharp.slice_1d(loss, W, right, a), plane[0])


def test_filters_are_as_long_as_the_weights_and_biases_stay():
    d = sharp.filter_normalized_direction(W, MODEL.shapes, rng=1)
    for name, part in MODEL.unpack(d).items():
        if name.startswith("W"):
            lengths = np.linalg.norm(MODEL.unpack(W)[name], axis=0)
            np.testing.assert_allclose(np.linalg.norm(part, axis=0), lengths)
        else:
            assert np.all(part == 0)
    assert not np.array_equal(d, sharp.filter_normalized_direction(W, MODEL.shapes, rng=2))


@given(c=st.floats(0.01, 100))
def test_rescaling_changes_the_weights_and_nothing_else(c):
    parts = MODEL.unpack(W)
    W1, W2, b1 = sharp.rescale_relu(parts["W1"], parts["W2"], c, parts["b1"])
    moved = W.copy()
    MODEL.unpack(moved)["W1"][:], MODEL.unpack(moved)["W2"][:] = W1, W2
    MODEL.unpack(moved)["b1"][:] = b1
    np.testing.assert_allclose(MODEL.scores(moved, X), MODEL.scores(W, X), rtol=1e-11, atol=1e-12)


def test_rescaling_makes_the_same_network_sharper():
    parts = MODEL.unpack(W)
    moved = W.copy()
    new = MODEL.unpack(moved)
    new["W1"][:], new["W2"][:], new["b1"][:] = sharp.rescale_relu(
        parts["W1"], parts["W2"], np.full(4, 50.0), parts["b1"]
    )
    gradient = lambda w: loss_grad(w)[1]  # noqa: E731
    assert sharp.sharpness(loss, moved, 0.05, gradient=gradient) > 2 * sharp.sharpness(
        loss, W, 0.05, gradient=gradient
    )
