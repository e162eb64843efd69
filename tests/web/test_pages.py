"""Every page of the finished site, in a real browser: nothing asked of others, access, weight, keyboard, offline."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest

pytestmark = pytest.mark.slow

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

UPSTREAM = {
    # pydata-sphinx-theme makes what scrolls sideways a stop for the Tab key, which another rule demands
    # (scrollable-region-focusable). The rule is an experiment of axe.
    "focus-order-semantics": re.compile(
        'pst-scrollable-table-container|<pre|<div class="math|<math'
    ),
    # A column may be named by a formula. axe doesn't count that as a text; readers of screens do.
    "empty-table-header": re.compile("<math"),
}
"""Violations that stay, by rule: in what, and why."""

# Drawings have their words in their label; of each kind of token one is enough.
# Nothing may still be on its way from one color to the other.
LEAN = """() => {
  const still = document.createElement("style");
  still.textContent = "* { transition: none !important; animation: none !important }";
  document.head.append(still);
  const seen = new Set();
  for (const part of document.querySelectorAll("svg[role=img]")) part.replaceChildren();
  for (const token of document.querySelectorAll("pre span[class]:not(:has(*))")) {
    if (seen.has(token.className)) token.remove();
    seen.add(token.className);
  }
}"""

RUN = """async ([theme, rules]) => {
  document.documentElement.dataset.theme = theme;
  const wanted = rules ?? axe.getRules().map((rule) => rule.ruleId);
  const options = { runOnly: { type: "rule", values: wanted }, resultTypes: ["violations"], preload: false };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html.slice(0, 200)]));
}"""
COLORS = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]
# All pages at once take two minutes; parts of them are looked at by whoever is free.
PARTS = 4


# A page that only leads on to another is gone after a moment.
# Scripts come after the text (page_start.js); a page says when they have run.
READY = """document.readyState === "complete" && !document.querySelector("meta[http-equiv=refresh]") &&
  (!document.querySelector("script[data-start]") || document.documentElement.dataset.scripts === "ready")"""
# What is far from the window is laid out too.
WHOLE = """() => {
  const still = document.createElement("style");
  still.textContent = "* { content-visibility: visible !important }";
  document.head.append(still);
}"""


@pytest.fixture(scope="module")
def home(serve, whole_site):
    with serve(whole_site) as address:
        yield address


@pytest.fixture(scope="module")
def names(whole_site):
    """All pages, but those that the theme keeps as parts, and the lab's."""
    pages = (path.relative_to(whole_site) for path in whole_site.rglob("*.html"))
    return sorted(page.as_posix() for page in pages if page.parts[0] not in {"_static", "lite"})


@pytest.fixture(scope="module")
def reader(browser):
    """A page with a list of what it said and asked that it should not have."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, service_workers="block")
    page = context.new_page()
    page.wrong = []
    context.set_default_timeout(120_000)

    def asked(request):
        if urlsplit(request.url).hostname != "127.0.0.1" and not request.url.startswith("data:"):
            page.wrong.append(f"asked {request.url}")

    page.on("request", asked)

    def failed(request):
        # What a page still asks for when it leads on to another is given up by the browser.
        if request.failure != "net::ERR_ABORTED":
            page.wrong.append(f"failed {request.url}")

    page.on("requestfailed", failed)
    page.on("pageerror", lambda error: page.wrong.append(str(error)))

    def said(message):
        # The worker that keeps pages for reading offline would stand between the page and this test.
        ours = message.text == "Service Worker registration blocked by Playwright"
        if message.type in {"error", "warning"} and not ours:
            page.wrong.append(message.text)

    page.on("console", said)
    yield page
    context.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page(reader, home, names, part):
    """No request to another host, no error, no violation of any rule of axe in either theme, no wide page."""
    assert len(names) > 40
    found = []
    for name in names[part::PARTS]:
        reader.set_viewport_size({"width": 390, "height": 800})
        reader.goto(home + name)
        reader.wait_for_function(READY)
        reader.evaluate(WHOLE)
        if reader.evaluate("document.documentElement.scrollWidth") > 390:
            found.append(f"{name} is wider than a phone.")
        reader.evaluate(LEAN)
        reader.set_viewport_size({"width": 1280, "height": 1000})
        reader.evaluate(AXE)
        seen = reader.evaluate(RUN, ["light", None]) + reader.evaluate(RUN, ["dark", COLORS])
        found += [f"{name}: {rule}: {html}" for rule, html in seen if not upstream(rule, html)]
        found += [f"{name}: {wrong}" for wrong in reader.wrong]
        reader.wrong.clear()
    assert found == [], "\n".join(found)


def upstream(rule, html):
    """Whether a violation is one that is known and not ours."""
    return rule in UPSTREAM and UPSTREAM[rule].search(html)


def test_a_violation_is_seen(reader, home):
    reader.goto(home + "book/bibliography.html")
    reader.evaluate(AXE)
    reader.evaluate(
        """document.querySelector("article").innerHTML +=
           "<p style='color: #999; background: #fff'>pale</p><input>" """
    )
    rules = {rule for rule, _ in reader.evaluate(RUN, ["light", ["color-contrast", "label"]])}
    reader.wrong.clear()
    assert rules == {"color-contrast", "label"}


def test_a_wide_table_is_read_row_by_row_on_a_phone(reader, home):
    """Each entry has its column's name before it, and none is cut."""
    reader.set_viewport_size({"width": 390, "height": 800})
    reader.goto(f"{home}book/setup.html")
    cells = "[...document.querySelectorAll('table.stacks tbody :is(td, th)')]"
    names, rights, lefts = reader.evaluate(
        f"""() => [{cells}.map((c) => getComputedStyle(c, "::before").content),
          {cells}.map((c) => c.getBoundingClientRect().right), {cells}.map((c) => c.getBoundingClientRect().left)]"""
    )
    assert names[:4] == ['"you see"', '"it means"', '"do"', '"you see"']
    assert max(rights) <= 390
    assert len(set(lefts)) == 1
    reader.set_viewport_size({"width": 1280, "height": 1000})
    assert reader.evaluate(f"getComputedStyle({cells}[0]).display") == "table-cell"
    assert set(reader.evaluate(f"{cells}.map((c) => getComputedStyle(c, '::before').content)")) == {
        "none"
    }
    reader.wrong.clear()


