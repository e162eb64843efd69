"""The course report in a browser: alone, accessible, usable by keyboard and on a phone, and inert."""

import random
import re

import pytest

from course_lib.checks import EXERCISES, judge
from course_lib.grading import report
from course_lib.grading.report_read import Before
from course_lib.grading.results import Result

pytestmark = pytest.mark.slow
EVIL = "<img src=x onerror=\"document.body.id='owned'\"><script>document.body.id='owned'</script>"
LONG = "a_name_without_any_place_to_break_" * 6


@pytest.fixture(scope="module")
def where(tmp_path_factory):
    """A class with everything that a page can show; names, errors and notes hold script."""
    rng = random.Random(0)
    results = []
    for chapter in ("04_optimizers", "05_schedules"):
        rows = [row for row in EXERCISES.values() if row.chapter == chapter][:3]
        for n in range(14):
            checks = tuple(_entry(row, rng, hidden) for row in rows for hidden in (False, True))
            points = sum(entry["mark"] for entry in checks)
            notes = (f"cell {EVIL} was stopped",) if n == 3 else ()
            results.append(
                Result(f"student{n:02}", chapter, "graded", points, 12.0, checks, notes=notes,
                       repaired=(LONG,) if n == 4 else (), seconds=rng.random(), sandbox="namespaces")
            )  # fmt: skip
        results.append(Result(EVIL, chapter, "failed", None, 12.0, reason=EVIL + LONG))
    before = {(f"student{n:02}", "04_optimizers"): Before(n / 2, {"ewma": 0.5}) for n in range(9)}
    folder = tmp_path_factory.mktemp("report")
    return report.write(results, folder, "../book", before=before).as_uri()


def _entry(row, rng, hidden):
    def odd(*_):
        raise ValueError(EVIL)

    choices = [row.reference, *(m.function for m in row.misconceptions[:2])]
    verdict = judge(row, rng.choice(choices), hidden=hidden).to_dict()
    if rng.random() < 0.2:
        verdict |= {"misconception": "", "mistake": "", "cause": f"ValueError: {EVIL}"}
    ordinary = {"ordinary": True} if row.name == "ewma" else {}
    return {**verdict, **ordinary, "cell": row.name, "mark": verdict["points"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_readable_and_accessible(open_page, where, width, theme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(where, width=width, color_scheme=theme, bypass_csp=True)  # axe is a script
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tallest = (
        "Math.max(...[...document.querySelectorAll('.wide')].map((part) => part.clientHeight))"
    )
    assert page.evaluate(tallest) <= 27 * 16  # a long table scrolls by itself
    found = Axe().run(page).response["violations"]
    assert [(row["id"], row["nodes"][0]["html"]) for row in found] == []


def test_alone_and_inert(open_page, where):
    page = open_page(where)
    assert page.asked == ["index.html"]
    assert page.evaluate("document.body.id") == ""
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0
    assert EVIL in page.locator("main").inner_text()


def test_tables_sort_by_keyboard(open_page, where):
    page = open_page(where)
    region = page.get_by_role("region", name="04_optimizers: success by exercise")
    head = region.get_by_role("columnheader", name="mean share")
    column = head.evaluate("head => head.cellIndex")

    def shown():
        cells = region.locator(f"tbody tr td:nth-child({column + 1})").all_inner_texts()
        return [int(re.search(r"\d+", text)[0]) for text in cells]

    start = shown()
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert (head.get_attribute("aria-sort"), shown()) == ("ascending", sorted(start))
    page.keyboard.press("Space")
    assert (head.get_attribute("aria-sort"), shown()) == ("descending", sorted(start)[::-1])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert region.locator("th[aria-sort=ascending]").inner_text().startswith("all points")


def test_without_its_script_all_is_there(browser, where):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(where)
    assert page.get_by_role("region", name="04_optimizers: success by property").is_visible()
    assert page.locator("th button").count() == 0
    context.close()


def test_on_paper_nothing_is_folded_or_cut(open_page, where):
    page = open_page(where)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("details:not([open])").count() == 0
    page.set_viewport_size({"width": 720, "height": 1000})  # A4 between its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    hidden = "[...document.querySelectorAll('.wide')].some((part) => part.scrollHeight > part.clientHeight + 1)"
    assert not page.evaluate(hidden)
