"""Helper library of the course: kernels, landscapes, models, data and reference checks.

Submodules are loaded when they are first used, so ``import course_lib`` is quick and needs neither
numba nor an instructor's packages.

Examples
--------
>>> import course_lib
>>> course_lib.optimizers.OPTIMIZERS["adam"].hyper["beta1"]
0.9
"""

from __future__ import annotations

import importlib
from types import ModuleType

__version__ = "0.1.0"

__all__ = [
    "averages",
    "check",
    "datasets",
    "descent",
    "gradients",
    "landscapes",
    "models",
    "momentum",
    "noise",
    "normalization",
    "optimizers",
    "plotting",
    "recipes",
    "regularization",
    "schedules",
    "second_order",
    "sharpness",
    "training",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module 'course_lib' has no attribute {name!r}")
    # What students call is `check`; the package with all the checks is `checks`.
    return importlib.import_module(f"{__name__}.{'checks' if name == 'check' else name}")


def __dir__() -> list[str]:
    return sorted(__all__)
