"""Kernels to WebAssembly: numba makes LLVM's code, LLVM an object file, and ``wasm-ld`` links it.

The result depends on the source and on the versions of the tools, and not on the machine: the code is made
for a processor without special instructions. It rounds as Python does, operation by operation, so that
what a figure shows is what the same source gives without numba, to the last bit. Only powers and
exponentials are the browser's own.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

__all__ = ["ALLOWED", "ToolMissingError", "build", "tools"]

TRIPLE = "wasm32-unknown-unknown"
LAYOUT = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-i128:128-n32:64-S128-ni:1:10:20"

ALLOWED = ("pow",)
"""What the module may ask of the page: the functions that no instruction of WebAssembly stands for."""

_PYTHON = ("Py", "_Py", "NRT_", "numba_")

# No vectors, no instructions that only some processors have: the object is the same wherever it is made.
_PLAIN = {
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    "NUMBA_LOOP_VECTORIZE": "0",
    "NUMBA_SLP_VECTORIZE": "0",
    "NUMBA_BOUNDSCHECK": "0",
    "NUMBA_DISABLE_JIT": "0",
    "PYTHONHASHSEED": "0",
}


class ToolMissingError(RuntimeError):
    """The linker or numba is not installed."""


def tools() -> str:
    """Name the versions that the result depends on, in one line.

    Raises
    ------
    ToolMissingError
        If numba or ``wasm-ld`` is missing; the message says how to get it.
    """
    linker = _linker()
    said = subprocess.run([linker, "--version"], capture_output=True, text=True, check=True).stdout
    number = re.search(r"\d+\.\d+\.\d+", said)
    python = ".".join(platform.python_version_tuple()[:2])
    machine = platform.machine()
    return (
        f"Python {python}, numba {version('numba')}, llvmlite {version('llvmlite')}, "
        f"LLD {number[0] if number else said.strip()}, on {machine}"
    )


def build(target: Path) -> None:
    """Compile everything in ``exports.EXPORTS`` into the file ``target``.

    Runs in a process of its own: numba reads its settings once.

    Raises
    ------
    ToolMissingError
        If numba or ``wasm-ld`` is missing.
    RuntimeError
        If the module would need something that no page has.
    """
    _linker()
    done = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import _build; _build({os.fspath(target)!r})"],
        env={**os.environ, **_PLAIN},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"the kernels were not compiled:\n{done.stderr[-4000:]}")


def _linker() -> str:
    from ..kernels import policy

    if not policy.HAS_NUMBA:
        raise ToolMissingError("numba is needed to compile the kernels: pip install numba.")
    path = shutil.which("wasm-ld") or next(
        (p for n in range(22, 13, -1) if (p := shutil.which(f"wasm-ld-{n}"))), None
    )
    if path is None:
        raise ToolMissingError(
            "wasm-ld is needed to link the kernels (Debian: apt-get install lld)."
        )
    return path


def _build(target: str) -> None:
    from .exports import EXPORTS

    _compile_strictly()
    with tempfile.TemporaryDirectory() as folder:
        objects = []
        for function, signature in EXPORTS.items():
            path = Path(folder) / f"{function.__name__}.o"
            path.write_bytes(_object(function, signature))
            objects.append(str(path))
        names = [f"--export={function.__name__}" for function in EXPORTS]
        command = [
            _linker(), "--no-entry", "--strip-all", "--gc-sections", "--allow-undefined",
            "--export=__heap_base", *names, "-o", target, *objects,
        ]  # fmt: skip
        subprocess.run(command, check=True)


def _compile_strictly() -> None:
    """Make every kernel compile without the freedoms that native code takes, and without a cache."""
    import numba

    from ..kernels.policy import Kernel

    def compiled(kernel: Kernel) -> Any:
        if "_strict" not in kernel.__dict__:
            from ..kernels import _numba  # noqa: F401  # what `elements`, `row`, … mean

            kernel.__dict__["_strict"] = numba.njit(error_model="numpy")(kernel.function)
        return kernel.__dict__["_strict"]

    Kernel.compiled = property(compiled)  # type: ignore[assignment]


def _object(function: Callable[..., Any], signature: str) -> bytes:
    """Return the object file of one function, with the kernels that it calls."""
    import numba
    from llvmlite import binding

    from ..kernels import _numba  # noqa: F401

    made = numba.cfunc(signature, error_model="numpy", no_cpython_wrapper=True)(function)
    text = made._library.get_llvm_str()
    text = re.sub(r"^target triple = .*$", f'target triple = "{TRIPLE}"', text, flags=re.M)
    text = re.sub(r"^target datalayout = .*$", f'target datalayout = "{LAYOUT}"', text, flags=re.M)
    text = re.sub(r'"(?:target-cpu|target-features|tune-cpu)"="[^"]*"', "", text)
    text = _without_python(text)
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    module = binding.parse_assembly(text)
    for global_value in module.functions:
        if not global_value.is_declaration:
            global_value.linkage = "internal"
    entry = module.get_function(made.native_name)
    entry.linkage = "external"
    entry.name = function.__name__
    for value in module.global_variables:
        if not value.is_declaration:
            value.linkage = "internal"
    machine = binding.Target.from_triple(TRIPLE).create_target_machine(
        cpu="generic", features="", opt=3, reloc="static"
    )
    options = binding.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = False
    passes = binding.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    module.verify()
    return bytes(machine.emit_object(module))


def _without_python(text: str) -> str:
    """Take Python out of LLVM's code: what would call it stops the module instead.

    The kernels raise nothing and own no memory, but numba prepares for both where slices are assigned.
    """
    counts = r"^(define [^\n]*@NRT_(?:incref|decref)\([^\n]*\{)\n.*?^\}"
    text = re.sub(counts, r"\1\n  ret void\n}", text, flags=re.M | re.S)

    text = text.replace("@sqrt(", "@llvm.sqrt.f64(")  # the same root, as an instruction

    def stop(declared: re.Match[str]) -> str:
        if declared[2].startswith("llvm.") or declared[2] in ALLOWED:
            return declared[0]
        if not declared[2].startswith(_PYTHON):
            raise RuntimeError(f"a kernel calls {declared[2]}, which is not in ALLOWED.")
        return f"define {declared[1]} {{\n  call void @llvm.trap()\n  unreachable\n}}"

    text = re.sub(r"^declare ([^\n]*@([\w.]+)\([^\n]*)$", stop, text, flags=re.M)
    return (
        text
        if "@llvm.trap()" not in text or "declare void @llvm.trap()" in text
        else (f"{text}\ndeclare void @llvm.trap()\n")
    )
