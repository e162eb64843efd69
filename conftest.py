"""Which modules pytest leaves alone when it looks for doctests, and proofs that need no second run."""

import functools
import hashlib
import json
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROVEN = HERE / "tests" / "proofs.json"

# To import this one is to be without numba from then on.
collect_ignore = ["tests/without_numba/sitecustomize.py"]

# The fuzzers need atheris, which nothing else does.
collect_ignore_glob = ["tests/fuzz/*"]

if find_spec("numba") is None:
    # It's numba's side of the kernels, and never imported without.
    collect_ignore.append("course_lib/kernels/_numba.py")


def pytest_addoption(parser):
    """Add ``--proofs``."""
    parser.addoption(
        "--proofs", action="store_true", help="proofs too, those that were seen included"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Skip a proof that was seen to hold with this very code.

    A test of minutes is marked ``proof(files, ...)``: what it proves can only change with its own text
    or that of these files, and of what they import. ``make proofs`` runs them all, and notes the digest
    of that text for each that holds. One that has never held waits for ``make proofs``.
    """
    proven = json.loads(PROVEN.read_text(encoding="utf-8")) if PROVEN.exists() else {}
    for item in items:
        mark = item.get_closest_marker("proof")
        if mark:
            digest = what_it_rests_on(item.path, mark.args)
            item.user_properties.append(("proof", digest))
            item.add_marker("slow")
            why = {digest: "seen with this code", None: "not seen yet: make proofs"}
            seen = proven.get(item.nodeid)
            if seen in why and not config.getoption("--proofs"):
                item.add_marker(pytest.mark.skip(reason=f"tests/proofs.json: {why[seen]}"))


@functools.cache
def what_it_rests_on(test, files):
    """Return a digest of the text of a test and of the files that it names."""
    from course_lib.grading import rowcode

    whole = hashlib.sha256(rowcode.code(test).encode())
    for path in sorted(
        path for pattern in files for path in HERE.glob(pattern) if path.suffix != ".pyc"
    ):
        ours = path.suffix == ".py" and rowcode.LIBRARY in path.parents
        whole.update(rowcode.digest_of(path).encode() if ours else path.read_bytes())
    return whole.hexdigest()[:16]


def pytest_configure(config):
    """Note what is proven, in the process that hears of all tests."""
    if config.getoption("--proofs") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Notes())


class Notes:
    """Keeps the digests of the proofs that hold."""

    def __init__(self):
        self.found = {}

    def pytest_runtest_logreport(self, report):
        """Note a proof that holds, and forget one that does not."""
        digest = dict(report.user_properties).get("proof")
        if digest and (report.when == "call" or not report.passed):
            self.found[report.nodeid] = digest if report.passed else None

    def pytest_sessionfinish(self):
        """Write the record."""
        known = json.loads(PROVEN.read_text(encoding="utf-8")) if PROVEN.exists() else {}
        rows = {test: digest for test, digest in (known | self.found).items() if digest}
        PROVEN.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", encoding="utf-8")
