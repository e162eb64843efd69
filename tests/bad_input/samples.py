"""Arrays, functions and models that the calls share, and kinds of arguments made of them."""

import numpy as np

from course_lib import datasets, models, normalization, plotting, recipes

from .kinds import Arg, also, array, choice, loose, number, whole

RNG = np.random.default_rng(0)
V, W3 = np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.2, -0.4])
X, Y = RNG.standard_normal((6, 3)), RNG.standard_normal(6)
LABELS = np.array([0, 1, 2, 0, 1, 2])
H = np.array([[3.0, 1.0, 0.0], [1.0, 4.0, 0.5], [0.0, 0.5, 2.0]])
ONES, ZEROS = np.ones(3), np.zeros(3)
MODEL = models.two_layer_network(3, 4, 3, "tanh")
NORMED = models.mlp((3, 4, 3), batch_norm=True)
CACHE = normalization.ghost_batch_norm_forward(X, 4, ONES, ZEROS)[1]
FEW = datasets.digits(n_train=20)
SMALL = models.softmax_classifier()
RECIPE = recipes.Recipe(
    rule=lambda w, g, m, v, t, lr, beta1, beta2, eps, weight_decay: (w - lr * g, m, v),
    schedule=lambda t: 0.03,
    sam_step=None,
    ghost_batch_norm=lambda X, g, gamma, beta, eps: normalization.ghost_batch_norm(
        X, g, gamma, beta
    ),
    batch_size=50,
    ghost=50,
    rho=0.0,
    weight_decay=0.0,
)
STATIC = normalization.ghost_statistics(X, 4)


def square(x):
    return np.sum(x * x)


def twice(x):
    return 2.0 * x


def both(w):
    return float(w @ w), 2.0 * w


def product(v):
    return H @ v


def axes():
    return plotting.figure()[1]


def shape(name, wrong, wanted):
    """Return a mistake of shape, and the words: what was given and what is expected."""
    return wrong, (f"{name} has shape {np.shape(wrong)}", wanted)


def vector(value, like, name="{name}"):
    """Return the argument of a vector that must be shaped like another one."""
    return array(value, shape(name, np.ones(2), f"{like} has shape (3,)"))


def series(value):
    return array(
        value, shape("g", [], "(steps, ...), not empty"), shape("g", 1.0, "must be a series")
    )


def table(value, name="X"):
    return array(
        value,
        shape(name, np.ones(3), "must be (N, n): one example a row, at least one"),
        shape(name, np.zeros((0, 3)), "must be (N, n): one example a row, at least one"),
    )


def targets(value, wanted="X has 6 examples: expected (6,)"):
    return array(value, shape("y", np.ones(5), wanted))


def column(value):
    return array(value, shape("{name}", np.ones(2), "X has 3 columns: expected (3,)"))


def ghost(value):
    return also(
        whole(value, 1), (7, ValueError, "g is 7, but a ghost can't be larger than the batch of 6")
    )


def spectrum(value):
    return also(array(value), ([1.0, -1.0], ValueError, "eigenvalues holds -1, but"))


def hessian(value):
    return array(
        value,
        shape("H", np.ones((3, 2)), "must be square: (n, n)"),
        shape("H", np.ones(3), "must be square: (n, n)"),
        (np.triu(np.ones((3, 3))), "H is not symmetric"),
    )


def examples_grads(value, least):
    wanted = f"must be (N, ...) with N at least {least}"
    return array(value, shape("{name}", np.zeros((0, 2)), wanted), shape("{name}", 1.0, wanted))


def weights(model):
    """Return the argument of a model's weights, which must be one array."""
    n = model.n_parameters
    right = model.init(0)
    wrong = (ONES, ValueError, ("w has shape (3,)", f"({n},)"))
    return Arg(
        right, (wrong, (right.tolist(), TypeError, f"w must be an array of shape ({n},), not list"))
    )


def inputs():
    """Return the argument of examples for a model of three inputs."""
    wanted = "must be (N, 3): one example a row, at least one"
    bad = [shape("X", x, wanted) for x in (X[0], X[:0], X[:, :2])]
    return Arg(X, tuple((x, ValueError, words) for x, words in bad), layout=True)


def labels():
    """Return the argument of six examples' labels."""
    words = "y must hold labels: whole numbers from 0 to 2"
    bad = [(LABELS + 9, words), (LABELS - 1, words), (LABELS * 1.0, words)]
    bad.append(shape("y", LABELS[:2], "X has 6 examples: expected (6,)"))
    return Arg(LABELS, tuple((y, ValueError, words) for y, words in bad), layout=True)


T = also(
    loose([0.0, 1.0, 2.0]),
    ([0.0, np.nan], ValueError, "t is NaN, but must be a number of steps, counted from 0"),
    ("0", TypeError, "t must hold real numbers"),
)
STEP = Arg(1e-3, number(1e-3, above=0).mistakes)
RULE = also(choice("momentum", "there is no rule"), (3, TypeError, "not int"))
LANDSCAPE = also(
    choice("quadratic", "there is no landscape"), (3, TypeError, "a name or an Objective, not int")
)
LIKE_W = ("w has shape (3,)",)
