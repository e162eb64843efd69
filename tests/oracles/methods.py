"""What other libraries give for the methods of course_lib: rows of one table, recorded as JSON.

A row says which function of ours is meant, the arguments it is called with, and what a peer returns for
them. The peer is run when the rows are recorded (``make oracles``); ours when the tests run.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np

RECORD = Path(__file__).with_name("methods.json")
ROWS = []


def row(ours, peer, rtol=1e-12, atol=1e-15, **arguments):
    """Add what the decorated function returns for ``arguments`` as the value expected of ``ours``."""

    def add(function):
        ROWS.append((ours, peer, rtol, atol, arguments, function))
        return function

    return add


def record():
    """Run every peer and write what it says."""
    rows = []
    for ours, peer, rtol, atol, arguments, function in ROWS:
        expected = np.asarray(function(**arguments), dtype=np.float64)
        rows.append(
            {
                "ours": ours,
                "peer": f"{peer} {version(peer)}",
                "rtol": rtol,
                "atol": atol,
                "arguments": arguments,
                "expected": expected.tolist(),
            }
        )
    lines = ",\n".join(json.dumps(one) for one in rows)
    RECORD.write_text(f"[\n{lines}\n]\n")


def waves(*shape):
    """Return numbers that look irregular and are the same everywhere, as nested lists."""
    k = np.arange(1, 1 + int(np.prod(shape)))
    return np.round(np.sin(k * k + 0.5) + 0.3 * np.cos(3 * k), 6).reshape(shape).tolist()


# Schedules ---------------------------------------------------------------------------------------

STEPS = list(range(25))


def torch_rates(make, t, lr):
    """Step a scheduler of torch and read the rate at each step (all of t = 0, 1, 2, …)."""
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64)], lr=lr)
    scheduler = make(torch.optim.lr_scheduler, optimizer)
    found = []
    for _ in t:
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def optax_rates(schedule, t):
    """Evaluate a schedule of optax in double precision."""
    import jax

    jax.config.update("jax_enable_x64", True)
    return [float(schedule(np.float64(step))) for step in t]


@row("schedules.constant", "torch", t=STEPS, lr=0.3)
def _(t, lr):
    return torch_rates(lambda s, o: s.ConstantLR(o, factor=1.0), t, lr)


@row("schedules.step_decay", "torch", t=STEPS, lr=0.3, factor=0.7, every=4)
def _(t, lr, factor, every):
    return torch_rates(lambda s, o: s.StepLR(o, every, gamma=factor), t, lr)


@row("schedules.exponential_decay", "torch", t=STEPS, lr=0.3, factor=0.93)
def _(t, lr, factor):
    return torch_rates(lambda s, o: s.ExponentialLR(o, factor), t, lr)


@row("schedules.exponential_decay", "optax", t=STEPS, lr=0.3, factor=0.5, every=7)
def _(t, lr, factor, every):
    import optax

    return optax_rates(optax.exponential_decay(lr, every, factor), t)


@row("schedules.linear_decay", "torch", t=STEPS, lr=0.3, T=20, lr_end=0.03)
def _(t, lr, T, lr_end):
    make = lambda s, o: s.LinearLR(o, 1.0, lr_end / lr, total_iters=T)  # noqa: E731
    return torch_rates(make, t, lr)


@row("schedules.linear_decay", "optax", t=STEPS, lr=0.3, T=20, lr_end=0.03)
def _(t, lr, T, lr_end):
    import optax

    return optax_rates(optax.linear_schedule(lr, lr_end, T), t)


# torch's cosine rises again after T; optax stays at the end, as ours does.
@row("schedules.cosine_decay", "torch", t=STEPS, lr=0.3, T=24, lr_end=0.03)
def _(t, lr, T, lr_end):
    return torch_rates(lambda s, o: s.CosineAnnealingLR(o, T, eta_min=lr_end), t, lr)


@row("schedules.cosine_decay", "optax", t=STEPS, lr=0.3, T=17, lr_end=0.03)
def _(t, lr, T, lr_end):
    import optax

    return optax_rates(optax.cosine_decay_schedule(lr, T, alpha=lr_end / lr), t)


@row("warmup_cosine", "optax", t=STEPS, lr=0.3, T=15, warmup=5)
def _(t, lr, T, warmup):
    import optax

    warm = optax.linear_schedule(lr / warmup, lr, warmup - 1)
    return optax_rates(
        optax.join_schedules([warm, optax.cosine_decay_schedule(lr, T)], [warmup]), t
    )


@row("chain_of_three", "optax", t=STEPS, lr=0.3)
def _(t, lr):
    import optax

    parts = [
        optax.constant_schedule(lr),
        optax.exponential_decay(lr, 1, 0.9),
        optax.linear_schedule(lr, 0.0, 10),
    ]
    return optax_rates(optax.join_schedules(parts, [4, 12]), t)


# Averages ----------------------------------------------------------------------------------------


@row("averages.sma", "pandas", g=waves(20, 2), window=6)
def _(g, window):
    import pandas

    return pandas.DataFrame(g).rolling(window, min_periods=1).mean()


@row("averages.wma", "scipy", g=waves(20), window=6)
def _(g, window):
    from scipy.signal import lfilter

    newest_first = np.arange(window, 0, -1.0)
    return lfilter(newest_first, 1.0, g) / lfilter(newest_first, 1.0, np.ones(len(g)))


@row("averages.ewma", "pandas", g=waves(40, 2), beta=0.9)
def _(g, beta):
    import pandas

    return pandas.DataFrame(g).ewm(alpha=1 - beta, adjust=True).mean()


@row("averages.ewma", "scipy", g=waves(40), beta=0.99, bias_correct=False)
def _(g, beta, bias_correct):
    from scipy.signal import lfilter

    return lfilter([1 - beta], [1, -beta], g)


@row("averages.ewma", "optax", atol=1e-13, g=waves(30, 3), beta=0.999, bias_correct=True)
def _(g, beta, bias_correct):
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    average = optax.ema(beta, debias=bias_correct)
    state, found = average.init(np.zeros(3)), []
    for value in np.array(g):
        mean, state = average.update(value, state)
        found.append(mean)
    return found


# Regularization ----------------------------------------------------------------------------------

# scikit-learn's Ridge has the sum of squares where ours has the mean: its alpha is N times ours.
TALL = waves(30, 5)
WIDE = waves(6, 12)


def ridge(X, y, alpha, **options):
    from sklearn.linear_model import Ridge

    return Ridge(alpha=alpha * len(X), solver="svd", **options).fit(X, y)


@row("regularization.ridge_solution", "scikit-learn", X=TALL, y=waves(30), alpha=0.3)
def _(X, y, alpha):
    return ridge(X, y, alpha, fit_intercept=False).coef_


@row("regularization.ridge_solution", "scikit-learn", X=WIDE, y=waves(6, 2), alpha=0.01)
def _(X, y, alpha):
    return ridge(X, y, alpha, fit_intercept=False).coef_.T


@row("regularization.ridge_solution", "scipy", rtol=1e-11, X=WIDE, y=waves(6), alpha=0.0)
def _(X, y, alpha):
    from scipy.linalg import lstsq

    return lstsq(X, y)[0]


@row("ridge_intercept_last", "scikit-learn", X=TALL, y=waves(30), alpha=0.3)
def _(X, y, alpha):
    fit = ridge(X, y, alpha)
    return [*fit.coef_, fit.intercept_]


def elastic_net(X, y, alpha, l1_ratio=1.0):
    from sklearn.linear_model import ElasticNet

    options = {"tol": 1e-14, "max_iter": 10**6, "fit_intercept": False}
    return ElasticNet(alpha=alpha, l1_ratio=l1_ratio, **options).fit(X, y).coef_


@row("regularization.lasso_solution", "scikit-learn", 1e-7, 1e-9, X=TALL, y=waves(30), alpha=0.1)
def _(X, y, alpha):
    return elastic_net(X, y, alpha)


@row("regularization.lasso_solution", "scikit-learn", 1e-7, 1e-8, X=WIDE, y=waves(6), alpha=0.05)
def _(X, y, alpha):
    return elastic_net(X, y, alpha)


@row(
    "regularization.lasso_solution", "scikit-learn", 1e-7, 1e-9,
    X=WIDE, y=waves(6), alpha=0.05, l1_ratio=0.4,
)  # fmt: skip
def _(X, y, alpha, l1_ratio):
    return elastic_net(X, y, alpha, l1_ratio)


@row("lasso_path_w", "scikit-learn", 1e-7, 1e-9, X=TALL, y=waves(30), alphas=[0.4, 0.2, 0.1, 0.02])
def _(X, y, alphas):
    from sklearn.linear_model import lasso_path

    found = lasso_path(np.array(X), np.array(y), alphas=alphas, tol=1e-14, max_iter=10**6)
    return found[1].T


@row("regularization.soft_threshold", "torch", w=waves(20), t=0.4)
def _(w, t):
    import torch

    return torch.nn.functional.softshrink(torch.tensor(w, dtype=torch.float64), t)


def from_torch(loss, W):
    """Return the value, then the gradient by torch's automatic differentiation."""
    import torch

    weights = torch.tensor(W, dtype=torch.float64, requires_grad=True)
    value = loss(weights)
    value.backward()
    return [value.item(), *weights.grad.ravel().tolist()]


