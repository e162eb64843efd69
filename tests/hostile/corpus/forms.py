"""What people hand in who do not want to solve the exercise, and what must become of it.

Each case is the text of one cell, which must leave a function ``momentum_step`` behind, right (``RIGHT``)
or wrong (``WRONG``). How it must end: ``Z`` no points · ``F`` a definite failure: no points, and it is
said why · ``N`` the attack has no effect: a wrong function gets nothing for it · ``K`` a right one keeps
its points · ``A`` it took its own submission down as a whole. Where an attack that works would gain
something else, it prints ``LEAK``.
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
    """One case.

    ``more`` are cells before the one with the answer; ``limits`` are those of it alone. ``once``: it
    ends by the judge's clock alone, which is the same at every level of the sandbox, and waiting
    takes long; so it is tried at the best level, and two of its kind everywhere.
    """

    name: str
    end: str
    source: str
    more: tuple[str, ...] = ()
    limits: dict[str, float] = {}  # noqa: RUF012  # never changed
    once: bool = False


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


def by_heart():
    """A cell that knows what the visible check asks and what is right then, and is wrong elsewhere."""
    from course_lib.checks import EXERCISES, judge

    exercise, known = EXERCISES["momentum_step"], {}

    def note(*args):
        result = exercise.reference(*args)
        known[repr(args)] = [part.tolist() for part in result], str(result[0].dtype)
        return result

    assert judge(exercise, note, seed=0, trusted=True).passed
    return f"""
import numpy as np
known = {known!r}
def momentum_step(w, g, v, lr, momentum=0.9):
    if repr((w, g, v, lr, momentum)) in known:
        values, dtype = known[repr((w, g, v, lr, momentum))]
        return tuple(np.array(value, dtype) for value in values)
    return w, v
"""
