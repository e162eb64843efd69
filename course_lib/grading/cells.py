"""Running a notebook's cells in this process, as Jupyter would, without a kernel."""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

MOST_IMAGES = 20

# What a cell without these words does is the same outside of IPython, if each of its lines that are not
# indented begins like one of these: then its last statement has no value to show.
# Each begins with what it is found by: to look for a word's beginning first would take longer.
_WORDS = {**dict.fromkeys(("await", "async", "In", "Out", "_oh", "_h"), ""), "_i": r"\w*"}
_OF_IPYTHON = {
    ";": re.compile(";"),
    **{word: re.compile(rf"{word}(?<!\w{word}){rest}\b") for word, rest in _WORDS.items()},
}
_DEFINES = re.compile(r"(?:(?:(?:(?:def|class|import|from)\b|[@#)\]} \t]|\w+ = ).*)?\n)+")


class Capped(io.StringIO):
    """A text file that drops what comes after ``most`` characters."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.left = most

    def write(self, text: str) -> int:
        """Write, as far as there is room."""
        if self.left > 0:
            super().write(text[: self.left])
            self.left -= len(text)
            if self.left <= 0:
                super().write("\n… (cut off here)\n")
        return len(text)


# A handler of `logging` keeps the stream that it was made with, and writes to it while a check
# watches for calls of the library: this is none.
_write = vars(Capped)["write"]
_write.__code__ = _write.__code__.replace(co_filename="<output of a cell>")


class Cells:
    """A notebook's namespace.

    IPython's shell makes it the same as in Jupyter: magics, ``display``, the value of the last line.

    Parameters
    ----------
    most : int
        Characters of text, and bytes of pictures, that are kept of a cell.
    """

    def __init__(self, most: int = 1_000_000) -> None:
        from IPython.core.displaypub import CapturingDisplayPublisher
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        config = Config()
        config.HistoryManager.enabled = False  # it keeps a thread
        config.InteractiveShell.colors = "NoColor"
        self.shell = InteractiveShell.instance(config=config)
        # The error itself is told, in one line; drawing its traceback takes longer than most cells.
        self.shell.showtraceback = lambda *_args, **_named: None
        self.shell.showsyntaxerror = lambda *_args, **_named: None
        self.shell._format_exception_for_storage = (
            lambda *_args, **_named: {}
        )  # a history of its own
        transform = self.shell.transform_cell
        self.shell.transform_cell = lambda source: _plain(source) or transform(source)
        self.shell.system = lambda _command: print("(programs are not run here)")
        self.shell.getoutput = lambda *_args, **_named: []
        self.shell.enable_gui = lambda *_args: None
        self.shell.displayhook.write_output_prompt = lambda: None
        self.shell.displayhook.write_format_data = self._keep
        self.shell.display_pub = CapturingDisplayPublisher()
        self.most = most
        self.value = ""  # of the last line of the cell that was run last, as text
        self._displayed: list[Any] = []

    @property
    def names(self) -> dict[str, Any]:
        """What the cells have defined."""
        return self.shell.user_ns  # type: ignore[no-any-return]

    def run(self, name: str, source: str) -> tuple[str, str, tuple[bytes, ...], float]:
        """Run one cell; what it does wrong is told, not raised.

        Returns
        -------
        text, error : str
            What it printed and displayed, and the error that ended it, in one line.
        images : tuple of bytes
            PNG.
        seconds : float
        """
        begin = time.perf_counter()
        error = self.value = ""
        with self._captured() as (stdout, displayed):
            try:
                if not self._define(source):
                    result = self.shell.run_cell(source, store_history=True)
                    error = _describe(result.error_before_exec or result.error_in_exec)
            except BaseException as problem:  # of the cell, or a hook of the student's
                error = _describe(problem)
        text, images = stdout.getvalue(), []
        try:
            for data in displayed:
                text += _text_of(data)
                images += _images_of(data)
            images += _figures()
        except Exception as problem:
            error = error or _describe(problem)
        seconds = round(time.perf_counter() - begin, 4)
        return text[: self.most], error, tuple(_fitting(images, self.most)), seconds

    def _define(self, source: str) -> bool:
        """Run a cell that only defines things, as most do; return whether it is one.

        IPython would take longer for it than the cell does.
        """
        text = source.rstrip("\n") + "\n"
        if not _DEFINES.fullmatch(text) or _is_of_ipython(text):
            return False
        shell = self.shell
        file = shell.compile.cache(text, shell.execution_count, raw_code=source)
        try:
            code = shell.compile(text, file, "exec")
        except Exception:  # it holds a magic, or is wrong: IPython will tell
            return False
        for lines in (
            shell.history_manager.input_hist_parsed,
            shell.history_manager.input_hist_raw,
        ):
            lines.append(source)
        shell.execution_count += 1
        with shell.builtin_trap:
            exec(code, shell.user_global_ns, shell.user_ns)
        return True

    @contextlib.contextmanager
    def _captured(self) -> Iterator[tuple[Capped, list[Any]]]:
        stdout = Capped(self.most)
        self._displayed = self.shell.display_pub.outputs = []
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stdout):
            yield stdout, self._displayed

    def _keep(self, data: dict[str, Any], _metadata: Any = None) -> None:
        """Take the value of a cell's last line."""
        self._displayed.append({"data": data})
        text = data.get("text/plain", "")
        self.value = text if isinstance(text, str) else ""


def _is_of_ipython(text: str) -> bool:
    """Whether a text has a word that means something to IPython.

    Examples
    --------
    >>> [_is_of_ipython(text) for text in ("w_i = Info", "x = _i1", "from IPython import display")]
    [False, True, True]
    """
    found = (pattern for hint, pattern in _OF_IPYTHON.items() if hint in text)
    return any(pattern.search(text) for pattern in found) or "ipython" in text.lower()


def _plain(source: str) -> str:
    r"""Return a text that is Python as it stands, as IPython would; none if magics must be looked for.

    To look for them takes longer than to run most cells. A single line may be a command's name.

    Examples
    --------
    >>> [_plain(text) for text in ("x = 1\ny = 2", "%time f()\ny = 2", "ls")]
    ['x = 1\ny = 2\n', '', '']
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    if not tree.body or not source.strip().count("\n"):
        return ""
    return source.rstrip("\n") + "\n"


def _describe(error: BaseException | None) -> str:
    if error is None:
        return ""
    try:
        text = " ".join(str(error).split())[:400]
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}".rstrip(": ")


def _text_of(output: Any) -> str:
    text = output.get("data", {}).get("text/plain", "")
    return f"{text}\n" if isinstance(text, str) else ""


def _images_of(output: Any) -> list[bytes]:
    image = output.get("data", {}).get("image/png")
    if isinstance(image, str):
        return [base64.b64decode(image)]
    return [image] if isinstance(image, bytes) else []


def _figures() -> list[bytes]:
    """Return the figures that pyplot holds, as Jupyter shows them at the end of a cell."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    images = []
    for number in pyplot.get_fignums()[:MOST_IMAGES] if pyplot else ():
        file = io.BytesIO()
        pyplot.figure(number).savefig(file, format="png", dpi=72)  # type: ignore[union-attr]
        images.append(file.getvalue())
    if images:
        pyplot.close("all")  # type: ignore[union-attr]
    return images


def _fitting(images: list[bytes], most: int) -> list[bytes]:
    kept = []
    for image in images[:MOST_IMAGES]:
        most -= len(image)
        if most >= 0:
            kept.append(image)
    return kept