@row("penalty_flat", "torch", W=waves(3, 4), lam=0.3, kind="l2")
def _(W, lam, kind):
    return from_torch(lambda w: 0.5 * lam * (w**2).sum(), W)


@row("penalty_flat", "torch", W=waves(3, 4), lam=0.3, kind="l2_without_half")
def _(W, lam, kind):
    return from_torch(lambda w: lam * (w**2).sum(), W)


@row("penalty_flat", "torch", W=[*waves(7), 0.0], lam=0.3, kind="l1")
def _(W, lam, kind):
    return from_torch(lambda w: lam * w.abs().sum(), W)


@row("penalty_flat", "torch", W=waves(3, 4), lam=0.3, kind="huber", delta=0.5)
def _(W, lam, kind, delta):
    from torch.nn.functional import huber_loss

    return from_torch(lambda w: lam / delta * huber_loss(w, 0 * w, "sum", delta), W)


@row("regularization.decay_step", "torch", w=waves(9), g=waves(9)[::-1], lr=0.1, lam=0.3)
def _(w, g, lr, lam):
    import torch

    weights = torch.tensor(w, dtype=torch.float64)
    weights.grad = torch.tensor(g, dtype=torch.float64)
    torch.optim.SGD([weights], lr=lr, weight_decay=lam).step()
    return weights


