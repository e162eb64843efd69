"""Training on data: :func:`fit` runs any update rule over shuffled minibatches and keeps the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._sam import perturb
from ._validate import Array, count, finite, number
from .datasets import Digits
from .models import Model
from .optimizers import FAR_AWAY, Optimizer, Rule, Stepper, as_optimizer, learning_rates
from .schedules import Schedule
from .schedules import rates as rates_of

__all__ = ["History", "fit"]


class History(NamedTuple):
    """What happened during :func:`fit`.

    Attributes
    ----------
    model, rule : str
        Their names.
    w : ndarray of float64, shape (n,)
        The weights at the end; if the run diverged, those before the step where it did; with early
        stopping, those of the best epoch.
    losses : ndarray of float64, shape (steps,)
        Loss on each step's minibatch, before the step.
    train_losses, train_accuracy, val_accuracy : ndarray of float64, shape (epochs + 1,)
        On all training or validation data after each epoch; index 0 is before training.
    test_accuracy : float
        On the test data, with ``w``.
    evaluations : int
        Gradients of a minibatch that were computed: what the run cost. SAM needs two a step.
    diverged_at : int or None
        Number of the step, counted from 1, after which a weight was not finite or beyond 1e10; None
        if there was none. The run ends there, and that epoch is not in the record.
    val_losses : ndarray of float64, shape (epochs + 1,)
        Like ``train_losses``, on the validation data.
    best_epoch : int
        The one with the lowest validation loss; 0 is before training.
    statistics : ndarray of float64 or None
        Running statistics of a model with batch normalization, belonging to ``w``.
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
    val_losses: Array
    best_epoch: int
    statistics: Array | None


