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


if __name__ == "__main__":
    record()
