"""Which modules pytest leaves alone when it looks for doctests."""

from importlib.util import find_spec

# It's numba's side of the kernels, and never imported without.
collect_ignore = [] if find_spec("numba") else ["course_lib/kernels/_numba.py"]
