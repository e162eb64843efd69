"""How a hostile case is judged, and whether it ended as it must."""

from course_lib.grading.task import Limits, Task

LIMITS = Limits(cell=2.0, check=2.0, total=20.0, memory=256 << 20, output=10_000)
SHORT = LIMITS._replace(cell=0.8, check=0.8, total=12.0)
NEIGHBOR = ("scale_learning_rate", "answer", "scale_learning_rate = lambda lr, b, b0: lr * b / b0")
CHECKS = (
    ("hostile", "momentum_step", 0, False, 1.0),
    ("neighbor", "scale_learning_rate", 0, False, 1.0),
    ("hostile-hidden", "momentum_step", 1, True, 1.0),
    ("neighbor-hidden", "scale_learning_rate", 1, True, 1.0),
)


def judge(court, source, limits=LIMITS):
    """Have a court judge a case, between an import and a right answer to another exercise."""
    cells = (
        ("imports", "given", "import numpy as np"),
        NEIGHBOR,
        ("momentum_step", "answer", source),
    )
    return court.run(Task("eve", "04_optimizers", cells, CHECKS, limits))


def problem(case, outcome):
    """Return what is not as it must be; nothing if all is."""
    if outcome.status != "graded":
        return f"{outcome.status}: {outcome.notes}"
    points = {name: verdict["points"] for name, verdict in outcome.verdicts.items()}
    most = {name: verdict["max_points"] for name, verdict in outcome.verdicts.items()}
    for name in ("hostile", "hostile-hidden"):
        if points[name] != (most["hostile"] if case.end == "K" else 0.0):
            return f"{name}: {points[name]} points: {outcome}"
        if case.end == "F" and not outcome.verdicts[name]["cause"]:
            return f"{name}: no cause is given"
    for name in ("neighbor", "neighbor-hidden"):
        if points[name] != (0.0 if case.end == "A" else most["neighbor"]):
            return f"{name}: {points[name]} points: {outcome}"
    if any("LEAK" in cell.text for cell in outcome.cells):
        return f"it got what it looked for: {outcome.cells}"
    if any("LEAK" in verdict["printed"] for verdict in outcome.verdicts.values()):
        return "it got what it looked for in a check"
    return ""
