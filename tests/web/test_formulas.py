"""The book's formulas as the browser draws them: in the font that the site brings along, and all of them to be reached."""

import re

import pytest

pytestmark = pytest.mark.slow

LOADED = "[...document.fonts].some((one) => one.family.includes('Course Formulas') && one.status === 'loaded')"
TOKEN = re.compile(r"<(mi|mo|mn|mtext)\b([^>]*)>([^<]+)</\1>")


@pytest.fixture(scope="module")
def home(serve, whole_site):
    with serve(whole_site) as address:
        yield address


@pytest.fixture
def open_page(browser):
    """A function that opens an address in a window of a width."""
    contexts = []

    def open_at(where, width=1280):
        contexts.append(browser.new_context(viewport={"width": width, "height": 1000}))
        page = contexts[-1].new_page()
        page.goto(where)
        return page

    yield open_at
    for context in contexts:
        context.close()


def fonts_of(page, selector):
    """Return the fonts in which the browser shows a part of the page."""
    ask = page.context.new_cdp_session(page)
    ask.send("DOM.enable")
    ask.send("CSS.enable")
    root = ask.send("DOM.getDocument")["root"]["nodeId"]
    node = ask.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    found = ask.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {font["familyName"] for font in found}


def test_every_sign_is_in_the_font_of_formulas(open_page, home, whole_site):
    tokens = set()
    for path in (whole_site / "book").rglob("*.html"):
        tokens |= set(TOKEN.findall(path.read_text(encoding="utf-8")))
    tokens = {token for token in tokens if "code" not in token[1]}
    assert len(tokens) > 200
    page = open_page(f"{home}book/notation.html")
    all_of_them = "".join(f"<{tag}{more}>{text}</{tag}>" for tag, more, text in sorted(tokens))
    for signs, fonts in ((all_of_them, 1), ("<mo>⨌</mo>", 0)):
        page.evaluate(
            "(html) => { document.body.innerHTML = `<math id=all>${html}</math>` }", signs
        )
        page.wait_for_function(LOADED)  # a first visit loads fonts after the page
        found = fonts_of(page, "#all")
        assert (found == {"Course Formulas"}) == bool(fonts), found


def test_a_formula_wider_than_the_page_is_reached_by_keyboard(open_page, home):
    """It scrolls in its own box, which is a stop for the Tab key; the others are none."""
    page = open_page(f"{home}book/08_capstone.html", width=320)
    boxes = """() => [...document.querySelectorAll("div.math, math.long")].filter((e) => e.checkVisibility())
      .map((e) => [e.scrollWidth > e.clientWidth, e.tabIndex])"""
    page.wait_for_function(f"({boxes})().some(([wide, stop]) => stop === 0)")
    found = page.evaluate(boxes)
    assert [stop for wide, stop in found if wide] == [0] * sum(wide for wide, _ in found)
    near = "(e) => [e.scrollIntoView(), e.scrollWidth > e.clientWidth][1]"  # far ones are stops until then
    narrow = [box for box in page.locator("div.math").all() if not box.evaluate(near)]
    page.wait_for_function("(e) => e.tabIndex === -1", arg=narrow[0].element_handle())
    assert page.evaluate("document.documentElement.scrollWidth") == 320
