"""Landscapes: gradients are slopes, and the stated minimum, spectrum and constant are right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib.landscapes import (
    LANDSCAPES,
    Objective,
    as_objective,
    double_well,
    quadratic,
    rosenbrock,
    saddle,
    values,
)

EXAMPLES = {
    "bowl": quadratic(),
    "turned": quadratic((1, 20), angle=0.5),
    "one dimension": quadratic((3,)),
    "turned, five dimensions": quadratic((1, 2, 3, 4, 5), angle=-1.0),
    "indefinite": quadratic((2, -1), angle=0.3),
    "rosenbrock": rosenbrock(),
    "rosenbrock, other": rosenbrock(a=-0.5, b=7),
    "saddle": saddle(),
    "saddle, other": saddle(a=3, b=0.5, c=2),
    "saddle without end": saddle(b=2, c=0),
    "wells": double_well(),
    "wells, mirrored": double_well(barrier=0.6, depth=3, across=5),
    "wells, alike": double_well(barrier=0),
}
examples = pytest.mark.parametrize("objective", EXAMPLES.values(), ids=EXAMPLES)


def points(n):
    return arrays(np.float64, n, elements=st.floats(-3, 3, width=32))


def hessian(objective, w, h=1e-5):
    rows = [
        (objective.value_and_gradient(w + e)[1] - objective.value_and_gradient(w - e)[1]) / (2 * h)
        for e in h * np.eye(w.size)
    ]
    return np.array(rows)


@examples
@given(data=st.data())
def test_gradient_is_the_slope_of_the_value(objective, data):
    w = data.draw(points(objective.start.size))
    _, gradient = objective.value_and_gradient(w)
    h = 1e-5
    slope = [
        (objective.value_and_gradient(w + e)[0] - objective.value_and_gradient(w - e)[0]) / (2 * h)
        for e in h * np.eye(w.size)
    ]
    np.testing.assert_allclose(gradient, slope, rtol=1e-6, atol=1e-6)


@examples
@given(data=st.data())
def test_nowhere_below_the_stated_minimum(objective, data):
    if objective.minimizer is None:
        assert objective.minimum is None
        return
    value, gradient = objective.value_and_gradient(objective.minimizer)
    assert value == objective.minimum
    assert np.abs(gradient).max() < 1e-12
    w = data.draw(points(objective.start.size))
    assert objective.value_and_gradient(w)[0] >= objective.minimum - 1e-9


@examples
def test_stated_spectrum_is_that_of_the_hessian(objective):
    if objective.eigenvalues is None:
        return
    H = hessian(objective, objective.start)
    np.testing.assert_allclose(np.linalg.eigvalsh(H), np.sort(objective.eigenvalues), atol=1e-6)
    assert objective.lipschitz == np.abs(objective.eigenvalues).max()


def test_without_minimum_it_goes_down_without_end():
    for objective in (quadratic((1, -1)), saddle(c=0)):
        assert objective.minimizer is None
        assert objective.value_and_gradient([0.0, 1e6])[0] < -1e9


def test_quadratic_is_half_whw_turned_counterclockwise():
    angle = 0.4
    R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    H = R @ np.diag([1.0, 9.0]) @ R.T
    w = np.array([0.3, -2.0])
    value, gradient = quadratic((1, 9), angle).value_and_gradient(w)
    assert np.isclose(value, 0.5 * w @ H @ w, rtol=1e-14)
    np.testing.assert_allclose(gradient, H @ w, rtol=1e-14)


def test_curvature_in_the_wells_is_as_stated():
    k, m, c = 2.0, -0.5, 3.0
    wells = double_well(barrier=m, depth=k, across=c)
    for x, curvature in ((-1.0, 2 * k * (1 + m)), (1.0, 2 * k * (1 - m))):
        np.testing.assert_allclose(
            hessian(wells, np.array([x, 0.0])), np.diag([curvature, c]), atol=1e-6
        )
    left, right = values(wells, [[-1, 0], [1, 0]])
    assert np.isclose(left - right, -4 * k * m / 3, rtol=1e-14)


@examples
def test_many_points_at_once(objective):
    n = objective.start.size
    grid = np.random.default_rng(0).standard_normal((3, 4, n))
    expected = [[objective.value_and_gradient(w)[0] for w in row] for row in grid]
    np.testing.assert_allclose(values(objective, grid), expected, rtol=1e-13)
    # A function the kernels don't know is asked point by point.
    own = Objective("own", objective.value_and_gradient, objective.start)
    np.testing.assert_allclose(values(own, grid), expected, rtol=1e-13)
    assert values(objective, np.empty((0, n))).shape == (0,)


@examples
def test_start_and_minimum_are_within_the_picture(objective):
    if objective.bounds is None:
        assert objective.start.size != 2
        return
    for point in (objective.start, objective.minimizer):
        if point is not None:
            for coordinate, (low, high) in zip(point, objective.bounds, strict=True):
                assert low < coordinate < high


def test_the_table_has_every_family_under_its_own_name():
    for name, make in LANDSCAPES.items():
        assert make().name == name
        assert as_objective(name).name == name
