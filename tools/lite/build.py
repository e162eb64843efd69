"""Build JupyterLite with every assignment in it: ``make lite`` makes ``_build/lite``.

Run by the Python of ``.venv-lite``. The result is a folder of files that any web server can serve, and that
asks nothing of any other host: Pyodide, its packages and ``course_lib`` are in it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import release

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXTENSION = "@jupyterlite/pyodide-kernel-extension"
KERNEL = "python"  # as JupyterLite names it

# Wheels that the kernel installs when it starts. In the lock file, Pyodide loads them with the rest, at once.
KERNEL_WHEELS = ("piplite", "pyodide_kernel", "ipykernel")
ALL_AT_ONCE = ("ssl", "sqlite3", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
APPS = ("notebooks", "tree")

# What the page with the progress bar says while it loads a file; the first name that fits.
WORDS = {
    "pyodide.asm": "Python",
    "python_stdlib": "Python's library",
    "numpy": "NumPy",
    "openblas": "NumPy",
    "matplotlib-": "Matplotlib",
    "course_lib": "The course's library",
    "": "Packages",
}

# A notebook that was opened is kept in the browser. Files of the course are not: they are read from the site.
DISABLED = (
    # Its purpose is that Python sees the notebook's folder. Then every import looks there first, through
    # the page: a start takes longer, for nothing that the assignments need.
    "@jupyterlite/application-extension:service-worker-manager",
)


def build_library(folder: Path) -> Path:
    """Build the wheel of ``course_lib`` from a copy, and return its path."""
    source = folder / "source"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    ignore = shutil.ignore_patterns("__pycache__", "templates", "web")
    shutil.copytree(ROOT / "course_lib", source / "course_lib", ignore=ignore)
    command = [find_uv(), "build", "--quiet", "--wheel", "--out-dir", str(folder), str(source)]
    # Wheels of the same text are the same bytes.
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise release.CannotBuild(f"the wheel of course_lib was not built: {done.stderr[-500:]}")
    return next(folder.glob("course_lib-*.whl"))


def find_uv() -> str:
    """Return the path of uv, which is in the course's environment."""
    return (
        shutil.which("uv", path=f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}") or "uv"
    )


def wheel_row(wheel: Path, depends: list[str]) -> dict[str, Any]:
    """Return what the lock file says of a wheel."""
    name, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as archive:
        inside = {path.partition("/")[0] for path in archive.namelist()}
    return {
        "depends": depends,
        "file_name": wheel.name,
        "imports": sorted(top for top in inside if "." not in top),
        "install_dir": "site",
        "name": name.replace("_", "-"),
        "package_type": "package",
        "sha256": release.sha256(wheel.read_bytes()),
        "unvendored_tests": False,
        "version": version,
    }


def fill_pyodide(
    folder: Path, cache: Path, given: list[Path], wheels: dict[Path, list[str]]
) -> None:
    """Write Pyodide, its packages and ``wheels`` into a folder, with a lock file of just these."""
    core = release.core(cache)
    lock = release.read_lock(core)
    rows = release.closure(lock, release.NEEDED)
    try:
        files = release.packages(rows, given)
    except release.CannotBuild:
        files = release.packages(rows, [*given, *release.carried(cache)])
    folder.mkdir(parents=True)
    for name in release.CORE:
        (folder / name).write_bytes(core[name])
    for name, data in files.items():
        (folder / name).write_bytes(data)
    for wheel, depends in wheels.items():
        shutil.copy(wheel, folder)
        row = wheel_row(wheel, depends)
        rows[row["name"]] = row
    text = json.dumps({"info": lock["info"], "packages": rows}, indent=1, sort_keys=True)
    (folder / release.LOCK).write_text(text + "\n", encoding="utf-8")


def kernel_wheels() -> dict[Path, list[str]]:
    """Return the wheels that JupyterLite's own kernel consists of, and what each requires."""
    place = Path(sys.prefix, "share", "jupyter", "labextensions", EXTENSION, "static", "pypi")
    depends = {"piplite": ["micropip"], "pyodide_kernel": ["ipython", "comm", "ipykernel"]}
    return {next(place.glob(f"{name}-*.whl")): depends.get(name, []) for name in KERNEL_WHEELS}


