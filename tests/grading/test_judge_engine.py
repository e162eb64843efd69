"""What nbgrader does with a gradebook that the judge has made: with nbgrader's own commands and pages."""

import csv
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from course_lib.grading import gradebook

ASSIGNMENT = "04_optimizers"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nbgraders(judged, tmp_path_factory):
    """The class as nbgrader has it: its folders and its gradebook in the course's folder."""
    folder = tmp_path_factory.mktemp("course")
    root = judged.home.joinpath  # nothing of it is changed
    shutil.copytree(root("autograded"), folder / "autograded")
    shutil.copytree(root("submitted"), folder / "submitted")
    shutil.copy(root("gradebook.db"), folder)
    (folder / "source" / ASSIGNMENT).mkdir(parents=True)
    return folder


def marked(judged):
    return {name: row for name, row in judged.results.items() if row["points"] is not None}


def test_export(judged, nbgraders, nbgrader):
    done = nbgrader(nbgraders, "export", "--to", "grades.csv")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO((nbgraders / "grades.csv").read_text())))
    scores = {row["student_id"]: float(row["score"]) for row in rows}
    assert set(scores) == set(judged.results)
    for name, row in judged.results.items():
        assert scores[name] == pytest.approx(row["points"] or 0.0), name
    assert {float(row["max_score"]) for row in rows} == {judged.results[name]["max_points"]}


def test_generate_feedback(judged, nbgraders, nbgrader):
    student = next(name for name, row in sorted(marked(judged).items()) if row["points"] > 0)
    done = nbgrader(nbgraders, "generate_feedback", ASSIGNMENT, "--student", student)
    assert done.returncode == 0, done.stderr
    page = nbgraders / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    row = judged.results[student]
    points, most = re.search(r"Score: ([\d.]+) / ([\d.]+)", page.read_text()).groups()
    assert (float(points), float(most)) == pytest.approx((row["points"], row["max_points"]))


class Formgrader:
    """A Jupyter server with nbgrader's pages for instructors."""

    def __init__(self, folder):
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            port = place.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/formgrader"
        extension = "{'nbgrader.server_extensions.formgrader': True}"
        options = [f"--ServerApp.jpserver_extensions={extension}", "--ServerApp.ip=127.0.0.1",
                   f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}", "--allow-root",
                   "--no-browser", "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"]  # fmt: skip
        environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder), "HOME": str(folder)}
        with open(folder / "said", "wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_server", *options], cwd=folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            )  # fmt: skip
        while True:
            try:
                self.get("/api/status")
                break
            except OSError:
                assert self.process.poll() is None, (folder / "said").read_text()
                time.sleep(0.1)

    def ask(self, place, method="GET", data=None):
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(self.address + place, body, method=method)
        with urllib.request.urlopen(request, timeout=300) as reply:
            return reply.read().decode()

    def get(self, place):
        return json.loads(self.ask(place))

    def close(self):
        self.process.kill()
        self.process.wait(60)


@pytest.fixture
def formgrader(nbgraders):
    server = Formgrader(nbgraders)
    yield server
    server.close()


def test_formgrader_shows_and_changes_marks_and_the_judge_keeps_them(judged, nbgraders, formgrader):
    rows = {row["student"]: row for row in formgrader.get(f"/api/submissions/{ASSIGNMENT}")}
    for name, ours in judged.results.items():
        theirs = rows[name]
        assert theirs["score"] == pytest.approx(ours["points"] or 0.0), name
        assert theirs["autograded"] is (ours["points"] is not None), name
        assert theirs["max_score"] == (ours["max_points"] if theirs["autograded"] else 0.0), name
    partly = next(row for row in judged.expected.values() if row["case"] == "partly right")
    student = partly["student"]
    place = f"/api/submitted_notebooks/{ASSIGNMENT}/{ASSIGNMENT}"
    book = next(row for row in formgrader.get(place) if row["student"] == student)
    page = formgrader.ask(f"/submissions/{book['id']}/?index=0")
    assert "adam_step" in page
    assert student in page
    grades = formgrader.get(f"/api/grades?submission_id={book['id']}")
    wrong = min(grades, key=lambda row: row["auto_score"])
    assert wrong["auto_score"] not in (wrong["max_score"], 0.5)
    formgrader.ask(f"/api/grade/{wrong['id']}", "PUT", {"manual_score": 0.5})
    formgrader.close()

    url = f"sqlite:///{nbgraders}/gradebook.db"
    before = {row[4]: row for row in gradebook.canonical(url) if row[0] == student}
    assert before[wrong["name"]][6] == 0.5
    again = judged.grade(nbgraders, "--fresh", "--gradebook", nbgraders / "gradebook.db")
    assert again.exit_code == 0, again.output
    after = {row[4]: row for row in gradebook.canonical(url) if row[0] == student}
    assert after[wrong["name"]][5:8] == (
        wrong["auto_score"],
        0.5,
        True,
    )  # kept, and flagged: judged anew
    total = judged.results[student]["points"] - wrong["auto_score"] + 0.5
    assert after[wrong["name"]][3] == pytest.approx(total)
