"""Checking a gradient: what the check looks at.

Nothing here depends on how a direction is drawn: errors are large beside every tolerance, and no two of
them can cancel.
"""

from __future__ import annotations

import itertools

import numpy as np

from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from . import gradient_check_compare as compare
from . import gradient_check_right as right
from . import gradient_check_search as search
from .bowls import Bowl, kinked, smooth
from .gradient_check_cases import H, arguments, cases, same
from .losses import numbers

# --------------------------------------------------------------------------- properties


def right_gradient(trial):
    """Nothing is reported for a gradient that is right."""
    rng = trial.rng(1)
    for shape in ((1,), (2,), (5,)):
        same(trial, *smooth(rng, shape))


def one_wrong(trial):
    """A gradient that is wrong in one coordinate is found out, wherever it is, and only there."""
    rng = trial.rng(2)
    for n in (1, 2, 4):
        for i, part in itertools.product(range(n), (1.0, -1.0, -2.0, 0.02)):
            same(trial, *smooth(rng, (n,), [((i,), part)]), seed=i)
    if trial.hidden:
        for i in range(9):
            same(trial, *smooth(rng, (9,), [((i,), 0.02)]), seed=i)


def several_wrong(trial):
    """If several coordinates are wrong, all of them are found."""
    rng = trial.rng(3)
    for errors in ({0: 1.0, 2: 0.5}, {1: -2.0, 3: 0.1, 4: 0.7}):
        same(trial, *smooth(rng, (5,), [((i,), part) for i, part in errors.items()]))


def kinks(trial):
    """A kink is reported as a kink and not as an error of df."""
    rng = trial.rng(4)
    for n, i in ((1, 0), (3, 1), (3, 0)):
        same(trial, *kinked(rng, n, i), when=" where x lies on the kink")
    same(trial, *kinked(rng, 4, 1, [((0,), 1.0), ((3,), 0.5)]), when=" beside errors of df")
    for away in (0.3 * H, -0.3 * H):
        same(
            trial, *kinked(rng, 3, 2, [((0,), 1.0)], away), when=" where a kink lies within h of x"
        )
    for away in (2 * H, -2 * H):
        same(
            trial,
            *kinked(rng, 3, 2, [((0,), 1.0)], away),
            when=" where a kink is further than h away",
        )


def limits(trial):
    """Slopes agree up to a relative error of tol, and there is a kink above one of jump."""
    # Powers of two: every operation is exact, so even a tie is decided in one way only.
    far = ((0,), 8.0)
    for off, h in itertools.product((-0.125, -0.25, -0.375, 0.125, 0.5), (0.5, 2.0**-10)):
        bowl = Bowl(np.array([16.0, 1.0]), np.zeros(2), errors=(far, ((1,), off)))
        same(trial, bowl, np.ones(2), when=" for a large tol", h=h, tol=0.25, jump=0.5)
        alone = Bowl(np.ones(1), np.zeros(1), errors=(((0,), off),))
        same(trial, alone, np.ones(1), when=" for a large tol", h=h, tol=0.25, jump=0.5)
    for left, jump in itertools.product((1.0, 0.875, 0.75, 0.625, 0.25, -1.0), (0.125, 0.25, 0.5)):
        bowl = Bowl(np.array([16.0, left]), np.zeros(2), (((1,), 1.0, 1.0 - left),), (far,))
        same(trial, bowl, np.ones(2), when=" for a large jump", h=0.25, tol=0.0625, jump=jump)


def every_size(trial):
    """Errors are judged relative to the slopes: it is right for a tiny f, a huge one, and slopes of 0."""
    rng = trial.rng(5)
    for scale in (1e-8, 1e6) + ((1e-30, 1e30) if trial.hidden else ()):
        for errors in ([], [((1,), 1.0)], [((0,), 0.5), ((2,), -1.0)]):
            same(trial, *smooth(rng, (3,), errors, scale), when=f" for slopes around {scale:g}")
    flat = np.array([1.0, 0.0, 0.0])
    for off in (0.0, 1.0):
        bowl = Bowl(30 * flat, flat, errors=(((0,), 8.0), ((2,), off)))
        same(trial, bowl, numbers(rng, (3,)), when=" where f does not depend on x")


