"""Data small enough to train on in seconds: :func:`digits`, which are real, and harder :func:`digits_1d`.

Sources, licenses and checksums of the files are in ``course_lib/data/README.md``.
"""

from __future__ import annotations

import functools
import hashlib
import io
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from ._validate import Array, count, number

__all__ = ["Digits", "digits", "digits_1d"]

N_TRAIN, N_VAL, N_TEST = 1000, 297, 500
N_CLASSES = 10

N_TRAIN_1D, N_VAL_1D, N_TEST_1D = 2500, 500, 1000

_SHA256_1D = "317a6d385e8f9a9302f7361bd18a10fa02639f9015d0435e87d26ad97de312f2"
_SHA256 = "1e6e6bbbb929ac4a2284a1395e01ff006539e4dc42678df0ee8179705b66617e"


class Digits(NamedTuple):
    """Examples of ten classes, split into three parts.

    Attributes
    ----------
    X_train, X_val, X_test : ndarray of float64, shape (n, 64) or (n, 40)
        One example a row. From :func:`digits`: images of 8 by 8 pixels, from 0 (paper) to 1 (ink). From
        :func:`digits_1d`: heights of a curve at 40 points.
    y_train, y_val, y_test : ndarray of int64, shape (n,)
        Labels, 0 to 9.
    """

    X_train: Array
    y_train: Array
    X_val: Array
    y_val: Array
    X_test: Array
    y_test: Array


def digits(n_train: int | None = None, label_noise: float = 0.0, seed: int = 0) -> Digits:
    """Load the UCI handwritten digits in a fixed split: 1,000 to train, 297 to validate, 500 to test.

    Parameters
    ----------
    n_train : int, optional
        Keep only this many training images (10 to 1,000), the classes in nearly equal shares. All of
        them, if left out. A larger number with the same ``seed`` keeps those of a smaller one.
    label_noise : float
        Share of the training labels, from 0 to 1, that is replaced by another digit (never by the
        right one). Validation and test labels stay right.
    seed : int
        Which images are kept and which labels are replaced. It changes nothing else: with neither
        asked for, the data are the same for every seed.

    Returns
    -------
    Digits
        New arrays at each call; change them as you like.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range.
    RuntimeError
        If the data file is missing or damaged.

    References
    ----------
    E. Alpaydin and C. Kaynak (1998). Optical Recognition of Handwritten Digits. UCI Machine Learning
    Repository. doi:10.24432/C50P49. License: CC BY 4.0.

    Examples
    --------
    >>> data = digits(n_train=100)
    >>> data.X_train.shape, data.X_val.shape, data.X_test.shape
    ((100, 64), (297, 64), (500, 64))
    >>> np.bincount(data.y_train).tolist()
    [10, 10, 10, 10, 10, 10, 10, 10, 10, 10]
    """
    seed = count(seed, "seed")
    noise = number(label_noise, "label_noise", low=0, high=1)
    images, labels, order = _stored()
    train, val, test = np.split(order, (N_TRAIN, N_TRAIN + N_VAL))
    if n_train is not None:
        train = _few(train, labels, _at_most(n_train, N_TRAIN, "images"), seed)
    y_train = _with_wrong_labels(labels[train], noise, seed)
    return Digits(
        images[train] / 16, y_train, images[val] / 16, labels[val], images[test] / 16, labels[test]
    )


