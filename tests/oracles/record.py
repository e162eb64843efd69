"""What PyTorch and optax give for every update rule and every model, recorded as JSON (``make oracles``).

Two tables say what is run. A row names our rule or model and its counterpart; that is run when
the table is recorded, ours when the tests run (``tests/test_oracles.py``). Recording needs PyTorch, which
is heavy; reading the record needs nothing.
"""

import json
import platform
from itertools import pairwise
from pathlib import Path

import numpy as np

RECORD = Path(__file__).with_name("torch.json")

# Our rule, its hyperparameters, PyTorch's class or optax's function, its arguments. Every rule with its defaults, and every
# hyperparameter at least once far from its default.
RULES = [
    ("sgd", {"lr": 0.01}, "SGD", {"lr": 0.01}),
    ("sgd", {"lr": 0.3}, "SGD", {"lr": 0.3}),
    ("momentum", {"lr": 0.01}, "SGD", {"lr": 0.01, "momentum": 0.9}),
    ("momentum", {"lr": 0.05, "momentum": 0.5}, "SGD", {"lr": 0.05, "momentum": 0.5}),
    (
        "momentum",
        {"lr": 0.05, "momentum": 0.8, "dampening": 0.3},
        "SGD",
        {"lr": 0.05, "momentum": 0.8, "dampening": 0.3},
    ),
    ("nesterov", {}, "SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    (
        "nesterov",
        {"lr": 0.05, "momentum": 0.6},
        "SGD",
        {"lr": 0.05, "momentum": 0.6, "nesterov": True},
    ),
    ("adagrad", {}, "Adagrad", {}),
    ("adagrad", {"lr": 0.2, "eps": 1e-4}, "Adagrad", {"lr": 0.2, "eps": 1e-4}),
    ("adadelta", {}, "Adadelta", {}),
    (
        "adadelta",
        {"lr": 0.5, "rho": 0.95, "eps": 1e-4},
        "Adadelta",
        {"lr": 0.5, "rho": 0.95, "eps": 1e-4},
    ),
    ("adadelta", {}, "optax.adadelta", {"learning_rate": 1.0}),
    ("radam", {}, "optax.radam", {"learning_rate": 0.001, "threshold": 4.0}),
    (
        "radam",
        {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-4, "threshold": 5.0},
        "optax.radam",
        {"learning_rate": 0.02, "b1": 0.8, "b2": 0.95, "eps": 1e-4, "threshold": 5.0},
    ),
    # PyTorch adds eps before the correction by t. So small that it doesn't matter, the rest agrees.
    (
        "radam",
        {"lr": 0.02, "eps": 1e-30, "threshold": 5.0},
        "RAdam",
        {"lr": 0.02, "eps": 1e-30},
    ),
    ("rmsprop", {}, "RMSprop", {}),
    (
        "rmsprop",
        {"lr": 0.003, "rho": 0.9, "eps": 1e-3},
        "RMSprop",
        {"lr": 0.003, "alpha": 0.9, "eps": 1e-3},
    ),
    ("adam", {}, "Adam", {}),
    ("adam", {"lr": 0.1}, "Adam", {"lr": 0.1}),
    (
        "adam",
        {"lr": 0.02, "beta1": 0.5, "beta2": 0.95, "eps": 1e-4},
        "Adam",
        {"lr": 0.02, "betas": (0.5, 0.95), "eps": 1e-4},
    ),
    ("adam", {"beta1": 0.0}, "Adam", {"betas": (0.0, 0.999)}),
    ("adamw", {}, "AdamW", {}),
    (
        "adamw",
        {"lr": 0.02, "beta1": 0.8, "beta2": 0.9, "eps": 1e-5, "weight_decay": 0.4},
        "AdamW",
        {"lr": 0.02, "betas": (0.8, 0.9), "eps": 1e-5, "weight_decay": 0.4},
    ),
    ("adam_l2", {}, "Adam", {"weight_decay": 0.01}),
    (
        "adam_l2",
        {"lr": 0.02, "beta1": 0.8, "beta2": 0.9, "eps": 1e-5, "weight_decay": 0.4},
        "Adam",
        {"lr": 0.02, "betas": (0.8, 0.9), "eps": 1e-5, "weight_decay": 0.4},
    ),
]

# Our model and its arguments; the layers of PyTorch's.
MODELS = [
    ("softmax_classifier", {"n_in": 5, "n_out": 3}, ["linear"]),
    ("two_layer_network", {"n_in": 5, "hidden": 4, "n_out": 3}, ["linear", "relu", "linear"]),
    (
        "two_layer_network",
        {"n_in": 5, "hidden": 4, "n_out": 3, "activation": "tanh"},
        ["linear", "tanh", "linear"],
    ),
    ("mlp", {"sizes": [5, 4, 3]}, ["linear", "relu", "linear"]),
    (
        "mlp",
        {"sizes": [5, 4, 6, 3], "activation": "tanh"},
        ["linear", "tanh", "linear", "tanh", "linear"],
    ),
    (
        "mlp",
        {"sizes": [5, 4, 6, 3], "batch_norm": True},
        ["product", "batch_norm", "relu", "product", "batch_norm", "relu", "linear"],
    ),
]

