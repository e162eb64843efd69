"""Judge the hostile cases at one level of the sandbox, inside a cage: ``run.py LEVEL``.

Not to be run by itself: ``test_levels.py`` builds the cage. What comes out is one line of JSON.
"""

import importlib.util
import json
import sys
from pathlib import Path

from course_lib.grading.court import Court


def load(name):
    """Import a file, or a folder of them, that lies beside this one."""
    path = Path(__file__).parent / name
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    spec = importlib.util.spec_from_file_location(f"hostile_{name}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    """Write, for each case that did not end as it must, its name and what became of it."""
    corpus, ends = load("corpus"), load("ends")
    if not Path("/tmp/in-a-cage").exists():
        sys.exit("Hostile cases are run in a cage only.")
    level = sys.argv[1]
    cases = [case for case in corpus.CASES if not case.once]
    with Court(level) as court:
        assert court.zygote().level == level
        ends.teach(court, corpus.RIGHT)
        said = [(case.name, ends.found(court, case)) for case in cases]
    wrong = [row for row in said if row[1]]
    print(json.dumps({"level": level, "count": len(cases), "wrong": wrong}))


if __name__ == "__main__":
    main()
