"""A kernel that does nothing: its first call is what numba needs to begin."""

from course_lib.kernels.policy import kernel


@kernel("f8(f8[::1])")
def nothing(x):
    """Return the first element."""
    return x[0]