N_STEPS = 50
KEPT = [1, 2, 3, 4, 5, 10, 20, 30, 40, 50]  # steps after which the weights are recorded


def waves(*shape):
    """Return numbers that look irregular and are the same everywhere."""
    k = np.arange(1, 1 + int(np.prod(shape)))
    return np.round(np.sin(k * k + 0.5) + 0.3 * np.cos(3 * k), 6).reshape(shape)


def gradients():
    """Return gradients (50, 5): ordinary, small, as small as eps, large, and mostly zero."""
    g = waves(N_STEPS, 5) * [1.0, 1e-4, 1e-8, 100.0, 1.0]
    g[np.arange(N_STEPS) % 7 != 3, 4] = 0.0
    return g


START = [1.0, -2.0, 0.5, 3.0, -0.1]


def peer_path(name, arguments, dtype="float64"):
    """Return the weights (kept steps, 5) along the peer's run: PyTorch's, unless the name says optax."""
    if name.startswith("optax."):
        return optax_path(name.removeprefix("optax."), arguments, dtype)
    import torch

    w = torch.tensor(START, dtype=getattr(torch, dtype))
    optimizer = getattr(torch.optim, name)([w], foreach=False, **arguments)
    path = []
    for t, g in enumerate(gradients(), start=1):
        w.grad = torch.tensor(g, dtype=w.dtype)
        optimizer.step()
        if t in KEPT:
            path.append(w.tolist())
    return path


def optax_path(name, arguments, dtype):
    """Return the weights (kept steps, 5) along optax's run."""
    import jax
    import optax

    with jax.enable_x64():
        w = jax.numpy.array(START, dtype=dtype)
        rule = getattr(optax, name)(**arguments)
        state, path = rule.init(w), []
        for t, g in enumerate(gradients(), start=1):
            update, state = rule.update(jax.numpy.array(g, dtype=dtype), state, w)
            w = optax.apply_updates(w, update)
            if t in KEPT:
                path.append(w.tolist())
    return path


def torch_model(arguments, layers):
    """Return weights, examples, labels, loss and gradient; weights in our order, flat."""
    import torch

    names = ("n_in", "hidden", "n_out")
    sizes = arguments.get("sizes") or [arguments[k] for k in names if k in arguments]
    X, y = waves(7, sizes[0]), np.arange(7) % sizes[-1]
    weights, h, layer_sizes = [], torch.tensor(X), pairwise(sizes)

    def new(*shape):
        """Return the next parameters."""
        start = sum(part.numel() for part in weights)
        values = waves(start + int(np.prod(shape)))[start:].reshape(shape)
        weights.append(torch.tensor(values, requires_grad=True))
        return weights[-1]

    for layer in layers:
        if layer == "linear":
            a, b = next(layer_sizes)
            h = h @ new(a, b) + new(b)
        elif layer == "product":
            a, b = next(layer_sizes)
            h = h @ new(a, b)
        elif layer == "batch_norm":
            gamma, beta = new(b), new(b)
            h = torch.nn.functional.batch_norm(h, None, None, gamma, beta, training=True)
        else:
            h = getattr(torch, layer)(h)
    loss = torch.nn.functional.cross_entropy(h, torch.tensor(y))
    loss.backward()
    return {
        "w": torch.cat([part.ravel() for part in weights]).tolist(),
        "X": X.tolist(),
        "y": y.tolist(),
        "loss": loss.item(),
        "gradient": torch.cat([part.grad.ravel() for part in weights]).tolist(),
    }


def record():
    """Run PyTorch on every row and write what it says."""
    import jax
    import optax
    import torch

    rules = [
        {
            "ours": ours,
            "hyper": hyper,
            "peer": name,
            "arguments": arguments,
            "float64": peer_path(name, arguments),
            "float32": peer_path(name, arguments, "float32"),
        }
        for ours, hyper, name, arguments in RULES
    ]
    models = [
        {"ours": ours, "arguments": arguments, **torch_model(arguments, layers)}
        for ours, arguments, layers in MODELS
    ]
    about = {
        "torch": torch.__version__,
        "optax": optax.__version__,
        "jax": jax.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "seed": "none: all inputs are in this file",
        "start": START,
        "gradients": gradients().tolist(),
        "steps": KEPT,
    }
    lines = [f'"about": {json.dumps(about)}']
    for title, rows in (("rules", rules), ("models", models)):
        lines.append(f'"{title}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]")
    RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    record()
    import methods  # the other table: methods.json

    methods.record()
