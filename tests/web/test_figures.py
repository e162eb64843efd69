"""Every interactive figure in a real browser: each control by keyboard and by pointer, words, numbers, access."""

import re
import runpy
from pathlib import Path

import pytest

FIGURES = Path(__file__).resolve().parents[2] / "book" / "figures"
NAMES = runpy.run_path(str(FIGURES.parent / "_ext" / "figure_scripts.py"))["names"]()

pytestmark = pytest.mark.slow

PICTURES = (
    "() => [...document.querySelectorAll('.course-interactive canvas')].map((c) => c.toDataURL())"
)


def look(page):
    """The pictures and the words, once all is drawn and said."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function("document.querySelector('.course-interactive').courseFigure.said")
    return page.evaluate(PICTURES), page.inner_text(".course-summary")


def controls(page):
    """Names and kinds of the controls that are shown."""
    return page.eval_on_selector_all(
        ".course-control:not([hidden]) :is(input, select)",
        "all => all.map((c) => [c.name, c.localName === 'select' ? 'select' : c.type])",
    )


def make_noise(page):
    """Turn the noise on where there is some: a control is shown with it alone."""
    if one(page, "noise").count():
        one(page, "noise").evaluate("c => { c.value = 1; c.dispatchEvent(new Event('input')) }")
        look(page)


def one(page, name):
    return page.locator(f".course-control [name='{name}']")


@pytest.mark.parametrize("name", NAMES)
def test_each_control_answers_to_the_keyboard(figure, name):
    page = figure(name)
    make_noise(page)
    for control, kind in controls(page):
        page.get_by_role("button", name="Reset").click()
        make_noise(page)
        before = look(page)
        one(page, control).focus()
        if kind == "checkbox":
            page.keyboard.press("Space")
        elif kind == "select":
            page.keyboard.press("ArrowDown")
        else:
            low = one(page, control).evaluate("c => 2 * c.value < Number(c.min) + Number(c.max)")
            for _ in range(5):  # to where there is more room
                page.keyboard.press("ArrowRight" if low else "ArrowLeft")
        after = look(page)
        assert after[0] != before[0], f"{control}: the picture stays as it was."
        assert after[1] != before[1], f"{control}: the words stay as they were: {after[1]}"


@pytest.mark.parametrize("name", NAMES)
def test_each_slider_answers_to_the_pointer(figure, name):
    page = figure(name)
    first = look(page)
    for control, kind in controls(page):
        if kind != "range" or not one(page, control).is_visible():
            continue
        page.get_by_role("button", name="Reset").click()
        before = look(page)
        one(page, control).scroll_into_view_if_needed()
        box = one(page, control).bounding_box()
        value = page.evaluate("name => document.querySelector(`[name='${name}']`).value", control)
        share = 0.2 if float(value) > 0.5 * sum(
            float(one(page, control).get_attribute(end)) for end in ("min", "max")
        ) else 0.8  # fmt: skip
        page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        after = look(page)
        assert after[0] != before[0], f"{control}: the picture stays as it was."
        assert after[1] != before[1], f"{control}: the words stay as they were."
    page.get_by_role("button", name="Reset").click()
    assert look(page) == first


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_are_there_on_demand(figure, name):
    page = figure(name)
    page.get_by_text("The numbers", exact=True).click()
    page.locator(".course-table td").first.wait_for()
    head = page.locator(".course-table th").all_inner_texts()
    rows = page.locator(".course-table tbody tr")
    assert len(head) >= 2
    assert rows.count() >= 2
    assert rows.first.locator("td").count() == len(head)
    assert "NaN" not in page.inner_text(".course-table")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(figure, name, theme):
    from axe_playwright_python.sync_playwright import Axe

    page = figure(name, theme=theme)
    page.get_by_text("The numbers", exact=True).click()
    found = Axe().run(page).response["violations"]
    assert [(f["id"], f["nodes"][0]["html"][:200]) for f in found] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_a_phone_and_answers_to_a_finger(figure, name):
    page = figure(name, width=390, height=800, has_touch=True, reduced_motion="reduce")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for box in page.locator(".course-interactive canvas").all():
        assert box.bounding_box()["height"] >= 200
    small = [
        box
        for box in page.locator(".course-interactive :is(input, select, button, summary)").all()
        if box.is_visible() and box.bounding_box()["height"] < 24
    ]
    assert small == []
    slider = page.locator(".course-control:not([hidden]) input[type=range]").first
    slider.scroll_into_view_if_needed()
    for touched in (slider, *page.locator("canvas.course-draggable").all()):
        touched.scroll_into_view_if_needed()
        before, box = look(page), touched.bounding_box()
        page.touchscreen.tap(box["x"] + 0.43 * box["width"], box["y"] + 0.6 * box["height"])
        after = look(page)
        assert after[0] != before[0]
        assert after[1] != before[1]
    assert page.evaluate("document.getAnimations().length") == 0


DRAGGED = [
    name for name in NAMES if re.search(r"^ +drag[:(]", (FIGURES / f"{name}.js").read_text(), re.M)
]


@pytest.mark.parametrize("name", DRAGGED)
def test_a_finger_drags_across_and_scrolls_up_and_down(figure, name):
    page = figure(name, width=390, height=600, has_touch=True)
    picture = page.locator("canvas.course-draggable")
    touches = page.context.new_cdp_session(page)

    def swipe(*places):
        box = picture.bounding_box()
        steps = [[a + k / 8 * (b - a) for a, b in zip(*places, strict=True)] for k in range(9)]
        for kind, (x, y) in zip(["Start", *8 * ["Move"]], steps, strict=True):
            at = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
            touches.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": [at]})
        touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        return look(page)

    picture.evaluate("c => scrollTo({ top: c.getBoundingClientRect().top + scrollY - 100 })")
    before, scrolled = look(page), page.evaluate("scrollY")
    assert swipe((0.35, 0.8), (0.35, 0.2)) == before
    assert page.evaluate("scrollY") > scrolled + 20
    picture.evaluate("c => scrollTo({ top: c.getBoundingClientRect().top + scrollY - 100 })")
    after = swipe((0.6, 0.5), (0.3, 0.5))
    assert after[0] != before[0]
    assert after[1] != before[1]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_loaded_before_the_figure_is_near(open_page, address, name):
    page = open_page(f"{address}{name}-far.html")
    page.wait_for_timeout(300)
    assert "core.js" not in page.asked
    assert "loader.js" in page.asked
    page.locator(".course-interactive").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.course-summary')?.textContent")
    assert "core.js" in page.asked


@pytest.mark.parametrize("name", NAMES)
def test_it_works_from_a_file(open_page, site, name):
    page = open_page((site / f"{name}-light.html").as_uri())
    page.wait_for_function("document.querySelector('.course-summary')?.textContent")


@pytest.mark.parametrize("name", NAMES)
def test_the_theme_changes_the_picture(figure, name):
    page = figure(name)
    before, said = look(page)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    after, same = look(page)
    assert all(a != b for a, b in zip(before, after, strict=True))
    assert said == same


def test_every_figure_is_compared_with_the_library():
    tests = (Path(__file__).parent / "test_values.py").read_text(encoding="utf-8")
    assert set(NAMES) <= set(re.findall(r'figure\("([\w-]+)"', tests))


def test_every_chapter_has_a_figure_that_answers():
    chapters = sorted(FIGURES.parent.glob("0[1-8]*.md"))
    assert len(chapters) == 8
    for chapter in chapters:
        places = re.findall(r"```\{interactive\} ([\w-]+)", chapter.read_text(encoding="utf-8"))
        assert set(places) & set(NAMES), chapter.name


def test_without_javascript_the_place_is_not_seen(open_page, address):
    page = open_page(f"{address}gradient-descent-light.html", java_script_enabled=False)
    assert not page.locator(".course-interactive").is_visible()


def test_every_module_keeps_to_the_form_that_the_site_needs(scripts):
    with pytest.raises(scripts.FormError, match="each on one line"):
        scripts.plain("bad", 'import x from "./y.js";')
    with pytest.raises(scripts.FormError, match="export"):
        scripts.plain("bad", "export default 3;")


def test_every_figure_has_a_place_in_the_book(scripts):
    book = "".join(p.read_text(encoding="utf-8") for p in FIGURES.parent.glob("0*.md"))
    assert set(scripts.names()) == set(NAMES)
    assert set(NAMES) <= set(re.findall(r"```\{interactive\} ([\w-]+)", book))