def test_a_page_has_its_style_in_its_head_and_what_it_needs(whole_site, names):
    """No file holds a page up; what its style names is there, and it is light."""
    for name in names:
        if name == "index.html":
            continue
        html = (whole_site / name).read_text(encoding="utf-8")
        links = re.findall(r'<link[^>]*stylesheet[^>]*href="([^"?]+)', html)
        assert links == (["../_static/sheet.css"] if name == "book/cheatsheet.html" else []), name
        [css] = re.findall(r"<style data-sheet=[^>]*>(.*?)</style>", html, re.DOTALL)
        assert len(gzip.compress(css.encode(), 6)) < 26_000, name
        fonts = re.findall(r"<style data-fonts>(.*?)</style>", html, re.DOTALL)
        assert len(fonts) == (name != "search.html"), name
        for asked in set(re.findall(r"url\([\"']?((?!data:)[^)\"']+)", css + "".join(fonts))):
            file = (whole_site / name).parent / asked.partition("?")[0].partition("#")[0]
            assert file.is_file(), f"{name} asks for {asked}, which is not there."


def test_scripts_and_drawings_come_after_the_text(reader, home, whole_site):
    """Nothing but the page's own files of type is asked for before it is painted; then all drawings are drawn."""
    page = "book/04_optimizers.html"
    html = (whole_site / page).read_text(encoding="utf-8")
    assert not re.search(r'<script[^>]* src="(?!data:)(?![^"]*design-tabs)', html)
    drawings = "[...document.querySelectorAll('article figure svg[data-drawing]')]"
    reader.goto(home + page)
    reader.wait_for_function(
        f"{drawings}.length > 10 && {drawings}.every((one) => one.childElementCount)"
    )
    painted, first = reader.evaluate(
        """[performance.getEntriesByType("paint")[0].startTime, Math.min(...performance.getEntriesByType("resource")
          .filter((one) => one.initiatorType === "script").map((one) => one.startTime))]"""
    )
    assert painted <= first
    pictures = re.findall(r'<noscript><img src="([^"]+)" alt="[^"]{40,}"', html)
    assert len(pictures) == reader.evaluate(f"{drawings}.length")
    assert all((whole_site / page).parent.joinpath(one).is_file() for one in pictures)
    reader.wrong.clear()


def test_without_scripts_every_drawing_is_seen(browser, home):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{home}book/02_gradients.html")
    assert page.locator("article figure svg[data-drawing]:visible").count() == 0
    pictures = page.locator("article figure noscript img").all()
    assert len(pictures) > 5
    assert all(one.bounding_box()["width"] > 200 for one in pictures)
    context.close()


