"""Assignments in the browser: opened by their door, solved, checked, downloaded, and taken in for marks.

Python in the browser starts in 20 to 30 s, so of the ordinary tests one opens an assignment; `make proofs`
has the others. The verdicts are compared as the data that a check leaves in the notebook.
"""

import json
import re
import urllib.parse
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from course_lib.checks import EXERCISES, judge
from course_lib.grading import answers, intake
from course_lib.grading.cli import main
from course_lib.grading.course import Course

ROOT = Path(__file__).resolve().parents[2]
LITE = ROOT / "_build" / "lite"
VERDICT = "application/vnd.course.verdict+json"
COURSE = Course(ROOT)
ASSIGNMENTS = sorted(path.stem for path in (ROOT / "solutions").glob("*/*.ipynb"))
SHORT = "01_regularization"

PANEL = '[...(window.jupyterapp?.shell.widgets("main") ?? [])].find((w) => w.sessionContext)'
SHOWN = f"() => {PANEL}?.model?.cells.length"
READY = f"() => {PANEL}?.model?.cells.length && {PANEL}.sessionContext.session?.kernel?.status === 'idle'"
RUN_ALL = """async () => {
  const panel = PANEL;
  const done = jupyterapp.commands.execute("notebook:restart-run-all");
  const button = () => document.querySelector(".jp-Dialog .jp-mod-accept");
  while (!button()) await new Promise(requestAnimationFrame);
  button().click();
  await done;
  return Object.fromEntries([...panel.model.cells].map((cell) => [cell.id, cell.sharedModel.toJSON().outputs]));
}""".replace("PANEL", PANEL)
TEXTS = """async () => {
  const panel = PANEL;
  await panel.context.ready;
  return Object.fromEntries([...panel.model.cells].map((cell) => [cell.id, cell.sharedModel.getSource()]));
}""".replace("PANEL", PANEL)
RUN = """async ([id, source]) => {
  const panel = PANEL;
  const place = panel.content.widgets.findIndex((w) => w.model.id === id);
  const cell = panel.content.widgets[place].model;
  if (source !== null) cell.sharedModel.setSource(source);
  panel.content.activeCellIndex = place;
  await jupyterapp.commands.execute("notebook:run-cell");
  return cell.sharedModel.toJSON().outputs;
}""".replace("PANEL", PANEL)


@pytest.fixture(scope="module")
def lite(serve):
    """The address of JupyterLite as `make lite` built it."""
    if not (LITE / "start.json").is_file():
        pytest.skip("JupyterLite was not built here: make lite")
    with serve(LITE) as address:
        yield address


@pytest.fixture
def page(browser, lite):
    """A page that may ask only its own server, which must have everything it asks for."""
    wrong = []

    def look(route, request):
        if request.url.startswith((lite, "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(f"asked {request.url}")
            route.abort()

    context = browser.new_context(accept_downloads=True)
    context.set_default_timeout(300_000)
    context.route("**/*", look)
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    context.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    context.on(
        "response", lambda got: got.status >= 400 and wrong.append(f"{got.status} {got.url}")
    )
    yield page
    context.close()
    assert wrong == []


def open_assignment(page, lite, name):
    """Go through the door, and return what it said while it loaded."""
    said = []
    page.expose_function("heard", lambda words: said.append(words))
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          const what = document.getElementById("what");
          if (what) new MutationObserver(() => heard(what.textContent)).observe(what, { childList: true });
        });"""
    )
    page.goto(f"{lite}start.html?open={name}")
    page.wait_for_url(re.compile("/notebooks/index.html"), wait_until="commit")
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query) == {
        "path": [f"{name}.ipynb"]
    }
    page.wait_for_function(READY)
    return said


def verdict_in(outputs):
    (found,) = [out["data"][VERDICT] for out in outputs if VERDICT in out.get("data", {})]
    return without_nulls(found)


def natively(cells, name):
    """Return the library's own verdict on the same cells."""
    space = {}
    for text in cells:
        exec(text, space)
    verdict = judge(EXERCISES[name], space[name], trusted=False).to_dict()
    return without_nulls(json.loads(json.dumps(verdict)))


def without_nulls(data):
    """JSON as it comes out of JupyterLite, which turns None into nothing at all."""
    if isinstance(data, dict):
        return {key: without_nulls(value) for key, value in data.items() if value is not None}
    return [without_nulls(value) for value in data] if isinstance(data, list) else data


