"""Print a page of the web to PDF, by the Chromium that is installed.

The page is served from memory or from a folder, on this machine only. Chromium is asked over its own
protocol, so that it prints when all pictures and fonts are there, and not after some
number of seconds.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import websocket

__all__ = ["NoBrowserError", "find_browser", "print_to_pdf"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPS = ("/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")  # fmt: skip
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--remote-debugging-port=0",
)  # fmt: skip

# Seconds after which an answer of the browser is no longer waited for.
LIMIT = 900

# The page is ready when this promise is kept.
READY = """
(async () => {
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  await document.fonts.ready;
  return document.title;
})()
"""


class NoBrowserError(RuntimeError):
    """There is no Chromium to print with."""


def find_browser() -> str:
    """Return the path of Chromium or Chrome; the variable CHROMIUM comes first.

    Raises
    ------
    NoBrowserError
        If there is none; the message says how to get one.
    """
    wanted = os.environ.get("CHROMIUM")
    for name in (wanted,) if wanted else (*NAMES, *APPS):
        path = shutil.which(name)
        if path:
            return path
    raise NoBrowserError(
        f"CHROMIUM is {wanted}, which is no program."
        if wanted
        else "Printing needs Chromium or Chrome, and neither was found. Install one (on Debian: "
        "apt-get install chromium), or name its program in the variable CHROMIUM."
    )


def print_to_pdf(
    path: str,
    site: Path,
    pdf: Path,
    pages: Mapping[str, str] | None = None,
    again: Callable[[bytes], str] | None = None,
) -> None:
    """Print one page as it looks on paper; its own style sheet says which paper.

    Parameters
    ----------
    path : str
        Address of the page below ``site``, such as ``"book/cheatsheet.html"``.
    site : Path
        Folder of the built site.
    pdf : Path
        File to write.
    pages : mapping of str to str, optional
        Pages that are in no file, by address.
    again : callable, optional
        Is given a first print and returns a script that the page runs before it is printed again. So
        a table of contents can learn its page numbers.
    """
    with _served(site, pages or {}) as address, _page(f"{address}/{path}") as ask:
        ask("Runtime.evaluate", expression=READY, awaitPromise=True)
        if again is not None:
            ask("Runtime.evaluate", expression=again(_print(ask, tagged=False)))
        pdf.parent.mkdir(parents=True, exist_ok=True)
        pdf.write_bytes(_print(ask, tagged=True))


def _print(ask: Any, tagged: bool) -> bytes:
    """Print the page; with tags, screen readers find their way in the file."""
    answer = ask(
        "Page.printToPDF",
        preferCSSPageSize=True,
        printBackground=True,
        generateTaggedPDF=tagged,
        transferMode="ReturnAsStream",
    )
    parts = []
    while True:
        part = ask("IO.read", handle=answer["stream"], size=1 << 20)
        parts.append(base64.b64decode(part["data"]))
        if part["eof"]:
            return b"".join(parts)


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder, and pages from memory."""

    def __init__(self, *args: Any, pages: Mapping[str, str], **kwargs: Any) -> None:
        self.pages = pages
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        """Answer with a page from memory, if there is one of this name."""
        text = self.pages.get(self.path.lstrip("/"))
        if text is None:
            super().do_GET()
            return
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def _served(site: Path, pages: Mapping[str, str]) -> Iterator[str]:
    handler = functools.partial(_Handler, directory=str(site), pages=pages)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def _page(address: str, limit: float = LIMIT) -> Iterator[Any]:
    """Open a page in a browser of its own; yield the function that asks the browser."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [find_browser(), *FLAGS, f"--user-data-dir={folder}", "about:blank"]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port = _port(browser, Path(folder) / "DevToolsActivePort")
            new = urllib.request.Request(
                f"http://127.0.0.1:{port}/json/new?{address}", method="PUT"
            )
            with urllib.request.urlopen(new, timeout=limit) as answer:
                target = json.load(answer)["webSocketDebuggerUrl"]
            line = websocket.create_connection(target, timeout=limit, suppress_origin=True)
            ask = functools.partial(_ask, line)
            ask("Page.enable")
            _wait_for_load(ask, limit)
            yield ask
            line.close()
        finally:
            browser.terminate()
            browser.wait()


def _port(browser: subprocess.Popen[bytes], file: Path, limit: float = 60) -> str:
    """Wait until the browser has said where it listens."""
    for _ in range(int(limit * 20)):
        if file.is_file() and file.read_text():
            return file.read_text().splitlines()[0]
        if browser.poll() is not None:
            raise RuntimeError(f"Chromium ended at once, with code {browser.returncode}.")
        time.sleep(0.05)
    raise RuntimeError(f"Chromium did not answer within {limit} seconds.")


def _wait_for_load(ask: Any, limit: float) -> None:
    loaded = "document.readyState === 'complete' && location.href !== 'about:blank'"
    for _ in range(int(limit * 10)):
        if ask("Runtime.evaluate", expression=loaded)["result"].get("value"):
            return
        time.sleep(0.1)
    raise RuntimeError(f"The page was not loaded within {limit} seconds.")


def _ask(line: websocket.WebSocket, method: str, **params: Any) -> dict[str, Any]:
    """Send one command and wait for its answer; what else the browser says is passed over."""
    line.send(json.dumps({"id": 1, "method": method, "params": params}))
    while True:
        answer = json.loads(line.recv())
        if answer.get("id") == 1:
            failed = answer.get("error") or answer["result"].get("exceptionDetails")
            if failed:
                raise RuntimeError(f"Chromium could not do {method}: {failed}")
            return dict(answer["result"])