def test_a_link_into_a_chapter_leads_there(reader, home):
    """Sections far away are laid out when they come near; a link finds its place all the same."""
    reader.goto(f"{home}book/04_optimizers.html")
    ids = reader.eval_on_selector_all(
        "article section section[id]", "all => all.map((one) => one.id)"
    )
    for one in (ids[len(ids) // 2], ids[-1]):
        reader.goto(f"{home}book/intro.html")
        reader.goto(f"{home}book/04_optimizers.html#{one}")
        reader.wait_for_function(
            f"Math.abs(document.getElementById('{one}').getBoundingClientRect().top) < innerHeight / 2"
        )
    reader.wrong.clear()


def test_code_that_scrolls_is_a_stop_for_the_tab_key_unfolded_too(reader, home):
    reader.set_viewport_size({"width": 390, "height": 800})
    reader.goto(f"{home}book/04_optimizers.html")
    wide = """[...document.querySelectorAll("article pre")].filter((pre) =>
      !pre.closest("details:not([open])") && pre.scrollWidth > pre.clientWidth)"""
    reader.wait_for_function(f"{wide}.length > 5 && {wide}.every((pre) => pre.tabIndex === 0)")
    before = reader.evaluate(f"{wide}.length")
    reader.evaluate(
        "document.querySelectorAll('article details').forEach((d) => { d.open = true })"
    )
    assert reader.evaluate(f"{wide}.length") > before
    reader.wait_for_function(f"{wide}.every((pre) => pre.tabIndex === 0)")
    reader.set_viewport_size({"width": 1280, "height": 1000})
    reader.wrong.clear()


def test_letters_of_drawings_can_be_read_on_a_phone(reader, home):
    reader.set_viewport_size({"width": 390, "height": 800})
    reader.goto(f"{home}book/04_optimizers.html")
    reader.wait_for_selector(".course-figure svg text")
    least = reader.evaluate(
        """() => Math.min(...[...document.querySelectorAll("section > .cell .course-figure svg")].map(
          (svg) => 10 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width))"""
    )  # 10: the size of the smallest, in the drawing's own units
    assert least >= 10
    reader.set_viewport_size({"width": 1280, "height": 1000})
    reader.wrong.clear()


def test_what_is_far_from_the_window_is_laid_out_when_it_comes_near(reader, home):
    reader.set_viewport_size({"width": 390, "height": 800})
    reader.goto(f"{home}book/04_optimizers.html")
    reader.wait_for_function(READY)
    reader.evaluate("document.getElementById('momentum').scrollIntoView({ behavior: 'instant' })")
    reader.wait_for_function(
        "document.querySelector('#momentum > h2').checkVisibility({ contentVisibilityAuto: true })"
    )
    far = """[...document.querySelectorAll("article section section section:not(#your-turn *) > h3")].filter(
      (heading) => heading.getBoundingClientRect().top > 3 * innerHeight)"""
    shown = f"{far}.map((one) => one.checkVisibility({{ contentVisibilityAuto: true }}))"
    seen = reader.evaluate(shown)
    assert len(seen) >= 4
    assert not any(seen)
    reader.evaluate(f"{far}.at(-1).scrollIntoView()")
    reader.wait_for_function(
        """[...document.querySelectorAll("article h3")].some((one) =>
          Math.abs(one.getBoundingClientRect().top) < innerHeight && one.checkVisibility({ contentVisibilityAuto: true }))"""
    )
    reader.set_viewport_size({"width": 1280, "height": 1000})
    reader.wrong.clear()


class _Loaded(HTMLParser):
    """What a page loads by itself, before any script asks for more."""

    def __init__(self):
        super().__init__()
        self.files = set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in {"script", "img"} and given.get("src"):
            self.files.add(given["src"])
        elif tag == "link" and given.get("rel") in {"stylesheet", "preload", "icon"}:
            self.files.add(given["href"])


def weight(site, name, asked):
    """Return the bytes of a page and of what it asks for, compressed as a server would."""
    already = {".woff", ".woff2", ".png", ".jpg"}
    total = 0
    for path in {site / name, *asked}:
        data = path.read_bytes()
        total += len(data) if path.suffix in already else len(gzip.compress(data, 6))
    return total


def test_no_chapter_is_heavier_than_a_megabyte(reader, home, whole_site, names):
    """All that a chapter asks for on its first visit, with its fonts; not what is loaded on demand."""
    asked = set()
    reader.on("request", lambda request: asked.add(urlsplit(request.url).path.lstrip("/")))
    weights = {}
    for name in [name for name in names if re.match(r"book/0\d_", name)]:
        asked.clear()
        reader.goto(home + name)
        reader.wait_for_function(READY)
        reader.evaluate("document.fonts.ready.then(() => true)")
        files = {whole_site / file for file in asked if (whole_site / file).is_file()}
        parser = _Loaded()
        html = (whole_site / name).read_text(encoding="utf-8")
        parser.feed(re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.DOTALL))
        files |= {(whole_site / name).parent / file.partition("?")[0] for file in parser.files}
        weights[name] = weight(whole_site, name, {file.resolve() for file in files})
    reader.wrong.clear()
    assert len(weights) == 8
    assert max(weights.values()) <= 1_000_000, weights
    assert min(weights.values()) > 150_000, "Scripts and fonts alone have more: what was counted?"


def test_the_icons_of_the_pages_are_in_their_font(reader, home, whole_site, names):
    """The font has about thirty icons; a page that shows another would show a box."""
    from fontTools.ttLib import TTFont

    known = set(TTFont(whole_site / "_static" / "fonts" / "icons.woff").getBestCmap())
    script = """() => [...document.querySelectorAll("*")].flatMap((e) => ["::before", "::after"].map((at) => {
      const style = getComputedStyle(e, at);
      return style.fontFamily.includes("Awesome") && style.content !== "none" ? style.content : "";
    })).join("")"""
    shown = set()
    for name in (
        "book/intro.html",
        "book/setup.html",
        "book/04_optimizers.html",
        "book/errata.html",
    ):
        reader.goto(home + name)
        shown |= set(reader.evaluate(script)) - set('"')
    reader.wrong.clear()
    assert len(shown) > 5
    assert {hex(ord(icon)) for icon in shown if ord(icon) > 0xFF} <= {hex(icon) for icon in known}


def test_search_finds_the_page(reader, home):
    reader.goto(home + "search.html?q=nesterov")
    reader.wait_for_selector("#search-results li a")
    links = reader.eval_on_selector_all("#search-results li a", "all => all.map((a) => a.href)")
    assert any("04_optimizers.html" in link for link in links[:5])
    reader.goto(home + "search.html?q=zzzzqqq")
    reader.wait_for_function("/did not match|no result/i.test(document.body.innerText)")


def test_a_chapter_by_keyboard(reader, home):
    """Tab goes through a chapter in the order of the page, and is seen; folded parts open; search opens."""
    reader.goto(home + "book/01_regularization.html")
    reader.wait_for_function(READY)
    reader.keyboard.press("Tab")
    assert reader.evaluate("document.activeElement.innerText") == "Skip to main content"
    reader.keyboard.press("Enter")
    last, stops, opened = -1, 0, 0
    script = """() => {
      const e = document.activeElement, all = [...document.querySelectorAll("*")];
      const style = getComputedStyle(e), box = e.getBoundingClientRect();
      return { place: all.indexOf(e), inside: !!e.closest("article"), tag: e.localName, id: e.outerHTML.slice(0, 120),
        seen: style.outlineStyle !== "none" || style.boxShadow !== "none",
        shown: box.bottom > 0 && box.top < innerHeight && box.width > 0, folded: e.parentElement?.open === false };
    }"""
    while stops < 400:
        reader.keyboard.press("Tab")
        at = reader.evaluate(script)
        if (
            at["inside"] and not at["shown"]
        ):  # sections on the way are laid out, then the browser follows
            reader.wait_for_function(f"() => ({script})().shown")
            at = reader.evaluate(script)
        if not at["inside"]:
            if stops:
                break
            continue
        assert at["place"] > last, at
        assert at["seen"], at
        assert at["shown"], at
        if at["tag"] == "summary" and at["folded"] and opened < 3:
            reader.keyboard.press("Enter")
            assert reader.evaluate("document.activeElement.parentElement.open"), at
            opened += 1
        last, stops = at["place"], stops + 1
    assert stops > 40
    assert opened == 3
    reader.keyboard.press("Control+k")
    reader.wait_for_function("document.activeElement.name === 'q'")
    reader.keyboard.type("weight decay")
    reader.keyboard.press("Enter")
    reader.wait_for_selector("#search-results li a")
    reader.wrong.clear()


def test_the_book_is_read_offline_after_a_visit(browser, serve, whole_site, names):
    """One page is read; then the server is gone, and so is every page but what was kept."""
    context = browser.new_context()
    context.set_default_timeout(120_000)
    page = context.new_page()
    with serve(whole_site) as home:
        page.goto(f"{home}book/intro.html")
        page.wait_for_function("document.documentElement.dataset.offline === 'ready'")
    context.set_offline(True)
    for name in ("book/04_optimizers.html", "book/glossary.html", "index.html"):
        page.goto(home + name, wait_until="domcontentloaded")
        page.wait_for_selector("article h1")
    page.goto(f"{home}book/02_gradients.html")
    assert page.locator("math").count() > 20
    page.goto(f"{home}search.html?q=momentum")
    page.wait_for_selector("#search-results li a")
    context.close()
