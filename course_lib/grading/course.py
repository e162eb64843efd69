"""Where things are: the course's folders, its assignments, and nbgrader set up for them."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from .ui import Problem, listing

# Before Jupyter is imported: its folders as the platform has them, which it otherwise warns about.
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")

CONFIG = "nbgrader_config.py"


class Course(NamedTuple):
    """A course's folder.

    Attributes
    ----------
    root : Path
        The folder with ``nbgrader_config.py``.
    """

    root: Path

    @property
    def solutions(self) -> Path:
        """Nbgrader's source: assignments with their solutions."""
        return self.root / "solutions"

    @property
    def exercises(self) -> Path:
        """What students get; generated."""
        return self.root / "exercises"

    @property
    def class_home(self) -> Path:
        """Where a class's data goes unless told otherwise: never into the repository."""
        return self.root / "_build" / "class"

    def assignments(self) -> list[str]:
        """Return the names of all assignments."""
        return sorted(
            folder.name
            for folder in self.solutions.glob("*")
            if (folder / f"{folder.name}.ipynb").is_file()
        )

    def solution(self, assignment: str) -> Path:
        """Return an assignment's source notebook.

        Raises
        ------
        Problem
            If there is no such assignment; the message says which there are.
        """
        if assignment not in self.assignments():
            raise Problem(
                f"There is no assignment {assignment!r} in {self.solutions}; "
                f"there are: {listing(self.assignments())}."
            )
        return self.solutions / assignment / f"{assignment}.ipynb"

    def digest(self, assignment: str) -> str:
        """Return a hash of an assignment's source notebook."""
        return hashlib.sha256(self.solution(assignment).read_bytes()).hexdigest()

    def release(self, assignment: str) -> Path:
        """Return the notebook that students get for an assignment.

        Raises
        ------
        Problem
            If it was not generated yet.
        """
        self.solution(assignment)
        path = self.exercises / assignment / f"{assignment}.ipynb"
        if not path.is_file():
            raise Problem(f"{path} does not exist yet. Generate it: course exercises.")
        return path


def find_course(start: Path | None = None) -> Course:
    """Return the course that a folder lies in.

    Parameters
    ----------
    start : Path, optional
        The working folder if left out.

    Raises
    ------
    Problem
        If neither it nor a folder above it is a course.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file() and (folder / "solutions").is_dir():
            return Course(folder)
    raise Problem(
        f"{start} is not in a course: neither it nor a folder above holds {CONFIG} and solutions/. "
        "Change into the course's folder, or pass --course FOLDER."
    )


def nbgrader_config(course: Course, **folders: str) -> Any:
    """Return the course's own nbgrader configuration, with other folders or gradebook put in.

    Parameters
    ----------
    course : Course
    **folders : str
        Traits of nbgrader's ``CourseDirectory``, such as ``db_url`` or ``release_directory``.

    Returns
    -------
    traitlets.config.Config
    """
    from traitlets.config import PyFileConfigLoader

    add_scripts_to_path()
    config = PyFileConfigLoader(CONFIG, path=str(course.root)).load_config()
    config.CourseDirectory.root = str(course.root)
    for name, value in folders.items():
        config.CourseDirectory[name] = value
    return config


def add_scripts_to_path() -> None:
    """Let nbgrader find ``alembic``, which it calls by name, without an activated environment."""
    scripts = str(Path(sys.executable).parent)
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = scripts + os.pathsep + os.environ.get("PATH", "")


class Notes(logging.Handler):
    """Keeps what nbgrader logs, so that it can be told in our words or left out.

    Attributes
    ----------
    messages : list of (int, str)
        Level and text, in order.
    """

    def __init__(self, level: int = logging.WARNING) -> None:
        super().__init__(level)
        self.messages: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.messages.append((record.levelno, record.getMessage()))

    def worst(self) -> str:
        """Return what went wrong in one line: that of a traceback, else the last error's."""
        errors = [text for level, text in self.messages if level >= logging.ERROR]
        traces = [text for text in errors if "Traceback" in text]
        lines = (traces or errors or [""])[-1].strip().splitlines()
        return lines[-1].strip() if lines else ""


def make_logger(handler: logging.Handler) -> logging.Logger:
    """Return a logger of its own for one piece of work; nothing of it reaches the terminal."""
    logger = logging.Logger("course.nbgrader", logging.INFO)
    logger.addHandler(handler)
    return logger


def converter(kind: str, config: Any, handler: logging.Handler, **ids: str) -> Any:
    """Return one of nbgrader's converters.

    Parameters
    ----------
    kind : str
        ``"GenerateAssignment"`` or ``"GenerateFeedback"``.
    config : traitlets.config.Config
    handler : logging.Handler
        Gets everything that it logs.
    **ids : str
        ``assignment_id``, ``student_id``.
    """
    from nbgrader import converters
    from nbgrader.coursedir import CourseDirectory

    # Not as configuration: a name set there could be overruled by the course's file.
    coursedir = CourseDirectory(config=config)
    for name, value in ids.items():
        setattr(coursedir, name, value)
    made = getattr(converters, kind)(coursedir=coursedir, config=config)
    made.log = make_logger(handler)
    return made
