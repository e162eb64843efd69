"""Makes Python believe that numba is not installed: PYTHONPATH=tests/without_numba pytest.

Python imports a module of this name by itself when it starts, and so does every process started from
there.
"""

from importlib.machinery import PathFinder

MISSING = {"numba", "llvmlite"}
_find_spec = PathFinder.find_spec


@classmethod
def find_spec(cls, fullname, path=None, target=None):
    if fullname.partition(".")[0] in MISSING:
        return None
    return _find_spec(fullname, path, target)


PathFinder.find_spec = find_spec
