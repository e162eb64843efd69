"""How kernels are compiled, kept and done without. What concerns processes is seen from outside."""

import importlib
import inspect
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import course_lib
from course_lib import kernels
from course_lib.kernels import optimizers, policy

PACKAGE = Path(course_lib.__file__).parent
WITHOUT_NUMBA = Path(__file__).parent / "without_numba"

needs_jit = pytest.mark.skipif(not policy.jit_enabled(), reason="kernels run as plain Python here")

STEPS = """
from course_lib.optimizers import step
print(step("sgd", [1.0], [1.0], lr=0.5)[0][0])
"""

# Which of the compiled functions came out of the cache; `_cache_hits` counts per signature.
RUN = """
import json
from course_lib.descent import descend
from course_lib.kernels import descent
run = descend("quadratic", rule="sgd", steps=1, lr=0.005)
stats = descent.descend.compiled.stats
print(json.dumps({
    "end": run.path[-1].tolist(),
    "hits": sum(stats.cache_hits.values()),
    "misses": sum(stats.cache_misses.values()),
}))
"""


def python(code, cache, first_path=PACKAGE.parent, **environment):
    """Run code in a new process, with kernels cached in a folder of its own."""
    # Nothing of how the tests themselves are run: what a process gets is what it is given here.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA_", "PYTHON"))}
    env = {**inherited, "NUMBA_CACHE_DIR": str(cache), "PYTHONWARNINGS": "error", **environment}
    paths = (environment.get("PYTHONPATH"), str(first_path))
    env["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=env,
        cwd=cache,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@needs_jit
def test_a_second_process_compiles_nothing_and_writes_nothing(tmp_path):
    first = json.loads(python(RUN, tmp_path))
    assert (first["hits"], first["misses"]) == (0, 1)
    written = files(tmp_path)
    assert written
    second = json.loads(python(RUN, tmp_path))
    assert (second["hits"], second["misses"]) == (1, 0)
    assert second["end"] == first["end"]
    assert files(tmp_path) == written


ALL = """
import importlib, pkgutil, sys
from course_lib import kernels
from course_lib.kernels import policy
for module in pkgutil.iter_modules(kernels.__path__, f"{kernels.__name__}."):
    if not module.name.endswith("._numba"):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, policy.Kernel):
                value.compiled
print("numba.np.arraymath" in sys.modules)
"""


@pytest.mark.slow
@needs_jit
def test_from_the_cache_every_kernel_comes_without_the_compiler(tmp_path):
    # In the folder of the tests, where all of them are compiled for other tests too.
    cache = os.environ.get("NUMBA_CACHE_DIR", PACKAGE / "kernels" / "__pycache__")
    python(ALL, cache)
    assert python(ALL, cache).strip() == "False"


@pytest.mark.slow
@needs_jit
def test_a_changed_kernel_is_compiled_anew_and_so_is_what_calls_it(tmp_path):
    kernels_folder = copy_of_package(tmp_path / "source") / "kernels"
    head = "from .policy import kernel\n"
    called, caller = kernels_folder / "called.py", kernels_folder / "caller.py"
    called.write_text(head + '@kernel("f8(f8)")\ndef change(x):\n    return x + 1\n', "utf-8")
    caller.write_text(
        f"{head}from .called import change\n\n"
        '@kernel("f8(f8)")\ndef twice(x):\n    return change(change(x))\n',
        "utf-8",
    )
    code = "from course_lib.kernels.caller import twice; print(twice(0.0))"
    assert python(code, tmp_path, tmp_path / "source").strip() == "2.0"
    called.write_text(called.read_text("utf-8").replace("x + 1", "x + 10"), "utf-8")
    # caller.py is as it was: numba alone would take its old code from the cache.
    assert python(code, tmp_path, tmp_path / "source").strip() == "20.0"
    assert len(list(tmp_path.glob("kernels-*"))) == 2


def copy_of_package(folder):
    """Copy the source text of course_lib."""
    for path in PACKAGE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = folder / "course_lib" / path.relative_to(PACKAGE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return folder / "course_lib"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "folders"),
    [
        pytest.param({"NUMBA_DISABLE_JIT": "1"}, 0, id="switched off"),
        pytest.param({"PYTHONPATH": str(WITHOUT_NUMBA)}, 0, id="missing"),
        pytest.param({"NUMBA_BOUNDSCHECK": "1"}, 1, id="with bounds checked", marks=needs_jit),
    ],
)
def test_other_ways_to_run(environment, folders, tmp_path):
    assert python(STEPS, tmp_path, **environment).strip() == "0.5"
    assert len(list(tmp_path.glob("kernels-*"))) == folders


@pytest.mark.slow
def test_the_blocker_makes_numba_missing(tmp_path):
    code = "from course_lib.kernels import policy; print(policy.HAS_NUMBA, policy.jit_enabled())"
    assert python(code, tmp_path, PYTHONPATH=str(WITHOUT_NUMBA)).strip() == "False False"


