"""No threat is without a case, and no case without a threat."""

import ast
import fnmatch
import runpy
import tomllib
from pathlib import Path

import pytest

from course_lib.grading import intake

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
THREATS = tomllib.loads((HERE / "coverage.toml").read_text(encoding="utf-8"))["threat"]
# How a case's own letter may stand for a threat's: no effect is a wrong answer's zero, or a right one's points.
MEANT = {"Z": "ZFNA", "F": "FA", "N": "NKZ", "R": "R", "K": "K"}

load = runpy.run_path(str(Path(__file__).with_name("run.py")))["load"]  # tests are no package
corpus, folders = load("corpus"), load("folders")
RELEASE = intake.read(ROOT / f"exercises/{folders.ASSIGNMENT}/{folders.FILE}")
ENDS = {
    "cases": {case.name: case.end for case in corpus.CASES},
    "folders": {case.name: case.end for case in folders.cases(RELEASE, "/nowhere")},
}


def named(threat, kind):
    """The cases that a threat names, by the pattern that names them."""
    return {text: fnmatch.filter(ENDS[kind], text) for text in threat.get(kind, ())}


def is_there(test):
    """Whether a file has a test."""
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: threat["what"])
def test_every_threat_is_tried(threat):
    found = {**named(threat, "cases"), **named(threat, "folders")}
    assert not [text for text, names in found.items() if not names]
    assert all(map(is_there, threat.get("tests", ())))
    allowed = "".join(MEANT[end] for end in threat["ends"].split())
    ends = [
        ENDS[kind][name]
        for kind in ENDS
        for names in named(threat, kind).values()
        for name in names
    ]
    assert ends
    assert any(end in allowed for end in ends)


@pytest.mark.parametrize("kind", ENDS)
def test_every_case_stands_for_a_threat(kind):
    mentioned = {
        name for threat in THREATS for names in named(threat, kind).values() for name in names
    }
    assert set(ENDS[kind]) == mentioned


def test_all_threats_differ():
    assert len({threat["what"] for threat in THREATS}) == len(THREATS) >= 45
