"""The feedback page in a browser: alone, inert, accessible, on a phone and on paper."""

import re

import pytest

from course_lib.checks import EXERCISES
from course_lib.grading import feedback, page
from course_lib.grading.blueprint import draw
from course_lib.grading.clerk import Clerk, Job
from course_lib.grading.course import find_course
from course_lib.grading.page import ByHand
from course_lib.grading.results import Result

pytestmark = pytest.mark.slow
NAME = "05_schedules"
EVIL = "<script>document.body.id='owned'</script><img src=x onerror=\"document.body.id='owned'\">"
WIDE = "x = 'a line that does not fit on any phone, nor on a sheet of paper, and has no place to break'"
OWN = f"""import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.show()
print({EVIL!r})
{WIDE}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pages of three submissions: one with everything that a page can show, a right one, one without a mark."""
    folder = tmp_path_factory.mktemp("feedback")
    course = find_course()
    clerk = Clerk({NAME: draw(course, NAME)})
    try:
        notebook = clerk.blueprints[NAME].release.copy()
        filed = clerk.work(Job(EVIL, NAME, _handed_in(notebook)))
    finally:
        clerk.close()
    assert filed.result.points
    first = filed.result.exercises[0]
    hands = {first["cell"]: ByHand(0.5, 0.25, f"Look at this: {EVIL}")}
    drawn = page.read(filed.notebook.decode())
    text = page.render(filed.result, drawn, hands, "https://example.org/book")
    (folder / "much.html").write_text(text, encoding="utf-8")
    right = Result("ada", NAME, "graded", 1.0, 1.0, engine="judge", sandbox="namespaces")
    text = page.render(right, drawn, {}, "https://example.org/book")
    (folder / "right.html").write_text(text, encoding="utf-8")
    none = Result("eve", NAME, "failed", None, 1.0, reason=f"{EVIL}. Ask for it again.")
    (folder / "none.html").write_text(feedback._no_mark(none, {}), encoding="utf-8")
    return folder


def _handed_in(notebook):
    import nbformat

    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.metadata.get("nbgrader", {}).get("solution") and name in EXERCISES:
            mistakes = EXERCISES[name].misconceptions
            if name == "step_decay":
                cell.source += f"\n# {EVIL}\n{WIDE}"
            elif name == "scale_learning_rate":
                cell.source = (
                    "def scale_learning_rate(lr, b, b0):\n    print('said')\n    return lr * b / b0"
                )
            elif mistakes and EXERCISES[name].takes == "value":
                cell.source = f"{name} = {mistakes[0].function()!r}"
    notebook.cells.append(nbformat.v4.new_code_cell(OWN))
    return nbformat.writes(notebook).encode()


@pytest.mark.parametrize("name", ["much", "right", "none"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_readable_and_accessible(open_page, folder, name, theme, width):
    from axe_playwright_python.sync_playwright import Axe

    where = (folder / f"{name}.html").as_uri()
    shown = open_page(where, width=width, color_scheme=theme, bypass_csp=True)  # axe is a script
    shown.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    sizes = "[...document.querySelectorAll('main *')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    assert min(shown.evaluate(sizes)) >= 12
    found = Axe().run(shown).response["violations"]
    assert [(row["id"], row["nodes"][0]["html"]) for row in found] == []


def test_alone_and_inert(open_page, folder):
    shown = open_page((folder / "much.html").as_uri())
    assert shown.asked == ["much.html"]
    assert shown.evaluate("document.body.id") == ""
    assert shown.locator("script, iframe, object, form, link").count() == 0
    assert shown.locator("img").count() == 1
    assert shown.evaluate("document.querySelector('img').naturalWidth") > 100


def test_all_that_it_tells(open_page, folder):
    shown = open_page((folder / "much.html").as_uri())
    text = shown.inner_text("body")
    assert "To look at again: " in text
    assert "From your instructor" in text
    assert "hidden check" in text
    assert re.search(r"Grading took [\d.]+ seconds; your code used [\d.]+ seconds", text)
    assert "Sandbox: " in text
    for link in shown.locator("main a[href^='#']").all():
        assert shown.locator(f"[id='{link.get_attribute('href')[1:]}']").count() == 1
    text = open_page((folder / "none.html").as_uri()).inner_text("body")
    assert "Hand it in again" in text
    assert "Ask for it" not in text


def test_on_paper_nothing_is_folded_or_cut_off(open_page, folder):
    shown = open_page((folder / "much.html").as_uri(), width=700)
    shown.emulate_media(media="print")
    folded = shown.locator("details:not([open]) pre")
    assert folded.count() >= 2
    for part in folded.all():
        assert part.evaluate("part => part.checkVisibility({contentVisibilityAuto: true})")
        assert part.bounding_box()["height"] > 10
    assert shown.locator("pre").evaluate_all(
        "all => all.every(e => e.scrollWidth <= e.clientWidth)"
    )
