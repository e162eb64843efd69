"""Mistakes in splitting examples into minibatches.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def with_replacement(n, m, rng):
    """the examples are drawn with replacement

    rng.integers and rng.choice may draw an example twice, and then leave another out. Shuffle all
    examples once with rng.permutation(n), and cut the result into pieces.
    """
    drawn = rng.integers(0, n, size=n)
    return [drawn[start : start + m] for start in range(0, n, m)]


def drawn_anew(n, m, rng):
    """every batch is drawn from all examples

    No batch holds an example twice, but two batches may share one, and others are left out. Shuffle
    all examples once with rng.permutation(n), and cut the result into pieces.
    """
    sizes = [min(m, n - start) for start in range(0, n, m)]
    return [rng.choice(n, size=size, replace=False) for size in sizes]


def last_dropped(n, m, rng):
    """the last, smaller batch is dropped

    n // m batches leave out n % m examples. Begin a batch at 0, m, 2m, ... as long as that is below
    n: range(0, n, m). A slice that reaches beyond the end is cut by itself.
    """
    shuffled = rng.permutation(n)
    return [shuffled[k * m : (k + 1) * m] for k in range(n // m)]


def last_filled_up(n, m, rng):
    """the last batch is filled up with examples that were used

    They would count twice in this epoch. Let the last batch be smaller.
    """
    shuffled = rng.permutation(n)
    batches = -(-n // m)
    return list(np.resize(shuffled, (batches, m)))


def last_joined(n, m, rng):
    """what is left is put into the last whole batch

    That batch is then larger than m. Let what is left be a batch of its own.
    """
    shuffled = rng.permutation(n)
    ends = [k * m for k in range(1, n // m)]
    return np.split(shuffled, ends)


def sizes_evened_out(n, m, rng):
    """the sizes are evened out

    np.array_split makes pieces of nearly equal size. Here every batch has m examples but for the
    last: cut at m, 2m, 3m and so on.
    """
    return np.array_split(rng.permutation(n), -(-n // m))


def m_batches(n, m, rng):
    """there are m batches

    m is the number of examples in a batch, not the number of batches.
    """
    return np.array_split(rng.permutation(n), m)


def not_shuffled(n, m, rng):
    """the examples are not shuffled

    The batches follow the order of the data, which is often sorted in some way. Shuffle first:
    rng.permutation(n).
    """
    order = np.arange(n)
    return [order[start : start + m] for start in range(0, n, m)]


def batches_shuffled(n, m, rng):
    """the batches are shuffled, but not the examples

    The same examples meet in one batch in every epoch. Shuffle the examples first, with
    rng.permutation(n), and cut afterwards.
    """
    order = np.arange(n)
    batches = [order[start : start + m] for start in range(0, n, m)]
    whole = [batch for batch in batches if len(batch) == m]
    return [whole[k] for k in rng.permutation(len(whole))] + batches[len(whole) :]


def shuffled_inside(n, m, rng):
    """only the inside of each batch is shuffled

    Which examples are in a batch stays the same, and the order inside does not matter to a mean.
    Shuffle all examples first, with rng.permutation(n), and cut afterwards.
    """
    return [rng.permutation(np.arange(start, min(start + m, n))) for start in range(0, n, m)]


def rotated(n, m, rng):
    """the order is only rotated

    A random start is not enough: examples side by side in the data stay together. Use
    rng.permutation(n).
    """
    order = np.roll(np.arange(n), rng.integers(n))
    return [order[start : start + m] for start in range(0, n, m)]


def same_order_every_epoch(n, m, rng):
    """every epoch has the same order

    A generator with a fixed seed inside the function begins anew at every call. Use the rng that is
    passed in: it moves on by itself.
    """
    shuffled = np.random.default_rng(0).permutation(n)
    return [shuffled[start : start + m] for start in range(0, n, m)]


def other_generator(n, m, rng):
    """chance does not come from rng

    With a generator of your own (np.random.permutation uses one that all share) no run can be
    repeated. Use the one that is passed in: rng.permutation(n).
    """
    shuffled = np.random.default_rng().permutation(n)
    return [shuffled[start : start + m] for start in range(0, n, m)]


def counted_from_one(n, m, rng):
    """the examples are counted from 1

    The first row of the data has number 0 and the last n - 1. That is what rng.permutation(n)
    shuffles.
    """
    shuffled = 1 + rng.permutation(n)
    return [shuffled[start : start + m] for start in range(0, n, m)]
