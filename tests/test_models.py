"""Models: gradients against central differences, and what a person may get wrong."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_lib.kernels import models as kernels
from course_lib.models import mlp, softmax_classifier, two_layer_network
from course_lib.normalization import ghost_batch_norm, update_running_statistics

MODELS = {
    "softmax": softmax_classifier(n_in=5, n_out=3),
    "relu": two_layer_network(n_in=5, hidden=4, n_out=3, activation="relu"),
    "tanh": two_layer_network(n_in=5, hidden=4, n_out=3, activation="tanh"),
    "three layers": mlp((5, 4, 6, 3), activation="tanh"),
}
NORMED = mlp((5, 4, 6, 3), activation="tanh", batch_norm=True)
models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def example(model, n, seed, scale=1.0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, model.sizes[0]))
    y = rng.integers(model.sizes[-1], size=n)
    return scale * rng.standard_normal(model.n_parameters), X, y


def central_differences(loss, w, h=1e-5):
    gradient = np.empty_like(w)
    for i in range(w.size):
        e = np.zeros_like(w)
        e[i] = h
        gradient[i] = (loss(w + e) - loss(w - e)) / (2 * h)
    return gradient


@models
@given(n=st.integers(1, 9), seed=st.integers(0, 1000))
@settings(max_examples=25)
def test_gradient_is_the_slope_of_the_loss(model, n, seed):
    w, X, y = example(model, n, seed)
    if "relu" in model.name:  # a kink within h of a unit's input would make the difference wrong
        parts = model.unpack(w)
        assume(np.abs(X @ parts["W1"] + parts["b1"]).min() > 1e-3)
    _, gradient = model.loss_and_gradient(w, X, y)
    slope = central_differences(lambda v: model.loss_and_gradient(v, X, y)[0], w)
    np.testing.assert_allclose(gradient, slope, rtol=1e-6, atol=1e-8)


@models
def test_loss_is_the_mean_over_the_examples(model):
    w, X, y = example(model, 6, seed=3)
    each = [model.loss_and_gradient(w, X[i : i + 1], y[i : i + 1]) for i in range(6)]
    loss, gradient = model.loss_and_gradient(w, X, y)
    assert np.isclose(loss, np.mean([one[0] for one in each]), rtol=1e-13)
    np.testing.assert_allclose(gradient, np.mean([one[1] for one in each], axis=0), atol=1e-14)


@models
def test_nothing_that_is_passed_in_changes(model):
    w, X, y = example(model, 4, seed=1)
    before = w.copy(), X.copy(), y.copy()
    model.loss_and_gradient(w, X, y)
    model.accuracy(w, X, y)
    for now, then in zip((w, X, y), before, strict=True):
        assert np.array_equal(now, then)


@models
def test_weights_may_be_whole_numbers(model):
    w, X, y = example(model, 4, seed=1)
    whole = np.arange(w.size) % 3 - 1
    expected = model.loss_and_gradient(whole.astype(float), X, y)[1]
    assert np.array_equal(model.loss_and_gradient(whole, X, y)[1], expected)


@models
def test_huge_scores_do_not_overflow(model):
    w, X, y = example(model, 5, seed=2, scale=1e5)
    loss, gradient = model.loss_and_gradient(w, X, y)
    assert np.isfinite(loss)
    assert np.isfinite(gradient).all()


@models
def test_accuracy_counts_right_answers(model):
    w, X, _ = example(model, 8, seed=5)
    answers = model.scores(w, X).argmax(axis=1)
    assert model.accuracy(w, X, answers) == 1.0
    answers[:2] = (answers[:2] + 1) % 3
    assert model.accuracy(w, X, answers) == 0.75


@models
def test_unpack_gives_views_that_cover_everything_once(model):
    w = np.zeros(model.n_parameters)
    for name, view in model.unpack(w).items():
        assert view.shape == model.shapes[name]
        view += 1
    assert (w == 1).all()


@models
def test_start_depends_on_the_seed_alone_and_biases_start_at_zero(model):
    assert np.array_equal(model.init(seed=1), model.init(seed=1))
    assert not np.array_equal(model.init(seed=1), model.init(seed=2))
    for name, value in model.unpack(model.init()).items():
        assert (value == 0).all() == name.startswith("b")


def test_start_has_the_stated_variance():
    for model, name, variance in (
        (softmax_classifier(400, 400), "W", 1 / 400),
        (two_layer_network(400, 100, 400, "relu"), "W1", 2 / 400),
        (two_layer_network(400, 100, 400, "relu"), "W2", 2 / 100),
        (two_layer_network(400, 100, 400, "tanh"), "W2", 1 / 100),
    ):
        assert np.isclose(model.unpack(model.init())[name].var(), variance, rtol=0.05)


@models
def test_bad_arrays_are_named(model):
    w, X, y = example(model, 4, seed=0)
    with pytest.raises(ValueError, match=r"w has shape \(2,\)"):
        model.loss_and_gradient(w[:2], X, y)
    with pytest.raises(ValueError, match=r"X has shape \(5,\)"):
        model.scores(w, X[0])
    with pytest.raises(ValueError, match=r"X has shape \(0, 5\)"):
        model.scores(w, X[:0])
    with pytest.raises(ValueError, match=r"y has shape \(3,\), but X has 4 examples"):
        model.loss_and_gradient(w, X, y[:3])
    for labels in (y - 3, y + 3, y * 1.0):
        with pytest.raises(ValueError, match="labels: whole numbers from 0 to 2"):
            model.loss_and_gradient(w, X, labels)


@models
def test_evaluate_is_loss_and_accuracy(model):
    w, X, y = example(model, 8, seed=5)
    wanted = model.loss_and_gradient(w, X, y)[0], model.accuracy(w, X, y)
    assert model.evaluate(w, X, y) == wanted


@models
def test_arrays_of_any_layout_and_numpy_alone_give_the_same(model, monkeypatch):
    w, X, y = example(model, 8, seed=5)
    wanted = model.loss_and_gradient(w, X, y)
    found = model.loss_and_gradient(np.repeat(w, 2)[::2], np.asfortranarray(X), y.astype(np.uint8))
    assert found[0] == pytest.approx(wanted[0], rel=1e-14)
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-11, atol=1e-15)
    monkeypatch.setattr(kernels, "jit_enabled", lambda: False)
    found = model.loss_and_gradient(w, X, y)
    assert found[0] == pytest.approx(wanted[0], rel=1e-13)
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-11, atol=1e-15)
    with pytest.raises(ValueError, match="labels: whole numbers from 0 to 2"):
        model.loss_and_gradient(w, X, y + 3)


def test_two_layers_are_an_mlp_of_two_layers():
    small, general = MODELS["relu"], mlp((5, 4, 3))
    w, X, y = example(small, 6, seed=0)
    assert small.shapes == general.shapes
    assert np.array_equal(small.init(3), general.init(3))
    for one, other in zip(
        small.loss_and_gradient(w, X, y), general.loss_and_gradient(w, X, y), strict=True
    ):
        assert np.array_equal(one, other)


# Batch normalization -------------------------------------------------------------------------------


@pytest.mark.parametrize("ghost", [None, 2, 3, 5, 8])
def test_gradient_through_normalization_is_the_slope_of_the_loss(ghost):
    w, X, y = example(NORMED, 8, seed=4)
    _, gradient = NORMED.loss_and_gradient(w, X, y, ghost=ghost)
    slope = central_differences(lambda v: NORMED.loss_and_gradient(v, X, y, ghost=ghost)[0], w)
    np.testing.assert_allclose(gradient, slope, rtol=1e-5, atol=1e-7)


def test_ghosts_are_batches_that_share_one_update():
    w, X, y = example(NORMED, 8, seed=4)
    parts = [NORMED.loss_and_gradient(w, X[r], y[r]) for r in (slice(0, 4), slice(4, 8))]
    loss, gradient = NORMED.loss_and_gradient(w, X, y, ghost=4)
    assert loss == pytest.approx((parts[0][0] + parts[1][0]) / 2, rel=1e-12)
    np.testing.assert_allclose(gradient, (parts[0][1] + parts[1][1]) / 2, rtol=1e-9, atol=1e-13)
    assert abs(loss - NORMED.loss_and_gradient(w, X, y)[0]) > 1e-3
    same = NORMED.loss_and_gradient(w, X, y, ghost=8)
    assert np.array_equal(same[1], NORMED.loss_and_gradient(w, X, y)[1])


def test_running_statistics_are_updated_only_when_asked_and_layer_by_layer():
    w, X, y = example(NORMED, 8, seed=4)
    running = NORMED.new_statistics()
    assert np.array_equal(running, [0] * 4 + [1] * 4 + [0] * 6 + [1] * 6)
    NORMED.loss_and_gradient(w, X, y)
    NORMED.loss_and_gradient(w, X, y, ghost=3, update=running)
    parts = NORMED.unpack(w)
    z = X @ parts["W1"]
    means, variances = zip(
        *((z[r].mean(0), z[r].var(0)) for r in (slice(0, 3), slice(3, 6), slice(6, 8))), strict=True
    )
    wanted = update_running_statistics(np.zeros(4), np.ones(4), means, variances, [3, 3, 2])
    np.testing.assert_allclose(running[:8], np.concatenate(wanted), rtol=1e-12)
    h = np.tanh(ghost_batch_norm(z, 3, parts["gamma1"], parts["beta1"]))
    np.testing.assert_allclose(
        running[8:14] + 0.0,
        0.1 * ((h @ parts["W2"])[6:8].mean(0) + 0.9 * (h @ parts["W2"])[3:6].mean(0)
               + 0.81 * (h @ parts["W2"])[0:3].mean(0)),
        rtol=1e-11, atol=1e-13,
    )  # fmt: skip


def test_with_running_statistics_no_example_depends_on_another():
    w, X, y = example(NORMED, 8, seed=4)
    running = NORMED.new_statistics()
    for _ in range(300):
        NORMED.loss_and_gradient(w, X, y, update=running)
    together = NORMED.scores(w, X, running)
    alone = [NORMED.scores(w, X[k : k + 1], running)[0] for k in range(8)]
    np.testing.assert_allclose(together, alone, rtol=1e-10, atol=1e-12)
    assert NORMED.evaluate(w, X, y, running)[1] == NORMED.accuracy(w, X, y, running)
    # The batch's own statistics differ only in the variance: biased, not unbiased.
    assert np.abs(together - NORMED.scores(w, X)).max() < 0.5


def test_the_scale_of_a_normalized_layer_does_not_matter():
    w, X, _ = example(NORMED, 8, seed=4)
    scaled = w.copy()
    NORMED.unpack(scaled)["W1"][:] *= 100
    np.testing.assert_allclose(NORMED.scores(scaled, X), NORMED.scores(w, X), rtol=1e-3, atol=1e-3)


def test_only_normalized_models_have_running_statistics():
    assert MODELS["relu"].new_statistics() is None
    assert NORMED.new_statistics().tolist() == [0.0] * 4 + [1.0] * 4 + [0.0] * 6 + [1.0] * 6


def test_a_model_says_its_activation():
    assert mlp((3, 4, 2), "tanh").activation == "tanh"
    assert mlp((3, 4, 2), "relu", batch_norm=True).activation == "relu"
    assert two_layer_network(activation="tanh").activation == "tanh"


def test_a_normalization_of_ones_own_is_used_on_the_way_forward():
    w, X, y = example(NORMED, 6, seed=1)
    usual = NORMED.loss_and_gradient(w, X, y, ghost=3)
    own = NORMED.loss_and_gradient(w, X, y, ghost=3, normalize=ghost_batch_norm)
    assert own[0] == pytest.approx(usual[0], rel=1e-12)
    np.testing.assert_allclose(own[1], usual[1], rtol=1e-9, atol=1e-12)
    loss, _ = NORMED.loss_and_gradient(w, X, y, ghost=3, normalize=lambda X, g, *rest: 0 * X)
    assert loss != pytest.approx(usual[0], rel=1e-3)
