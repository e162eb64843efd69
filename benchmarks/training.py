"""Ghost batch norm, an epoch of training and SAM's step.

The peer of the first two is PyTorch: a loop over ghosts, each through ``batch_norm``; and an epoch over the
digits that does what ``training.fit`` does, Adam with ``fused=True``, loss and accuracy on training and
validation data at its end. SAM's peer is our own plain step: ``ratio`` is what a SAM step costs in those.
Needs PyTorch, so it runs in the environment of the peers.
"""

import time

import numpy as np
import torch
from _measure import QUICK, Log

from course_lib.datasets import digits
from course_lib.models import two_layer_network
from course_lib.normalization import batch_norm_backward, ghost_batch_norm_forward
from course_lib.optimizers import Stepper
from course_lib.sharpness import SAM
from course_lib.training import fit

REPEATS = 2 if QUICK else 15
STEPS = 20

log = Log("training")


def medians(*calls, repeats=REPEATS):
    """Time the calls in turn, several times; return the median of each."""
    for call in calls:
        call()
    times = []
    for _ in range(repeats):
        for call in calls:
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
    return np.median(np.reshape(times, (repeats, -1)), axis=0).tolist()


def report(name, n, dtype, ours, peer, peer_s, **more):
    """Keep one line."""
    log.compare(name, n, dtype, {"ours": ours, peer: peer_s}, **more)


def ghost_norm(N, n, g, dtype):
    """Forward and backward of N examples with n columns, in ghosts of g."""
    rng = np.random.default_rng(0)
    X, dY = rng.standard_normal((2, N, n)).astype(dtype)
    gamma, beta = np.ones(n, dtype), np.zeros(n, dtype)

    def ours():
        _, cache = ghost_batch_norm_forward(X, g, gamma, beta)
        return batch_norm_backward(dY, cache)

    x, scale, shift = (torch.tensor(a, requires_grad=True) for a in (X, gamma, beta))
    d = torch.tensor(dY)

    def peer():
        x.grad = scale.grad = shift.grad = None
        parts = [
            torch.nn.functional.batch_norm(part, None, None, scale, shift, training=True)
            for part in x.split(g)
        ]
        torch.cat(parts).backward(d)

    ours_s, peer_s = medians(ours, peer)
    peer()
    np.testing.assert_allclose(ours()[0], x.grad.numpy(), atol=1e-3 if dtype == "float32" else 1e-9)
    report(
        f"ghost batch norm, {N} x {n}, ghosts of {g}", N * n, dtype, ours_s, "torch loop", peer_s
    )


def epoch(dtype):
    """One epoch of the digits network at batch 32."""
    data, model = digits(), two_layer_network()
    arrays = [torch.tensor(part) for part in data]
    X, y, X_val, y_val = (
        a.to(getattr(torch, dtype)) if a.is_floating_point() else a for a in arrays[:4]
    )
    net = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)).to(
        X.dtype
    )
    adam = torch.optim.Adam(net.parameters(), fused=True)
    loss_of = torch.nn.functional.cross_entropy

    def peer(epochs=5):
        for _ in range(epochs):
            order = torch.randperm(len(X))
            for start in range(0, len(X), 32):
                rows = order[start : start + 32]
                adam.zero_grad()
                loss_of(net(X[rows]), y[rows]).backward()
                adam.step()
            with torch.no_grad():
                for inputs, labels in ((X, y), (X_val, y_val)):
                    scores = net(inputs)
                    loss_of(scores, labels).item()
                    (scores.argmax(1) == labels).double().mean().item()

    ours_s, peer_s = medians(lambda: fit(model, data, "adam", epochs=5), peer)
    report(
        "epoch of the digits network, batch 32", model.n_parameters, "float64", ours_s / 5,
        f"torch {dtype}, fused Adam", peer_s / 5,
    )  # fmt: skip


def sam_step(batch):
    """A step of SAM against a plain step, both with Adam."""
    data, model = digits(), two_layer_network()
    X, y = np.ascontiguousarray(data.X_train[:batch]), data.y_train[:batch]
    w, v = model.init(0), model.init(0)
    stepper, sam = Stepper("adam", w), SAM("adam", v)
    loss_grad = lambda u: model.loss_and_gradient(u, X, y)  # noqa: E731

    def plain():
        for _ in range(STEPS):
            stepper.update(loss_grad(w)[1])

    def both():
        for _ in range(STEPS):
            sam.update(loss_grad)

    sam_s, plain_s = medians(both, plain, repeats=3 if QUICK else 201)
    report(
        f"SAM's step, batch {batch}", w.size, "float64", sam_s / STEPS, "our plain step", plain_s / STEPS,
        plain_steps=round(sam_s / plain_s, 3),
    )  # fmt: skip


def main():
    """Measure and print."""
    torch.set_num_threads(2)
    for dtype in ("float64", "float32"):
        ghost_norm(256, 64, 32, dtype)
        ghost_norm(4096, 256, 64, dtype)
    torch.set_num_threads(1)  # on arrays this small a second thread slows PyTorch down
    for dtype in ("float64", "float32"):
        epoch(dtype)
    for batch in (32, 256):
        sam_step(batch)
    log.finish()


if __name__ == "__main__":
    main()
