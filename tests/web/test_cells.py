"""Exercises that run on the chapter's page, in a real browser: what is loaded, run, stopped, kept, said and seen.

Python starts once for all ordinary tests; each of them has an exercise of its own on the same page.
"""

import re
from pathlib import Path

import axe_playwright_python
import nbformat
import pytest

from course_lib.checks import EXERCISES
from course_lib.grading import answers
from course_lib.grading.course import Course

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
CHAPTER = "04_optimizers"
ASSIGNMENTS = sorted(path.stem for path in (ROOT / "exercises").glob("*/*.ipynb"))
COURSE = Course(ROOT)

COLORS = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]
RULES = """async ([theme, rules]) => {
  document.documentElement.dataset.theme = theme;
  const still = document.createElement("style");
  still.textContent = "* { transition: none !important }";
  document.head.append(still);
  const values = rules ?? axe.getRules().map((rule) => rule.ruleId);
  const options = { runOnly: { type: "rule", values }, resultTypes: ["violations"], preload: false };
  const { violations } = await axe.run({ include: [[".course-cell-open"]] }, options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html.slice(0, 200)]));
}"""

# Which of the theme's own stay, test_pages says.
UPSTREAM = re.compile("<pre|pst-scrollable-table-container")


def solutions(name):
    """Every exercise of an assignment that is filled in, with its solution."""
    solution = nbformat.read(COURSE.solution(name), as_version=4)
    release = nbformat.read(COURSE.release(name), as_version=4)
    return {blank.exercise.name: blank for blank in answers.read_blanks(solution, release)}


@pytest.fixture(scope="module")
def blanks():
    return solutions(CHAPTER)


@pytest.fixture(scope="module")
def home(whole_site, serve):
    if not (whole_site / "lite" / "start.json").is_file():
        pytest.skip("This site has no Python in it: make lite book")
    with serve(whole_site) as address:
        yield address


