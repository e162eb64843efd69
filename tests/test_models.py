"""Models: gradients against central differences, and what a person may get wrong."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_lib.models import softmax_classifier, two_layer_network

MODELS = {
    "softmax": softmax_classifier(n_in=5, n_out=3),
    "relu": two_layer_network(n_in=5, hidden=4, n_out=3, activation="relu"),
    "tanh": two_layer_network(n_in=5, hidden=4, n_out=3, activation="tanh"),
}
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


def test_bad_sizes_and_activations():
    with pytest.raises(ValueError, match="hidden is 0"):
        two_layer_network(hidden=0)
    with pytest.raises(TypeError, match="n_in must be a whole number"):
        softmax_classifier(n_in=64.0)
    with pytest.raises(ValueError, match="'sigmoid', but must be 'relu' or 'tanh'"):
        two_layer_network(activation="sigmoid")


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
