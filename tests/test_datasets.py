"""Digits: the split is fixed, stratified and untouched by the options."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import datasets
from course_lib.datasets import digits, digits_1d
from course_lib.models import mlp, softmax_classifier
from course_lib.training import fit


def test_shapes_types_and_ranges():
    data = digits()
    for X, y, n in (
        (data.X_train, data.y_train, 1000),
        (data.X_val, data.y_val, 297),
        (data.X_test, data.y_test, 500),
    ):
        assert X.shape == (n, 64)
        assert y.shape == (n,)
        assert X.dtype == np.float64
        assert y.dtype == np.int64
        assert (X.min(), X.max()) == (0, 1)
        # Classes in equal shares: none is more than 1 percentage point off a tenth.
        assert np.abs(np.bincount(y, minlength=10) / n - 0.1).max() < 0.01


def test_every_image_is_in_exactly_one_part():
    _, _, order = datasets._stored()
    assert np.array_equal(np.sort(order), np.arange(1797))


def test_the_split_never_moves():
    data = digits()
    digest = hashlib.sha256(b"".join(part.tobytes() for part in data)).hexdigest()
    assert digest == "840e2c47239afd42d1b373fe4dd3d39713ebeecb9081f96affce814306799f86"


def test_readme_states_the_checksum_of_the_file():
    folder = Path(datasets.__file__).parent / "data"
    for name, stated in (("digits", datasets._SHA256), ("digits_1d", datasets._SHA256_1D)):
        found = hashlib.sha256((folder / f"{name}.npz").read_bytes()).hexdigest()
        assert found == stated
        assert found in (folder / "README.md").read_text(encoding="utf-8")


def test_a_change_to_the_result_does_not_reach_the_next_call():
    digits().X_train[:] = -1
    digits().y_test[:] = -1
    assert digits().X_train.min() == 0
    assert digits().y_test.min() == 0


@given(n=st.integers(10, 1000), seed=st.integers(0, 2**32))
def test_few_examples_have_the_classes_in_equal_shares(n, seed):
    counts = np.bincount(digits(n_train=n, seed=seed).y_train, minlength=10)
    assert counts.sum() == n
    # The rarest class has 97 training images: up to there all classes take turns.
    assert counts.max() - counts.min() <= max(1, counts.max() - 97)


def test_few_examples_are_nested_and_depend_on_the_seed():
    few, more = digits(n_train=50), digits(n_train=200)
    assert np.array_equal(few.X_train, more.X_train[:50])
    assert not np.array_equal(few.X_train, digits(n_train=50, seed=1).X_train)


@given(share=st.floats(0, 1), seed=st.integers(0, 2**32))
def test_label_noise_replaces_the_stated_share_and_nothing_else(share, seed):
    clean, noisy = digits(), digits(label_noise=share, seed=seed)
    assert (clean.y_train != noisy.y_train).sum() == round(share * 1000)
    assert np.isin(noisy.y_train, np.arange(10)).all()
    for name in ("X_train", "X_val", "y_val", "X_test", "y_test"):
        assert np.array_equal(getattr(clean, name), getattr(noisy, name))


def test_wrong_labels_go_to_all_other_classes():
    clean, noisy = digits().y_train, digits(label_noise=1.0).y_train
    moves = np.bincount((noisy - clean) % 10, minlength=10)
    assert moves[0] == 0
    assert moves[1:].min() > 60  # 111 expected


def test_a_damaged_file_is_refused_with_the_mend(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(datasets, "files", lambda package: tmp_path)
    load = datasets._stored.__wrapped__
    with pytest.raises(RuntimeError, match=r"can't be read.*Install course_lib again"):
        load()
    (tmp_path / "data" / "digits.npz").write_bytes(b"not the digits")
    with pytest.raises(RuntimeError, match=r"is damaged.*Install course_lib again"):
        load()


# Curves ---------------------------------------------------------------------------------------------


def test_curves_have_their_shapes_and_equal_shares():
    data = digits_1d()
    for X, y, n in (
        (data.X_train, data.y_train, 2500),
        (data.X_val, data.y_val, 500),
        (data.X_test, data.y_test, 1000),
    ):
        assert X.shape == (n, 40)
        assert X.dtype == np.float64
        assert np.abs(X).max() < 127 / 24  # none was cut off
        assert np.bincount(y, minlength=10).tolist() == [n // 10] * 10


def test_few_curves_and_wrong_labels():
    data = digits_1d(n_train=100, label_noise=0.2)
    assert np.bincount(data.y_train).sum() == 100
    right = digits_1d(n_train=100)
    assert np.array_equal(right.X_train, data.X_train)
    assert np.sum(data.y_train != right.y_train) == 20
    assert np.array_equal(data.y_test, right.y_test)
    digits_1d().X_train[:] = 0
    assert digits_1d().X_train.std() > 0.1
    with pytest.raises(ValueError, match="only 2500 training examples"):
        digits_1d(n_train=2501)


def test_differences_show_on_curves():
    linear, network = (
        fit(model, digits_1d(), epochs=15, lr=0.01)
        for model in (softmax_classifier(40, 10), mlp((40, 100, 10)))
    )
    assert 0.3 < linear.test_accuracy < 0.5
    assert network.test_accuracy > linear.test_accuracy + 0.1
    assert network.train_accuracy[-1] > network.test_accuracy + 0.1  # it overfits
