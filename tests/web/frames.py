"""Count how often the playground is drawn anew in a second, with four optimizers: ``python tests/web/frames.py``.

The start moves at every frame that the browser offers, as under a finger. A browser offers 60 a second;
fewer are counted where a drawing takes longer than a frame (`milliseconds` is its median), or where the
machine is busy.
"""

import importlib.util
import json
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

DRAG = """async ([seconds, keys]) => {
  const figure = () => document.querySelector('.course-interactive').courseFigure;
  const [begin, first] = [performance.now(), figure().frames];
  let offered = 0;
  const took = [];
  while (performance.now() - begin < 1000 * seconds) {
    await new Promise((done) => requestAnimationFrame(done));
    offered += 1;
    took.push(figure().took);
    const turn = offered / 10;
    keys.forEach((key, k) => figure().change(key, [0.8 + 0.5 * Math.cos(turn), 0.4 + 0.3 * Math.sin(turn)][k]));
  }
  const passed = (performance.now() - begin) / 1000;
  return { drawn: (figure().frames - first) / passed, offered: offered / passed, milliseconds: took.sort((a, b) => a - b)[took.length >> 1], rules: figure().result.runs.length };
}"""


def main(seconds: float = 5.0) -> None:
    from playwright.sync_api import sync_playwright

    conftest = _load(ROOT / "tests" / "web" / "conftest.py", "web_conftest")
    scripts = _load(ROOT / "book" / "_ext" / "figure_scripts.py", "figure_scripts")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Path(folder)
        scripts.write(site / "figures")
        for name in ("course.css", "figures.css"):
            shutil.copy(ROOT / "book" / "_static" / name, site / name)
        text = conftest.PAGE.format(name="playground", theme="light", gap="0")
        (site / "page.html").write_text(text, encoding="utf-8")
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=conftest.FLAGS)
        for width in (390, 1280):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.goto((site / "page.html").as_uri())
            page.wait_for_function("document.querySelector('.course-summary')?.textContent")
            found = page.evaluate(DRAG, [seconds, ["x", "y"]])
            print(json.dumps({"width": width, **{k: round(v, 1) for k, v in found.items()}}))
        browser.close()


def _load(path: Path, name: str):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