@pytest.fixture(scope="module")
def context(browser, home):
    """A browser that may ask only its own server, with lists of what it asked and of what went wrong."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, service_workers="block", accept_downloads=True
    )
    context.set_default_timeout(180_000)
    context.asked, context.wrong = [], []

    def look(route, request):
        context.asked.append(request.url)
        if request.url.startswith((home, "data:", "blob:", "file:")):
            route.continue_()
        else:
            context.wrong.append(f"asked {request.url}")
            route.abort()

    def said(message):
        blocked = message.text == "Service Worker registration blocked by Playwright"
        if message.type in {"error", "warning"} and not blocked:
            context.wrong.append(message.text)

    context.route("**/*", look)
    context.on("console", said)
    yield context
    context.close()


def read(context, address):
    """Open a page; its faults are kept with those of the browser."""
    page = context.new_page()
    page.on("pageerror", lambda error: context.wrong.append(str(error)))
    page.goto(address)
    page.wait_for_function("!!document.querySelector('.course-cell-door button')")
    return page


@pytest.fixture(scope="module")
def chapter(context, home):
    page = read(context, f"{home}book/{CHAPTER}.html")
    page.wait_for_load_state("networkidle")
    page.before = list(context.asked)
    yield page
    page.close()


@pytest.fixture(autouse=True)
def nothing_went_wrong(context):
    yield
    wrong = list(context.wrong)
    context.wrong.clear()
    assert wrong == []


class Cell:
    """One exercise on a page, as a reader uses it."""

    def __init__(self, page, name):
        self.page = page
        self.place = page.locator(f'.course-cell[data-exercise="{name}"]')
        self.status = self.place.locator("[role=status]")
        self.output = self.place.locator(".course-cell-output")

    def unfold(self):
        self.place.evaluate("(place) => { place.closest('details').open = true }")
        return self

    def open(self):
        self.unfold()
        door = self.place.locator(".course-cell-door button")
        if door.count():
            door.click()
            self.place.locator(".cm-content").wait_for()
        return self

    def press(self, words):
        self.place.get_by_role("button", name=words, exact=True).click()

    def write(self, text):
        self.place.locator(".cm-content").focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def text(self):
        script = "(place) => [...place.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\\n')"
        return self.place.evaluate(script)

    def wait(self, words):
        self.page.wait_for_function(
            "([place, words]) => new RegExp(words).test(place.querySelector('[role=status]').textContent)",
            arg=[self.place.element_handle(), words],
        )
        return self.status.inner_text()

    def run(self, text=None):
        """Write a text, run it, and return the line that it ended with."""
        if text is not None:
            self.write(text)
        self.press("Run and check")
        script = "(place) => [...place.querySelectorAll('button')].find((b) => b.textContent === 'Stop').disabled"
        self.page.wait_for_function(script, arg=self.place.element_handle())
        return self.status.inner_text()


def test_nothing_is_loaded_before_the_button_and_something_is_said_at_once(chapter, context):
    cell = Cell(chapter, "momentum_step").unfold()
    scripts = [url for url in chapter.before if "/cells/" in url or "/lite/" in url]
    assert [url.rpartition("/")[2].partition("?")[0] for url in scripts] == ["loader.js"]
    note = cell.place.locator(".course-cell-door").inner_text()
    assert re.search(r"about 1\d MB", note)
    first, said = chapter.evaluate("""async () => {
      const place = document.querySelector('[data-exercise="momentum_step"]');
      const said = [];
      place.querySelector("button:not(.copybtn)").click();
      const first = place.textContent.includes("Loading the editor.");
      await new Promise((resolve) => new MutationObserver(() => {
        const words = place.querySelector(".course-cell-loading")?.textContent ?? "";
        const spoken = place.querySelector("[role=status]")?.textContent ?? "";
        said.push([words, place.querySelector("progress")?.value ?? 0, spoken]);
        if (spoken === "Python is ready.") resolve();
      }).observe(place, { childList: true, characterData: true, subtree: true }));
      return [first, said];
    }""")
    assert first
    loading = [words for words, _, _ in said if re.fullmatch(r"[\w' ]+: [\d.]+ of 1\d MB", words)]
    assert {words.partition(":")[0] for words in loading} >= {"Python", "NumPy"}
    values = [value for words, value, _ in said if words in loading]
    assert values == sorted(values)
    assert values[-1] > 15_000_000
    assert len({spoken for _, _, spoken in said}) <= 4  # few words are spoken
    new = {url.rpartition("/")[2].partition("?")[0] for url in context.asked}
    assert {"editor.js", "worker.js", "runner.py", "pyodide.asm.wasm"} <= new
    assert not any(name.startswith(("matplotlib", "ipython")) for name in new)
    assert cell.place.locator("progress").is_hidden()


def test_the_stub_a_mistake_and_the_solution(chapter, blanks):
    cell = Cell(chapter, "momentum_step").open()
    assert cell.run() == "momentum_step: check not right yet, 0 of 2 points"
    mistake = blanks["momentum_step"].mistakes()[0]
    row = EXERCISES["momentum_step"].misconceptions[0]
    cell.run(mistake.source)
    assert f"This looks like: {row.title}." in cell.output.inner_text()
    assert row.help in cell.output.inner_text()
    assert cell.run(blanks["momentum_step"].solution) == (
        "momentum_step: check passed, 2 of 2 points"
    )
    assert "✓" in cell.output.inner_text()
    assert cell.output.get_by_role("group", name="Verdict on momentum_step").count() == 1


def test_the_editor_has_the_colors_of_the_code_that_it_replaces(chapter):
    cell = Cell(chapter, "momentum_step").open()
    cell.write('def f(x):  # so\n    return "x", 1\n')
    script = """(place) => {
      const color = (name) => getComputedStyle(place.querySelector(name)).color;
      return [".cm-content", ".tok-definition", ".tok-comment", ".tok-string", ".tok-keyword"].map(color);
    }"""
    cell.place.locator(".tok-string").wait_for()
    plain, *colored = cell.place.evaluate(script)
    assert plain not in colored
    assert len(set(colored)) == 4


def test_an_endless_loop_is_stopped_and_the_next_run_has_all_names(chapter, blanks):
    first = Cell(chapter, "momentum_step").open()
    first.run(blanks["momentum_step"].solution)
    cell = Cell(chapter, "nesterov_step").open()
    cell.write("while True:\n    print('round and round')")
    cell.press("Run and check")
    cell.wait("^(Running|Still running)")
    cell.output.locator("pre", has_text="no more than 20,000 characters").wait_for()
    assert len(cell.output.inner_text()) < 21_000
    first.press("Run and check")
    assert first.wait("Another cell runs")
    cell.press("Stop")
    assert cell.wait("^Stopped").endswith("the next run defines it again.")
    assert cell.run("print(momentum_step.__name__)").startswith(("Done", "NameError"))
    assert "momentum_step" in cell.output.locator("pre").first.inner_text()
    assert (
        cell.run(blanks["nesterov_step"].solution) == "nesterov_step: check passed, 3 of 3 points"
    )


def test_an_error_is_the_reader_s_own_lines(chapter):
    cell = Cell(chapter, "convert_momentum").open()
    assert cell.run("def f():\n    return 1 / 0\n\nf()") == "ZeroDivisionError: division by zero"
    said = cell.output.locator(".course-cell-error").inner_text()
    assert re.findall(r'File "<convert_momentum>", line (\d)', said) == ["4", "2"]
    assert "pyodide" not in said


def test_reset_asks_nothing_and_can_be_undone(chapter):
    cell = Cell(chapter, "adagrad_step").open()
    stub = cell.text()
    cell.write("mine = 1")
    cell.press("Reset")
    assert cell.text() == stub
    cell.press("Undo reset")
    assert cell.text() == "mine = 1"
    cell.press("Reset")
    cell.place.locator(".cm-content").focus()
    chapter.keyboard.press("Control+z")
    assert cell.text() == "mine = 1"


def test_an_edit_is_there_after_a_reload_and_a_changed_start_is_told(chapter, context, home):
    cell = Cell(chapter, "rmsprop_step").open()
    cell.write("kept = True")
    chapter.evaluate("""() => localStorage.setItem("course-cell:04_optimizers/radam_step",
      JSON.stringify({ text: "old = 1", stub: "another start" }))""")
    again = read(context, f"{home}book/{CHAPTER}.html")
    other = Cell(again, "rmsprop_step").unfold()
    assert other.place.get_by_role("button", name=re.compile("^Go on with yours")).count() == 1
    assert other.open().text() == "kept = True"
    moved = Cell(again, "radam_step").open()
    assert moved.text() == "old = 1"
    assert moved.status.inner_text().startswith("The exercise has changed since")
    again.close()


def test_python_that_does_not_load_says_so_and_is_tried_again(context, home, blanks):
    page = read(context, f"{home}book/{CHAPTER}.html")
    context.route("**/lite/start.json", lambda route: route.abort())
    cell = Cell(page, "adam_step").open()
    assert cell.wait("does not run").endswith("Run starts it anew.")
    context.unroute("**/lite/start.json")
    assert cell.run(blanks["adam_step"].solution) == "adam_step: check passed, 4 of 4 points"
    context.wrong[:] = [text for text in context.wrong if "ERR_FAILED" not in text]
    page.close()


def test_a_page_that_is_a_file_says_what_it_needs(context, whole_site):
    page = read(context, (whole_site / "book" / f"{CHAPTER}.html").as_uri())
    cell = Cell(page, "adam_step").unfold()
    cell.place.locator(".course-cell-door button").click()
    assert "This page is a file" in cell.status.inner_text()
    notebook = cell.status.get_by_role("link").get_attribute("href")
    assert notebook.endswith(f"/{CHAPTER}.ipynb")
    # Fonts are not given to a file, which the book does without.
    context.wrong[:] = [text for text in context.wrong if not re.search("file:|ERR_FAILED", text)]
    page.close()


def test_with_the_keyboard_alone(chapter, blanks):
    """From the contents to the exercise, into the editor and out of it, to the verdict."""
    keys = chapter.keyboard

    def tab_to(script, most):
        for _ in range(most):
            keys.press("Tab")
            if chapter.evaluate(f"() => {{ const at = document.activeElement; return {script} }}"):
                return
        raise AssertionError(f"the Tab key does not come to {script}")

    chapter.evaluate("""() => {
      document.activeElement.blur();
      for (const fold of document.querySelectorAll(".course-exercise")) fold.open = false;
    }""")
    chapter.locator(
        '.bd-toc-nav a[href="#your-turn"], nav.page-toc a[href="#your-turn"]'
    ).first.focus()
    keys.press("Enter")
    summary = Cell(chapter, "adadelta_step").place.locator("xpath=ancestor::details/summary").first
    words = summary.inner_text()
    tab_to(f"at.localName === 'summary' && at.textContent === {words!r}", 60)
    keys.press("Enter")
    tab_to("at.matches('.course-cell-door button')", 60)
    keys.press("Enter")
    chapter.wait_for_function("document.activeElement.matches('.cm-content')")
    keys.press("Control+a")
    keys.insert_text("if True:\n")
    keys.press("Tab")
    keys.insert_text("pass")
    cell = Cell(chapter, "adadelta_step")
    assert cell.text() == "if True:\n    pass"
    keys.press("Control+a")
    keys.insert_text(blanks["adadelta_step"].solution)
    keys.press("Shift+Enter")
    assert cell.wait("points") == "adadelta_step: check passed, 3 of 3 points"
    keys.press("Escape")
    tab_to("at.textContent === 'Run and check'", 4)
    keys.press("Enter")
    chapter.wait_for_function(
        "(words) => document.activeElement.closest('.course-cell').querySelector('[role=status]').textContent === words",
        arg="adadelta_step: check passed, 3 of 3 points",
    )
    keys.press("Shift+Tab")
    assert chapter.evaluate("""() => {
      const [at, [run]] = [document.activeElement, document.querySelectorAll(".course-cell-open .course-cell-buttons button")];
      return at !== run && at.closest(".course-cell") !== null;
    }""")


def test_an_open_cell_keeps_the_rules_of_access(chapter, blanks):
    cell = Cell(chapter, "adamw_step").open()
    cell.run("def adamw_step(w, g, m, v, t, **rest):  # no\n    return w, m, v\n\nprint('a', 1.5)")
    Cell(chapter, "convert_momentum").open().run("1 / 0")
    chapter.evaluate(AXE)
    found = []
    for theme, rules in (("light", None), ("dark", COLORS)):
        rows = chapter.evaluate(RULES, [theme, rules])
        found += [[theme, *row] for row in rows if not UPSTREAM.search(row[1])]
    assert found == []
    assert cell.output.get_by_text("a 1.5").count() == 1


def test_an_open_cell_fits_a_phone(chapter, blanks):
    cell = Cell(chapter, "adam_step").open()
    cell.run(blanks["adam_step"].solution)
    chapter.set_viewport_size({"width": 360, "height": 740})
    assert chapter.evaluate("document.documentElement.scrollWidth") <= 360
    chapter.set_viewport_size({"width": 1280, "height": 900})


def test_matplotlib_is_loaded_by_a_cell_that_draws(chapter, context):
    cell = Cell(chapter, "radam_step").open()
    draw = "fig, ax = plotting.figure()\nax.plot([1, 2])\nplotting.show(fig, alt='A line.')"
    assert cell.run(draw).startswith(("A line.", "NameError", "radam_step"))
    assert cell.output.locator("svg").count() == 1
    assert any("matplotlib-" in url for url in context.asked)


@pytest.mark.proof(
    "book/cells/*.*", "book/_ext/cells.py", "exercises/*/*.ipynb", "tools/lite/*.txt"
)
def test_every_solution_passes_its_check_on_its_page(context, home, pytestconfig):
    if not pytestconfig.getoption("--proofs"):
        pytest.skip("starts Python in the browser eight times: make proofs")
    for name in ASSIGNMENTS:
        page = read(context, f"{home}book/{name}.html")
        for exercise, blank in solutions(name).items():
            cell = Cell(page, exercise).open()
            words = cell.run(blank.solution)
            assert re.search(r"check passed, (\d+) of \1 points", words), (name, exercise, words)
        page.close()
