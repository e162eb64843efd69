"""Which schedules come to rest and still get anywhere, and the mistakes people make about it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import math

import numpy as np

from ..rows import exercise, form_of, prop
from ..trial import Trial


def first_sum_alone(kind, power):
    """only the sum of the rates is looked at

    It must be infinite, so that any distance can be walked. But the sum of their squares must be
    finite as well, or the noise never dies out: a constant rate has an infinite sum too.
    """
    powers = {"constant": 0.0, "inverse_sqrt": 0.5, "inverse_time": 1.0}
    p = power if kind == "power" else powers.get(kind, np.inf)
    return p <= 1


def second_sum_alone(kind, power):
    """only the sum of the squares is looked at

    It must be finite, so that the noise dies out. But the sum of the rates must be infinite as well,
    or the run can stop anywhere short of the minimum: an exponential decay has finite squares too.
    """
    powers = {"constant": 0.0, "inverse_sqrt": 0.5, "inverse_time": 1.0}
    p = power if kind == "power" else powers.get(kind, np.inf)
    return p > 0.5


def goes_to_zero(kind, power):
    """it is enough that the rate goes to zero

    It must do so slowly enough that the rates sum to infinity, and fast enough that their squares do
    not. 1 / sqrt(t) goes to zero, and the sum of its squares, 1 / t, is infinite.
    """
    powers = {"constant": 0.0, "inverse_sqrt": 0.5, "inverse_time": 1.0}
    p = power if kind == "power" else powers.get(kind, np.inf)
    return p > 0


def half_included(kind, power):
    """power 1/2 is included

    At 1/2 the squares are 1 / t, whose sum grows like log t: it is infinite. The power must be above
    1/2.
    """
    powers = {"constant": 0.0, "inverse_sqrt": 0.5, "inverse_time": 1.0}
    p = power if kind == "power" else powers.get(kind, np.inf)
    return 0.5 <= p <= 1


def one_excluded(kind, power):
    """power 1 is excluded

    The sum of 1 / t grows like log t, slowly, but without end. So 1 / t is allowed: of the
    powers that are, it falls fastest.
    """
    powers = {"constant": 0.0, "inverse_sqrt": 0.5, "inverse_time": 1.0}
    p = power if kind == "power" else powers.get(kind, np.inf)
    return 0.5 < p < 1


def nothing_accepted(kind, power):
    """nothing is accepted

    If both conditions are about the sum of the rates, they contradict each other. The second is about
    the squares, which fall like t**(-2 * power): their sum is finite as soon as power is above 1/2.
    """
    powers = {"constant": 0.0, "inverse_sqrt": 0.5, "inverse_time": 1.0}
    p = power if kind == "power" else powers.get(kind, np.inf)
    return p <= 1 and p > 1


def everything_accepted(kind, power):
    """everything is accepted

    One condition or the other holds for every schedule. Both must hold, an infinite sum of rates and a
    finite sum of squares: join them by and, not by or.
    """
    powers = {"constant": 0.0, "inverse_sqrt": 0.5, "inverse_time": 1.0}
    p = power if kind == "power" else powers.get(kind, np.inf)
    return p <= 1 or p > 0.5


def conditions_swapped(kind, power):
    """the two conditions are swapped

    The sum of the rates must be infinite and the sum of the squares finite, not the other way round.
    """
    powers = {"constant": 0.0, "inverse_sqrt": 0.5, "inverse_time": 1.0}
    p = power if kind == "power" else powers.get(kind, np.inf)
    return not 0.5 < p <= 1


def fast_decays_accepted(kind, power):
    """schedules that fall faster than every power are accepted

    Their squares have a finite sum, but so have the rates themselves: a run can end anywhere on the
    way. That holds for exponential and step decay, and for linear and cosine, which end at zero.
    """
    powers = {"constant": 0.0, "inverse_sqrt": 0.5, "inverse_time": 1.0}
    p = power if kind == "power" else powers.get(kind, 0.75)
    return 0.5 < p <= 1


def only_kind_power(kind, power):
    """only the kind "power" is looked at

    The named schedules have powers too: inverse_time falls like 1 / t, with power 1, and so it
    satisfies both conditions.
    """
    return kind == "power" and 0.5 < power <= 1


def _satisfies_robbins_monro(kind, power):
    powers = {"constant": 0.0, "inverse_sqrt": 0.5, "inverse_time": 1.0}
    p = power if kind == "power" else powers.get(kind, np.inf)
    return 0.5 < p <= 1


def _by_cases(kind, power):
    if kind == "power":
        return power > 0.5 and power <= 1
    return kind == "inverse_time"


def _both_sums(kind, power):
    if kind in ("step_decay", "exponential_decay", "linear_decay", "cosine_decay"):
        return False
    if kind == "constant":
        power = 0
    elif kind == "inverse_sqrt":
        power = 1 / 2
    elif kind == "inverse_time":
        power = 1
    rates_sum_to_infinity = power <= 1
    squares_sum_is_finite = 2 * power > 1
    return rates_sum_to_infinity and squares_sum_is_finite


def _numpy_truth(kind, power):
    if kind != "power":
        return np.bool_(kind in {"inverse_time"})
    return np.logical_and(np.greater(power, 0.5), np.less_equal(power, 1.0))


def _in_a_match(kind, power):
    match kind:
        case "power":
            return not (power <= 0.5 or power > 1)
        case "inverse_time":
            return True
        case _:
            return False


def _interval(kind, power):
    p = {"power": power, "inverse_time": 1}.get(kind, 0)
    return max(0.5, min(p, 1)) == p != 0.5


# ------------------------------------------------------------------------------ inputs

KINDS = (
    "constant",
    "step_decay",
    "exponential_decay",
    "linear_decay",
    "cosine_decay",
    "inverse_sqrt",
    "inverse_time",
)


def _cases(_rng: np.random.Generator) -> list[tuple[str, float | None]]:
    powers = (0.0, 0.25, 0.5, 0.51, 0.6, 0.75, 0.9, 1.0, 1.01, 1.5, 2.0)
    return [("power", p) for p in powers] + [(kind, None) for kind in KINDS]


# -------------------------------------------------------------------------- properties


def _powers(trial: Trial, stream: int, low: float, high: float) -> list[float]:
    rng = trial.rng(stream)
    return [round(float(rng.uniform(low, high)), 2) for _ in range(8 if trial.hidden else 3)]


def in_between(trial: Trial) -> None:
    """For rates that fall like a power of t between ½ and 1, it returns True."""
    for p in (0.75, *_powers(trial, 1, 0.55, 0.95), 0.6):
        trial.compare("power", p, when=f" for power {p:g}")


def too_slow(trial: Trial) -> None:
    """For powers below ½ it returns False: the squares have an infinite sum."""
    for p in (0.25, 0.0, *_powers(trial, 2, 0.05, 0.45)):
        trial.compare("power", p, when=f" for power {p:g}")


def too_fast(trial: Trial) -> None:
    """For powers above 1 it returns False: the rates have a finite sum."""
    for p in (2.0, 1.5, *_powers(trial, 3, 1.05, 4.0)):
        trial.compare("power", p, when=f" for power {p:g}")


def at_the_ends(trial: Trial) -> None:
    """It is right at the ends of the interval, where the power is ½ or 1, and just beside them."""
    for p in (0.5, 1.0, 0.501, 0.499, 1.001, 0.999):
        trial.compare("power", p, when=f" for power {p:g}")
    if trial.hidden:
        for p in (math.nextafter(0.5, 1), math.nextafter(1, 2), math.nextafter(1, 0)):
            trial.compare("power", p)


def by_name(trial: Trial) -> None:
    """It knows which power constant, inverse_sqrt and inverse_time have."""
    for kind in ("inverse_time", "inverse_sqrt", "constant"):
        trial.compare(kind, None, when=f" for {kind}")


def faster_than_powers(trial: Trial) -> None:
    """For schedules that fall faster than every power, or end at zero, it returns False."""
    for kind in ("exponential_decay", "step_decay", "linear_decay", "cosine_decay"):
        trial.compare(kind, None, when=f" for {kind}")


SATISFIES_ROBBINS_MONRO = exercise(
    "satisfies_robbins_monro",
    "05_schedules",
    title="The conditions of Robbins and Monro",
    points=4,
    section="sec-robbins-monro",
    parameters=("kind", "power"),
    returns=("answer",),
    kinds=("truth",),
    reference=_satisfies_robbins_monro,
    cases=_cases,
    properties=(
        form_of("It returns True or False.", lambda _rng: ("power", 0.75)),
        in_between,
        prop(too_slow, after="in_between"),
        prop(too_fast, after="too_slow"),
        prop(at_the_ends, after="too_fast"),
        prop(by_name, after="at_the_ends"),
        prop(faster_than_powers, after="too_fast"),
    ),
    misconceptions=(
        first_sum_alone,
        second_sum_alone,
        goes_to_zero,
        half_included,
        one_excluded,
        nothing_accepted,
        everything_accepted,
        conditions_swapped,
        fast_decays_accepted,
        only_kind_power,
    ),
    correct=(_by_cases, _both_sums, _numpy_truth, _in_a_match, _interval),
)
