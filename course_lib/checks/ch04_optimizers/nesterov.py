"""Nesterov's step: the gradient is taken where the old velocity is about to lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..._validate import Array
from ..exercise import Failure
from ..rows import blame_change, exercise, prop
from ..trial import Trial
from ..values import show
from .nesterov_mistakes import MISTAKES
from .ranges import DECAY_RATE, RATE


def _nesterov_step(grad, w, v, lr, momentum):
    ahead = w - lr * momentum * v
    v = momentum * v + grad(ahead)
    return w - lr * v, v


def _from_ahead(grad, w, v, lr, momentum):
    ahead = w - (lr * momentum) * v
    g = grad(ahead)
    return ahead - lr * g, g + v * momentum


def _in_place(grad, w, v, lr, momentum):
    w, v = w.copy(), v.copy()
    v *= momentum
    w -= lr * v
    g = grad(w)
    w -= lr * g
    v += g
    return w, v


def _careful(grad, w, v, lr, momentum):
    kept = np.multiply(momentum, v)
    v_new = np.add(kept, grad(np.subtract(w, lr * kept)))
    return [np.subtract(w, lr * v_new), v_new]


def _by_displacement(grad, w, v, lr, momentum):
    coming = -lr * momentum * v
    g = grad(w + coming)
    return w + (coming - lr * g), momentum * v + g


def _grad_spoils_its_argument(grad, w, v, lr, momentum):
    point = np.empty_like(w)
    point[...] = w - lr * momentum * v
    g = grad(point)
    point[...] = np.nan
    return w - lr * (momentum * v + g), momentum * v + g


# ------------------------------------------------------------------------------ inputs


def _slope(
    rng: np.random.Generator, shape: tuple[int, ...], places: int
) -> Callable[[Array], Array]:
    """Return the gradient of a bowl; its docstring is how it is shown."""
    curvature = np.round(rng.uniform(0.5, 3.0, size=shape), places)
    signs = rng.choice([-1.0, 1.0], size=shape)
    shift = np.round(signs * rng.uniform(0.5, 2.0, size=shape), places)

    def grad(w: Array) -> Array:
        if np.shape(w) != shape:
            raise ValueError(f"grad takes weights of shape {shape}, but got {np.shape(w)}")
        w = np.asarray(w)
        slope: Array = curvature.astype(w.dtype) * w + shift.astype(w.dtype)
        return slope

    grad.__doc__ = f"grad(w) = {show(curvature)} * w + {show(shift)}"
    return grad


def _draw(
    rng: np.random.Generator,
    shape: tuple[int, ...] = (2,),
    dtype: type = np.float64,
    shown: bool = True,
) -> tuple[Any, ...]:
    """Draw the arguments of one call, with a velocity that is far from zero; few digits if they are shown."""
    few, places, digits = (1, 2, ".2g") if shown else (15, 15, ".15g")
    w, v = (
        np.round(rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.3, 2.0, size=shape), places)
        for _ in range(2)
    )
    lr, momentum = (float(f"{rng.uniform(*bounds):{digits}}") for bounds in (RATE, DECAY_RATE))
    return _slope(rng, shape, few), np.asarray(w, dtype), np.asarray(v, dtype), lr, momentum


def _draw_for(
    trial: Trial, rng: np.random.Generator, shape: tuple[int, ...] = (2,), dtype: type = np.float64
) -> tuple[Any, ...]:
    return _draw(rng, shape, dtype, shown=not trial.hidden)


def _cases(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    return [_draw(rng) for _ in range(3)]


# -------------------------------------------------------------------------- properties


class _Look(NamedTuple):
    """A call that several properties look at.

    ``points`` are those where it asked for the gradient, ``changed`` the arguments that it changed in place.
    """

    args: tuple[Any, ...]
    actual: tuple[Any, ...]
    points: list[tuple[Any, ...]]
    changed: frozenset[str]


def _looks(trial: Trial) -> Iterator[_Look]:
    """Yield a step of two weights, and one of a single weight; each is taken once."""
    taken: list[_Look] = trial.shared.setdefault("looks", [])
    yield from taken
    rng = trial.rng(2)
    for i, shape in enumerate(((2,), (1,))):
        args = _draw_for(trial, rng, shape)
        if i == len(taken):
            trial.changed.clear()
            actual = trial.call(*args)
            taken.append(_Look(args, actual, trial.seen["grad"], frozenset(trial.changed)))
            yield taken[i]


def form(trial: Trial) -> None:
    """It returns w and v, each shaped like w."""
    look = next(_looks(trial))
    for name, part in zip(trial.exercise.returns, look.actual, strict=True):
        if part.shape != look.args[1].shape:
            raise Failure(
                f"The returned {name} has shape {part.shape}; it must be {look.args[1].shape}.",
                trial.name_arguments(look.args),
            )


def one_gradient(trial: Trial) -> None:
    """It asks for one gradient a step."""
    for look in _looks(trial):
        if len(look.points) != 1:
            raise Failure(
                f"It called grad {len(look.points)} times; it must call it once.",
                trial.name_arguments(look.args),
            )


def looks_ahead(trial: Trial) -> None:
    """It takes the gradient at the point ahead, w − lr · momentum · v."""
    for look in _looks(trial):
        _, w, v, lr, momentum = look.args
        point = np.asarray(look.points[0][0], dtype=np.float64)
        trial.expect(point, w - lr * momentum * v, "point ahead", look.args)


def velocity(trial: Trial) -> None:
    """The velocity becomes momentum · v plus that gradient."""
    for look in _looks(trial):
        trial.expect(look.actual[1], trial.reference(*look.args)[1], "v", look.args)


def step(trial: Trial) -> None:
    """The weights move from w by −lr times the new velocity."""
    for look in _looks(trial):
        trial.expect(look.actual[0], trial.reference(*look.args)[0], "w", look.args)


def inputs_unchanged(trial: Trial) -> None:
    """The arrays that it is given are left unchanged."""
    for look in _looks(trial):
        if look.changed:
            raise Failure(blame_change(set(look.changed)), trial.name_arguments(look.args))


def later_steps(trial: Trial) -> None:
    """Six steps in a row are right, from v = 0 on, each starting from the state of the one before."""
    grad, w, v, lr, momentum = args = _draw_for(trial, trial.rng(5))
    mine = right = (w, 0 * v)
    for i in range(6):
        mine = trial.call(grad, *mine, lr, momentum)
        right = trial.reference(grad, *right, lr, momentum)
        for name, a, e in zip(("w", "v"), mine, right, strict=True):
            note = f" after step {i + 1} from v = 0 (the hyperparameters are shown)"
            trial.expect(a, e, name, args, note)


def extremes(trial: Trial) -> None:
    """It is right without momentum, which makes it gradient descent, and with very much of it."""
    rng = trial.rng(8)
    for momentum in (0.0, 0.99, *((0.3, 0.9999) if trial.hidden else ())):
        trial.compare(*_draw_for(trial, rng)[:4], momentum, when=f" for momentum = {momentum:g}")


def single_precision(trial: Trial) -> None:
    """It works on arrays of float32 as well."""
    trial.compare(*_draw_for(trial, trial.rng(9), dtype=np.float32), when=" for float32 input")


def every_shape(trial: Trial) -> None:
    """It works for one weight, a vector, and a matrix that is not square."""
    rng = trial.rng(7)
    shapes: list[tuple[int, ...]] = [(), (1,), (5,), (2, 3)]
    if trial.hidden:
        shapes += [(3, 1, 2), (1, 7), (0,)]
    for shape in shapes:
        trial.compare(*_draw_for(trial, rng, shape), when=f" for w of shape {shape}")


NESTEROV_STEP = exercise(
    "nesterov_step",
    "04_optimizers",
    title="One of Nesterov's steps",
    points=6,
    section="sec-nesterov",
    parameters=("grad", "w", "v", "lr", "momentum"),
    returns=("w", "v"),
    reference=_nesterov_step,
    cases=_cases,
    properties=(
        prop(form, weight=0),
        one_gradient,
        prop(looks_ahead, after="one_gradient"),
        prop(velocity, after="looks_ahead"),
        prop(step, after="velocity"),
        prop(later_steps, after="step", weight=5),
        prop(extremes, after="later_steps"),
        prop(inputs_unchanged, after="later_steps"),
        prop(single_precision, after="later_steps"),
        prop(every_shape, after="later_steps"),
    ),
    misconceptions=MISTAKES,
    correct=(_from_ahead, _in_place, _careful, _by_displacement, _grad_spoils_its_argument),
)
