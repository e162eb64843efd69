"""What deploy/ says of this course is true: options, files and names that it uses are there."""

import importlib.util
import re
from pathlib import Path

import yaml
from click.testing import CliRunner

from course_lib.grading.cli import main
from course_lib.grading.sandbox import LEVELS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def test_every_command_of_ours_is_understood():
    text = (DEPLOY / "README.md").read_text()
    lines = re.findall(r"^course (\w+) (.*)$", text, re.MULTILINE)
    assert len(lines) == 6
    for name, options in lines:
        known = CliRunner().invoke(main, [name, "--help"]).output
        for option in re.findall(r"--[\w-]+", options):
            assert option in known, option
    for level in re.findall(r"--require-sandbox (\w+)", text):
        assert level in LEVELS


def test_workers_have_one_thread_and_their_files():
    image = (DEPLOY / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (.*) \S+$", image, re.MULTILINE):
        for name in line.split():
            assert (ROOT / name).exists(), name
    text = (DEPLOY / "kubernetes.yaml").read_text()
    assert '--nthreads, "1"' in text
    images = {
        container["image"]
        for part in yaml.safe_load_all(text)
        if part and part["kind"] == "Deployment"
        for container in part["spec"]["template"]["spec"]["containers"]
    }
    assert len(images) == 1


def test_slurm_runs_the_course_with_the_address():
    spec = importlib.util.spec_from_file_location("slurm", DEPLOY / "slurm.py")
    slurm = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(slurm)
    line = slurm.command("tcp://a:1", ["grade", "--all"])
    assert line == ["course", "grade", "--all", "--scheduler", "tcp://a:1"]
