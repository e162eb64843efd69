"""What is taken from a submission: the text of solution cells, and nothing that belongs to the course."""

import copy
import json
import os

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.grading import intake
from course_lib.grading.course import Course

NAME = "04_optimizers"


@pytest.fixture(scope="module")
def release(course: Course):
    return nbformat.read(course.release(NAME), as_version=4)


def names(notebook):
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]


def test_an_untouched_notebook_is_left_as_it_is(release):
    rebuilt, notes = intake.repair(release, release)
    assert notes == []
    assert rebuilt == release


def test_what_is_filled_into_one_submission_is_in_no_other(release):
    before = copy.deepcopy(release)
    rebuilt, _ = intake.repair(release, release)
    for number, cell in enumerate(rebuilt.cells):
        cell.update(id=f"x{number}", source="filled in")
        if cell.cell_type == "code":
            cell.outputs.append({"output_type": "stream"})
            cell.execution_count = number
    rebuilt.cells.pop()
    assert release == before


def damage(cell, kind):
    """Do to a cell what happens to cells."""
    cell = copy.deepcopy(cell)
    if kind == "stripped":
        cell.metadata = nbformat.from_dict({})
    elif kind == "points":
        cell.metadata.nbgrader.points = 100
    elif kind == "unlocked":
        cell.metadata.nbgrader.update({"grade": False, "locked": False, "solution": True})
    elif kind == "edited" and not cell.metadata.nbgrader.get("solution"):
        cell.source = "print('all tests passed')"
    elif kind == "retyped":
        cell.cell_type = "raw"
    elif kind == "nonsense":
        cell.metadata.nbgrader = "nonsense"
    return cell


KINDS = ["kept", "kept", "gone", "twice", "stripped", "points", "unlocked", "edited", "retyped"]


@settings(max_examples=60)
@given(data=st.data())
def test_every_check_is_there_once_whatever_was_done(data, release):
    cells = []
    for cell in release.cells:
        kind = data.draw(st.sampled_from([*KINDS, "nonsense"]))
        copies = {"gone": 0, "twice": 2}.get(kind, 1)
        cells += [damage(cell, kind) for _ in range(copies)]
    submitted = copy.deepcopy(release)
    submitted.cells = data.draw(st.permutations(cells))
    rebuilt, notes = intake.repair(submitted, release)
    originals = {cell.metadata.nbgrader.grade_id: cell for cell in release.cells}
    found = [cell for cell in rebuilt.cells if cell.metadata.get("nbgrader")]
    for cell in found:
        original = originals[cell.metadata.nbgrader.grade_id]
        assert cell.metadata == original.metadata
        assert cell.cell_type == original.cell_type
        if not original.metadata.nbgrader.solution:
            assert cell.source == original.source
    present = [cell.metadata.nbgrader.grade_id for cell in found]
    assert len(set(present)) == len(present)
    graded = {name for name, cell in originals.items() if cell.metadata.nbgrader.grade}
    assert graded <= set(present)
    assert bool(notes) or [c.source for c in rebuilt.cells] == [c.source for c in submitted.cells]
    nbformat.validate(rebuilt)


def test_a_missing_check_comes_back_behind_its_answer(release):
    submitted = copy.deepcopy(release)
    gone = {"adam_step-check", "adam_step-hidden"}
    submitted.cells = [c for c in submitted.cells if c.metadata.nbgrader.grade_id not in gone]
    rebuilt, notes = intake.repair(submitted, release)
    order = names(rebuilt)
    assert order.index("adam_step") < order.index("adam_step-check")
    assert order.index("adam_step-check") + 1 == order.index("adam_step-hidden")
    assert len(notes) == 2


def test_students_own_cells_stay_but_grade_nothing(release):
    submitted = copy.deepcopy(release)
    own = nbformat.v4.new_code_cell("my_note = 1")
    own.metadata["nbgrader"] = {"grade": True, "grade_id": "extra", "points": 50}
    submitted.cells.insert(3, own)
    rebuilt, _ = intake.repair(submitted, release)
    assert rebuilt.cells[3].source == "my_note = 1"
    assert "nbgrader" not in rebuilt.cells[3].metadata


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"cells": [', "not valid JSON"),
        ("", "not valid JSON"),
        ("[]", "not a notebook"),
        ('{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}', "not a notebook"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', "no cells"),
        ("[" * 100_000, "nested"),
        ("\udcff", "not valid JSON"),
    ],
)
def test_damaged_files_have_a_reason(tmp_path, text, what):
    path = tmp_path / "x.ipynb"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(intake.Unreadable, match=what):
        intake.read(path)


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "MAX_BYTES", 10)
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"cells": []}) + " " * 20)
    with pytest.raises(intake.Unreadable, match="outputs cleared"):
        intake.read(path)


def test_a_notebook_of_format_3_is_read(tmp_path, release):
    path = tmp_path / "x.ipynb"
    old = nbformat.convert(copy.deepcopy(release), 3)
    path.write_text(nbformat.writes(old, version=3))
    read = intake.read(path)
    assert [c.source for c in read.cells] == [c.source for c in release.cells]


def test_which_file_is_meant(tmp_path):
    with pytest.raises(intake.Unreadable, match="no notebook"):
        intake.find_notebook(tmp_path, "a")
    (tmp_path / "a (1).ipynb").touch()
    path, notes = intake.find_notebook(tmp_path, "a")
    assert path.name == "a (1).ipynb"
    assert len(notes) == 1
    (tmp_path / "b.ipynb").touch()
    with pytest.raises(intake.Unreadable, match="several"):
        intake.find_notebook(tmp_path, "a")
    (tmp_path / "a.ipynb").touch()
    assert intake.find_notebook(tmp_path, "a") == (tmp_path / "a.ipynb", [])