# Gradients ---------------------------------------------------------------------------------------


def wave(x):
    """Return a smooth loss; the tests have the same one."""
    return np.sum(np.sin(x) * np.exp(0.3 * x)) + np.sum(x**3) / 3


def scipy_differences(x, method, h):
    from scipy.optimize._numdiff import approx_derivative

    return approx_derivative(wave, np.array(x), method=method, abs_step=h)


# At steps this large, truncation is all there is, and must be the same.
@row("forward_difference_of_wave", "scipy", rtol=1e-8, x=waves(7), h=2.0**-7)
def _(x, h):
    return scipy_differences(x, "2-point", h)


@row("numerical_gradient_of_wave", "scipy", rtol=1e-8, x=waves(7), h=2.0**-7)
def _(x, h):
    return scipy_differences(x, "3-point", h)


@row("complex_step_of_wave", "scipy", x=waves(7), h=2.0**-7)
def _(x, h):
    return scipy_differences(x, "cs", h)


def torch_wave(x):
    import torch

    return (torch.sin(x) * torch.exp(0.3 * x)).sum() + (x**3).sum() / 3 + x[0] ** 2 * x[1]


@row("hessian_of_wave", "torch", rtol=1e-7, atol=1e-9, x=waves(4))
def _(x):
    import torch

    return torch.autograd.functional.hessian(torch_wave, torch.tensor(x, dtype=torch.float64))


@row("hessian_vector_product_of_wave", "torch", rtol=1e-7, atol=1e-9, x=waves(4), v=waves(4)[::-1])
def _(x, v):
    import torch

    x, v = (torch.tensor(a, dtype=torch.float64) for a in (x, v))
    return torch.autograd.functional.hvp(torch_wave, x, v)[1]


@row("network_gradient", "torch", 1e-8, 1e-10, w=waves(43), X=waves(6, 4), y=[0, 2, 1, 1, 0, 2])
def _(w, X, y):
    """4 inputs, 5 hidden units with tanh, 3 classes."""
    import torch

    w, X = (torch.tensor(a, dtype=torch.float64) for a in (w, X))
    w.requires_grad_(True)
    W1, b1, W2, b2 = w[:20].reshape(4, 5), w[20:25], w[25:40].reshape(5, 3), w[40:]
    scores = torch.tanh(X @ W1 + b1) @ W2 + b2
    torch.nn.functional.cross_entropy(scores, torch.tensor(y)).backward()
    return w.grad


# Noise -------------------------------------------------------------------------------------------


@row("noise.critical_batch_size", "scipy", 1e-6,
     batches=[8, 16, 32, 64, 128, 256], steps=[905, 498, 310, 190, 151, 119])  # fmt: skip
def _(batches, steps):
    from scipy.optimize import curve_fit

    B, S = np.array(batches, dtype=float), np.array(steps, dtype=float)
    model = lambda B, batch, least: least * (1 + batch / B)  # noqa: E731
    batch, least = curve_fit(model, B, S, p0=(50, 100), sigma=S, xtol=1e-14, ftol=1e-14)[0]
    return batch, least, batch * least


