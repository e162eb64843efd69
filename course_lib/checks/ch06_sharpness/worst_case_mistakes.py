"""Mistakes people make in measuring the worst case nearby.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def random_direction(loss_grad, w, rho, rng, steps):
    """it looks in a random direction only

    The start is random, but it is only the start: from there, ascent looks for the worst direction. In
    many dimensions a random one is nearly always harmless. Use the gradient at w + epsilon to find the
    next epsilon, steps times.
    """
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    here = loss_grad(w)[0]
    return max(0.0, loss_grad(w + e)[0] - here)


def baseline_kept(loss_grad, w, rho, rng, steps):
    """the loss at w is not subtracted

    Sharpness is the rise above the loss at w. The highest loss nearby also tells how high w lies
    itself, which is another question.
    """
    highest = loss_grad(w)[0]
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    for _ in range(steps + 1):
        loss, g = loss_grad(w + e)
        highest = max(highest, loss)
        length = np.sqrt(np.sum(g**2))
        if length > 0:
            e = rho * g / length
    return highest


def starts_at_the_gradient(loss_grad, w, rho, rng, steps):
    """it starts from the gradient at w

    That is SAM's step, good enough far from a minimum. At a minimum the gradient is zero and shows no
    direction, and that is where sharpness is asked for. Start from rng.standard_normal(w.shape).
    """
    here, g = loss_grad(w)
    length = np.sqrt(np.sum(g**2))
    e = rho * g / length if length > 0 else 0 * g
    highest = here
    for _ in range(steps + 1):
        loss, g = loss_grad(w + e)
        highest = max(highest, loss)
        length = np.sqrt(np.sum(g**2))
        if length > 0:
            e = rho * g / length
    return highest - here


def start_not_scaled(loss_grad, w, rho, rng, steps):
    """the random start is not brought to the length rho

    rho times a random vector is about rho · √n long, outside of the ball, where the loss may be higher
    than anything inside. Divide by the vector's norm.
    """
    here = loss_grad(w)[0]
    e = rho * rng.standard_normal(w.shape)
    highest = here
    for _ in range(steps + 1):
        loss, g = loss_grad(w + e)
        highest = max(highest, loss)
        length = np.sqrt(np.sum(g**2))
        if length > 0:
            e = rho * g / length
    return highest - here


def gradient_at_w(loss_grad, w, rho, rng, steps):
    """the gradient is always taken at w

    It never changes then, and neither does epsilon. The next epsilon follows the gradient at the place
    that was found last, w + epsilon.
    """
    here, first = loss_grad(w)
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    highest = here
    for _ in range(steps + 1):
        highest = max(highest, loss_grad(w + e)[0])
        length = np.sqrt(np.sum(first**2))
        if length > 0:
            e = rho * first / length
    return highest - here


def leaves_the_ball(loss_grad, w, rho, rng, steps):
    """the steps add up and leave the ball

    Each new epsilon takes the place of the old one: epsilon = rho * g / ‖g‖. Added to the old one, it
    gets longer and longer than rho, and the loss found there does not count.
    """
    here = loss_grad(w)[0]
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    highest = here
    for _ in range(steps + 1):
        loss, g = loss_grad(w + e)
        highest = max(highest, loss)
        length = np.sqrt(np.sum(g**2))
        if length > 0:
            e = e + rho * g / length
    return highest - here


def goes_down(loss_grad, w, rho, rng, steps):
    """epsilon goes against the gradient

    The worst case is uphill: epsilon = + rho * g / ‖g‖.
    """
    here = loss_grad(w)[0]
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    highest = here
    for _ in range(steps + 1):
        loss, g = loss_grad(w + e)
        highest = max(highest, loss)
        length = np.sqrt(np.sum(g**2))
        if length > 0:
            e = -rho * g / length
    return highest - here


def not_normalized(loss_grad, w, rho, rng, steps):
    """epsilon is not brought to the length rho

    rho * g is as long as the gradient happens to be. Divide by its norm, so that epsilon ends on the
    ball's surface.
    """
    here = loss_grad(w)[0]
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    highest = here
    for _ in range(steps + 1):
        loss, g = loss_grad(w + e)
        highest = max(highest, loss)
        e = rho * g
    return highest - here


def last_not_highest(loss_grad, w, rho, rng, steps):
    """the last loss is taken, not the highest

    On a bent landscape ascent can step over the top, and the last place may be lower than an earlier
    one, or lower than w itself. Keep the highest loss seen; w itself counts, so the result is never
    below zero.
    """
    here = loss_grad(w)[0]
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    loss, g = loss_grad(w + e)
    for _ in range(steps):
        length = np.sqrt(np.sum(g**2))
        if length > 0:
            e = rho * g / length
        loss, g = loss_grad(w + e)
    return loss - here


def falls_count(loss_grad, w, rho, rng, steps):
    """a fall of the loss counts like a rise

    The worst case is the highest loss nearby. A loss that is far lower is good news: leave out the
    absolute value.
    """
    here = loss_grad(w)[0]
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    most = 0.0
    for _ in range(steps + 1):
        loss, g = loss_grad(w + e)
        most = max(most, abs(loss - here))
        length = np.sqrt(np.sum(g**2))
        if length > 0:
            e = rho * g / length
    return most


def last_not_looked_at(loss_grad, w, rho, rng, steps):
    """the last epsilon is never looked at

    After steps steps of ascent there are steps + 1 places: the start and one for each step. The loop
    ends before the loss at the last one is known.
    """
    here = loss_grad(w)[0]
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    highest = here
    for _ in range(steps):
        loss, g = loss_grad(w + e)
        highest = max(highest, loss)
        length = np.sqrt(np.sum(g**2))
        if length > 0:
            e = rho * g / length
    return highest - here


def asked_twice(loss_grad, w, rho, rng, steps):
    """loss and gradient are asked for apart

    The result is right, at twice the price: each call of loss_grad returns both. Keep them:
    loss, g = loss_grad(w + epsilon).
    """
    highest = loss_grad(w)[0]
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    for _ in range(steps + 1):
        highest = max(highest, loss_grad(w + e)[0])
        g = loss_grad(w + e)[1]
        length = np.sqrt(np.sum(g**2))
        if length > 0:
            e = rho * g / length
    return highest - loss_grad(w)[0]


MISTAKES = (
    random_direction,
    baseline_kept,
    starts_at_the_gradient,
    start_not_scaled,
    gradient_at_w,
    leaves_the_ball,
    goes_down,
    not_normalized,
    last_not_highest,
    falls_count,
    last_not_looked_at,
    asked_twice,
)