# ------------------------------------------------------- what else can lie in a folder, or be lost


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders there")
def test_links_and_pipes_and_folders_are_no_notebooks(tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_text('{"nbformat": 4, "cells": []}')
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "a.ipynb").symlink_to(secret)
    (folder / "b.ipynb").mkdir()
    os.mkfifo(folder / "c.ipynb")
    with pytest.raises(intake.Unreadable, match="no notebook"):
        intake.find_notebook(folder, "a")
    with pytest.raises(intake.Unreadable, match="can't be read"):
        intake.load(folder / "a.ipynb")  # had it become a link in between
    (folder / "d.ipynb").write_text("{}")
    assert intake.find_notebook(folder, "a")[0] == folder / "d.ipynb"


def without(release, *keys):
    """The release as programs hand it back that know nothing of nbgrader, or of cell ids."""
    submitted = copy.deepcopy(release)
    for number, cell in enumerate(submitted.cells):
        if "nbgrader" in keys:
            cell.metadata = nbformat.from_dict({})
        if "id" in keys:
            cell["id"] = f"new-{number}"
    return submitted


@pytest.mark.parametrize("keys", [["nbgrader"], ["id"], ["nbgrader", "id"]])
def test_all_metadata_stripped(release, keys):
    submitted = without(release, *keys)
    for cell in submitted.cells:
        if cell.source.startswith("def adam_step"):
            cell.source = cell.source.replace("# YOUR CODE HERE", "return w  # mine")
    rebuilt, notes = intake.repair(submitted, release)
    assert names(rebuilt) == names(release)
    assert any("# mine" in cell.source for cell in rebuilt.cells)
    assert [cell.metadata for cell in rebuilt.cells] == [cell.metadata for cell in release.cells]
    assert notes == (
        [] if keys == ["id"] else [f"the metadata of {len(release.cells)} cells was restored"]
    )


def test_an_answer_of_another_name_is_found_by_its_place(release):
    submitted = without(release, "nbgrader", "id")
    place = names(release).index("adam_step")
    submitted.cells[place].source = "ADAM = lambda *args: args"
    rebuilt, _ = intake.repair(submitted, release)
    assert rebuilt.cells[place].source == "ADAM = lambda *args: args"
    assert names(rebuilt) == names(release)


def test_the_courses_order_comes_back(release):
    submitted = copy.deepcopy(release)
    own = nbformat.v4.new_code_cell("my_note = 1", id="own")
    submitted.cells.insert(4, own)
    submitted.cells = submitted.cells[3:] + submitted.cells[:3]
    rebuilt, notes = intake.repair(submitted, release)
    assert [name for name in names(rebuilt) if name] == names(release)
    assert rebuilt.cells[4].source == "my_note = 1"
    assert any("another order" in note for note in notes)


def test_a_cell_that_is_there_twice(release):
    submitted = copy.deepcopy(release)
    place = names(release).index("adam_step")
    submitted.cells.insert(place + 1, copy.deepcopy(submitted.cells[place]))
    submitted.cells[place].source, submitted.cells[place + 1].source = "first = 1", "last = 1"
    rebuilt, notes = intake.repair(submitted, release)
    assert [c.source for c in rebuilt.cells if c.source.endswith(" = 1")] == [
        "first = 1",
        "last = 1",
    ]
    assert next(c for c in rebuilt.cells if c.source == "last = 1").metadata.nbgrader.solution
    assert any("more than once" in note for note in notes)
    nbformat.validate(rebuilt)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_change_of_a_valid_file_is_read_or_refused(data, release):
    text = bytearray(nbformat.writes(release).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text) - 1))
        length = data.draw(st.integers(0, 40))
        text[start : start + length] = data.draw(st.binary(max_size=12))
    try:
        notebook = intake.parse(bytes(text))
    except intake.Unreadable:
        return
    rebuilt, _ = intake.repair(notebook, release)
    graded = [name for name in names(release) if name.endswith(("-check", "-hidden"))]
    assert [name for name in names(rebuilt) if name in graded] == graded
    nbformat.validate(rebuilt)


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": 3},
        {"nbformat_minor": "x"},
        {"cells": [{"cell_type": "code", "source": ["a", "b"], "metadata": None, "id": ["x"]}]},
        {"cells": [{"cell_type": "code", "source": "\ud800", "metadata": {"nbgrader": [1]}}]},
        {"cells": [{"cell_type": "odd", "source": ""}]},
    ],
)
def test_odd_parts_do_no_harm(change, release):
    data = json.dumps({"nbformat": 4, "cells": [], **change, "more": {}}).encode()
    if change.get("cells"):
        rebuilt, _ = intake.repair(intake.parse(data), release)
        nbformat.validate(rebuilt)
        json.dumps(rebuilt, ensure_ascii=False).encode()
    else:
        with pytest.raises(intake.Unreadable):
            intake.parse(data)


def test_too_many_cells(monkeypatch, release):
    monkeypatch.setattr(intake, "MAX_CELLS", 3)
    with pytest.raises(intake.Unreadable, match="at most 3"):
        intake.parse(nbformat.writes(release).encode())