def fit(
    model: Model,
    data: Digits,
    rule: Rule = "adam",
    epochs: int = 20,
    batch_size: int = 32,
    lr: float | npt.ArrayLike | Schedule | Callable[[Any], Any] | None = None,
    *,
    seed: int = 0,
    progress: bool = False,
    sam_rho: float = 0.0,
    sam_m: int | None = None,
    ghost: int | None = None,
    patience: int | None = None,
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
    lr : float, array_like of float, shape (steps,), or schedule, optional
        Learning rate: one for the run, one for each step, or a function of the step (counted from 0),
        such as one of :mod:`course_lib.schedules`. The rule's own default if left out.
    seed : int
        Start of the weights and order of the examples: the same seed gives the same run.
    progress : bool
        Print a bar, on one line of standard output.
    sam_rho : float, at least 0
        Radius ρ of sharpness-aware minimization; with 0 there is none.
    sam_m : int, at least 1, optional
        Examples that share SAM's perturbation (m-sharpness); the whole minibatch if left out.
    ghost : int, at least 1, optional
        Examples in a ghost, for a model with batch normalization; the whole minibatch if left out.
    patience : int, at least 1, optional
        Stop early, after this many epochs in a row without a lower validation loss, and return the
        weights of the best epoch.
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
    epochs, n = count(epochs, "epochs"), len(finite(data.X_train, "X_train"))
    if not n:
        raise ValueError("X_train has no examples; there must be at least one.")
    batch_size = min(count(batch_size, "batch_size", low=1), n)
    early = patience is not None
    patience = epochs if patience is None else count(patience, "patience", low=1)
    steps_per_epoch = -(-n // batch_size)
    w, running = model.init(seed), model.new_statistics()
    slope = _Slope(model, w, running, batch_size, sam_rho, sam_m, ghost)
    row = as_optimizer(rule)
    masked = "weight_decay" in row.hyper and not decay_biases
    stepper = Stepper(row, w, decay_mask=model.decay_mask if masked else None, **hyper)
    rates = _rates(stepper.rule, lr, epochs * steps_per_epoch)
    losses: list[float] = []
    record = [_measure(model, data, w, running)]
    best = _Best(0, w.copy(), None if running is None else running.copy())
    last_good = w.copy()
    diverged_at = None

    # A run on its way to infinity overflows; `diverged_at` tells that, not a warning.
    with np.errstate(all="ignore"):
        for (X, y), rate in zip(_minibatches(data, batch_size, epochs, seed), rates, strict=True):
            loss, gradient = slope(w, X, y)
            losses.append(loss)
            last_good[:] = w
            stepper.update(gradient, rate)
            if not np.abs(w).max() <= FAR_AWAY:  # "not <=": NaN compares false to everything
                diverged_at = stepper.t
                w[:] = last_good
                break
            if stepper.t % steps_per_epoch == 0:
                record.append(_measure(model, data, w, running))
                if progress:
                    _show_bar(len(record) - 1, epochs, record[-1])
                if record[-1].val_loss < record[best.epoch].val_loss:
                    kept = None if running is None else running.copy()
                    best = _Best(len(record) - 1, w.copy(), kept)
                elif early and len(record) - 1 - best.epoch >= patience:
                    break
    if progress and diverged_at is not None:
        print(f"\nThe run diverged at step {diverged_at}.")
    elif progress and len(record) <= epochs:
        print(f"\nStopped early; the best epoch was {best.epoch}.")
    if early:
        w, running = best.w, best.running
    train_losses, train_accuracy, val_losses, val_accuracy = np.array(record).T.copy()
    return History(
        model.name, stepper.rule.name, w, np.array(losses), train_losses, train_accuracy,
        val_accuracy, _evaluate(model, w, data.X_test, data.y_test, running)[1],
        slope.cost * stepper.t, diverged_at, val_losses, best.epoch, running,
    )  # fmt: skip


class _Slope:
    """Loss and gradient of a minibatch, as training wants them: with SAM, ghosts, running statistics."""

    def __init__(
        self, model: Model, w: Array, running: Array | None, batch_size: int, sam_rho: float,
        sam_m: int | None, ghost: int | None,
    ) -> None:  # fmt: skip
        self.model, self.running = model, running
        self.rho, self.nearby = number(sam_rho, "sam_rho", low=0), np.empty_like(w)
        self.m = batch_size if sam_m is None else count(sam_m, "sam_m", low=1)
        self.ghost = batch_size if ghost is None else count(ghost, "ghost", low=1)
        self.cost = 2 if self.rho else 1  # gradients of a minibatch for one step
        for size, name in ((self.m, "sam_m"), (self.ghost, "ghost")):
            if size > batch_size:
                raise ValueError(f"{name} is {size}, but a minibatch has {batch_size} examples.")
        if ghost is not None and running is None:
            raise ValueError(
                "ghost needs a model with batch normalization, mlp(…, batch_norm=True): without it, "
                "the mean over ghosts is the mean over the minibatch."
            )
        if sam_m is not None and not self.rho:
            raise ValueError("sam_m needs SAM: give sam_rho a value above 0.")

    def __call__(self, w: Array, X: Array, y: Array) -> tuple[float, Array]:
        """Return the loss at w and the gradient for the step."""
        if not self.rho:
            return self._plain(w, X, y, self.running)
        if self.m >= len(X):
            return self._sam(w, X, y)
        total, gradient = 0.0, np.zeros_like(w)
        for start in range(0, len(X), self.m):
            part = slice(start, start + self.m)
            loss, g = self._sam(w, X[part], y[part])
            share = len(y[part]) / len(y)
            total += share * loss
            gradient += share * g
        return total, gradient

    def _sam(self, w: Array, X: Array, y: Array) -> tuple[float, Array]:
        """Two gradients on the same examples; only the first is of the weights' own statistics."""
        loss, g = self._plain(w, X, y, self.running)
        perturb(w, g, self.rho, self.nearby)
        return loss, self._plain(self.nearby, X, y, None)[1]

    def _plain(self, w: Array, X: Array, y: Array, update: Array | None) -> tuple[float, Array]:
        if self.running is None:
            return self.model.loss_and_gradient(w, X, y)
        ghost = min(self.ghost, len(X))
        return self.model.loss_and_gradient(w, X, y, ghost=ghost, update=update)


class _Best(NamedTuple):
    """The epoch with the lowest validation loss so far."""

    epoch: int
    w: Array
    running: Array | None


class _Measured(NamedTuple):
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float


def _rates(rule: Optimizer, lr: Any, steps: int) -> Array:
    """Return the learning rate of every step."""
    if callable(lr) or isinstance(lr, Schedule):
        lr = rates_of(lr, steps)
    return learning_rates(rule, lr, steps)


def _minibatches(
    data: Digits, batch_size: int, epochs: int, seed: int
) -> Iterator[tuple[Array, Array]]:
    """Yield the minibatches: every example once an epoch, in a new order each time."""
    rng = np.random.default_rng([seed, 1])
    n = len(data.X_train)
    for _ in range(epochs):
        order = rng.permutation(n)
        X, y = data.X_train[order], data.y_train[order]
        for start in range(0, n, batch_size):
            yield X[start : start + batch_size], y[start : start + batch_size]


def _measure(model: Model, data: Digits, w: Array, running: Array | None) -> _Measured:
    """Return loss and accuracy on training and validation data."""
    return _Measured(
        *_evaluate(model, w, data.X_train, data.y_train, running),
        *_evaluate(model, w, data.X_val, data.y_val, running),
    )


def _evaluate(
    model: Model, w: Array, X: Array, y: Array, running: Array | None
) -> tuple[float, float]:
    return model.evaluate(w, X, y) if running is None else model.evaluate(w, X, y, running)


def _show_bar(epoch: int, epochs: int, measured: _Measured) -> None:
    """Rewrite the bar's line.

    On standard output, because nbgrader gives zero to a cell that wrote to standard error; and plain
    text, which looks the same in a terminal, a notebook and a browser. (rich draws in a notebook only
    with ipywidgets and warns, on standard error, where they are missing.)
    """
    filled = 20 * epoch // epochs
    print(
        f"\repoch {epoch:{len(str(epochs))}}/{epochs} {'█' * filled}{'·' * (20 - filled)} "
        f"loss {measured.train_loss:.3f}, validation {measured.val_accuracy:6.1%}",
        end="\n" if epoch == epochs else "",
        flush=True,
    )