def settings() -> dict[str, Any]:
    """Return JupyterLite's settings."""
    load = ["micropip", "piplite", *ALL_AT_ONCE, "matplotlib", "course-lib"]
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Assignments",
            "appUrl": "./tree",
            "faviconUrl": "./notebooks/favicon.ico",
            "defaultKernelName": KERNEL,
            "disabledExtensions": list(DISABLED),
            "exposeAppInBrowser": True,
            "litePluginSettings": {
                f"{EXTENSION}:kernel": {
                    "disablePyPIFallback": True,
                    "loadPyodideOptions": {"packages": load},
                }
            },
        },
    }


def write_start(site: Path) -> None:
    """Write the page that loads Python with a progress bar, and then opens an assignment."""
    shutil.copy(HERE / "start.html", site)
    files = sorted((site / "static" / "pyodide").iterdir(), key=lambda path: -path.stat().st_size)
    rows = [
        [
            path.relative_to(site).as_posix(),
            path.stat().st_size,
            next(words for begin, words in WORDS.items() if path.name.startswith(begin)),
        ]
        for path in files
    ]
    names = sorted(path.parent.name for path in (ROOT / "exercises").glob("*/*.ipynb"))
    text = json.dumps({"assignments": names, "files": rows}, indent=1)
    (site / "start.json").write_text(text + "\n", encoding="utf-8")


def name_icons(site: Path) -> None:
    """Name each page's icon: a browser asks the host's first folder for one where a page names none."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if "<head>" in text and 'rel="icon"' not in text:
            icon = "favicon.ico" if page.with_name("favicon.ico").is_file() else "data:,"
            link = f'<head>\n    <link rel="icon" href="{icon}" />'
            page.write_text(text.replace("<head>", link, 1), encoding="utf-8")


def build(out: Path, cache: Path, given: list[Path]) -> None:
    """Build everything anew into ``out``."""
    cache.mkdir(parents=True, exist_ok=True)
    work = cache / "work"
    shutil.rmtree(work, ignore_errors=True)
    library = build_library(work / "wheel")
    comm = next(p for p in release.carried(cache) if "-comm-" in p.name)
    named = work / comm.name.partition("-")[2]
    shutil.copy(comm, named)
    # Not Matplotlib, which only drawing needs: a cell in a chapter loads it when it draws.
    wheels = {**kernel_wheels(), named: [], library: ["numpy"]}
    fill_pyodide(work / "lite" / "static" / "pyodide", cache, given, wheels)
    text = json.dumps(settings(), indent=1)
    (work / "lite" / "jupyter-lite.json").write_text(text, encoding="utf-8")
    # Not in folders: the file that is downloaded would have the folder in its name.
    (work / "contents").mkdir()
    for notebook in sorted((ROOT / "exercises").glob("*/*.ipynb")):
        shutil.copy(notebook, work / "contents")
    command = [str(Path(sys.executable).with_name("jupyter")), "lite", "build"]
    command += ["--lite-dir", str(work / "lite"), "--contents", str(work / "contents")]
    command += ["--output-dir", str(work / "site"), "--no-libarchive", "--no-sourcemaps"]
    command += ["--no-unused-shared-packages"]
    command += [part for app in APPS for part in ("--apps", app)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=work)
    if done.returncode != 0:
        raise release.CannotBuild(
            f"jupyter lite build failed:\n{(done.stdout + done.stderr)[-2000:]}"
        )
    write_start(work / "site")
    name_icons(work / "site")
    shutil.rmtree(out, ignore_errors=True)
    (work / "site").rename(out)
    shutil.rmtree(work)


def main() -> int:
    """Build, or say in words why it can't be built."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--cache", type=Path, default=ROOT / "_build" / ".lite-cache")
    parser.add_argument("--pyodide", type=Path, action="append", default=[], metavar="FOLDER")
    given = parser.parse_args()
    try:
        build(given.out.resolve(), given.cache.resolve(), given.pyodide)
    except release.CannotBuild as fault:
        print(f"make lite: {fault}", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in given.out.rglob("*") if path.is_file())
    print(f"{given.out}: JupyterLite with the assignments, {size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
