"""Mistakes in gradient descent.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def only_the_end(grad, w0, lr, steps):
    """only the last point is returned

    The path is asked for: every point, from w0 to the last. Put each new w into a list, and return
    the list as an array.
    """
    w = np.array(w0, dtype=float)
    for _ in range(steps):
        w = w - lr * grad(w)
    return w


def start_left_out(grad, w0, lr, steps):
    """the path lacks its start

    The first row of the path is w0 itself, so there is one row more than there are steps. Put w0
    into the list before the loop.
    """
    w = np.array(w0, dtype=float)
    path = []
    for _ in range(steps):
        w = w - lr * grad(w)
        path.append(w)
    return np.array(path)


def end_left_out(grad, w0, lr, steps):
    """the last point is missing

    The point is put into the path before the step, so the one that the last step leads to never
    gets there. Put w0 in before the loop and the new w at the end of each round.
    """
    w = np.array(w0, dtype=float)
    path = []
    for _ in range(steps):
        path.append(w)
        w = w - lr * grad(w)
    return np.array(path)


def one_array_for_all(grad, w0, lr, steps):
    """every row of the path is the same array

    w -= ... changes w itself. The list then holds one array many times, and w0 is that array too.
    Write w = w - lr * ..., which makes a new array at every step.
    """
    w = w0
    path = [w]
    for _ in range(steps):
        w -= lr * grad(w)
        path.append(w)
    return np.array(path)


def rows_share_an_array(grad, w0, lr, steps):
    """every row of the path is the same array, a copy of w0

    w0 is safe, but w -= ... changes w itself, and the list holds that one array many times. Write
    w = w - lr * ..., or append w.copy().
    """
    w = w0.copy()
    path = [w]
    for _ in range(steps):
        w -= lr * grad(w)
        path.append(w)
    return np.array(path)


def start_overwritten(grad, w0, lr, steps):
    """the caller's w0 is overwritten

    w = w0 gives the same array a second name, and w -= ... changes it. The path is right, but the
    caller's start has moved. Write w = w - lr * ..., or begin with w0.copy().
    """
    w = w0
    path = [w.copy()]
    for _ in range(steps):
        w -= lr * grad(w)
        path.append(w.copy())
    return np.array(path)


def uphill(grad, w0, lr, steps):
    """the steps go uphill

    The gradient points to where the loss grows fastest. Subtract it: w - lr * grad(w).
    """
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(steps):
        w = w + lr * grad(w)
        path.append(w)
    return np.array(path)


def rate_left_out(grad, w0, lr, steps):
    """lr is left out

    The step is lr times the gradient: w - lr * grad(w).
    """
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(steps):
        w = w - grad(w)
        path.append(w)
    return np.array(path)


def gradient_of_the_start(grad, w0, lr, steps):
    """the gradient is always that at w0

    It is different at every point. Call grad inside the loop, with the current w.
    """
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(steps):
        w = w - lr * grad(w0)
        path.append(w)
    return np.array(path)


def gradient_computed_once(grad, w0, lr, steps):
    """the gradient is computed once, before the loop

    It is different at every point. Call grad inside the loop, with the current w.
    """
    w = np.array(w0, dtype=float)
    g = grad(w)
    path = [w]
    for _ in range(steps):
        w = w - lr * g
        path.append(w)
    return np.array(path)


def steps_from_the_start(grad, w0, lr, steps):
    """every step starts at w0

    The path then goes out from w0 again and again. Each step starts where the one before ended.
    """
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(steps):
        w = w0 - lr * grad(w)
        path.append(w)
    return np.array(path)


def unit_steps(grad, w0, lr, steps):
    """the gradient is divided by its length

    That makes every step lr long. Here the step is lr times the gradient as it is: long where the
    slope is steep, short where it is flat.
    """
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(steps):
        g = grad(w)
        w = w - lr * g / np.linalg.norm(g)
        path.append(w)
    return np.array(path)


def one_step_more(grad, w0, lr, steps):
    """it takes one step too many

    range(steps + 1) goes round steps + 1 times. The path has steps + 1 rows because w0 is one of
    them: range(steps) is right.
    """
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(steps + 1):
        w = w - lr * grad(w)
        path.append(w)
    return np.array(path)


def points_as_columns(grad, w0, lr, steps):
    """the points are columns

    Each point is a row: the path has shape (steps + 1, n), and path[t] is the point after t steps.
    """
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(steps):
        w = w - lr * grad(w)
        path.append(w)
    return np.array(path).T


def gradient_called_twice(grad, w0, lr, steps):
    """grad is called twice in each step

    The path is right, but each gradient costs a pass over the data. Call grad(w) once, keep the
    result under a name, and use that.
    """
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(steps):
        if np.all(np.isfinite(grad(w))):
            w = w - lr * grad(w)
        path.append(w)
    return np.array(path)


def stops_early(grad, w0, lr, steps):
    """it stops where the gradient is zero

    A good idea elsewhere, but here the path always has steps + 1 rows. Where the gradient is zero
    they are all the same.
    """
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(steps):
        g = grad(w)
        if np.linalg.norm(g) < 1e-8:
            break
        w = w - lr * g
        path.append(w)
    return np.array(path)


def whole_numbers_kept(grad, w0, lr, steps):
    """an array of whole numbers can't take in a fraction

    If w0 holds whole numbers, so does its copy, and w -= ... fails. Begin with
    np.array(w0, dtype=float), which is a copy too.
    """
    w = w0.copy()
    path = [w.copy()]
    for _ in range(steps):
        w -= lr * grad(w)
        path.append(w.copy())
    return np.array(path)
