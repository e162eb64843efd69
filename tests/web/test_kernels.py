"""The compiled kernels of the figures give what the same source gives in Python, to the last bit."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from course_lib.kernels import descent, landscapes, optimizers, regularization, sharpness
from course_lib.kernels.policy import Kernel, jit_enabled
from course_lib.optimizers import OPTIMIZERS
from course_lib.web.build import ALLOWED, ToolMissingError, build, tools
from course_lib.web.exports import EXPORTS

FIGURES = Path(__file__).resolve().parents[2] / "book" / "figures"
NODE = shutil.which("node")

# They raise a number to the power t, which is the browser's own function there.
POWERS = {"adam", "adamw", "adam_l2", "radam"}

RUN = """
import { readFileSync } from "node:fs";
import * as kernels from "./kernels.mjs";
const bytes = readFileSync("kernels.wasm");
await kernels.start(bytes);
const flat = (value) => value === null ? null : typeof value === "number" ? value
  : ArrayBuffer.isView(value) ? Array.from(value)
  : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, flat(v)]));
const cases = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify({
  imports: WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map((i) => i.name),
  exports: Object.keys(kernels),
  compiled: WebAssembly.Module.exports(new WebAssembly.Module(bytes)).filter((e) => e.kind === "function").map((e) => e.name),
  results: cases.map(([name, ...args]) => flat(kernels[name](...args))),
}));
"""


@pytest.fixture
def in_node(tmp_path):
    """A function that calls exported kernels: ``[[name, arguments…], …]`` to their results."""
    if NODE is None:
        pytest.skip("Node is needed to run the compiled kernels.")
    shutil.copy(FIGURES / "kernels.js", tmp_path / "kernels.mjs")
    (tmp_path / "run.mjs").write_text(RUN, encoding="utf-8")

    def run(cases, whole=False, wasm=FIGURES / "kernels.wasm"):
        shutil.copy(wasm, tmp_path / "kernels.wasm")
        done = subprocess.run(
            [NODE, "run.mjs"], cwd=tmp_path, input=json.dumps(cases), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        return said if whole else said["results"]

    return run


@pytest.fixture(autouse=True)
def plain_python(monkeypatch):
    """Kernels as Python runs them: compiled code may add and multiply in one rounding."""
    monkeypatch.setattr(Kernel, "__call__", lambda self, *args: self.function(*args))


@pytest.fixture
def random():
    return np.random.default_rng(8)


def land(random):
    family = int(random.integers(4))
    angle = random.uniform(0, 6.3)
    params = {
        landscapes.QUADRATIC: [np.cos(angle), np.sin(angle), *random.uniform(0, 50, 2)],
        landscapes.ROSENBROCK: random.uniform(0.1, 100, 2),
        landscapes.SADDLE: random.uniform(0.1, 3, 3),
        landscapes.DOUBLE_WELL: random.uniform(-1, 2, 4),
    }[family]
    return {"family": family, "params": [float(p) for p in params]}


@pytest.mark.slow
def test_the_committed_file_is_what_the_source_gives(tmp_path, in_node, random):
    """To the last byte where the tools are those of kernels.txt; elsewhere both files compute the same.

    The tools are Python, numba, llvmlite, the linker and the kind of processor. CI's are the same as long as it
    has Python 3.11 and Debian 12's lld. Without a linker, or with numba missing or switched off, nothing can be
    built; `.ci/run` installs the linker.
    """
    if not jit_enabled():
        pytest.skip("There is no compiler.")
    try:
        here = tools()
    except ToolMissingError as missing:
        pytest.skip(str(missing))
    cases = some_of_each(random)
    made = tmp_path / "made.wasm"
    build(made)
    if here == (FIGURES / "kernels.txt").read_text(encoding="utf-8").strip():
        same = made.read_bytes() == (FIGURES / "kernels.wasm").read_bytes()
        assert same, "book/figures/kernels.wasm is stale: run make wasm."
    assert in_node(cases, wasm=made) == in_node(cases), (
        "book/figures/kernels.wasm is stale: run make wasm."
    )


def some_of_each(random):
    """Some calls of each exported kernel."""
    cases = [["valueAndGradient", land(random), random.normal(size=2).tolist()] for _ in range(99)]
    cases += [["values", land(random), random.normal(size=20).tolist()] for _ in range(20)]
    for rule in OPTIMIZERS.values():
        number = [rule.kernel is kernel for kernel in optimizers.RULES].index(True)
        which = {"number": number, "rows": len(rule.state)}
        step = {"w": [1.0, -2.0], "g": [0.3, 0.7], "state": [0.1] * 2 * len(rule.state), "t": 3}
        hyper = {"hyper": list(rule.hyper.values())}
        cases.append(["step", which, {**step, **hyper, "lr": 0.1}])
        run = {"start": [1.0, -0.5], "steps": 20, "rates": [0.05], "noise": [], "farAway": 100.0}
        cases.append(["descend", which, land(random), {**run, **hyper}])
    cases.append(["perturb", [1.0, 2.0], [0.5, -0.2], 0.1])
    gram = [2.0, 0.5, 0.5, 1.0]
    cases.append(["elasticNet", gram, [1.0, -1.0], 0.1, 0.2, {"start": [0.0, 0.0]}])
    return cases


def test_the_module_asks_for_powers_alone(in_node):
    assert in_node([], whole=True)["imports"] == list(ALLOWED)


def test_no_exported_kernel_is_left_out_here(in_node):
    said = in_node([], whole=True)
    assert set(said["compiled"]) == {function.__name__ for function in EXPORTS}
    assert set(said["exports"]) == {"start", *COMPARED}
    page = (FIGURES / "kernels.js").read_text(encoding="utf-8")
    assert set(re.findall(r"\bwasm\.(\w+)\(", page)) == set(said["compiled"])


def test_value_and_gradient_to_the_last_bit(in_node, random):
    cases = [
        ["valueAndGradient", land(random), random.normal(size=2).tolist()] for _ in range(4000)
    ]
    for (_, its, w), got in zip(cases, in_node(cases), strict=True):
        gradient = np.empty(2)
        value = landscapes.value_and_gradient(
            its["family"], np.array(its["params"]), np.array(w), gradient
        )
        assert (got["value"], got["gradient"]) == (value, gradient.tolist())


def test_values_to_the_last_bit(in_node, random):
    cases = [["values", land(random), random.normal(size=20).tolist()] for _ in range(1000)]
    for (_, its, points), got in zip(cases, in_node(cases), strict=True):
        out = np.empty(10)
        landscapes.values(
            its["family"], np.array(its["params"]), np.array(points).reshape(-1, 2), out
        )
        assert got == out.tolist()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps(in_node, random, name):
    rule = OPTIMIZERS[name]
    number = [rule.kernel is kernel for kernel in optimizers.RULES].index(True)
    cases = []
    for _ in range(1000):
        n = int(random.integers(1, 6))
        job = {
            "w": random.normal(size=n).tolist(),
            "g": random.normal(size=n).tolist(),
            "state": random.uniform(0, 1, len(rule.state) * n).tolist(),
            "t": int(random.integers(1, 300)),
            "lr": float(random.uniform(0, 0.5)),
            "hyper": [v if v > 1 else float(random.uniform(0, 0.999)) for v in rule.hyper.values()],
        }
        cases.append(["step", {"number": number, "rows": len(rule.state)}, job])
    for (_, _, job), got in zip(cases, in_node(cases), strict=True):
        w, state = (
            np.array(job["w"]),
            np.array(job["state"]).reshape(len(rule.state), len(job["w"])),
        )
        rule.kernel(w, np.array(job["g"]), state, job["t"], job["lr"], np.array(job["hyper"]))
        if name in POWERS:
            assert np.allclose(got["w"], w, rtol=1e-12, atol=1e-14)
        else:
            assert got["w"] == w.tolist()
        assert got["state"] == state.ravel().tolist()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_runs(in_node, random, name):
    rule = OPTIMIZERS[name]
    number = [rule.kernel is kernel for kernel in optimizers.RULES].index(True)
    cases = []
    for k in range(250):
        steps = 15
        job = {
            "start": random.normal(size=2).tolist(),
            "steps": steps,
            "rates": random.uniform(0, 0.3, 1 if k % 2 else steps).tolist(),
            "hyper": list(rule.hyper.values()),
            "noise": random.normal(size=2 * steps).tolist() if k % 3 else [],
            "farAway": 100.0,
        }
        cases.append(["descend", {"number": number, "rows": len(rule.state)}, land(random), job])
    ends = set()
    for (_, _, its, job), got in zip(cases, in_node(cases), strict=True):
        path, losses = np.empty((job["steps"] + 1, 2)), np.empty(job["steps"] + 1)
        path[0] = job["start"]
        diverged = descent.descend(
            number, np.array(job["hyper"]), np.zeros((len(rule.state), 2)), np.empty((2, 2)),
            its["family"], np.array(its["params"]), np.array(job["rates"]),
            np.array(job["noise"]).reshape(-1, 2), job["farAway"], path, losses,
        )  # fmt: skip
        points = diverged or job["steps"] + 1
        assert got["diverged"] == diverged
        ends.add(diverged > 0)
        if name in POWERS:
            assert np.allclose(got["path"], path[:points].ravel(), rtol=1e-12, atol=1e-12)
        else:
            assert got["path"] == path[:points].ravel().tolist()
            assert got["losses"] == losses[:points].tolist()
    assert name != "sgd" or ends == {True, False}


def test_where_sharpness_aware_minimization_looks_to_the_last_bit(in_node, random):
    cases = [
        ["perturb", random.normal(size=3).tolist(), random.normal(size=3).tolist(), k / 4000]
        for k in range(4000)
    ]
    cases.append(["perturb", [1.0, 2.0], [0.0, 0.0], 0.1])
    *some, none = in_node(cases)
    assert none is None
    for (_, w, g, rho), got in zip(cases, some, strict=False):
        out = np.empty(3)
        assert sharpness._perturb(np.array(w), np.array(g), rho, out)
        assert got == out.tolist()


def test_the_elastic_net_to_the_last_bit(in_node, random):
    cases = []
    for k in range(3000):
        X = random.normal(size=(12, 4))
        target = X.T @ random.normal(size=12) / 12
        l1, l2 = random.uniform(0, 0.5, 2)
        start = {"start": random.normal(size=4).tolist(), "maxSweeps": 3} if k % 2 else {}
        gram = (X.T @ X / 12).ravel().tolist()
        cases.append(["elasticNet", gram, target.tolist(), l1, l2, start])
    zeros = 0
    for (_, gram, target, l1, l2, start), got in zip(cases, in_node(cases), strict=True):
        gram, w = np.array(gram).reshape(4, 4), np.array(start.get("start", [0.0] * 4))
        product = np.zeros(4)
        for column, value in zip(gram.T, w, strict=True):  # one by one, as the page adds
            product += column * value
        regularization.coordinate_descent(
            gram, np.array(target), l1, l2, 1e-12, start.get("maxSweeps", 10000), w, product
        )
        assert got == w.tolist()
        zeros += got.count(0.0)
    assert 600 < zeros < 9000


COMPARED = {
    "valueAndGradient": test_value_and_gradient_to_the_last_bit,
    "values": test_values_to_the_last_bit,
    "step": test_steps,
    "descend": test_runs,
    "perturb": test_where_sharpness_aware_minimization_looks_to_the_last_bit,
    "elasticNet": test_the_elastic_net_to_the_last_bit,
}
"""What the figures call, and the test that compares it with the library."""
