"""What is kept of a run, epoch by epoch. Part of :mod:`course_lib.training`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ._validate import Array, count
from .datasets import Digits
from .models import Model

__all__ = ["Measured", "Record", "accuracy_on_test", "length", "minibatches", "show_bar", "why"]


class Measured(NamedTuple):
    """Where the weights stand."""

    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float


class Record:
    """Measurements after each epoch, and the weights of the best one.

    Attributes
    ----------
    rows : list of Measured
        The first is from before training.
    best_epoch : int
        With the lowest validation loss.
    best : (ndarray, ndarray or None)
        Weights and running statistics of that epoch.
    """

    def __init__(self, model: Model, data: Digits, w: Array, running: Array | None) -> None:
        self.model, self.data, self.w, self.running = model, data, w, running
        self.rows: list[Measured] = []
        self.best_epoch = 0
        self.take()

    def take(self) -> Measured:
        """Measure the weights as they are now."""
        data = self.data
        now = Measured(
            *_evaluate(self.model, self.w, data.X_train, data.y_train, self.running),
            *_evaluate(self.model, self.w, data.X_val, data.y_val, self.running),
        )
        self.rows.append(now)
        if len(self.rows) == 1 or now.val_loss < self.rows[self.best_epoch].val_loss:
            self.best_epoch = len(self.rows) - 1
            kept = None if self.running is None else self.running.copy()
            self.best = self.w.copy(), kept
        return now

    @property
    def waited(self) -> int:
        """Epochs since the best one."""
        return len(self.rows) - 1 - self.best_epoch


def minibatches(
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


def length(epochs: int | None, per_epoch: int, budget: int | None, cost: int) -> tuple[int, int]:
    """Return how many steps a run has at most, and how many epochs they begin."""
    if budget is None:
        if epochs is None:
            raise ValueError("epochs is None: then max_evaluations must say when to stop.")
        return count(epochs, "epochs") * per_epoch, count(epochs, "epochs")
    steps = count(budget, "max_evaluations") // cost
    if epochs is not None:
        steps = min(steps, count(epochs, "epochs") * per_epoch)
        return steps, count(epochs, "epochs")
    return steps, -(-steps // per_epoch)


def accuracy_on_test(model: Model, data: Digits, w: Array, running: Array | None) -> float:
    """Return the share of test examples that are right."""
    return _evaluate(model, w, data.X_test, data.y_test, running)[1]


def _evaluate(
    model: Model, w: Array, X: Array, y: Array, running: Array | None
) -> tuple[float, float]:
    return model.evaluate(w, X, y) if running is None else model.evaluate(w, X, y, running)


def show_bar(epoch: int, epochs: int, measured: Measured) -> None:
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


def why(stopped: str, step: int, evaluations: int, best_epoch: int) -> str:
    """Say why a run ended early."""
    return {
        "diverged": f"The run diverged at step {step}.",
        "patience": f"Stopped early; the best epoch was {best_epoch}.",
        "budget": f"The budget is spent: {evaluations} gradients.",
    }[stopped]
