"""The mistakes people make in Nesterov's step.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations


def gradient_at_w(grad, w, v, lr, momentum):
    """the gradient is taken at w

    That is plain momentum. Nesterov first goes where the old velocity is about to lead,
    w - lr * momentum * v, and takes the gradient there.
    """
    v = momentum * v + grad(w)
    return w - lr * v, v


def trainers_form(grad, w, v, lr, momentum):
    """w is taken for the point ahead

    Trainers keep the point ahead as their weights: gradient at w, step g + momentum * v. Here w is
    the weights themselves. Take the gradient at w - lr * momentum * v and move by lr * v.
    """
    g = grad(w)
    v = momentum * v + g
    return w - lr * (g + momentum * v), v


def looks_back(grad, w, v, lr, momentum):
    """it looks back instead of ahead

    The velocity is a sum of gradients, which points uphill, and it is subtracted from w. So the
    point ahead is w - lr * momentum * v, with the minus of the step itself.
    """
    v = momentum * v + grad(w + lr * momentum * v)
    return w - lr * v, v


def lookahead_without_lr(grad, w, v, lr, momentum):
    """the lookahead does not contain lr

    w - momentum * v looks ahead in the form whose velocity already contains the rate. Here the
    velocity is a sum of gradients, so the point ahead is w - lr * momentum * v.
    """
    v = momentum * v + grad(w - momentum * v)
    return w - lr * v, v


def lookahead_without_momentum(grad, w, v, lr, momentum):
    """the lookahead does not contain momentum

    The next step carries momentum * v of the old velocity, not all of v. The point ahead is
    w - lr * momentum * v.
    """
    v = momentum * v + grad(w - lr * v)
    return w - lr * v, v


def steps_from_lookahead(grad, w, v, lr, momentum):
    """the step starts at the lookahead point

    The new velocity already contains momentum * v. If the step starts where that has been walked, it goes the way
    twice: the step starts at w.
    """
    ahead = w - lr * momentum * v
    v = momentum * v + grad(ahead)
    return ahead - lr * v, v


def lr_in_velocity(grad, w, v, lr, momentum):
    """the velocity already contains lr

    This is Nesterov's method in form 2, v = momentum * v + lr * g with the step w - v. This exercise
    asks for form 1: the velocity is a sum of gradients, and lr multiplies it in the step.
    """
    v = momentum * v + lr * grad(w - momentum * v)
    return w - v, v


def averaged_velocity(grad, w, v, lr, momentum):
    """the gradient enters with weight (1 - momentum)

    That makes the velocity an average instead of a sum. Here the gradient enters whole:
    v = momentum * v + g.
    """
    v = momentum * v + (1 - momentum) * grad(w - lr * momentum * v)
    return w - lr * v, v


def steps_uphill(grad, w, v, lr, momentum):
    """the step goes uphill

    The velocity points along the gradient, the direction in which the loss grows. Subtract it:
    w - lr * v.
    """
    v = momentum * v + grad(w - lr * momentum * v)
    return w + lr * v, v


def velocity_forgotten(grad, w, v, lr, momentum):
    """the old velocity is used for looking ahead only

    It belongs in the new velocity as well: v = momentum * v + g, with g from the point ahead.
    """
    v = grad(w - lr * momentum * v)
    return w - lr * v, v


def two_gradients(grad, w, v, lr, momentum):
    """it takes two gradients

    This makes the step of plain momentum first and looks at the gradient behind it. One gradient is
    enough: the old velocity alone says where to look, w - lr * momentum * v.
    """
    ahead = w - lr * (momentum * v + grad(w))
    v = momentum * v + grad(ahead)
    return w - lr * v, v


def corrected_twice(grad, w, v, lr, momentum):
    """it looks ahead in the step as well

    g + momentum * v in the step belongs to the other form of the method, which keeps the lookahead
    point as its weights and takes the gradient there. Here w is the weights: the step is lr * v.
    """
    g = grad(w - lr * momentum * v)
    v = momentum * v + g
    return w - lr * (g + momentum * v), v


def lookahead_returned(grad, w, v, lr, momentum):
    """the next lookahead point is returned instead of the weights

    Keeping that point as the weights is a form of the method too, but then the gradient is taken at w
    itself. Return w - lr * v.
    """
    v = momentum * v + grad(w - lr * momentum * v)
    return w - lr * v - lr * momentum * v, v


MISTAKES = (
    gradient_at_w,
    trainers_form,
    looks_back,
    lookahead_without_lr,
    lookahead_without_momentum,
    steps_from_lookahead,
    lr_in_velocity,
    averaged_velocity,
    steps_uphill,
    velocity_forgotten,
    two_gradients,
    corrected_twice,
    lookahead_returned,
)
