"""Loss landscapes: value and gradient of four families of functions, chosen by number.

A number selects the family, so that one compiled function serves all of them. (A jitted function that
is passed as an argument would be compiled again in every process.) The branch goes the same way at
every step of a run, so it costs next to nothing.

=========== =============================== ===================================================
family      params                          f
=========== =============================== ===================================================
QUADRATIC   cos θ, sin θ, λ₁, …, λₙ         ½ Σ λᵢ uᵢ², where u is w with its first two
                                            coordinates turned by −θ
ROSENBROCK  a, b                            (a − x)² + b (y − x²)²
SADDLE      a, b, c                         ½ a x² − ½ b y² + ¼ c y⁴
DOUBLE_WELL k, m, c, offset                 k (x⁴/4 − m x³/3 − x²/2 + m x) + ½ c y² + offset
=========== =============================== ===================================================
"""

from __future__ import annotations

from .policy import Array, kernel

QUADRATIC, ROSENBROCK, SADDLE, DOUBLE_WELL = 0, 1, 2, 3


@kernel("f8(i8, f8[::1], f8[::1], f8[::1])")
def value_and_gradient(family: int, params: Array, w: Array, gradient: Array) -> float:
    """Return f(w) and write its gradient, shape (n,)."""
    value = 0.0
    if family == QUADRATIC:
        value = _quadratic(params, w, gradient)
    elif family == ROSENBROCK:
        value = _rosenbrock(params, w, gradient)
    elif family == SADDLE:
        value = _saddle(params, w, gradient)
    elif family == DOUBLE_WELL:
        value = _double_well(params, w, gradient)
    return value


# `float(...)` costs nothing when compiled; without numba it makes arithmetic on Python's floats, which
# is several times faster than on NumPy's scalars.


@kernel("f8(f8[::1], f8[::1], f8[::1])")
def _quadratic(params: Array, w: Array, gradient: Array) -> float:
    cos, sin = float(params[0]), float(params[1])
    value, first = 0.0, 0
    if sin != 0.0:
        x, y = float(w[0]), float(w[1])
        u, v = cos * x + sin * y, cos * y - sin * x
        du, dv = float(params[2]) * u, float(params[3]) * v
        gradient[0] = cos * du - sin * dv
        gradient[1] = sin * du + cos * dv
        value, first = 0.5 * (du * u + dv * v), 2
    for i in range(first, w.size):
        x = float(w[i])
        slope = float(params[2 + i]) * x
        gradient[i] = slope
        value += 0.5 * slope * x
    return value


@kernel("f8(f8[::1], f8[::1], f8[::1])")
def _rosenbrock(params: Array, w: Array, gradient: Array) -> float:
    a, b, x, y = float(params[0]), float(params[1]), float(w[0]), float(w[1])
    above = y - x * x
    gradient[0] = -2.0 * (a - x) - 4.0 * b * x * above
    gradient[1] = 2.0 * b * above
    return (a - x) * (a - x) + b * above * above


@kernel("f8(f8[::1], f8[::1], f8[::1])")
def _saddle(params: Array, w: Array, gradient: Array) -> float:
    a, b, c = float(params[0]), float(params[1]), float(params[2])
    x, y = float(w[0]), float(w[1])
    gradient[0] = a * x
    gradient[1] = (c * y * y - b) * y
    return 0.5 * a * x * x + (0.25 * c * y * y - 0.5 * b) * y * y


@kernel("f8(f8[::1], f8[::1], f8[::1])")
def _double_well(params: Array, w: Array, gradient: Array) -> float:
    k, m, c, offset = float(params[0]), float(params[1]), float(params[2]), float(params[3])
    x, y = float(w[0]), float(w[1])
    gradient[0] = k * (x * x - 1.0) * (x - m)
    gradient[1] = c * y
    return k * x * (m + x * (-0.5 + x * (x / 4.0 - m / 3.0))) + 0.5 * c * y * y + offset


@kernel("void(i8, f8[::1], f8[:, ::1], f8[::1])")
def values(family: int, params: Array, points: Array, out: Array) -> None:
    """Write f at many points, shape (k, n), into ``out``, shape (k,)."""
    gradient = points[0].copy()
    for k in range(out.size):
        out[k] = value_and_gradient(family, params, points[k], gradient)
