"""The scripts of interactive figures, as the site serves them.

A figure is an ES module in ``book/figures``. A browser loads no modules from ``file://``, so the site gets
each as a plain script: the modules that all figures share, with the compiled kernels and the library's
tables, as ``core.js``, and one script a figure. There is no bundler: the modules keep to one form of
import and one of export, which the reading here demands.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path
from typing import Any

__all__ = ["SHARED", "FormError", "names", "tables", "write"]

FIGURES = Path(__file__).resolve().parents[1] / "figures"

SHARED = ("d3", "kernels", "plot", "frame", "schedules", "random", "share")
"""Modules that are no figures; each may import those before it, and ``tables.js``."""

_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./([\w-]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (async function|function|class|const) (\w+)", re.MULTILINE)

_START = """window.courseFigures = (() => {
  const modules = {};
  let started;
  async function show(place) {
    const bytes = Uint8Array.from(atob(modules.bytes), (c) => c.charCodeAt(0));
    started ??= modules.kernels.start(bytes);
    await started;
    modules[place.dataset.figure].show(place);
  }
  return { modules, show };
})();
"""


class FormError(ValueError):
    """A module is written in a way that is not understood here."""


def names() -> list[str]:
    """Names of the figures that there are."""
    other = {*SHARED, "loader"}
    return sorted(path.stem for path in FIGURES.glob("*.js") if path.stem not in other)


def write(folder: Path) -> None:
    """Write all scripts into a folder of the site."""
    folder.mkdir(parents=True, exist_ok=True)
    kernels = base64.b64encode((FIGURES / "kernels.wasm").read_bytes()).decode()
    core = [_START, f'courseFigures.modules.bytes = "{kernels}";\n', plain("tables", tables())]
    core += [plain(name, _read(name)) for name in SHARED]
    (folder / "core.js").write_text("".join(core), encoding="utf-8")
    for name in names():
        text = DATA[name]() + plain(name, _read(name)) if name in DATA else plain(name, _read(name))
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    (folder / "loader.js").write_text(_read("loader"), encoding="utf-8")
    shutil.copy(FIGURES / "d3.LICENSE.txt", folder)


def _read(name: str) -> str:
    return (FIGURES / f"{name}.js").read_text(encoding="utf-8")


def plain(name: str, module: str) -> str:
    r"""Turn an ES module into a plain script that puts its exports into ``courseFigures.modules``.

    Examples
    --------
    >>> print(plain("two", 'import { f } from "./one.js";\nexport const g = f + 1;'))
    courseFigures.modules["two"] = (() => {
    const { f } = courseFigures.modules["one"];
    const g = f + 1;
    return { g };
    })();
    <BLANKLINE>
    """
    exported = [found[2] for found in _EXPORT.finditer(module)]
    body = _IMPORT.sub(r'const { \1 } = courseFigures.modules["\2"];', module)
    body = _EXPORT.sub(r"\1 \2", body)
    if re.search(r"^\s*(import|export)\b", body, re.MULTILINE):
        raise FormError(
            f'{name}.js: write imports as `import {{ a, b }} from "./name.js";`, each on one line, '
            "and exports as `export function`, `export class` or `export const`."
        )
    return (
        f'courseFigures.modules["{name}"] = (() => {{\n{body.rstrip()}\n'
        f"return {{ {', '.join(exported)} }};\n}})();\n"
    )


def tables() -> str:
    """Write what figures know of the library's tables as a module: rules, landscapes, styles."""
    from course_lib import landscapes
    from course_lib._styles import OF_RULE, STYLES
    from course_lib.kernels.landscapes import DOUBLE_WELL, QUADRATIC, ROSENBROCK, SADDLE
    from course_lib.kernels.optimizers import RULES
    from course_lib.optimizers import FAR_AWAY, OPTIMIZERS

    rules = {
        name: {
            "number": [rule.kernel is kernel for kernel in RULES].index(True),
            "rows": len(rule.state),
            "lr": rule.lr,
            "hyper": dict(rule.hyper),
            "equation": rule.equation,
            "style": OF_RULE[name],
        }
        for name, rule in OPTIMIZERS.items()
    }
    places = {
        "turned": landscapes.quadratic((1, 100), angle=0.6),
        **{name: make() for name, make in landscapes.LANDSCAPES.items()},
    }
    content = {
        "OPTIMIZERS": rules,
        "LANDSCAPES": {name: _landscape(place) for name, place in places.items()},
        "STYLES": [{"color": s.color, "dash": _dash(s.line)} for s in STYLES],
        "QUADRATIC": QUADRATIC,
        "ROSENBROCK": ROSENBROCK,
        "SADDLE": SADDLE,
        "DOUBLE_WELL": DOUBLE_WELL,
        "FAR_AWAY": FAR_AWAY,
    }
    lines = [
        f"export const {name} = {json.dumps(value, ensure_ascii=False)};"
        for name, value in content.items()
    ]
    return "\n".join(lines) + "\n"


def _landscape(place: Any) -> dict[str, Any]:
    return {
        "family": int(place.family),
        "params": place.params.tolist(),
        "start": place.start.tolist(),
        "minimum": place.minimum,
        "bounds": place.bounds,
        "equation": place.equation,
    }


def _dash(line: str | tuple[int, tuple[int, ...]]) -> list[int]:
    """Return a style of line as lengths of strokes and gaps, in pixels."""
    known: dict[Any, list[int]] = {"-": [], "--": [7, 3], "-.": [9, 3, 2, 3], ":": [2, 3]}
    return known[line] if isinstance(line, str) else [2 * length for length in line[1]]


def digits() -> str:
    """Write images of digits as a module: a character a pixel, from 0 to g, which is 16."""
    from course_lib import datasets

    data = datasets.digits(n_train=200)
    parts = {
        "TRAIN": {"pixels": _pixels(data.X_train), "labels": data.y_train.tolist()},
        "NEW": {"pixels": _pixels(data.X_val), "labels": data.y_val.tolist()},
    }
    return plain(
        "digits", "".join(f"export const {k} = {json.dumps(v)};\n" for k, v in parts.items())
    )


def _pixels(images: Any) -> str:
    return "".join("0123456789abcdefg"[round(16 * value)] for value in images.ravel())


DATA = {"penalty-dial": digits}
"""What stands before a figure's own script, for those that need more than the tables."""