def every_shape(trial):
    """x may be a matrix that is not square, or a single number."""
    rng = trial.rng(7)
    same(trial, *smooth(rng, (2, 3)), when=" for x of shape (2, 3)")
    errors = [((0, 2), 0.5), ((1, 0), 1.0)]
    same(trial, *smooth(rng, (2, 3), errors), when=" for x of shape (2, 3)")
    same(trial, *smooth(rng, (), [((), 1.0)]), when=" for x of shape ()")
    if trial.hidden:
        same(trial, *smooth(rng, (2, 1, 2), [((1, 0, 1), 1.0)]), when=" for x of shape (2, 1, 2)")


def evaluations(trial):
    """A right gradient takes 2 evaluations of f, any other 2n + 3 at most, and df is called once."""
    rng = trial.rng(8)
    for n in (1, 3, 6):
        flat = Bowl(np.zeros(n), np.zeros(n)), numbers(rng, (n,))
        right, wrong = smooth(rng, (n,)), smooth(rng, (n,), [((0,), 1.0)])
        for (bowl, x), most in ((right, 2), (flat, 2), (wrong, 2 * n + 3)):
            args = arguments(bowl, x)
            trial.call(*args)
            if trial.calls["f"] > most or trial.calls["df"] > 1:
                state = "wrong" if bowl.errors else "right"
                raise Failure(
                    f"For n = {n} and a df that is {state}, f is to be evaluated at most {most} times "
                    f"and df once; here it was {trial.calls['f']} and {trial.calls['df']}.",
                    trial.name_arguments(args),
                )


def random_direction(trial):
    """The first two evaluations are at x + h·v and x − h·v, with a direction v drawn by rng."""
    bowl, x = smooth(trial.rng(9), (12,))
    directions = []
    for seed in range(6):
        args = arguments(bowl, x, seed)
        trial.call(*args)
        points = [np.asarray(seen[0]) for seen in trial.seen["f"][:2]]
        up, down = points if len(points) == 2 else (x, x)
        # What is added to x rounds to its last digit, 2e-16, beside steps of 1e-3.
        if np.any(up == x) or np.any(np.abs(up + down - 2 * x) > 1e-12):
            raise Failure(
                "The first two evaluations must be at x + h·v and x − h·v, where no entry of v is 0.",
                trial.name_arguments(args),
            )
        directions.append((up > x) == (up[0] > x[0]))
    if all(np.array_equal(directions[0], other) for other in directions):
        raise Failure("v was the same for six different generators rng. Draw it with rng.")


GRADIENT_CHECK = exercise(
    "gradient_check",
    "02_gradients",
    title="Checking a gradient",
    points=8,
    section="sec-gradient-check",
    parameters=("f", "df", "x", "rng", "h", "tol", "jump"),
    returns=("is_wrong", "is_kink"),
    # The masks hold 0 and 1. Slopes of the smooth parts are exact but for rounding, some 1e-16·|f|/h =
    # 1e-11 of their size, four orders below the smallest tol; errors are at least 0.02 of it.
    reference=right.gradient_check,
    cases=cases,
    properties=(
        form_of(
            "It returns is_wrong and is_kink, two arrays shaped like x.",
            lambda rng: arguments(*smooth(rng, (2,))),
        ),
        right_gradient,
        prop(one_wrong, after="right_gradient", weight=2),
        prop(several_wrong, after="one_wrong"),
        prop(kinks, after="several_wrong", weight=2),
        prop(every_size, after="several_wrong"),
        prop(limits, after=("kinks", "every_size")),
        prop(every_shape, after="several_wrong"),
        prop(evaluations, after="one_wrong"),
        prop(random_direction, after="evaluations"),
        prop_after(unchanged_of(lambda rng: arguments(*smooth(rng, (2,)))), "one_wrong"),
    ),
    misconceptions=(
        search.few_coordinates,
        search.direction_only,
        search.direction_skipped,
        search.direction_of_the_gradient,
        search.direction_of_ones,
        search.stops_at_the_first,
        search.middle_evaluated_again,
        search.middle_evaluated_twice,
        search.gradient_computed_again,
        compare.kinks_called_wrong,
        compare.kinks_in_both,
        compare.kinks_passed_over,
        compare.jump_is_absolute,
        compare.error_is_absolute,
        compare.error_keeps_its_sign,
        compare.compared_with_one_side,
    ),
    correct=(
        right.vectorized,
        right.normal_direction,
        right.as_lists,
        right.unit_direction,
        right.in_two_rounds,
    ),
)
