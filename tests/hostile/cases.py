"""What people hand in who do not want to solve the exercise, and what must become of it.

Each case is the text of one cell, which must leave a function ``momentum_step`` behind, right (``RIGHT``)
or wrong (``WRONG``). How it must end: ``Z`` no points · ``F`` a definite failure: no points, and it is
said why · ``N`` the attack has no effect: a wrong function gets nothing for it · ``K`` a right one keeps
its points. ``A`` it took
its own submission down as a whole. Where an attack that works would gain something else, it prints ``LEAK``.
"""

from typing import NamedTuple

RIGHT = """
def momentum_step(w, g, v, lr, momentum=0.9):
    v = momentum * v + g
    return w - lr * v, v
"""
WRONG = """
def momentum_step(w, g, v, lr, momentum=0.9):
    return w, v
"""


class Case(NamedTuple):
    name: str
    end: str
    source: str


def body(name, end, text):
    """A case whose attack is inside the function."""
    lines = "".join(f"    {line}\n" for line in text.strip().splitlines())
    return Case(name, end, f"def momentum_step(w, g, v, lr, momentum=0.9):\n{lines}")


def before(name, end, text):
    """A case whose attack comes first: a wrong function must gain nothing, a right one lose nothing."""
    return Case(name, end, text.strip() + "\n" + (RIGHT if end == "K" else WRONG))


def leak(name, text):
    """A case that looks for something which must not be there."""
    lines = "".join(f"    {line}\n" for line in text.strip().splitlines())
    return Case(name, "K", f"try:\n{lines}except (Exception, SystemExit):\n    pass\n{RIGHT}")


PERFECT = (
    '{"exercise": "momentum_step", "points": 99.0, "max_points": 99.0, "outcomes": [], "schema": 1}'
)

