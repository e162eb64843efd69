"""Chapter 8: recipes whose parts or schedule are wrong.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read. Each is a whole recipe, because students' cells are tried with
its text.
"""

from __future__ import annotations

import numpy as np


def epochs_for_steps(budget):
    """the schedule counts epochs, but is asked about steps

    schedule(t) gets the number of the step. Here it is divided by the steps of an epoch first,
    while T is still a number of steps, so the rate has hardly fallen when the budget is spent.
    Use one unit for both: steps.
    """

    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    def schedule(t):
        return 0.02 / 2 * (1 + np.cos(np.pi * (t // 8) / (budget // 2)))

    def sam_step(loss_grad, w, lr, rho):
        _, g = loss_grad(w)
        _, g = loss_grad(w + rho * g / np.linalg.norm(g))
        return w - lr * g

    def ghost_batch_norm(X, g, gamma, beta, eps):
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


def steps_for_epochs(budget):
    """T is a number of epochs, but t counts steps

    The rate is zero long before the budget is spent, and all later gradients are paid for and not
    used. T must be the number of steps: the budget divided by what a step costs.
    """

    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    T = budget // 2 // 8

    def schedule(t):
        t = min(t, T)
        return 0.02 / 2 * (1 + np.cos(np.pi * t / T))

    def sam_step(loss_grad, w, lr, rho):
        _, g = loss_grad(w)
        _, g = loss_grad(w + rho * g / np.linalg.norm(g))
        return w - lr * g

    def ghost_batch_norm(X, g, gamma, beta, eps):
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


def gradients_for_steps(budget):
    """T is the number of gradients, but a step with SAM costs two

    The budget pays for budget // 2 steps. A schedule over budget steps is only half way down when
    the run ends: let T be budget // 2.
    """

    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    def schedule(t):
        return 0.02 / 2 * (1 + np.cos(np.pi * t / budget))

    def sam_step(loss_grad, w, lr, rho):
        _, g = loss_grad(w)
        _, g = loss_grad(w + rho * g / np.linalg.norm(g))
        return w - lr * g

    def ghost_batch_norm(X, g, gamma, beta, eps):
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


def first_gradient_used(budget):
    """the SAM step goes along the first gradient

    The second gradient, at w + ε, is the one to follow; the first only says where ε points. As it
    is, half of the budget is spent on gradients that change nothing.
    """

    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    def schedule(t):
        return 0.02 / 2 * (1 + np.cos(np.pi * t / (budget // 2)))

    def sam_step(loss_grad, w, lr, rho):
        _, g = loss_grad(w)
        loss_grad(w + rho * g / np.linalg.norm(g))
        return w - lr * g

    def ghost_batch_norm(X, g, gamma, beta, eps):
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


def three_gradients(budget):
    """the SAM step computes three gradients

    loss_grad returns the loss and the gradient together, so one call at w gives both. A call for
    each makes a step cost three gradients, and the budget is spent after two thirds of the steps.
    """

    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    def schedule(t):
        return 0.02 / 2 * (1 + np.cos(np.pi * t / (budget // 2)))

    def sam_step(loss_grad, w, lr, rho):
        loss = loss_grad(w)[0]
        g = loss_grad(w)[1]
        g = loss_grad(w + rho * g / np.linalg.norm(g))[1]
        return w - lr * g if np.isfinite(loss) else w

    def ghost_batch_norm(X, g, gamma, beta, eps):
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


def one_gradient(budget):
    """there is no second gradient

    sam_step computes the gradient at w and steps along it: plain gradient descent. SAM goes to w
    + rho * g / ‖g‖ first, computes the gradient there, and takes the step from w along that one.
    """

    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    def schedule(t):
        return 0.02 / 2 * (1 + np.cos(np.pi * t / (budget // 2)))

    def sam_step(loss_grad, w, lr, rho):
        return w - lr * loss_grad(w)[1]

    def ghost_batch_norm(X, g, gamma, beta, eps):
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


def whole_batch_statistics(budget):
    """ghosts are normalized by the statistics of the whole minibatch

    Mean and variance must be those of each ghost of g examples. The way back through the network
    counts on that: with other statistics its gradient is not the gradient of what was computed.
    """

    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    def schedule(t):
        return 0.02 / 2 * (1 + np.cos(np.pi * t / (budget // 2)))

    def sam_step(loss_grad, w, lr, rho):
        _, g = loss_grad(w)
        _, g = loss_grad(w + rho * g / np.linalg.norm(g))
        return w - lr * g

    def ghost_batch_norm(X, g, gamma, beta, eps):
        return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


ALL = (
    epochs_for_steps,
    steps_for_epochs,
    gradients_for_steps,
    first_gradient_used,
    three_gradients,
    one_gradient,
    whole_batch_statistics,
)
