"""Every folder of files that somebody may hand in ends as it must, and nothing outside is read."""

import importlib.util
from pathlib import Path

import pytest

from course_lib.grading import intake

_spec = importlib.util.spec_from_file_location("folders", Path(__file__).parent / "folders.py")
folders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(folders)

NAME = folders.ASSIGNMENT
RELEASE = intake.read(Path(__file__).parents[2] / f"exercises/{NAME}/{NAME}.ipynb")
SECRET = "LEAK = 'what somebody else handed in'"
CASES = folders.cases(RELEASE, "/nowhere")


def code_of(notebook):
    """Name and text of each code cell of the course, checks and answers."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {name: cell.source for cell in cells if (name := folders.about(cell).get("grade_id"))}


def take(folder):
    """Return the notebook and what was repaired, or None and the reason."""
    try:
        path, notes = intake.find_notebook(folder, NAME)
        notebook, repaired = intake.repair(intake.read(path), RELEASE)
    except intake.Unreadable as reason:
        return None, str(reason)
    return notebook, [*notes, *repaired]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_it_ends_as_it_must(number, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(folders.changed(RELEASE, lambda cells: [{**cells[1], "source": SECRET}]))
    case = folders.cases(RELEASE, str(secret))[number]
    folder = tmp_path / "submitted" / "eve"
    folders.build(folder, case)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    notebook, said = take(folder)
    assert str(tmp_path) not in str(said)
    if notebook is None:
        assert case.end == "F", said
        assert 10 < len(said) < 300
    else:
        assert case.end == ("R" if said else "K"), said
        wanted = {**code_of(RELEASE), folders.CELL: folders.ANSWER}
        assert {name: text.strip() for name, text in code_of(notebook).items()} == {
            name: text.strip() for name, text in wanted.items()
        }
        assert "LEAK" not in str(notebook)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_all_differ():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 40
