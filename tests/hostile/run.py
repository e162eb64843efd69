"""Judge every hostile case at one level of the sandbox, inside a cage: ``run.py LEVEL``.

Not to be run by itself: ``test_levels.py`` builds the cage. What comes out is one line of JSON.
"""

import importlib.util
import json
import sys
from pathlib import Path

from course_lib.grading.court import Court


def load(name):
    """Import a file that lies beside this one."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    """Write, for each case that did not end as it must, its name and what became of it."""
    cases, ends = load("cases"), load("ends")
    if not Path("/tmp/in-a-cage").exists():
        sys.exit("Hostile cases are run in a cage only.")
    wrong, level = [], sys.argv[1]
    with Court(level) as court:
        assert court.zygote().level == level
        for case in cases.CASES:
            outcome = ends.judge(court, case.source, ends.SHORT)
            problem = ends.problem(case, outcome)
            if problem:
                wrong.append([case.name, problem])
    print(json.dumps({"level": level, "count": len(cases.CASES), "wrong": wrong}))


if __name__ == "__main__":
    main()