@row("noise.minibatch_variance", "scipy", per_example_grads=waves(12, 3), m=5)
def _(per_example_grads, m):
    """The variance of a sample's mean from a finite population, by the hypergeometric law.

    Of N examples with only 0 and 1, the sum over m is hypergeometric; any others follow as the variance
    is a quadratic form with the same coefficients.
    """
    from scipy.stats import hypergeom

    g = np.array(per_example_grads)
    N = len(g)
    own = hypergeom(N, 1, m).var()  # of one example being drawn
    pair = (hypergeom(N, 2, m).var() - 2 * own) / 2  # covariance of two being drawn
    among = np.full((N, N), pair) + (own - pair) * np.eye(N)
    return np.einsum("ik,ij,jk->k", g, among, g) / m**2


@row("noise.accumulate_gradients", "torch", parts=waves(3, 4), sizes=[3, 1, 2])
def _(parts, sizes):
    import torch

    whole = torch.repeat_interleave(
        torch.tensor(parts, dtype=torch.float64), torch.tensor(sizes), dim=0
    )
    return whole.mean(dim=0)


# Sharpness ---------------------------------------------------------------------------------------


@row(
    "sam_network", "torch", 1e-11, 1e-13, w=waves(43), X=waves(6, 4), y=[0, 2, 1, 1, 0, 2], rho=0.3
)
def _(w, X, y, rho):
    """4 inputs, 5 hidden units with tanh, 3 classes: the gradient at the perturbed weights."""
    import torch

    X, y = torch.tensor(X, dtype=torch.float64), torch.tensor(y)

    def gradient(w):
        w = w.detach().requires_grad_(True)
        W1, b1, W2, b2 = w[:20].reshape(4, 5), w[20:25], w[25:40].reshape(5, 3), w[40:]
        scores = torch.tanh(X @ W1 + b1) @ W2 + b2
        torch.nn.functional.cross_entropy(scores, y).backward()
        return w.grad

    here = torch.tensor(w, dtype=torch.float64)
    g = gradient(here)
    return gradient(here + rho * torch.nn.functional.normalize(g, dim=0))


@row("sharpness_of_quadratic", "scipy", 1e-6, curvatures=[0.5, 2.0, 9.0, -1.0], w=waves(4), rho=0.7)
def _(curvatures, w, rho):
    """The exact maximum in a ball: (μI − H)ε = Hw with μ ≥ λ such that ‖ε‖ = ρ."""
    from scipy.optimize import brentq

    H, w = np.array(curvatures), np.array(w)
    step = lambda mu: H * w / (mu - H)  # noqa: E731
    e = step(brentq(lambda mu: np.linalg.norm(step(mu)) - rho, H.max() + 1e-9, 1e6, xtol=1e-14))
    return 0.5 * (H @ (w + e) ** 2 - H @ w**2)


@row(
    "top_eigenvalue_of_matrix",
    "scipy",
    1e-9,
    H=(np.array(waves(6, 6)) + np.array(waves(6, 6)).T).tolist(),
)
def _(H):
    from scipy.linalg import eigvalsh

    found = eigvalsh(np.array(H))
    return found[np.abs(found).argmax()]


# Normalization -----------------------------------------------------------------------------------

BATCH = {"X": waves(11, 3), "gamma": [1.0, -0.5, 2.0], "beta": [0.0, 1.0, -1.0], "dY": waves(3, 11)}
BATCH["dY"] = np.array(BATCH["dY"]).T.tolist()


@row("ghost_norm_everything", "torch", 1e-10, 1e-12, **BATCH, g=11, eps=1e-5)
@row("ghost_norm_everything", "torch", 1e-10, 1e-12, **BATCH, g=4, eps=0.01)
def _(X, gamma, beta, dY, g, eps):
    """Y, dX, dgamma, dbeta and running statistics of one BatchNorm1d that sees ghost after ghost."""
    import torch

    X, dY = (torch.tensor(a, dtype=torch.float64) for a in (X, dY))
    X.requires_grad_(True)
    layer = torch.nn.BatchNorm1d(X.shape[1], eps=eps, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[:], layer.bias[:] = torch.tensor(gamma), torch.tensor(beta)
    Y = torch.cat([layer(part) for part in X.split(g)])
    Y.backward(dY)
    parts = Y, X.grad, layer.weight.grad, layer.bias.grad, layer.running_mean, layer.running_var
    return torch.cat([part.ravel() for part in parts]).detach()


@row(
    "normalization.batch_norm_inference", "torch", X=waves(4, 3), gamma=[1.0, -0.5, 2.0],
    beta=[0.0, 1.0, -1.0], running_mean=[0.1, -0.2, 0.0], running_var=[1.0, 4.0, 0.01], eps=0.001,
)  # fmt: skip
def _(X, gamma, beta, running_mean, running_var, eps):
    import torch

    arrays = (
        torch.tensor(a, dtype=torch.float64) for a in (X, running_mean, running_var, gamma, beta)
    )
    return torch.nn.functional.batch_norm(*arrays, training=False, eps=eps)


if __name__ == "__main__":
    record()
