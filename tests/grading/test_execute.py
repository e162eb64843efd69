"""Running a notebook: limits for a cell, for the whole, for output; and kernels that die."""

import time

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.grading.course import nbgrader_config
from course_lib.grading.execute import MAX_OUTPUT, LimitedExecute, Limits, Stopped, execute

pytestmark = pytest.mark.slow


def notebook(*sources):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(
        cells=[new_code_cell(source) for source in sources], metadata={"kernelspec": kernel}
    )


def texts(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def test_a_loop_is_interrupted_and_the_rest_goes_on():
    nb = notebook("while True: pass", "print('on')", "while True: pass", "print('end')")
    late = execute(nb, Limits(cell=2, total=60))
    assert [texts(cell) for cell in nb.cells] == ["", "on\n", "", "end\n"]
    assert late == [
        "cell number 1 ran out of time and was stopped",
        "cell number 3 ran out of time and was stopped",
    ]


def test_output_that_is_read_late_is_waited_for(course, monkeypatch):
    read = LimitedExecute.output

    def read_slowly(*message):
        time.sleep(0.2)
        return read(*message)

    monkeypatch.setattr(LimitedExecute, "output", read_slowly)
    nb = notebook("for i in range(30): display(i)", "print('on')")
    assert execute(nb, Limits(), nbgrader_config(course)) == []
    assert len(nb.cells[0].outputs) == 30
    assert texts(nb.cells[1]) == "on\n"


def test_the_whole_has_a_limit():
    nb = notebook(*["import time\ntime.sleep(3)"] * 5)
    with pytest.raises(Stopped, match="did not finish within 4 seconds"):
        execute(nb, Limits(cell=10, total=4))


def test_a_dead_kernel_is_said_to_be_dead():
    nb = notebook("1 + 1", "import os\nos._exit(1)", "2 + 2")
    with pytest.raises(Stopped, match="kernel died in cell number 2"):
        execute(nb, Limits(cell=20, total=60))


def test_a_flood_of_output_is_cut_and_errors_are_kept():
    flood = f"for _ in range(40): print('x' * {MAX_OUTPUT // 10}, flush=True)"
    nb = notebook(flood, "1 / 0", "import os; print(len(os.listdir('.')))")
    execute(nb, Limits(cell=20, total=60))
    assert len(texts(nb.cells[0])) <= 1.2 * MAX_OUTPUT
    assert nb.cells[1].outputs[0].ename == "ZeroDivisionError"
    assert texts(nb.cells[2]) == "0\n"