def digits_1d(n_train: int | None = None, label_noise: float = 0.0, seed: int = 0) -> Digits:
    """Load curves that are hard to tell apart: 2,500 to train, 500 to validate, 1,000 to test.

    Each class has one curve; an example is that curve at a random place, of random width, height and
    tilt, under noise. A linear classifier comes to less than half of the test examples, a network of 100
    hidden units to about two thirds, with nearly all training examples right: there is much to gain by
    regularization, and methods differ that do equally well on the easier digits. After MNIST-1D [1]_, with curves
    and code of our own (``tools/make_digits_1d.py``).

    Parameters
    ----------
    n_train : int, optional
        Keep only this many training examples (10 to 2,500), the classes in nearly equal shares. All of
        them, if left out. A larger number with the same ``seed`` keeps those of a smaller one.
    label_noise : float
        Share of the training labels, from 0 to 1, that is replaced by another class. Validation and
        test labels stay right.
    seed : int
        Which examples are kept and which labels are replaced; nothing else.

    Returns
    -------
    Digits
        New arrays at each call; change them as you like.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or is out of range.
    RuntimeError
        If the data file is missing or damaged.

    References
    ----------
    .. [1] S. Greydanus and D. Kobak (2024). Scaling down deep learning with MNIST-1D.
       arXiv:2011.14439.

    Examples
    --------
    >>> data = digits_1d()
    >>> data.X_train.shape, data.X_val.shape, data.X_test.shape
    ((2500, 40), (500, 40), (1000, 40))
    """
    seed = count(seed, "seed")
    noise = number(label_noise, "label_noise", low=0, high=1)
    curves, labels = _stored_1d()
    train, val, test = np.split(np.arange(len(labels)), (N_TRAIN_1D, N_TRAIN_1D + N_VAL_1D))
    if n_train is not None:
        train = _few(train, labels, _at_most(n_train, N_TRAIN_1D, "examples"), seed)
    y_train = _with_wrong_labels(labels[train], noise, seed)
    return Digits(
        curves[train] / 24, y_train, curves[val] / 24, labels[val], curves[test] / 24, labels[test]
    )


def _at_most(n_train: int, there_are: int, what: str) -> int:
    n = count(n_train, "n_train", low=N_CLASSES)
    if n > there_are:
        raise ValueError(f"n_train is {n}, but there are only {there_are} training {what}.")
    return n


def _few(members: Array, labels: Array, n: int, seed: int) -> Array:
    """Choose ``n`` of ``members``, the classes taking turns."""
    keys = np.random.default_rng([seed, 1]).random(members.size)
    turn = np.empty(members.size)
    for label in range(N_CLASSES):
        of_class = np.flatnonzero(labels[members] == label)
        turn[of_class[np.argsort(keys[of_class])]] = np.arange(of_class.size)
    # Whoever has the same turn is in the order of the keys, so no class is always served first.
    return members[np.lexsort((keys, turn))[:n]]


def _with_wrong_labels(y: Array, share: float, seed: int) -> Array:
    """Return a copy in which ``share`` of the labels is moved on by 1 to 9 (so never by nothing)."""
    rng = np.random.default_rng([seed, 2])
    chosen = np.argsort(rng.random(y.size))[: round(share * y.size)]
    moves = 1 + np.floor(rng.random(y.size) * (N_CLASSES - 1)).astype(np.int64)
    noisy = y.copy()
    noisy[chosen] = (y[chosen] + moves[chosen]) % N_CLASSES
    return noisy


@functools.cache
def _stored() -> tuple[Array, Array, Array]:
    """Return images (1797, 64), labels (1797,) and the order of the split (1797,), checked."""
    stored = _read("digits.npz", _SHA256)
    return stored["images"], stored["labels"].astype(np.int64), stored["order"].astype(np.int64)


@functools.cache
def _stored_1d() -> tuple[Array, Array]:
    """Return curves (4000, 40) and labels (4000,), checked; they are in the order of the split."""
    stored = _read("digits_1d.npz", _SHA256_1D)
    return stored["curves"], stored["labels"].astype(np.int64)


def _read(name: str, sha256: str) -> dict[str, Array]:
    """Return the arrays in a file of the package, or say how to mend it."""
    mend = (
        "Install course_lib again (pip install --force-reinstall course-lib; "
        "in a clone of the repository: git checkout course_lib/data)."
    )
    try:
        content = files("course_lib").joinpath("data", name).read_bytes()
    except OSError as error:
        raise RuntimeError(f"the data file {name} can't be read ({error}). {mend}") from None
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise RuntimeError(
            f"the data file {name} is damaged: its SHA-256 begins {found[:12]}, not {sha256[:12]}. {mend}"
        )
    with np.load(io.BytesIO(content)) as stored:
        return dict(stored)
