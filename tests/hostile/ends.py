"""How a hostile case is judged, and whether it ended as it must."""

from course_lib.grading.task import Limits, Task

PATIENT = Limits(cell=2.0, check=2.0, total=20.0, memory=256 << 20, output=10_000)
QUICK = PATIENT._replace(cell=0.3, check=0.3, total=6.0)
NEIGHBOR = ("scale_learning_rate", "answer", "scale_learning_rate = lambda lr, b, b0: lr * b / b0")
CHECKS = (
    ("hostile", "momentum_step", 0, False, 1.0),
    ("neighbor", "scale_learning_rate", 0, False, 1.0),
    ("hostile-hidden", "momentum_step", 1, True, 1.0),
    ("neighbor-hidden", "scale_learning_rate", 1, True, 1.0),
)
SHORT = "a right answer came short: "


def teach(court, right):
    """Have a court judge a right answer: it then says ahead to all others what it said to that one."""
    cells = (NEIGHBOR, ("momentum_step", "answer", right))
    outcome = court.run(Task("ada", "04_optimizers", cells, CHECKS))
    assert all(v["points"] == v["max_points"] for v in outcome.verdicts.values()), outcome


def judge(court, case, limits=PATIENT):
    """Have a court judge a case, between an import and a right answer to another exercise."""
    more = [(f"cell {number}", "answer", source) for number, source in enumerate(case.more)]
    cells = (
        ("imports", "given", "import numpy as np"),
        NEIGHBOR,
        *more,
        ("momentum_step", "answer", case.source),
    )
    limits = limits._replace(**case.limits)
    return court.run(Task("eve", "04_optimizers", cells, CHECKS, limits))


def found(court, case):
    """Judge a case with little time; return what is not as it must be, or nothing.

    On a busy machine a right answer may come short for want of time. So it is then given more; that an
    attack gained something counts at once.
    """
    said = problem(case, judge(court, case, QUICK))
    return problem(case, judge(court, case)) if said.startswith(SHORT) else said


def problem(case, outcome):
    """Return what is not as it must be; nothing if all is."""
    if outcome.status != "graded":
        return f"{outcome.status}: {outcome.notes}"
    points = {name: verdict["points"] for name, verdict in outcome.verdicts.items()}
    most = {name: verdict["max_points"] for name, verdict in outcome.verdicts.items()}
    wanted = {
        "hostile": most["hostile"] if case.end == "K" else 0.0,
        "neighbor": 0.0 if case.end == "A" else most["neighbor"],
    }
    lost = any("the process was lost" in note for note in outcome.notes)
    for name, got in points.items():
        want = wanted[name.removesuffix("-hidden")]
        if case.end == "A" and name == "neighbor-hidden" and lost and got:
            want = most[
                name
            ]  # a right answer, asked in the new process that comes after a lost one
        if got != want:
            return f"{SHORT if got < want else ''}{name}: {got} points: {outcome}"
        if got == 0.0 and case.end in "FA" and not outcome.verdicts[name]["cause"]:
            return f"{name}: no cause is given"
    if any("LEAK" in cell.text for cell in outcome.cells):
        return f"it got what it looked for: {outcome.cells}"
    if any("LEAK" in verdict["printed"] for verdict in outcome.verdicts.values()):
        return "it got what it looked for in a check"
    return ""
