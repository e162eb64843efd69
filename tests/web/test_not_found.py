"""The page that hosts show where nothing is: found its way at any depth, below any folder, with scripts and without."""

import contextlib
import functools
import http.server
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.slow

# Fonts that stand in may not be on this machine.
FAILED = """[...document.fonts].filter((one) => one.status === "error" && !one.family.includes("Like "))
  .map((one) => one.family)"""
READY = "document.documentElement.dataset.scripts === 'ready'"


class _Host(http.server.SimpleHTTPRequestHandler):
    """As a static host does it: the site is below a folder, and 404.html is shown where nothing is."""

    def __init__(self, *args, below, asked, **options):
        self.below, self.asked = below, asked
        super().__init__(*args, **options)

    def translate_path(self, path):
        inside = path.startswith(self.below)
        return super().translate_path(path[len(self.below) - 1 :] if inside else "/no/such/file")

    def send_error(self, code, *args, **options):
        self.asked.append(self.path)
        with open(f"{self.directory}/404.html", "rb") as file:
            page = file.read()
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def hosting(site, below):
    """Serve a site below a folder; give the host's address and the list of what was asked for in vain."""
    asked = []
    handler = functools.partial(_Host, directory=str(site), below=below, asked=asked)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


@pytest.fixture
def page(browser):
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, service_workers="block", color_scheme="dark"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("below", ["/", "/course/"])
@pytest.mark.parametrize("wrong", ["100%.html", "book/weight_decay.html", "a/b/c/"])
def test_the_book_is_found_from_a_wrong_address(page, whole_site, below, wrong):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with hosting(whole_site, below) as (host, asked):
        assert page.goto(f"{host}{below}{wrong}").status == 404
        page.wait_for_function(READY)
        assert page.inner_text("article code") == f"{host}{below}{wrong}"
        # Below a folder, some files are looked for twice; then the book is found, and its pages are.
        asked.clear()
        for name in ("link, script, img", "article li a"):
            for address in page.eval_on_selector_all(
                name, "all => all.map((one) => one.href || one.src).filter(Boolean)"
            ):
                if not address.startswith("data:"):
                    assert address.startswith(f"{host}{below}")
                    assert (whole_site / urlsplit(address).path[len(below) :]).is_file(), address
        page.wait_for_function("[...document.images].every((one) => one.naturalWidth)")
        page.wait_for_function("document.fonts.status === 'loaded'")
        assert not page.evaluate(FAILED)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert urlsplit(page.url)._replace(fragment="").geturl() == f"{host}{below}{wrong}"
        page.fill("article input[name=q]", "momentum")
        page.keyboard.press("Enter")
        page.wait_for_selector("#search-results li a")
        assert page.url == f"{host}{below}search.html?q=momentum"
        assert [one for one in asked if not one.endswith("favicon.ico")] == []
        page.goto(
            f"{host}{below}{wrong}"
        )  # once more, by a browser that has been here: fonts come at once
        page.wait_for_function(READY)
        page.wait_for_function(f"document.fonts.status === 'loaded' && !{FAILED}.length")
    assert errors == []


def test_words_of_the_address_are_looked_for(page, whole_site):
    with hosting(whole_site, "/") as (host, _):
        page.goto(f"{host}/book/09_label_smoothing.html")
        assert page.input_value("article input[name=q]") == "label smoothing"


def test_a_broken_link_is_reported_with_both_addresses(page, whole_site):
    """Where a repository is known, the form has the address and the page with the link."""
    with hosting(whole_site, "/") as (host, _):
        page.goto(f"{host}/book/intro.html")
        report = '<a class="course-report" href="https://github.com/a/b/issues/new?template=mistake.yml&page=404">it</a>'
        add = f"""document.addEventListener("readystatechange", () => document.querySelector("article").insertAdjacentHTML("beforeend", `{report}`), {{ once: true }})"""
        page.add_init_script(f"if (location.pathname.includes('gone')) {add}")
        page.evaluate("location.href = 'gone.html'")
        page.wait_for_url("**/gone.html")
        page.wait_for_function(READY)
        given = parse_qs(urlsplit(page.get_attribute("article .course-report", "href")).query)
        assert given["template"] == ["mistake.yml"]
        assert given["page"] == ["/book/gone.html"]
        assert f"{host}/book/gone.html" in given["what"][0]
        assert f"{host}/book/intro.html" in given["what"][0]
        assert f"{host}/book/intro.html" in page.inner_text("article")


def test_without_scripts_a_known_folder_is_enough(browser, whole_site, tmp_path):
    """The build writes the base that COURSE_SITE_URL gives (see not_found.py's examples)."""
    html = (whole_site / "404.html").read_text(encoding="utf-8")
    (tmp_path / "404.html").write_text(html.replace('<base href="./">', '<base href="/course/">'))
    context = browser.new_context(java_script_enabled=False)
    with hosting(tmp_path, "/course/") as (host, _):
        page = context.new_page()
        page.goto(f"{host}/course/a/b/gone.html")
        hrefs = [one.evaluate("one => one.href") for one in page.locator("article li a").all()[:3]]
        assert hrefs[0] == f"{host}/course/book/intro.html"
        assert page.locator("#pst-skip-link a").evaluate("one => one.href") == (
            f"{host}/course/404.html#main-content"
        )
    context.close()
