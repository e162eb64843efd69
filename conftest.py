"""Which modules pytest leaves alone when it looks for doctests."""

from importlib.util import find_spec

# To import this one is to be without numba from then on.
collect_ignore = ["tests/without_numba/sitecustomize.py"]

if find_spec("numba") is None:
    # It's numba's side of the kernels, and never imported without.
    collect_ignore.append("course_lib/kernels/_numba.py")
