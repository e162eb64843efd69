"""Splitting the examples into minibatches.

Any right way to shuffle is accepted: answers are not compared with the reference but asked what must
be true of them. Where chance enters, a right answer fails with a probability below 1e-16.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..._validate import Array
from ..exercise import Failure
from ..rows import exercise, prop
from ..trial import Trial
from . import minibatches_mistakes as wrong
from .minibatches_seen import fingerprint, in_order, side_by_side


def _minibatches(n, m, rng):
    shuffled = rng.permutation(n)
    return [shuffled[start : start + m] for start in range(0, n, m)]


# ---------------------------------------------------------------------- other right ways


def _shuffled_in_place(n, m, rng):
    order = np.arange(n)
    rng.shuffle(order)
    batches = []
    while len(order):
        batches.append(order[:m])
        order = order[m:]
    return batches


def _sorted_by_lot(n, m, rng):
    order = np.argsort(rng.random(n))
    return tuple(np.split(order, range(m, n, m)))


def _drawn_without_replacement(n, m, rng):
    left = list(range(n))
    while left:
        batch = [int(i) for i in rng.choice(left, size=min(m, len(left)), replace=False)]
        left = [i for i in left if i not in batch]
        yield np.array(batch)


def _card_by_card(n, m, rng):
    order = list(range(n))
    for last in range(n - 1, 0, -1):
        other = int(rng.integers(last + 1))
        order[last], order[other] = order[other], order[last]
    return [order[start : start + m] for start in range(0, n, m)]


def _sorted_inside(n, m, rng):
    shuffled = rng.choice(n, n, replace=False)
    return [np.sort(shuffled[k * m : (k + 1) * m]).astype(np.int32) for k in range(-(-n // m))]


def _second_generator(n, m, rng):
    mine = np.random.default_rng(rng.integers(2**62))
    shuffled = mine.permuted(np.arange(n))
    return [shuffled[start : min(start + m, n)] for start in range(0, n, m)]


# ---------------------------------------------------------------------------- the check


def _rng(trial: Trial, stream: int, draws: int = 0) -> np.random.Generator:
    """Return a generator; after ``draws``, it is where a later epoch would find it."""
    rng = trial.rng(stream)
    rng.random(draws)
    return rng


def _batches(trial: Trial, args: tuple[Any, ...]) -> list[Array]:
    """Call the answer; return its batches as arrays of int, if they are numbers of examples."""
    (batches,) = trial.call(*args)
    for batch in batches:
        if batch.ndim != 1:
            what = f"has shape {batch.shape}, but must be a row of numbers"
        elif not np.all(np.isin(batch, np.arange(args[0]))):
            what = f"holds something else than whole numbers from 0 to {args[0] - 1}"
        else:
            continue
        raise Failure(f"A batch {what}.", _shown(trial, args, batches))
    if not sum(map(len, batches)):
        raise Failure("There is no example in any batch.", _shown(trial, args, batches))
    return [batch.astype(int) for batch in batches]


def _shown(trial: Trial, args: tuple[Any, ...], batches: list[Array]) -> list[tuple[str, Any]]:
    """Return what a student needs to see: the arguments, and what came back."""
    return [*trial.name_arguments(args), ("your batches", batches)]


def form(trial: Trial) -> None:
    """It returns a list of arrays, each with numbers of examples from 0 to n − 1."""
    _batches(trial, (6, 3, _rng(trial, 1)))


def _sizes(trial: Trial, pairs: tuple[tuple[int, int], ...]) -> None:
    for n, m in pairs:
        args = (n, m, _rng(trial, 2))
        actual, expected = map(len, _batches(trial, args)), map(len, trial.reference(*args)[0])
        sizes = list(actual), list(expected)
        if sizes[0] != sizes[1]:
            raise Failure(
                f"The sizes of the batches are not right for {n} examples and m = {m}.",
                trial.name_arguments(args),
                sizes[1],
                sizes[0],
                "sizes",
            )


def whole_batches(trial: Trial) -> None:
    """If m divides n, there are n / m batches, each with m examples."""
    _sizes(trial, ((6, 2), (4, 2), (9, 3)) + (((40, 10), (30, 2)) if trial.hidden else ()))


def last_batch(trial: Trial) -> None:
    """If m does not divide n, the last batch holds what is left, and is smaller."""
    _sizes(trial, ((5, 2), (10, 4), (11, 3)) + (((50, 7), (23, 22)) if trial.hidden else ()))


def one_batch_and_many(trial: Trial) -> None:
    """It works for m = n, one batch, and for m = 1, a batch for each example."""
    _sizes(trial, ((3, 3), (4, 1), (1, 1)))


def _epoch(trial: Trial, args: tuple[Any, ...]) -> Array:
    """Return the order in which an epoch visits the examples, if it visits each once."""
    batches = _batches(trial, args)
    order = np.concatenate(batches)
    counts = np.bincount(order, minlength=args[0])
    for wrong_one, what in ((counts > 1, "in more than one place"), (counts < 1, "in no batch")):
        if wrong_one.any():
            which = int(np.argmax(wrong_one))
            raise Failure(f"Example {which} is {what}.", _shown(trial, args, batches))
    return order


def each_once(trial: Trial) -> None:
    """Every example is in exactly one batch."""
    for n, m in ((4, 2), (5, 2), (12, 5), (40, 8)) + (
        ((101, 10), (64, 60)) if trial.hidden else ()
    ):
        _epoch(trial, (n, m, _rng(trial, 3)))


def shuffled(trial: Trial) -> None:
    """The examples are shuffled: those side by side in the data don't stay together."""
    args = (60, 6, _rng(trial, 4))  # by chance about 5 of 50 pairs stay together
    batches = _batches(trial, args)
    if in_order(batches):
        what = "The batches follow the order of the data."
    elif side_by_side(batches):
        what = "Examples that stand side by side in the data stay together."
    else:
        return
    raise Failure(what, _shown(trial, args, batches))