FORGED = [
    body(
        "shows a verdict of its own",
        "Z",
        f"""
from IPython.display import display
from course_lib.checks.render import MIME
display({{MIME: {PERFECT}}}, raw=True)
return w, v""",
    ),
    body("returns a number above the maximum", "Z", "return 1e9"),
    body("returns the points", "Z", "return 2.0, 2.0"),
    body(
        "raises a failure with points",
        "Z",
        """
from course_lib.checks import Failure
error = Failure("passed")
error.points = 2.0
raise error""",
    ),
    before(
        "input transformer",
        "N",
        """
get_ipython().input_transformers_post.append(lambda lines: ["2.0\\n"])""",
    ),
    before(
        "syntax tree transformer that drops asserts",
        "N",
        """
import ast
class Drop(ast.NodeTransformer):
    def visit_Expr(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Drop())""",
    ),
    before(
        "hook before and after each cell",
        "N",
        """
get_ipython().events.register("pre_run_cell", lambda *a: None)
get_ipython().events.register("post_run_cell", lambda *a: print(2.0))""",
    ),
    before(
        "always equal",
        "Z",
        """
class Equal:
    def __eq__(self, other): return True
    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __le__ = __ge__ = __eq__
    __hash__ = None
    def __float__(self): return 0.0
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self""",
    )._replace(
        source="""
class Equal:
    def __eq__(self, other): return True
    __le__ = __ge__ = __eq__
    __hash__ = None
    shape, dtype, ndim, size = (2,), float, 1, 2
    def __abs__(self): return 0.0
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
def momentum_step(w, g, v, lr, momentum=0.9):
    return Equal(), Equal()
"""
    ),
    Case(
        "float that is equal to all",
        "Z",
        """
class Equal(float):
    def __eq__(self, other): return True
    __le__ = __ge__ = __eq__
    __hash__ = None
def momentum_step(w, g, v, lr, momentum=0.9):
    return Equal(0), Equal(0)
""",
    ),
    Case(
        "subclass of ndarray",
        "Z",
        """
import numpy as np
class Array(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __sub__(self, other): return np.zeros(self.shape)
    def __array_ufunc__(self, *a, **k): return np.zeros(self.shape)
    def __array_function__(self, *a, **k): return True
def momentum_step(w, g, v, lr, momentum=0.9):
    return w.view(Array), v.view(Array)
""",
    ),
    Case(
        "object with __array__ that differs each time",
        "Z",
        """
import numpy as np
class Array:
    count = 0
    def __array__(self, dtype=None, copy=None):
        Array.count += 1
        return np.full(2, float(Array.count))
def momentum_step(w, g, v, lr, momentum=0.9):
    return Array(), Array()
""",
    ),
    body(
        "array of objects",
        "Z",
        """
import numpy as np
class Equal:
    def __eq__(self, other): return True
return np.array([Equal()] * w.size, object), np.array([Equal()] * w.size, object)""",
    ),
    body(
        "array of another dtype",
        "Z",
        """
return w.astype("datetime64[s]"), v.astype("U5")""",
    ),
    body("all nan", "Z", "return w * float('nan'), v * float('nan')"),
    body("all infinite", "Z", "return w + float('inf'), v + float('inf')"),
    body(
        "masked array",
        "Z",
        """
import numpy as np
return np.ma.masked_all(w.shape), np.ma.masked_all(w.shape)""",
    ),
    before(
        "np.testing and np.allclose agree to all",
        "N",
        """
import numpy as np
np.testing.assert_allclose = lambda *a, **k: None
np.allclose = np.array_equal = np.all = lambda *a, **k: True
np.abs = np.max = lambda *a, **k: 0.0""",
    ),
    before(
        "builtins agree to all",
        "N",
        """
import builtins
builtins.all = builtins.any = lambda *a: True
builtins.abs = builtins.max = lambda *a, **k: 0""",
    ),
    before(
        "the checks pass everything",
        "N",
        """
import course_lib.checks as checks
from course_lib.checks import exercise, judge as _, trial, values
trial.Trial.expect = trial.Trial.compare = lambda *a, **k: None
values.difference = lambda *a, **k: ""
values.same = values.close = lambda *a, **k: True
exercise.Verdict.points = 99.0
checks.judge = lambda *a, **k: None
import sys
sys.modules["course_lib.checks"].check = lambda *a, **k: 99.0""",
    ),
    before(
        "the exercise has no properties",
        "N",
        """
from course_lib.checks import EXERCISES
object.__setattr__(EXERCISES["momentum_step"], "properties", ())
object.__setattr__(EXERCISES["momentum_step"], "reference", lambda w, g, v, lr, m: (w, v))""",
    ),
    before(
        "check is replaced",
        "N",
        """
class Check:
    def __getattr__(self, name): return lambda *a, **k: 99.0
check = Check()""",
    ),
    before(
        "an earlier cell's output is rewritten",
        "N",
        """
from IPython.display import display, update_display
display("a", display_id="x")
update_display("2.0", display_id="x")""",
    ),
    body(
        "the library's step",
        "Z",
        """
from course_lib import optimizers
return optimizers.step("momentum", w, g, (v,), 1, lr=lr, momentum=momentum)""",
    ),
    body(
        "the check's own reference",
        "Z",
        """
from course_lib.checks import EXERCISES
return EXERCISES["momentum_step"].reference(w, g, v, lr, momentum)""",
    ),
    body(
        "the library's step, its exception swallowed",
        "Z",
        """
from course_lib.checks import EXERCISES
try:
    return EXERCISES["momentum_step"].reference(w, g, v, lr, momentum)
except BaseException:
    return EXERCISES["momentum_step"].reference(w, g, v, lr, momentum)""",
    ),
    body(
        "the library's step, unwatched",
        "Z",
        """
import sys
sys.setprofile(None)
from course_lib.checks import EXERCISES
return EXERCISES["momentum_step"].reference(w, g, v, lr, momentum)""",
    ),
    body(
        "the library's step in a thread",
        "Z",
        """
import threading
from course_lib.checks import EXERCISES
found = []
def work(): found.append(EXERCISES["momentum_step"].reference(w, g, v, lr, momentum))
thread = threading.Thread(target=work)
thread.start()
thread.join()
return found[0]""",
    ),
    Case(
        "the watch is replaced",
        "Z",
        """
from course_lib.checks import EXERCISES, guard
guard.OwnWork._watch = lambda *a: None
guard.OwnWork.call = lambda self, function, args: function(*args)
def momentum_step(w, g, v, lr, momentum=0.9):
    return EXERCISES["momentum_step"].reference(w, g, v, lr, momentum)
""",
    ),
    body(
        "expected values from frames",
        "Z",
        """
import sys
frame = sys._getframe()
while frame:
    for name, value in frame.f_locals.items():
        if "expect" in name or "reference" in name:
            print("LEAK", name)
            return value
    frame = frame.f_back
return w, v""",
    ),
    body(
        "expected values from the collector",
        "Z",
        """
import gc
import numpy as np
for thing in gc.get_objects():
    if type(thing) is tuple and len(thing) == 2 and all(type(x) is np.ndarray for x in thing):
        if thing[0] is not w and thing[0].shape == w.shape:
            return thing
return w, v""",
    ),
]

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
]

