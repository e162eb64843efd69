"""The rates with which the three forms of momentum agree, and the mistakes people make with them.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...kernels import policy
from ..exercise import Failure
from ..rows import exercise, prop
from ..trial import Trial


def same_rate_for_all(form, lr, rho):
    """all three forms get the same rate

    The velocity of form 3 is an average, 1 - rho times as large as the sum in form 1. So that the
    steps agree, form 3 needs a rate 1 / (1 - rho) times as large.
    """
    return lr, lr, lr


def form_ignored(form, lr, rho):
    """lr is always taken for the rate of form 1

    form says to which of the three lr belongs. If that is form 3, it keeps lr, and the two others
    get lr * (1 - rho).
    """
    return lr, lr, lr / (1 - rho)


def factor_inverted(form, lr, rho):
    """the factor is the wrong way round

    An average is smaller than a sum, so form 3 needs the larger rate, not the smaller one: that of
    form 1 divided by 1 - rho.
    """
    first = lr / (1 - rho) if form == 3 else lr
    return first, first, first * (1 - rho)


def same_factor_both_ways(form, lr, rho):
    """the way back from form 3 has the same factor as the way there

    If going from form 1 to form 3 divides by 1 - rho, coming back must multiply by it.
    """
    if form == 3:
        return lr / (1 - rho), lr / (1 - rho), lr
    return lr, lr, lr / (1 - rho)


def divides_by_rho(form, lr, rho):
    """the factor is rho instead of 1 - rho

    In form 3 the gradient enters the velocity with 1 - rho, and that is the factor between the rates.
    rho is how much of the old velocity is kept, the same in all forms.
    """
    first = lr * rho if form == 3 else lr
    return first, first, first / rho


def form2_like_form3(form, lr, rho):
    """form 2 is treated like form 3

    In form 2 the rate enters with the gradient, so the velocity there is lr times that of form 1: it
    is the step itself. Forms 1 and 2 have one rate.
    """
    first = lr if form == 1 else lr * (1 - rho)
    return first, first / (1 - rho), first / (1 - rho)


def form2_divided_by_lr(form, lr, rho):
    """the rate of form 2 is 1

    The step of form 2, w - v, shows no rate, but its velocity contains it: v = rho * v + lr * g. That
    rate is the same as in form 1.
    """
    first = lr * (1 - rho) if form == 3 else lr
    return first, 1.0, first / (1 - rho)


def forms_reversed(form, lr, rho):
    """the rates come back in the wrong order

    Return them in the order of the forms: form 1, form 2, form 3.
    """
    first = lr * (1 - rho) if form == 3 else lr
    return first / (1 - rho), first, first


def factor_twice(form, lr, rho):
    """the factor 1 - rho is applied twice

    The average is 1 - rho times as large as the sum, once. So the rate of form 3 is that of form 1,
    divided by 1 - rho a single time.
    """
    first = lr * (1 - rho) ** 2 if form == 3 else lr
    return first, first, first / (1 - rho) ** 2


def lr_lost_on_the_way_back(form, lr, rho):
    """form 3 does not get back the rate it came with

    If lr belongs to form 3, then form 3 keeps it; only the two others change.
    """
    first = lr * (1 - rho) if form == 3 else lr
    return first, first, first


def plus_rho(form, lr, rho):
    """the factor is 1 + rho

    Sum the shares that one gradient has in all velocities after it: 1 + rho + rho**2 + ..., which is
    1 / (1 - rho).
    """
    first = lr / (1 + rho) if form == 3 else lr
    return first, first, first * (1 + rho)


def _convert_momentum(form, lr, rho):
    first = lr * (1 - rho) if form == 3 else lr
    return first, first, first / (1 - rho)


def _by_cases(form, lr, rho):
    if form in (1, 2):
        return lr, lr, lr / (1 - rho)
    return (1 - rho) * lr, (1 - rho) * lr, lr


def _by_table(form, lr, rho):
    sizes = {1: 1.0, 2: 1.0, 3: 1 - rho}
    return tuple(lr * sizes[form] / sizes[other] for other in (1, 2, 3))


def _as_list(form, lr, rho):
    first = lr if form < 3 else lr - rho * lr
    return [np.float64(first), first, np.array(first / (1.0 - rho))]


def _as_array(form, lr, rho):
    rates = np.array([lr, lr, lr / (1 - rho)])
    return list(rates * (1 - rho)) if form == 3 else list(rates)


def _named(form, lr, rho):
    from collections import namedtuple

    Rates = namedtuple("Rates", ["form1", "form2", "form3"])
    share = 1 - rho
    third = lr if form == 3 else lr / share
    return Rates(third * share, third * share, third)


# ------------------------------------------------------------------------------ inputs


def _draw(rng: np.random.Generator, shown: bool = True) -> tuple[float, float]:
    """Return a rate and a momentum far from where wrong factors agree: ½, 0 and 1."""
    lr, rho = float(rng.uniform(0.02, 0.4)), float(rng.uniform(0.7, 0.95))
    return (round(lr, 3), round(rho, 2)) if shown else (lr, rho)


def _cases(rng: np.random.Generator) -> list[tuple[int, float, float]]:
    return [(form, *_draw(rng)) for _ in range(2) for form in (1, 2, 3)]


# -------------------------------------------------------------------------- properties


def _looks(trial: Trial) -> Iterator[tuple[tuple[int, float, float], tuple[Any, ...]]]:
    """Yield arguments and rates for each form; several properties look at them, each call is made once."""
    taken = trial.shared.setdefault("looks", [])
    rng = trial.rng(1)
    for form in (1, 2, 3):
        args = (form, *_draw(rng, not trial.hidden))
        if len(taken) < form:
            taken.append((args, trial.call(*args)))
        yield taken[form - 1]


def form(trial: Trial) -> None:
    """It returns three numbers."""
    next(_looks(trial))


def own_rate(trial: Trial) -> None:
    """The form that lr belongs to gets lr back."""
    for args, rates in _looks(trial):
        own, when = args[0] - 1, f" when lr belongs to form {args[0]}"
        trial.expect(
            rates[own], trial.reference(*args)[own], trial.exercise.returns[own], args, when
        )


def forms_one_and_two(trial: Trial) -> None:
    """Forms 1 and 2 have the same rate."""
    for args, (first, second, _) in _looks(trial):
        trial.expect(second, first, "form2", args, f" when lr belongs to form {args[0]}")


def from_form_one(trial: Trial) -> None:
    """From forms 1 and 2, the rate of form 3 follows."""
    rng = trial.rng(3)
    for form in (1, 2, *((1, 2) if trial.hidden else ())):
        trial.compare(form, *_draw(rng, not trial.hidden), when=f" when lr belongs to form {form}")


def from_form_three(trial: Trial) -> None:
    """From form 3, the rates of forms 1 and 2 follow."""
    rng = trial.rng(4)
    for _ in range(4 if trial.hidden else 2):
        trial.compare(3, *_draw(rng, not trial.hidden), when=" when lr belongs to form 3")


def same_steps(trial: Trial) -> None:
    """With these rates the three forms take the same steps, for any sequence of gradients."""
    rng = trial.rng(5)
    for (form, lr, rho), rates in _looks(trial):
        gradients = np.round(rng.choice([-1.0, 1.0], size=6) * rng.uniform(0.3, 2, size=6), 2)
        ends = [_end(k, float(rates[k - 1]), rho, gradients) for k in (1, 2, 3)]
        if np.ptp(ends) > 1e-9 * lr * float(np.abs(gradients).sum()) / (1 - rho):
            raise Failure(
                f"Six steps with the rates for form {form} lead to three different weights.",
                trial.name_arguments((form, lr, rho)),
            )


def _end(form: int, lr: float, rho: float, gradients: np.ndarray) -> float:
    """Follow one form from w = v = 0."""
    w = v = 0.0
    for g in gradients:
        v = rho * v + {1: 1.0, 2: lr, 3: 1 - rho}[form] * float(g)
        w -= v if form == 2 else lr * v
    return w


def extremes(trial: Trial) -> None:
    """It is right without momentum, and with very much of it."""
    rng = trial.rng(6)
    for rho in (0.3, 0.99999, 0.999, 0.0) if trial.hidden else (0.0, 0.999):
        for form in (1, 2, 3):
            lr = _draw(rng, shown=False)[0] if trial.hidden else 0.1
            when = f" when lr belongs to form {form} and rho is {rho:g}"
            trial.compare(form, lr, rho, when=when)


CONVERT_MOMENTUM = exercise(
    "convert_momentum",
    "04_optimizers",
    title="Three forms of momentum",
    points=4,
    section="sec-momentum",
    parameters=("form", "lr", "rho"),
    returns=("form1", "form2", "form3"),
    kinds=("number", "number", "number"),
    reference=_convert_momentum,
    cases=_cases,
    properties=(
        prop(form, weight=0),
        prop(own_rate, weight=0.5),
        prop(forms_one_and_two, after="own_rate", weight=0.5),
        prop(from_form_one, after="forms_one_and_two", weight=0.5),
        prop(from_form_three, after="from_form_one", weight=1.5),
        prop(same_steps, after="from_form_three", weight=2.5),
        prop(extremes, after="from_form_three"),
    ),
    misconceptions=(
        same_rate_for_all,
        form_ignored,
        factor_inverted,
        same_factor_both_ways,
        divides_by_rho,
        form2_like_form3,
        form2_divided_by_lr,
        forms_reversed,
        factor_twice,
        lr_lost_on_the_way_back,
        plus_rho,
    ),
    correct=(
        _by_cases,
        _by_table,
        _as_list,
        _as_array,
        _named,
        policy.compile_lazily(_by_cases),
    ),
)
