"""Doors of the assignments: none that leads nowhere, and each with the right address."""

import importlib.util
import io
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.testing.util import SphinxTestApp

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = "exercises/03_sgd/03_sgd.ipynb"
GITHUB = {"repository": "https://github.com/ada/course.git", "jupyterhub": "https://hub.test/"}
PAGE = """
Chapter
=======

:download:`Download the assignment <../exercises/03_sgd/03_sgd.ipynb>`, or run it.

:download:`Not an assignment <other.txt>`.
"""


@pytest.fixture(scope="module")
def doors():
    place = ROOT / "book" / "_ext" / "doors.py"
    spec = importlib.util.spec_from_file_location("doors", place)
    module = importlib.util.module_from_spec(spec)
    sys.modules["doors"] = module
    spec.loader.exec_module(module)
    return module


def addresses(doors, host):
    return {door.name: door.address for door in doors.hosted(NOTEBOOK, doors.read_host(host))}


def test_without_a_host_there_are_no_doors_to_one(doors):
    assert addresses(doors, {}) == {}
    assert doors.markup("03_sgd", "../", False, []) == ""


def test_doors_of_a_repository_on_github(doors):
    assert addresses(doors, GITHUB) == {
        "Colab": f"https://colab.research.google.com/github/ada/course/blob/main/{NOTEBOOK}",
        "Binder": f"https://mybinder.org/v2/gh/ada/course/main?urlpath=lab/tree/{NOTEBOOK}",
        "JupyterHub": "https://hub.test/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fada%2Fcourse"
        "&branch=main&urlpath=lab%2Ftree%2Fcourse%2Fexercises%2F03_sgd%2F03_sgd.ipynb",
    }


def test_doors_of_a_repository_elsewhere(doors):
    host = {"repository": "https://git.test/ada/course", "branch": "spring/1"}
    assert addresses(doors, host) == {
        "Binder": "https://mybinder.org/v2/git/https%3A%2F%2Fgit.test%2Fada%2Fcourse/spring%2F1"
        f"?urlpath=lab/tree/{NOTEBOOK}"
    }


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ({"repo": "https://github.com/a/b"}, "repo"),
        ({"repository": "github.com/a/b"}, "https://"),
        ({"repository": "https://github.com/a"}, "OWNER/NAME"),
        ({"jupyterhub": "https://hub.test"}, "repository"),
        ({**GITHUB, "jupyterhub": "hub"}, "jupyterhub"),
    ],
)
def test_a_wrong_setting_says_what_is_wrong(doors, host, words):
    with pytest.raises(ValueError, match=words):
        doors.read_host(host)


def build(doors, folder, monkeypatch, **settings):
    """Build a page with an assignment's download, twice into the same folder if called twice."""
    monkeypatch.setattr(doors, "LITE", folder / "lite")
    source = folder / "source" / "book"
    if not source.exists():
        source.mkdir(parents=True)
        (source / "03_sgd.rst").write_text(PAGE, encoding="utf-8")
        (source / "other.txt").touch()
        target = folder / "source" / NOTEBOOK
        target.parent.mkdir(parents=True)
        target.touch()
        for name, text in {"index.rst": "x\n=\n\n.. toctree::\n\n   book/03_sgd\n"}.items():
            (folder / "source" / name).write_text(text, encoding="utf-8")
        (folder / "source" / "conf.py").write_text("extensions = ['doors']", encoding="utf-8")
    app = SphinxTestApp(
        "html",
        srcdir=folder / "source",
        builddir=folder / "built",
        confoverrides=settings,
        warning=io.StringIO(),
    )
    try:
        app.build()
        html = (Path(app.outdir) / "book" / "03_sgd.html").read_text(encoding="utf-8")
        # The style sheet lies in the book's own folder of static files.
        assert app.warning.getvalue() == ""
        return Path(app.outdir), BeautifulSoup(html, "html.parser")
    finally:
        app.cleanup()


def test_the_doors_follow_what_was_built_and_set(doors, tmp_path, monkeypatch):
    site, page = build(doors, tmp_path, monkeypatch)
    assert page.find("nav", class_="course-doors") is None
    assert not (site / "lite").exists()

    (tmp_path / "lite").mkdir()
    (tmp_path / "lite" / "start.json").write_text("{}", encoding="utf-8")
    (tmp_path / "lite" / "start.html").write_text("start", encoding="utf-8")
    site, page = build(doors, tmp_path, monkeypatch, course_host=GITHUB)  # of the same text
    (nav,) = page.find_all("nav", class_="course-doors")
    assert nav.find_next_sibling("p").text.startswith("Download the assignment")
    links = [link["href"] for link in nav.find_all("a")]
    assert links == ["../lite/start.html?open=03_sgd", *addresses(doors, GITHUB).values()]
    assert (site / "lite" / "start.html").read_text(encoding="utf-8") == "start"

    (tmp_path / "lite" / "start.json").unlink()
    site, page = build(doors, tmp_path, monkeypatch)
    assert page.find("nav", class_="course-doors") is None
    assert not (site / "lite").exists()