LEAKS = (
    [
        leak(f"reads {path}", f"print('LEAK', open({path!r}).read(9))")
        for path in (
            "/etc/passwd",
            "/etc/hostname",
            "/proc/self/environ",
            "/proc/1/maps",
            "/proc/self/mem",
            "/work/main/gradebook.db",
            "/sys/kernel/notes",
            "/dev/mem",
            "/root/.bashrc",
        )
    ]
    + [
        leak("lists other processes", "import os\nos.listdir('/proc') and print('LEAK')"),
        leak(
            "finds solutions",
            """
import course_lib, pathlib
root = pathlib.Path(course_lib.__file__).parents[1]
if list(root.glob("solutions*")) + list(root.glob("*.db")) + list(root.glob("submitted*")): print("LEAK")""",
        ),
        leak(
            "environment",
            """
import os
if any("KEY" in k or "TOKEN" in k or k == "USER" for k in os.environ): print("LEAK")""",
        ),
        leak("opens a socket", "import socket\nsocket.socket()\nprint('LEAK')"),
        leak("opens a unix socket", "import socket\nsocket.socket(socket.AF_UNIX)\nprint('LEAK')"),
        leak(
            "asks for a web page",
            """
import urllib.request
urllib.request.urlopen("http://localhost:1/")
print("LEAK")""",
        ),
        leak("starts a program", "import subprocess\nsubprocess.run(['/bin/true'])\nprint('LEAK')"),
        leak("os.system", "import os\nif os.system('true') == 0: print('LEAK')"),
        leak("starts a process", "import os\nif os.fork() == 0: os._exit(0)\nprint('LEAK')"),
        leak(
            "writes into the library",
            """
import course_lib.checks.judge as module
open(module.__file__, "a").write("#")
print("LEAK")""",
        ),
        leak(
            "writes into the standard library", "import os\nopen(os.__file__, 'a')\nprint('LEAK')"
        ),
        leak("plants a numpy.py", "open('/numpy.py', 'w')\nprint('LEAK')"),
        leak("makes a device", "import os\nos.mknod('/tmp/d', 0o20666, 0x103)\nprint('LEAK')"),
        leak("chroot", "import os\nos.mkdir('/tmp/r')\nos.chroot('/tmp/r')\nprint('LEAK')"),
        leak("becomes root", "import os\nos.setuid(0)\nprint('LEAK')"),
        leak(
            "raises its limits",
            """
import resource
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
print("LEAK")""",
        ),
    ]
    + [
        leak(
            f"calls {call}",
            f"""
import ctypes
libc = ctypes.CDLL(None)
if libc.{call} >= 0: print("LEAK")""",
        )
        for call in (
            "mount(b'x', b'/tmp', b'tmpfs', 0, None)",
            "umount(b'/tmp')",
            "unshare(0x10000000)",
            "unshare(0x00020000)",
            "setns(3, 0)",
            "ptrace(16, 1, 0, 0)",
            "sethostname(b'x', 1)",
            "syscall(435, 0, 0)",
            "syscall(425, 8, 0)",
            "syscall(321, 0, 0, 0)",
            "personality(0)",
            "memfd_create(b'x', 0)",
            "shmget(0, 4096, 0o1600)",
            "msgget(0, 0o1600)",
        )
    ]
)

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
        "A",
        """
from course_lib.grading import answer, wire
wire.Line.send = lambda *a: None
""",
    ),
]

CASES = FORGED + NOISY + LEAKS + ENDINGS
