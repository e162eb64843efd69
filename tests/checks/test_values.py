"""What is seen sooner is seen the same: comparisons of plain values against their definitions."""

import io
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from course_lib.checks.guard import quiet
from course_lib.checks.values import alike, difference, same

SPECIAL = (0.0, -0.0, 1.0, 1.0 + 1e-12, 1.0 + 1e-5, np.nan, np.inf, -np.inf, 3e38)
NUMBERS = {
    kind: st.one_of(
        st.sampled_from([float(kind(x)) for x in SPECIAL]), st.floats(-10, 10, width=width)
    )
    for kind, width in ((np.float64, 64), (np.float32, 32))
}


@st.composite
def pairs(draw):
    """Draw two arrays of one shape; often they have many numbers in common."""
    shape = draw(array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3))
    kind = draw(st.sampled_from(list(NUMBERS)))
    a, b = (draw(arrays(kind, shape, elements=NUMBERS[kind])) for _ in range(2))
    return a, np.where(draw(arrays(bool, shape)), a, b).astype(a.dtype)


def is_close(a, b, scale, tolerance):
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(a - b) <= tolerance * scale))


@given(pairs())
@example((np.array([np.nan, 1.0]), np.array([np.nan, 1.0])))
@example((np.array([np.inf]), np.array([np.inf])))
@example((np.array([1.0 + 2e-9]), np.array([1.0])))
@example((np.array([1.0005], np.float32), np.array([1.0], np.float32)))
@example((np.array([0.0]), np.array([-0.0])))
def test_a_difference_is_what_is_more_than_rounding(pair):
    actual, expected = pair
    scale = np.max(np.abs(expected), initial=0.0)
    tolerance = 1e-9 if expected.dtype == np.float64 else 3e-4
    if np.isfinite(expected).all():
        right = is_close(actual, expected, float(scale), tolerance)
    else:
        right = np.array_equal(actual, expected, equal_nan=True)
    assert (difference(actual, expected, "w") == "") == right


@given(pairs())
def test_alike_is_nan_in_the_same_places_and_the_rest_close(pair):
    a, b = pair
    finite = np.isfinite(b)
    scale = float(np.max(np.abs(b[finite]), initial=0.0))
    right = (
        np.array_equal(np.isfinite(a), finite)
        and np.array_equal(a[~finite], b[~finite], equal_nan=True)
        and is_close(a[finite], b[finite], scale, 1e-6)
    )
    assert alike(a, b, 1e-6) == right


@given(pairs())
def test_an_argument_is_the_same_if_its_numbers_are(pair):
    before, after = pair
    assert same(before, after) == np.array_equal(before, after, equal_nan=True)
    assert not same(before, after.astype(complex))


def test_of_objects_their_values_count():
    one, other = (np.array([[1.0], "a"], dtype=object) for _ in range(2))
    assert same(one, other)
    other[0] = [2.0]
    assert not same(one, other)


def test_who_is_kept_quiet_already_stays_so(capsys):
    text = io.StringIO()
    with quiet(text):
        with quiet(text):
            print("within")
        print("behind", file=sys.stderr)
        np.log(np.zeros(1))
    assert text.getvalue() == "within\nbehind\n"
    assert capsys.readouterr() == ("", "")
    with pytest.warns(RuntimeWarning):
        np.log(np.zeros(1))
