"""Training on data: :func:`fit` runs any update rule over shuffled minibatches and keeps the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, count
from .datasets import Digits
from .models import Model
from .optimizers import FAR_AWAY, Rule, Stepper, as_optimizer, learning_rates

__all__ = ["History", "fit"]


class History(NamedTuple):
    """What happened during :func:`fit`.

    Attributes
    ----------
    model, rule : str
        Their names.
    w : ndarray of float64, shape (n,)
        The weights at the end; if the run diverged, those before the step where it did.
    losses : ndarray of float64, shape (steps,)
        Loss on each step's minibatch, before the step.
    train_losses, train_accuracy, val_accuracy : ndarray of float64, shape (epochs + 1,)
        On all training or validation data after each epoch; index 0 is before training.
    test_accuracy : float
        On the test data, at the end.
    evaluations : int
        Gradients of a minibatch that were computed: what the run cost.
    diverged_at : int or None
        Number of the step, counted from 1, after which a weight was not finite or beyond 1e10; None
        if there was none. The run ends there, and that epoch is not in the record.
    """

    model: str
    rule: str
    w: Array
    losses: Array
    train_losses: Array
    train_accuracy: Array
    val_accuracy: Array
    test_accuracy: float
    evaluations: int
    diverged_at: int | None


def fit(
    model: Model,
    data: Digits,
    rule: Rule = "adam",
    epochs: int = 20,
    batch_size: int = 32,
    lr: float | npt.ArrayLike | None = None,
    *,
    seed: int = 0,
    progress: bool = False,
    decay_biases: bool = False,
    **hyper: float,
) -> History:
    """Train a model on minibatches, reshuffled every epoch; the last one of an epoch may be smaller.

    Parameters
    ----------
    model : Model
    data : Digits
    rule : str, Optimizer or callable
        Name of an update rule, a row of ``OPTIMIZERS`` or a plain Python function
        ``f(w, g, *state, lr, **hyper)``; see :func:`course_lib.optimizers.from_function`.
    epochs, batch_size : int
        Passes over the training data; examples a step (all of them, if there are fewer).
    lr : float or array_like of float, shape (steps,), optional
        Learning rate: one for the run or one for each step. The rule's own default if left out.
    seed : int
        Start of the weights and order of the examples: the same seed gives the same run.
    progress : bool
        Print a bar, on one line of standard output.
    decay_biases : bool
        Whether ``weight_decay`` acts on the whole weight vector. If not, what
        :attr:`course_lib.models.Model.decay_mask` excludes is left alone: biases, scales and shifts.
    **hyper : float
        Hyperparameters of the rule that differ from its defaults.

    Returns
    -------
    History
        A run that diverges is a result too (``diverged_at``), not an error.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    Examples
    --------
    >>> from course_lib.datasets import digits
    >>> from course_lib.models import softmax_classifier
    >>> history = fit(softmax_classifier(), digits(), "adamw", epochs=3, lr=0.01)
    >>> history.test_accuracy > 0.9
    True
    >>> history.evaluations  # 32 steps an epoch: 31 batches of 32 examples and one of 8
    96
    """
    epochs = count(epochs, "epochs")
    n = len(data.X_train)
    batch_size = min(count(batch_size, "batch_size", low=1), n)
    steps_per_epoch = -(-n // batch_size)
    w = model.init(seed)
    row = as_optimizer(rule)
    masked = "weight_decay" in row.hyper and not decay_biases
    stepper = Stepper(row, w, decay_mask=model.decay_mask if masked else None, **hyper)
    rates = learning_rates(stepper.rule, lr, epochs * steps_per_epoch)
    losses: list[float] = []
    record = [_measure(model, data, w)]
    last_good = w.copy()
    diverged_at = None

    # A run on its way to infinity overflows; `diverged_at` tells that, not a warning.
    with np.errstate(all="ignore"):
        for rows, rate in zip(_minibatches(n, batch_size, epochs, seed), rates, strict=True):
            loss, gradient = model.loss_and_gradient(w, data.X_train[rows], data.y_train[rows])
            losses.append(loss)
            last_good[:] = w
            stepper.update(gradient, rate)
            if not np.abs(w).max() <= FAR_AWAY:  # "not <=": NaN compares false to everything
                diverged_at = stepper.t
                w[:] = last_good
                break
            if stepper.t % steps_per_epoch == 0:
                record.append(_measure(model, data, w))
                if progress:
                    _show_bar(stepper.t // steps_per_epoch, epochs, record[-1])
    if progress and diverged_at is not None:
        print(f"\nThe run diverged at step {diverged_at}.")
    train_losses, train_accuracy, val_accuracy = np.array(record).T.copy()
    return History(
        model.name, stepper.rule.name, w, np.array(losses), train_losses, train_accuracy,
        val_accuracy, model.accuracy(w, data.X_test, data.y_test), stepper.t, diverged_at,
    )  # fmt: skip


def _minibatches(n: int, batch_size: int, epochs: int, seed: int) -> Iterator[Array]:
    """Yield the rows of each minibatch: every example once an epoch, in a new order each time."""
    rng = np.random.default_rng([seed, 1])
    for _ in range(epochs):
        shuffled = rng.permutation(n)
        for start in range(0, n, batch_size):
            yield shuffled[start : start + batch_size]


def _measure(model: Model, data: Digits, w: Array) -> tuple[float, float, float]:
    """Return training loss, training accuracy and validation accuracy."""
    loss, _ = model.loss_and_gradient(w, data.X_train, data.y_train)
    return (
        loss,
        model.accuracy(w, data.X_train, data.y_train),
        model.accuracy(w, data.X_val, data.y_val),
    )


def _show_bar(epoch: int, epochs: int, measured: tuple[float, float, float]) -> None:
    """Rewrite the bar's line.

    On standard output, because nbgrader gives zero to a cell that wrote to standard error; and plain
    text, which looks the same in a terminal, a notebook and a browser. (rich draws in a notebook only
    with ipywidgets and warns, on standard error, where they are missing.)
    """
    filled = 20 * epoch // epochs
    loss, _, accuracy = measured
    print(
        f"\repoch {epoch:{len(str(epochs))}}/{epochs} {'█' * filled}{'·' * (20 - filled)} "
        f"loss {loss:.3f}, validation {accuracy:6.1%}",
        end="\n" if epoch == epochs else "",
        flush=True,
    )
