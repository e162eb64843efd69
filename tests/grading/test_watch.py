"""An answer that calls the library is found out, watched or not, in the words that a notebook has for it."""

import pytest

import course_lib.averages  # noqa: F401  # or a check in this process would name the import of it
from course_lib.checks import EXERCISES, judge
from course_lib.grading.court import Court
from course_lib.grading.task import Task

EXERCISE = "scale_learning_rate"
OWN = """
def scale_learning_rate(lr, batch, reference):
    {body}
    return lr * batch / reference
"""
ANSWERS = {
    "does it itself": ("pass", ""),
    "calls it": (
        "return schedules.scale_learning_rate(lr, batch, reference)",
        "course_lib.schedules.scale_learning_rate",
    ),
    "calls it, and hides that": (
        """try:
        schedules.scale_learning_rate(lr, batch, reference)
    except BaseException:
        pass""",
        "course_lib.schedules.scale_learning_rate",
    ),
    "calls what calls more of it": (
        "schedules.schedule('constant', lr=1.0)(0)",
        "course_lib.schedules.schedule",
    ),
    "calls a kernel": (
        "kernel(*range(9))",
        "course_lib.kernels.",
    ),
    "calls what it imports": (
        "import course_lib.averages; course_lib.averages.ewma([lr], 0.5)",
        "course_lib.averages.ewma",
    ),
    "loads it anew": (
        "import importlib; importlib.reload(schedules).scale_learning_rate(lr, batch, reference)",
        "course_lib.schedules.<module>",
    ),
    "loads it anew, and hides that": (
        """import importlib
    try:
        importlib.reload(schedules)
    except BaseException:
        pass""",
        "course_lib.schedules.<module>",
    ),
}
BEFORE = """
from course_lib import schedules
from course_lib.kernels import optimizers, policy
kernel = next(thing for thing in vars(optimizers).values() if isinstance(thing, policy.Kernel))
"""
USES = "kept = schedules.chain((schedules.schedule('constant', lr=1.0), 2), (schedules.schedule('constant', lr=2.0), 3))\n"


@pytest.fixture(scope="module")
def court():
    with Court() as court:
        yield court


def verdict_of(court, *cells):
    named = tuple((f"cell {i}", "answer", cell) for i, cell in enumerate(cells))
    checks = (("check", EXERCISE, 0, False, EXERCISES[EXERCISE].points),)
    return court.run(Task("ada", "05_schedules", named, checks)).verdicts["check"]


@pytest.mark.parametrize("before", [BEFORE, BEFORE + USES], ids=["unwatched", "watched"])
@pytest.mark.parametrize("answer", ANSWERS)
def test_who_calls_the_library_is_found_out(court, answer, before):
    body, name = ANSWERS[answer]
    source = OWN.format(body=body)
    verdict = verdict_of(court, before, source)
    names = {}
    exec(before + source, names)
    here = judge(EXERCISES[EXERCISE], names[EXERCISE])
    assert verdict["points"] == here.points == (0 if name else EXERCISES[EXERCISE].points / 2)
    assert f"The function calls {name}" in verdict["cause"] if name else not verdict["cause"]
    assert verdict["cause"] == here.cause


KEEPS = """
from types import SimpleNamespace
from course_lib._epochs import minibatches
data = SimpleNamespace(X_train=np.zeros((4, 1)), y_train=np.zeros(4))
kept = minibatches(data, batch_size=1, epochs=1000, seed=0)
"""


def test_what_a_cell_kept_of_the_library_is_found_out(court):
    """A generator that has begun asks no function of the library: only a watch sees it go on."""
    source = OWN.format(body="next(kept)")
    verdict = verdict_of(court, "import numpy as np" + KEEPS, source)
    assert verdict["cause"].startswith("The function calls course_lib._epochs.minibatches")


def test_a_function_of_the_library_that_is_handed_in(court):
    verdict = verdict_of(court, f"from course_lib.schedules import {EXERCISE}")
    assert verdict["cause"].startswith(f"The function calls course_lib.schedules.{EXERCISE}")
