"""Right answers with something beside them: they keep their points."""

from .forms import RIGHT, before, body

NOISY = [
    before("noise on stderr", "K", "import sys\nprint('a note', file=sys.stderr)"),
    body(
        "noise in the function",
        "K",
        """
import sys, warnings
print("stepping")
print("oops", file=sys.stderr)
warnings.warn("beware")
v = momentum * v + g
return w - lr * v, v""",
    ),
    before(
        "colors and HTML in outputs",
        "K",
        """
from IPython.display import HTML, display
display(HTML("<script>alert(1)</script>"))
print("\\x1b[31mred\\x1b[0m")""",
    ),
    before("magics", "K", "%matplotlib inline\n%time 1 + 1"),
    before("a shell command", "K", "!echo hello"),
    before("a cell that raises after the function", "K", "")._replace(source=RIGHT + "1 / 0\n"),
    before("sys.exit in the cell", "K", "")._replace(source=RIGHT + "import sys\nsys.exit(3)\n"),
    before("warnings as errors", "K", "import warnings\nwarnings.simplefilter('error')"),
    before("figures", "K", "import matplotlib.pyplot as plt\nplt.plot([1, 2])"),
    before("top-level await", "K", "import asyncio\nawait asyncio.sleep(0)"),
    before(
        "a thread that goes on",
        "K",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
    ),
    before("half of a character in the output", "K", "print('\\ud800', chr(0), chr(0x202e))"),
    before("lines that end as on other systems", "K", "")._replace(
        source=RIGHT.replace("\n", "\r\n")
    ),
    before("a name that is none", "K", "")._replace(
        source=RIGHT + "momentum_step.__name__ = '\\x1b[31m\\ud800'\n"
        "momentum_step.__qualname__ = 'x' * 10**6\nmomentum_step.__doc__ = chr(0)\n"
    ),
    before("a line of a million letters", "K", f"x = '{'a' * 10**6}'"),
    before("own checks in the cell", "K", "")._replace(
        source="from course_lib import check\n" + RIGHT + "check.momentum_step(momentum_step)\n"
    ),
]
