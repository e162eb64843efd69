"""Chapter 8: right recipes.

Every one of them reaches the highest threshold with any seed, by another choice of numbers, another rule
or other code. ``tests/checks/test_capstone.py`` measures them.
"""

from __future__ import annotations

import numpy as np


def capstone(budget):
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

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


def _small_batches(budget):
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

    return rule, schedule, sam_step, ghost_batch_norm, 25, 25, 0.5, 1.0


def _line_after_warmup(budget):
    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    def schedule(t):
        T, warmup = budget // 2, budget // 20
        if t < warmup:
            return 0.025 * (t + 1) / warmup
        return 0.025 * (T - t) / (T - warmup)

    def sam_step(loss_grad, w, lr, rho):
        _, g = loss_grad(w)
        _, g = loss_grad(w + rho * g / np.linalg.norm(g))
        return w - lr * g

    def ghost_batch_norm(X, g, gamma, beta, eps):
        parts = [X[k : k + g] for k in range(0, len(X), g)]
        normal = [(part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) for part in parts]
        return gamma * np.concatenate(normal) + beta

    return rule, schedule, sam_step, ghost_batch_norm, 40, 20, 0.6, 1.0


def _plain_descent(budget):
    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        return w - lr * (g + weight_decay * w), m, v

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

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.5, 0.01


def _in_place_with_loops(budget):
    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * g * g
        rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
        w *= 1 - lr * weight_decay
        w -= rate * m / (np.sqrt(v) + eps * np.sqrt(1 - beta2**t))
        return [w, m, v]

    def schedule(t):
        return 0.02 / 2 * (1 + np.cos(np.pi * t / (budget // 2)))

    def sam_step(loss_grad, w, lr, rho):
        _, g = loss_grad(w)
        _, g = loss_grad(w + rho * g / np.linalg.norm(g))
        return w - lr * g

    def ghost_batch_norm(X, g, gamma, beta, eps):
        Y = np.empty_like(X)
        for k in range(0, len(X), g):
            part = X[k : k + g]
            mean = part.sum(axis=0) / len(part)
            part -= mean
            scale = gamma / ((part**2).sum(axis=0) / len(part) + eps) ** 0.5
            Y[k : k + g] = beta + scale * part
        return Y

    return rule, schedule, sam_step, ghost_batch_norm, 50, 10, 0.7, 1.0


def _steps_in_blocks(budget):
    def rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w - lr * (step + weight_decay * w), m, v

    def schedule(t):
        return 0.02 * 0.4 ** (4 * t // (budget // 2))

    def sam_step(loss_grad, w, lr, rho):
        def gradient(at):
            return np.asarray(loss_grad(at)[1])

        g = gradient(w)
        length = np.sqrt(np.sum(g * g))
        ascent = rho / length * g if length > 0 else 0 * g
        return w - lr * gradient(w + ascent)

    def ghost_batch_norm(X, g, gamma, beta, eps):
        whole = len(X) // g * g
        ghosts = X[:whole].reshape(-1, g, X.shape[1])
        off = ghosts - ghosts.mean(axis=1, keepdims=True)
        Y = off / np.sqrt(np.mean(off**2, axis=1, keepdims=True) + eps)
        rest = X[whole:]
        if len(rest):
            rest = (rest - rest.mean(axis=0)) / np.sqrt(rest.var(axis=0) + eps)
        return np.vstack([Y.reshape(whole, -1), rest]) * gamma + beta

    return rule, schedule, sam_step, ghost_batch_norm, np.int64(32), 16.0, np.float32(0.7), 0.5


ALL = (_small_batches, _line_after_warmup, _plain_descent, _in_place_with_loops, _steps_in_blocks)
