"""Training on data: :func:`fit` runs any update rule over shuffled minibatches and keeps the record."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ._epochs import Record, accuracy_on_test, length, minibatches, show_bar, why
from ._slope import BudgetSpent, Extras, Slope
from ._validate import Array, count, finite, of_type
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
        On all training or validation data after each epoch; index 0 is before training. The last
        epoch may have been cut short by the budget.
    test_accuracy : float
        On the test data, with ``w``.
    evaluations : int
        Gradients of a minibatch that were computed, counted here: what the run cost. SAM needs two a
        step.
    diverged_at : int or None
        Number of the step, counted from 1, after which a weight was not finite or beyond 1e10; None
        if there was none. The run ends there, and that epoch is not in the record.
    val_losses : ndarray of float64, shape (epochs + 1,)
        Like ``train_losses``, on the validation data.
    best_epoch : int
        The one with the lowest validation loss; 0 is before training.
    statistics : ndarray of float64 or None
        Running statistics of a model with batch normalization, belonging to ``w``.
    stopped : ``"finished"``, ``"budget"``, ``"patience"`` or ``"diverged"``
        Why the run ended: all epochs done, no gradients left in the budget, early stopping, or weights
        that are not finite or far away.
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
    stopped: Literal["finished", "budget", "patience", "diverged"]


def fit(
    model: Model,
    data: Digits,
    rule: Rule = "adam",
    epochs: int | None = 20,
    batch_size: int = 32,
    lr: float | npt.ArrayLike | Schedule | Callable[[Any], Any] | None = None,
    *,
    seed: int = 0,
    progress: bool = False,
    sam_rho: float = 0.0,
    sam_m: int | None = None,
    sam_step: Callable[..., Any] | None = None,
    ghost: int | None = None,
    ghost_batch_norm: Callable[..., Any] | None = None,
    max_evaluations: int | None = None,
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
        ``f(w, g, *state, lr, **hyper)``; see :func:`~course_lib.optimizers.from_function`.
    epochs : int or None
        Passes over the training data; None for as many as ``max_evaluations`` pays for.
    batch_size : int
        Examples a step (all of them, if there are fewer).
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
    sam_step : callable, optional
        Your own ``sam_step(loss_grad, w, lr, rho)``, which returns the new weights, for ``sam_rho``
        above 0. It is called with a rate of 1, so that what w loses is the gradient that ``rule`` takes
        its step along. Every call of ``loss_grad`` is counted.
    ghost : int, at least 1, optional
        Examples in a ghost, for a model with batch normalization; the whole minibatch if left out.
    ghost_batch_norm : callable, optional
        Your own ``ghost_batch_norm(X, g, gamma, beta, eps)`` for the way forward in training. The way
        back is the library's, through the statistics of ghosts of g examples: it is the gradient of
        your function only if yours computes what :func:`~course_lib.normalization.ghost_batch_norm`
        does.
    max_evaluations : int, at least 0, optional
        Budget: the run ends before the step that would need more gradients of a minibatch.
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
        If an argument has the wrong form or range, or a function of yours returns another form.

    Examples
    --------
    >>> from course_lib.datasets import digits
    >>> from course_lib.models import softmax_classifier
    >>> model, data = softmax_classifier(), digits()
    >>> history = fit(model, data, "adamw", epochs=3, lr=0.01)
    >>> history.test_accuracy > 0.9
    True
    >>> history.evaluations  # an epoch: 31 batches of 32 and one of 8
    96
    >>> budget = {"epochs": None, "max_evaluations": 21}
    >>> history = fit(model, data, sam_rho=0.05, **budget)
    >>> history.evaluations, history.losses.size, history.stopped
    (20, 10, 'budget')
    """
    of_type(model, Model, "model", "two_layer_network()")
    of_type(data, Digits, "data", "digits()")
    n = len(finite(data.X_train, "X_train"))
    if not n:
        raise ValueError("X_train has no examples; there must be at least one.")
    batch_size = min(count(batch_size, "batch_size", low=1), n)
    per_epoch = -(-n // batch_size)
    early = patience is not None
    patience = 0 if patience is None else count(patience, "patience", low=1)
    w, running = model.init(seed), model.new_statistics()
    extras = Extras(sam_rho, sam_m, sam_step, ghost, ghost_batch_norm, max_evaluations)
    slope = Slope(model, w, running, batch_size, extras)
    open_end = epochs is None
    steps, epochs = length(epochs, per_epoch, max_evaluations, slope.cost)
    row = as_optimizer(rule)
    masked = "weight_decay" in row.hyper and not decay_biases
    stepper = Stepper(row, w, decay_mask=model.decay_mask if masked else None, **hyper)
    rates = _rates(stepper.rule, lr, steps)
    losses: list[float] = []
    record = Record(model, data, w, running)
    last_good = w.copy()
    stopped: Literal["finished", "budget", "patience", "diverged"]
    stopped = "budget" if open_end or steps < epochs * per_epoch else "finished"

    # A run on its way to infinity overflows; `diverged_at` tells that, not a warning.
    with np.errstate(all="ignore"):
        batches = itertools.islice(minibatches(data, batch_size, epochs, seed), steps)
        for (X, y), rate in zip(batches, rates, strict=True):
            try:
                loss, gradient = slope(w, X, y)
            except BudgetSpent:
                stopped = "budget"
                break
            losses.append(loss)
            last_good[:] = w
            stepper.update(gradient, rate)
            if not np.abs(w).max() <= FAR_AWAY:  # "not <=": NaN compares false to everything
                w[:] = last_good
                stopped = "diverged"
                break
            if stepper.t % per_epoch == 0:
                now = record.take()
                if progress:
                    show_bar(len(record.rows) - 1, epochs, now)
                if early and record.waited >= patience and stepper.t < steps:
                    stopped = "patience"
                    break
    if stopped == "budget" and stepper.t % per_epoch:
        record.take()
    if progress and stopped != "finished":
        print(f"\n{why(stopped, stepper.t, slope.evaluations, record.best_epoch)}")
    if early:
        w, running = record.best
    train_losses, train_accuracy, val_losses, val_accuracy = np.array(record.rows).T.copy()
    return History(
        model.name, stepper.rule.name, w, np.array(losses), train_losses, train_accuracy,
        val_accuracy, accuracy_on_test(model, data, w, running), slope.evaluations,
        stepper.t if stopped == "diverged" else None, val_losses, record.best_epoch, running, stopped,
    )  # fmt: skip


def _rates(rule: Optimizer, lr: Any, steps: int) -> Array:
    """Return the learning rate of every step."""
    if callable(lr) or isinstance(lr, Schedule):
        lr = rates_of(lr, steps)
    return learning_rates(rule, lr, steps)
