"""What JupyterLite is built from: only files of the release, each by its hash, or a sentence that says which not."""

import importlib.util
import json
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NUMPY, OPENBLAS = b"numpy's bytes", b"openblas's bytes"


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / "lite" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # build imports release
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def release():
    return load("release")


@pytest.fixture(scope="module")
def build(release):
    return load("build")


@pytest.fixture
def lock(release):
    def row(file, data, *depends):
        return {"file_name": file, "sha256": release.sha256(data), "depends": list(depends)}

    return {
        "info": {"version": release.VERSION},
        "packages": {
            "numpy": row("numpy-2.whl", NUMPY, "open_blas"),
            "open-blas": row("openblas.zip", OPENBLAS),
            "pandas": row("pandas-2.whl", b"not needed", "numpy"),
        },
    }


def carrier(folder, **files):
    path = folder / "carrier.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"some/folder/{name.replace('__', '.')}", data)
    return path


def test_what_is_needed_and_what_that_requires(release, lock):
    assert list(release.closure(lock, ["NumPy"])) == ["numpy", "open-blas"]


def test_files_come_from_folders_and_wheels(release, lock, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "openblas.zip").write_bytes(OPENBLAS)
    wheel = carrier(tmp_path, **{"numpy-2__whl": NUMPY})
    rows = release.closure(lock, ["numpy"])
    assert release.packages(rows, [tmp_path, wheel]) == {
        "numpy-2.whl": NUMPY,
        "openblas.zip": OPENBLAS,
    }


def test_another_file_of_that_name_is_passed_over_for_the_right_one(release, lock, tmp_path):
    wheel = carrier(tmp_path, **{"numpy-2__whl": NUMPY + b"!", "openblas__zip": OPENBLAS})
    (tmp_path / "numpy-2.whl").write_bytes(NUMPY)
    rows = release.closure(lock, ["numpy"])
    assert release.packages(rows, [wheel, tmp_path])["numpy-2.whl"] == NUMPY


def test_a_wrong_file_and_a_missing_one_are_named_with_the_mend(release, lock, tmp_path):
    wheel = carrier(tmp_path, **{"numpy-2__whl": NUMPY + b"!"})
    with pytest.raises(release.CannotBuild) as fault:
        release.packages(release.closure(lock, ["numpy"]), [wheel])
    words = str(fault.value)
    assert words.startswith("2 of the 2 packages")
    assert "another file: carrier.whl has" in words
    assert "openblas.zip\n    not found" in words
    assert all(row["sha256"] in words for row in release.closure(lock, ["numpy"]).values())
    assert "make lite PYODIDE=FOLDER" in words


def test_another_package_from_npm_is_refused(release, tmp_path):
    (tmp_path / f"pyodide-{release.VERSION}.tgz").write_bytes(b"something else")
    with pytest.raises(release.CannotBuild, match="not the package that was reviewed"):
        release.core(tmp_path)
    assert list(tmp_path.iterdir()) == []  # the next try fetches it again


def test_without_npm_the_sentence_says_what_to_install(release, tmp_path, monkeypatch):
    monkeypatch.setattr(release.shutil, "which", lambda name: None)
    with pytest.raises(release.CannotBuild, match="apt-get install npm"):
        release.core(tmp_path)


def test_another_release_is_refused(release):
    other = json.dumps({"info": {"version": "0.1"}}).encode()
    with pytest.raises(release.CannotBuild, match=r"of Pyodide 0\.1"):
        release.read_lock({release.LOCK: other})


def test_a_wheel_s_row_of_the_lock_file(build, tmp_path):
    wheel = tmp_path / "course_lib-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("course_lib/__init__.py", "")
        archive.writestr("course_lib-0.1.0.dist-info/METADATA", "")
    row = build.wheel_row(wheel, ["numpy"])
    assert (row["name"], row["version"], row["imports"]) == ("course-lib", "0.1.0", ["course_lib"])
    assert row["sha256"] == build.release.sha256(wheel.read_bytes())


def test_nothing_is_asked_of_another_host(build):
    (kernel,) = build.settings()["jupyter-config-data"]["litePluginSettings"].values()
    assert kernel["disablePyPIFallback"] is True


@pytest.mark.slow
def test_each_page_names_an_icon_that_is_there(build, tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "favicon.ico").touch()
    texts = {
        "notebooks/index.html": "<html><head></head></html>",
        "index.html": "<html><head></head></html>",
        "start.html": '<html><head><link rel="icon" href="mine"></head></html>',
        "part.html": "<p>no page</p>",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    build.name_icons(tmp_path)
    after = {name: (tmp_path / name).read_text() for name in texts}
    assert 'rel="icon" href="favicon.ico"' in after["notebooks/index.html"]
    assert 'rel="icon" href="data:,"' in after["index.html"]
    assert [after[name] == texts[name] for name in texts] == [False, False, True, True]


def test_what_was_built_is_what_the_lock_file_says(release):
    site = ROOT / "_build" / "lite"
    if not (site / "start.json").is_file():
        pytest.skip("JupyterLite was not built here: make lite")
    folder = site / "static" / "pyodide"
    rows = json.loads((folder / release.LOCK).read_text(encoding="utf-8"))["packages"]
    files = {path.name for path in folder.iterdir()}
    assert files == {row["file_name"] for row in rows.values()} | {*release.CORE, release.LOCK}
    assert "numba" not in rows
    for row in rows.values():
        assert release.sha256((folder / row["file_name"]).read_bytes()) == row["sha256"]
    started = json.loads((site / "start.json").read_text(encoding="utf-8"))
    assert {Path(name).name: size for name, size, _ in started["files"]} == {
        path.name: path.stat().st_size for path in folder.iterdir()
    }