@pytest.mark.slow
@needs_jit
def test_bounds_are_checked_in_code_of_their_own(tmp_path):
    """A state that is too short would be written over its end; with the check it's an error."""
    too_short = """
import numpy as np
from course_lib.kernels import optimizers
try:
    optimizers.momentum(np.ones(2), np.ones(2), np.zeros((1, 1)), 1, 0.1, np.array([0.9, 0.0]))
except IndexError:
    print("noticed")
"""
    python(STEPS, tmp_path)
    assert python(too_short, tmp_path, NUMBA_BOUNDSCHECK="1").strip() == "noticed"
    assert len(list(tmp_path.glob("kernels-*"))) == 2


@pytest.mark.slow
@needs_jit
def test_a_cache_folder_that_can_not_be_made(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder can be made in here", "utf-8")
    assert python(STEPS, tmp_path, NUMBA_CACHE_DIR=str(in_the_way / "below")).strip() == "0.5"


# -- in this process --


@needs_jit
def test_kernels_are_read_from_a_folder_that_can_not_be_written_to(monkeypatch):
    from numba.core.caching import _CacheLocator

    def refuse(_locator):
        raise OSError("read only")

    kernel = kernels.optimizers.sgd
    assert kernel.compiled.stats
    monkeypatch.setattr(_CacheLocator, "ensure_cache_path", refuse)
    again = policy.Kernel(kernel.function, kernel.signatures, kernel.nogil).compiled
    assert sum(again.stats.cache_hits.values()) == len(kernel.signatures)
    assert not again.stats.cache_misses


@needs_jit
def test_a_kernel_that_can_not_be_kept_is_used_all_the_same(monkeypatch):
    from numba.core.caching import Cache

    def refuse(*_what):
        raise OSError("read only")

    monkeypatch.setattr(Cache, "_save_overload", refuse)
    new = policy.Kernel(lambda x: x + 1, ("f8(f8)",))
    assert new(1.0) == 2.0


def all_kernels():
    """Every kernel of every module, found by looking: a new one is tested for nothing."""
    found = {}
    modules = pkgutil.iter_modules(kernels.__path__, f"{kernels.__name__}.")
    for module in modules:
        if module.name.endswith("._numba"):  # holds no kernels, and can't be imported without numba
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, policy.Kernel):
                found[repr(value)] = value
    return list(found.values())


@pytest.mark.parametrize("kernel", all_kernels(), ids=repr)
@needs_jit
def test_a_kernel_compiles_for_its_signatures_and_no_others(kernel):
    assert len(kernel.compiled.signatures) == len(kernel.signatures)
    with pytest.raises(TypeError, match="No matching definition"):
        kernel(*["text"] * len(inspect.signature(kernel.function).parameters))


@pytest.mark.slow
@needs_jit
def test_numba_is_imported_when_something_is_compiled(tmp_path):
    code = "import course_lib, sys; {}; print('numba' in sys.modules)"
    modules = ", ".join(f"course_lib.{m}" for m in course_lib.__all__ if m != "check")
    assert python(code.format(f"import {modules}"), tmp_path).strip() == "False"


def test_importing_compiles_nothing():
    fresh = policy.kernel("f8(f8)")(lambda x: x)
    assert "compiled" not in vars(fresh)
    assert fresh(2.0) == 2.0
    assert "compiled" in vars(fresh)


def test_plain_functions_are_what_runs_without_jit(monkeypatch):
    monkeypatch.setattr(policy, "HAS_NUMBA", False)
    assert not policy.jit_enabled()
    kernel = policy.kernel("f8(f8)")(abs)
    assert kernel.compiled is abs


def test_elements_visits_everything_once_compiled_or_not():
    w = np.zeros(5)
    for i in policy.elements(w):
        w[i] += 1
    assert (w == 1).all()
    optimizers.sgd(w, np.ones(5), np.zeros((0, 5)), 1, 0.25, np.zeros(0))
    assert (w == 0.75).all()


@needs_jit
def test_nan_and_infinity_survive_the_fast_mathematics():
    w = np.array([1.0, 1.0, 1.0])
    optimizers.sgd(w, np.array([np.nan, np.inf, 0.0]), np.zeros((0, 3)), 1, 0.1, np.zeros(0))
    assert np.isnan(w[0])
    assert w[1] == -np.inf
    assert not {"nnan", "ninf", "fast"} & policy.FASTMATH


def test_signatures_for_both_precisions():
    assert policy.for_floats("void(F[::1], i8)") == ("void(f8[::1], i8)", "void(f4[::1], i8)")


def test_repr_names_the_kernel():
    assert repr(optimizers.adam) == "Kernel(course_lib.kernels.optimizers.adam)"


@needs_jit
def test_everything_is_found_for_compiling_ahead():
    from course_lib.kernels import _ahead

    found = {value.function.__module__.rpartition(".")[2] for value in all_kernels()}
    assert found <= set(_ahead.modules())
    assert _ahead.compile_all("averages") >= 0