def new_order_every_epoch(trial: Trial) -> None:
    """The next epoch has another order: it comes from rng, which has moved on."""
    first, later = ((30, 5, _rng(trial, 5, draws)) for draws in (0, 100))
    if np.array_equal(_epoch(trial, first), _epoch(trial, later)):
        raise Failure(
            "Two epochs had the same order, though rng had moved on in between.",
            trial.name_arguments(later),
        )


def every_place(trial: Trial) -> None:
    """Over many epochs, every example gets into every place."""
    # A right answer misses one of the 9 pairs in 100 epochs with probability 9 (2/3)**100 = 2e-17.
    seen = np.zeros((3, 3), dtype=bool)
    for epoch in range(100):
        seen[np.arange(3), _epoch(trial, (3, 1, _rng(trial, 6, 10 * epoch)))] = True
    if not seen.all():
        place, example = np.argwhere(~seen)[0]
        raise Failure(
            f"In 100 epochs with n = 3 and m = 1, batches[{place}] was never example {example}."
        )


def chance_from_rng_alone(trial: Trial) -> None:
    """All chance comes from rng: with equal generators, the batches are equal."""
    args = (30, 5, _rng(trial, 7))
    if not np.array_equal(_epoch(trial, args), _epoch(trial, args)):
        raise Failure(
            "Two calls with equal generators gave different batches.", trial.name_arguments(args)
        )


_ROW = exercise(
    "minibatches",
    "03_sgd",
    title="Minibatches",
    points=4,
    section="sec-minibatches",
    parameters=("n", "m", "rng"),
    returns=("batches",),
    kinds=("arrays",),
    reference=_minibatches,
    cases=lambda rng: [],
    properties=(
        prop(form, weight=0.0),
        whole_batches,
        prop(last_batch, after="whole_batches"),
        prop(each_once, after="last_batch", weight=2),
        prop(one_batch_and_many, after="each_once"),
        prop(shuffled, after="each_once"),
        prop(new_order_every_epoch, after="shuffled"),
        prop(every_place, after=("new_order_every_epoch", "one_batch_and_many")),
        prop(chance_from_rng_alone, after="new_order_every_epoch"),
    ),
    misconceptions=(
        wrong.with_replacement,
        wrong.drawn_anew,
        wrong.last_dropped,
        wrong.last_filled_up,
        wrong.last_joined,
        wrong.sizes_evened_out,
        wrong.m_batches,
        wrong.not_shuffled,
        wrong.batches_shuffled,
        wrong.shuffled_inside,
        wrong.rotated,
        wrong.same_order_every_epoch,
        wrong.other_generator,
        wrong.counted_from_one,
    ),
    correct=(
        _shuffled_in_place,
        _sorted_by_lot,
        _drawn_without_replacement,
        _card_by_card,
        _sorted_inside,
        _second_generator,
    ),
)

MINIBATCHES = dataclasses.replace(_ROW, fingerprint=fingerprint)
