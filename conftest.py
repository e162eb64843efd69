"""Which modules pytest leaves alone when it looks for doctests, and which tests wait to be asked for."""

from importlib.util import find_spec

import pytest

# To import this one is to be without numba from then on.
collect_ignore = ["tests/without_numba/sitecustomize.py"]

# The fuzzers need atheris, which nothing else does.
collect_ignore_glob = ["tests/fuzz/*"]

if find_spec("numba") is None:
    # It's numba's side of the kernels, and never imported without.
    collect_ignore.append("course_lib/kernels/_numba.py")


def pytest_addoption(parser):
    """Add ``--proofs``."""
    parser.addoption("--proofs", action="store_true", help="also the tests that take minutes each")


def pytest_collection_modifyitems(config, items):
    """Skip proofs, unless they are asked for."""
    if config.getoption("--proofs"):
        return
    for item in items:
        if "proof" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="takes minutes: make proofs"))
