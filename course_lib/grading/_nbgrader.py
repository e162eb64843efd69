"""nbgrader without its servers.

``import nbgrader`` loads its extensions of the notebook server, and with them the server, which takes
longer than all else that a command imports. Its gradebook and its converters need none of that.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

_NAME = "nbgrader"


class _Package(ModuleType):
    """The package as its parts need it; all of it once somebody asks for what only its own file has."""

    def __getattr__(self, name: str) -> Any:
        # `from nbgrader import api` asks here first; that there is no such thing lets it look for a file.
        if name == "__version__" or name.startswith(("_jupyter", "_load_jupyter", "load_")):
            loader: Any = self.__loader__
            loader.exec_module(self)
            return self.__dict__[name]
        raise AttributeError(f"module {_NAME!r} has no attribute {name!r}")


def without_servers() -> None:
    """Let the parts of nbgrader be imported without its servers; nothing if it is imported already.

    Examples
    --------
    >>> without_servers()
    >>> from nbgrader.nbgraderformat import SCHEMA_VERSION
    """
    if _NAME in sys.modules:
        return
    spec = importlib.util.find_spec(_NAME)
    if spec is None or spec.submodule_search_locations is None:  # a student's machine
        return
    package = _Package(_NAME)
    package.__spec__, package.__loader__, package.__file__ = spec, spec.loader, spec.origin
    package.__package__, package.__path__ = _NAME, spec.submodule_search_locations
    sys.modules[_NAME] = package
