"""What does not end, takes all there is, or ends what it runs in."""

from .forms import RIGHT, Case, body

ENDINGS = [
    body("endless loop", "F", "while True: pass"),
    body(
        "loop that ignores interrupts",
        "F",
        """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    try:
        while True: pass
    except BaseException: pass""",
    ),
    body("sleeps", "F", "import time\ntime.sleep(1000)"),
    body("os._exit", "F", "import os\nos._exit(0)"),
    body("sys.exit", "F", "import sys\nsys.exit(0)"),
    body("KeyboardInterrupt", "F", "raise KeyboardInterrupt"),
    body("kills its parent", "F", "import os\nos.kill(os.getppid(), 9)\nreturn w, v"),
    body("kills all it can", "F", "import os\nos.kill(-1, 9)\nreturn w, v"),
    body("segmentation fault", "F", "import ctypes\nctypes.string_at(0)"),
    body("endless recursion", "F", "return momentum_step(w, g, v, lr)"),
    body("memory bomb", "F", "x = []\nwhile True: x.append(bytearray(1 << 24))"),
    body("disk bomb", "F", "while True: open('/tmp/x', 'ab').write(bytes(1 << 20))"),
    body("flood of files", "F", "for i in range(10**9): open(f'/tmp/{i}', 'w').close()"),
    body("flood of text", "F", "while True: print('x' * 10000)"),
    body("flood past Python", "F", "import os\nwhile True: os.write(2, b'x' * 10000)"),
    body("fork bomb", "F", "import os\nwhile True: os.fork()"),
    body(
        "bomb of threads",
        "F",
        """
import threading, time
while True: threading.Thread(target=time.sleep, args=(1000,)).start()""",
    ),
    body(
        "orphan daemon", "F", "import os\nif os.fork(): return w, v\nos.setsid()\nwhile True: pass"
    ),
    body("loop inside a compiled loop", "F", "return sum(iter(int, 1)), v"),
    body("endless generator", "F", "while True: yield w"),
    body("returns a large array", "F", "import numpy as np\nreturn np.zeros(10**7), v"),
    body("returns many parts", "F", "return [[i] for i in range(10**6)], v"),
    body("returns a list in itself", "F", "x = []\nx.append(x)\nreturn x, v"),
    body(
        "returns a list many times in itself",
        "F",
        """
x = []
for _ in range(60): x = [x, x]
return x, v""",
    ),
    body("returns a long text", "F", "return 'x' * 10**8, v"),
    body("returns a large integer", "F", "return 1 << 10**6, v"),
    body("error with a long text", "F", "raise ValueError('x' * 10**7)"),
    body(
        "error that can't be shown",
        "F",
        """
class Bad(Exception):
    def __str__(self): raise RuntimeError
raise Bad""",
    ),
    body(
        "object that can't be looked at",
        "F",
        """
class Bad:
    def __getattribute__(self, name): raise SystemExit
return Bad(), v""",
    ),
    body("takes the line away", "F", "import os\nos.close(3)\nreturn w, v"),
    body("writes noise on the line", "F", "import os\nos.write(3, b'x' * 100)\nreturn w, v"),
    body("claims a huge message", "F", "import os\nos.write(3, b'\\xff' * 8)\nreturn w, v"),
    body(
        "writes half a message",
        "F",
        """
import os, time
os.write(3, b'\\0\\0\\1\\0\\0\\0\\0\\0["t"')
time.sleep(1000)""",
    ),
    body("floods the line", "F", "import os\nwhile True: os.write(3, b'\\0' * 8)"),
    body(
        "deep JSON on the line",
        "F",
        """
import os, struct
text = b'[' * 100000
os.write(3, struct.pack('>II', len(text), 0) + text)
return w, v""",
    ),
    body(
        "calls what was not lent",
        "F",
        """
import json, os, struct
text = json.dumps(["t", "call", 1, ["t"], ["d"]]).encode()
while True: os.write(3, struct.pack('>II', len(text), 0) + text)""",
    ),
    Case("nothing at all", "F", ""),
    Case("syntax error", "F", "def momentum_step(w:\n"),
    Case("deleted name", "F", RIGHT + "del momentum_step\n"),
    Case("not a function", "F", "momentum_step = 3\n"),
    Case("a class", "F", "class momentum_step: pass\n"),
    Case("endless loop in the cell", "F", "while True: pass\n" + RIGHT),
    Case(
        "loop that ignores exceptions in the cell",
        "F",
        """
while True:
    try:
        while True: pass
    except BaseException: pass
""",
    ),
    Case("os._exit in the cell", "F", "import os\nos._exit(0)\n"),
    Case("memory bomb in the cell", "F", "x = 'x' * (1 << 40)\n"),
    Case("null bytes", "F", "x = 1\0\n"),
    Case("closes the line in the cell", "F", "import os\nos.close(3)\n"),
    Case("deeply nested code", "F", "(" * 5000 + ")" * 5000 + "\n"),
    Case(
        "replaces the serving loop",
        "F",
        """
from course_lib.grading import answer, wire
wire.Line.send = lambda *a: None
""",
    ),
    body("stops itself", "F", "import os\nos.kill(os.getpid(), 19)")._replace(once=True),
    body("os.abort", "F", "import os\nos.abort()"),
    body("GeneratorExit", "F", "raise GeneratorExit"),
    body("errors in errors", "F", "raise ExceptionGroup('x', [ValueError('y' * 10**6)] * 100)"),
    body("an error that is its own cause", "F", "e = ValueError()\ne.__cause__ = e\nraise e"),
    body("half of a character in an error", "F", "raise ValueError('\\ud800' + chr(0))"),
    body("returns half of a character", "F", "return '\\ud800', v"),
    body("returns a function", "F", "return (lambda: w), v"),
    body("returns keys that are no texts", "F", "return {1: w, (2,): v}, v"),
    body(
        "an array that is small only where it lies",
        "F",
        "import numpy as np\nreturn np.broadcast_to(w, (10**9, *w.shape)), v",
    ),
    body("an array of no bytes", "F", "import numpy as np\nreturn np.zeros((0, 10**15)), v"),
    body("memory that is not there", "F", "import mmap\nmmap.mmap(-1, 1 << 42)\nreturn w, v"),
    body("a file of a terabyte", "F", "open('x', 'wb').truncate(1 << 40)\nreturn w, v"),
    body("opens all files there are", "F", "x = []\nwhile True: x.append(open('/dev/null'))"),
    body("folders in folders", "F", "import os\nwhile True: os.mkdir('x'); os.chdir('x')"),
    body(
        "recursion without a limit",
        "F",
        "import sys\nsys.setrecursionlimit(10**9)\nreturn momentum_step(w, g, v, lr)",
    ),
    body(
        "writes into Python's own memory",
        "F",
        "import ctypes\nctypes.memset(id(w), 255, 64)\nreturn w, v",
    ),
    body(
        "gives its line to nobody",
        "F",
        "import socket\nsocket.socket(fileno=3).shutdown(2)\nreturn w, v",
    ),
    Case(
        "loop inside a jitted function",
        "F",
        """
try:
    from numba import njit
except ImportError:
    njit = lambda f: f
@njit
def turn(n):
    while n > 0: n += 2 if n < 9 else -2
    return n
def momentum_step(w, g, v, lr, momentum=0.9):
    return turn(1), v
""",
        limits={"check": 1.5},
        once=True,
    ),
    Case(
        "200 cells of sleep",
        "A",
        RIGHT,
        more=("import time\ntime.sleep(0.2)",) * 200,
        limits={"total": 1.0},
        once=True,
    ),
]

# These wait for the judge's clock, with nothing of theirs that a level could keep from them. What ends
# them is tried everywhere with "loop that ignores interrupts" and "endless loop in the cell".
_ONCE = {
    "endless loop",
    "sleeps",
    "loop inside a compiled loop",
    "loop that ignores exceptions in the cell",
    "endless generator",
    "returns many parts",
    "returns a list many times in itself",
    "returns a long text",
    "writes half a message",
    "replaces the serving loop",
}
assert {case.name for case in ENDINGS} >= _ONCE
ENDINGS = [case._replace(once=case.once or case.name in _ONCE) for case in ENDINGS]
