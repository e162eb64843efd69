"""Central differences of a network's loss against SciPy's `approx_fprime`.

SciPy takes *forward* differences, half as many evaluations as ours, of a loss that computes no gradient:
plain NumPy. Needs SciPy, so it runs in the environment of the peers.
"""

import time

import numpy as np
from _measure import QUICK, Log
from scipy.optimize import approx_fprime

from course_lib.datasets import digits
from course_lib.gradients import network_gradient
from course_lib.models import two_layer_network

REPEATS = 2 if QUICK else 11


def numpy_loss(model, X, y):
    """Return the loss alone, without a check or a gradient."""
    rows = np.arange(len(y))

    def loss(w):
        W1, b1, W2, b2 = model.unpack(w).values()
        s = np.maximum(X @ W1 + b1, 0) @ W2 + b2
        s = s - s.max(axis=1, keepdims=True)
        return (np.log(np.exp(s).sum(axis=1)) - s[rows, y]).mean()

    return loss


def medians(*calls):
    """Time the calls in turn, several times; return the median of each."""
    for call in calls:
        call()
    times = []
    for _ in range(REPEATS):
        for call in calls:
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
    return np.median(np.reshape(times, (REPEATS, -1)), axis=0).tolist()


def main():
    """Measure and print."""
    data = digits()
    model = two_layer_network(hidden=27)  # 2,035 parameters
    w = model.init(0)
    log = Log("differences")
    for batch in (32, 256, 1000):
        X, y = np.ascontiguousarray(data.X_train[:batch]), data.y_train[:batch]
        loss = numpy_loss(model, X, y)
        ours, peer = medians(
            lambda X=X, y=y: network_gradient(model, w, X, y), lambda f=loss: approx_fprime(w, f)
        )
        truth = model.loss_and_gradient(w, X, y)[1]
        log.compare(
            f"differences of a network's loss, batch {batch}", w.size, "float64",
            {"ours": ours, "scipy.optimize.approx_fprime (forward) of a NumPy loss": peer},
            ours_error=float(np.abs(network_gradient(model, w, X, y) - truth).max()),
            peer_error=float(np.abs(approx_fprime(w, loss) - truth).max()),
        )  # fmt: skip
    log.finish()


if __name__ == "__main__":
    main()