def work_through(page, name):
    """Solve an assignment: first with one known mistake, then rightly; return the downloaded notebook."""
    solution = nbformat.read(COURSE.solution(name), as_version=4)
    release = nbformat.read(COURSE.release(name), as_version=4)
    blanks = {blank.exercise.name: blank for blank in answers.read_blanks(solution, release)}
    wrong = next(b for b in blanks.values() if b.checks and b.exercise.takes == "function")
    done = []
    for cell in (cell for cell in release.cells if cell.cell_type == "code"):
        key = cell.metadata.nbgrader.grade_id
        exercise = key.removesuffix("-check").removesuffix("-try")
        if key == "imports":
            assert page.evaluate(RUN, [key, None]) in ([], [font_cache()])
            done.append(cell.source)
        elif key in blanks:
            if blanks[key] is wrong:
                mistake = wrong.mistakes()[0]
                assert page.evaluate(RUN, [key, mistake.source]) == []
                got = verdict_in(page.evaluate(RUN, [f"{key}-check", None]))
                assert got == natively([*done, mistake.source], key)
                assert got["misconception"] == mistake.label
                assert got["help"]
            assert page.evaluate(RUN, [key, blanks[key].solution]) == []
            done.append(blanks[key].solution)
        elif exercise in blanks and not key.endswith("-hidden"):
            got = verdict_in(page.evaluate(RUN, [key, None]))
            assert got == natively(done, exercise)
            assert got["points"] == got["max_points"] > 0
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    with page.expect_download() as download:
        page.evaluate("() => jupyterapp.commands.execute('docmanager:download')")
    assert download.value.suggested_filename == f"{name}.ipynb"
    return Path(download.value.path())


def font_cache():
    """What Matplotlib says when it is imported for the first time on a machine."""
    text = "Matplotlib is building the font cache; this may take a moment.\n"
    return {"output_type": "stream", "name": "stderr", "text": text}


def is_whole(path, name):
    """Whether a notebook has all cells of the release, each with its metadata."""
    release = nbformat.read(COURSE.release(name), as_version=4)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    was = [(cell.id, cell.metadata.nbgrader) for cell in release.cells]
    return was == [(cell["id"], cell["metadata"]["nbgrader"]) for cell in cells]


@pytest.mark.slow
def test_an_assignment_is_solved_in_the_browser(page, lite):
    said = open_assignment(page, lite, SHORT)
    assert any(words.startswith("Python: ") and words.endswith(" MB") for words in said)
    assert said[-1].startswith("Opening the notebook")
    file = work_through(page, SHORT)
    assert is_whole(file, SHORT)
    taken = {cell.metadata.nbgrader.grade_id: cell.source for cell in intake.read(file).cells}
    solution = nbformat.read(COURSE.solution(SHORT), as_version=4)
    release = nbformat.read(COURSE.release(SHORT), as_version=4)
    for blank in answers.read_blanks(solution, release):
        assert taken[blank.exercise.name] == blank.solution
    session = "PANEL.sessionContext.session.kernel".replace("PANEL", PANEL)
    page.evaluate(f"() => {session}.requestExecute({{ code: 'left = 1' }}).done")
    outputs = page.evaluate(RUN_ALL)
    checks = [key for key, some in outputs.items() if some is not None and key.endswith("-check")]
    assert len(checks) > 5
    for key in checks:
        got = verdict_in(outputs[key])
        assert got["points"] == got["max_points"] > 0
    said = page.evaluate(f"() => {session}.requestExecute({{ code: 'left' }}).done")
    assert "NameError" in said["content"]["ename"]  # it is another Python
    page.reload()
    page.wait_for_function(SHOWN)
    kept = page.evaluate(TEXTS)
    assert all(kept[key] == source for key, source in taken.items())


@pytest.mark.proof("tools/lite/*.txt", "tools/lite/*.html", "exercises/*/*.ipynb")
def test_every_assignment_is_solved_in_the_browser_and_graded(page, lite, tmp_path, pytestconfig):
    if not pytestconfig.getoption("--proofs"):
        pytest.skip("starts Python in the browser eight times: make proofs")
    for name in ASSIGNMENTS:
        other = page.context.new_page()
        open_assignment(other, lite, name)
        file = work_through(other, name)
        assert is_whole(file, name)
        place = tmp_path / "submitted" / "ada" / name
        place.mkdir(parents=True)
        (place / f"{name}.ipynb").write_bytes(file.read_bytes())
        other.close()
    results = tmp_path / "results.json"
    command = ["grade", "--all", "--class", str(tmp_path), "--json", str(results)]
    done = CliRunner().invoke(main, ["--course", str(ROOT), *command], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    rows = json.loads(results.read_text(encoding="utf-8"))["results"]
    assert sorted(row["assignment"] for row in rows) == ASSIGNMENTS
    assert all(row["points"] == row["max_points"] > 0 for row in rows)
    assert all(row["repaired"] == [] for row in rows)


@pytest.mark.slow
def test_an_unknown_assignment_gets_a_list_of_those_there_are(page, lite):
    page.goto(f"{lite}start.html?open=//example.org")
    page.wait_for_selector("#what a")
    assert page.locator("#what a").all_inner_texts() == ASSIGNMENTS
    assert page.locator("#bar").is_hidden()
