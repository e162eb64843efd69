"""Chapter 8: recipes whose numbers are badly chosen.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read. Each is a whole recipe, because students' cells are tried with
its text.
"""

from __future__ import annotations

import numpy as np


def memorizes(budget):
    """nothing holds the network back

    Without SAM, and with little decay or none, it learns the training labels by heart, the wrong ones
    included. A high training accuracy is no aim here: four tenths of the labels are wrong, so a network that
    knows the digits is right on about six tenths of them. Choose by the validation data, whose
    labels are right.
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

    return rule, schedule, sam_step, ghost_batch_norm, 50, 50, 0.0, 0.0


def half_the_data_in_a_batch(budget):
    """half of the data or more is in one minibatch

    There is hardly any noise left in the gradient, nor in the statistics of the normalization if
    the ghost is as large. In as many steps the network then fits many of the wrong labels. Try
    minibatches of 25 to 50.
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
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 200, 200, 0.7, 1.0


def rate_too_high(budget):
    """the rate is too high

    AdamW moves every weight by about the rate in each step, whatever the size of the gradient.
    The weights start with a size of 0.2, so a rate of that size throws them about. Try 0.01 to
    0.03.
    """

    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    def schedule(t):
        return 1.0 / 2 * (1 + np.cos(np.pi * t / (budget // 2)))

    def sam_step(loss_grad, w, lr, rho):
        _, g = loss_grad(w)
        _, g = loss_grad(w + rho * g / np.linalg.norm(g))
        return w - lr * g

    def ghost_batch_norm(X, g, gamma, beta, eps):
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


def rate_too_low(budget):
    """the rate is too low

    AdamW moves every weight by about the rate in each step, so a run can hardly take a weight
    further than the sum of all its rates. Here that is a small part of what the weights start with. Try
    0.01 to 0.03.
    """

    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    def schedule(t):
        return 0.0001 / 2 * (1 + np.cos(np.pi * t / (budget // 2)))

    def sam_step(loss_grad, w, lr, rho):
        _, g = loss_grad(w)
        _, g = loss_grad(w + rho * g / np.linalg.norm(g))
        return w - lr * g

    def ghost_batch_norm(X, g, gamma, beta, eps):
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


def decay_overshoots(budget):
    """the decay overshoots zero

    Each step multiplies the weights by 1 − lr · weight_decay. Beyond lr · weight_decay = 1 that
    is negative, beyond 2 the weights grow with every step, and the run diverges. Try a
    weight_decay around 1.
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
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 300.0


def radius_too_large(budget):
    """SAM looks too far away

    ρ is the length of ε over all weights together. The slope at a distance of several units says
    nothing about the surroundings of w any more. Try ρ from 0.3 to 1.
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
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 5.0, 1.0


ALL = (
    memorizes,
    half_the_data_in_a_batch,
    rate_too_high,
    rate_too_low,
    decay_overshoots,
    radius_too_large,
)
