"""Verdicts and results that are not what they seem."""

from .forms import Case, before, body, by_heart

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
    Case("visible answers by heart", "Z", by_heart()),
    Case(
        "visible answers by heart, without an end for others",
        "F",
        by_heart().replace("return w, v", "while True: pass"),
        once=True,
    ),
    body(
        "a verdict on the line",
        "Z",
        """
import json, os, struct
text = json.dumps(["t", "return", {"points": 99.0}, ["d"], "", "verdict", 99.0]).encode()
os.write(3, struct.pack('>II', len(text), 0) + text)
return w, v""",
    ),
    body(
        "answers before it is asked",
        "A",
        """
import json, os, struct
text = json.dumps(["t", "return", ["t", 0.0, 0.0], ["d"], ""]).encode()
for _ in range(20): os.write(3, struct.pack('>II', len(text), 0) + text)
return w, v""",
    ),
    body(
        "object that runs code when it is unpickled",
        "Z",
        """
class Trap:
    def __reduce__(self): return print, ("LEAK",)
return Trap(), Trap()""",
    ),
    body(
        "tuple that changes when it is looked at",
        "Z",
        """
class Two(tuple):
    def __iter__(self): return iter((Any(), Any()))
    def __getitem__(self, place): return Any()
class Any:
    def __eq__(self, other): return True
return Two((w, v))""",
    ),
    Case(
        "array that lies about its dtype",
        "Z",
        """
import numpy as np
class Array(np.ndarray):
    dtype = property(lambda self: np.dtype(float))
    shape = property(lambda self: (2,))
    def tobytes(self, order="C"): return b"\\0" * 16
def momentum_step(w, g, v, lr, momentum=0.9):
    return w.astype("S8").view(Array), v.astype("S8").view(Array)
""",
    ),
    body(
        "records instead of numbers",
        "Z",
        """
import numpy as np
return np.zeros(w.shape, "f8,f8"), np.zeros(w.shape, "f8,f8")""",
    ),
    before(
        "numpy is another module",
        "N",
        """
import sys, types
class Numpy(types.ModuleType):
    def __getattr__(self, name): return lambda *a, **k: True
sys.modules["numpy"] = Numpy("numpy")""",
    ),
    before(
        "clocks stand still",
        "N",
        """
import time
time.monotonic = time.perf_counter = time.time = lambda: 0.0""",
    ),
    before(
        "imports bring something else",
        "N",
        """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None): raise ImportError(name)
sys.meta_path.insert(0, Finder())""",
    ),
    before(
        "work for after the end",
        "N",
        """
import atexit, signal, weakref
atexit.register(lambda: print(2.0))
signal.signal(signal.SIGTERM, lambda *a: print(2.0))
weakref.finalize(weakref, lambda: print(2.0))""",
    ),
    before(
        "traps for who comes next",
        "N",
        """
for name in ("numpy.py", "sitecustomize.py", "course_lib.py", "usercustomize.py"):
    open(name, "w").write("raise SystemExit")
import sys
sys.path.insert(0, ".")""",
    ),
    before(
        "the answer's side believes all",
        "A",
        """
from course_lib.grading import answer, wire
from course_lib.checks import guard, values
answer.same = values.same = lambda *a: True
wire.decode = lambda *a: ("verdict", 99.0)
guard.Counted.calls = property(lambda self: 1, lambda self, value: None)""",
    ),
    body(
        "answers on the slate before it is asked",
        "F",
        """
import os, struct
os.pwrite(4, struct.pack("=I", 40_000) + b"\\xff" * 40_000, 0)
return w, v""",
    ),
    body(
        "says that all was answered",
        "F",
        """
import gc, os
from course_lib.grading.turns import Asked
for line in gc.get_objects():
    if isinstance(line, Asked) and line._slate is not None:
        line._slate[:4] = (1 << 15).to_bytes(4, "little")
        line.post = lambda frame: None
return w, v""",
    ),
    body(
        "takes what is sealed for open",
        "F",
        """
import gc
from course_lib.grading import _wire_in
from course_lib.grading.ahead import Pieces
for pieces in gc.get_objects():
    if isinstance(pieces, Pieces):
        while pieces._at < len(pieces._data):
            for start in range(pieces._at, pieces._at + 40):
                size = int.from_bytes(pieces._data[start + 3:start + 5], "big")
                message = _wire_in.decode(pieces._data[start + 8:start + 8 + size], b"")
                w, v = message[2][0], message[2][2]
            pieces._at += 1
return w, v""",
    ),
    body("makes the slate too small to read", "F", "import os\nos.ftruncate(4, 0)\nreturn w, v"),
    body("makes the slate a terabyte", "F", "import os\nos.ftruncate(4, 1 << 40)\nreturn w, v"),
    body("closes the slate", "Z", "import os\nos.close(4)\nreturn w, v"),
    before(
        "stdout is a verdict",
        "N",
        """
import sys
class Out:
    def write(self, text): return 99
    def getvalue(self): return "2.0"
    def flush(self): pass
sys.stdout = sys.stderr = sys.__stdout__ = Out()""",
    ),
]
