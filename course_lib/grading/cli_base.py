"""The ``course`` command itself, and what its commands share.

Exit codes: 0 done; 1 the check or the grader found a failure of its own; 2 wrong use, with one line
that says what is wrong and the mend; 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from .course import Course, find_course
from .ui import Problem


class Group(click.Group):
    """Commands in the order in which they are used, and interruptions without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in order of definition."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; Ctrl-C ends it with a line and code 130."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            sys.exit(130)


class WithExample(click.Command):
    """A command whose help ends with an example, shown as it was typed."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example."""
        if self.epilog:
            with formatter.section("Example"):
                for line in self.epilog.strip().splitlines():
                    formatter.write(f"  {line}".rstrip() + "\n")


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="course-lib", prog_name="course")
@click.option(
    "--course",
    "folder",
    type=click.Path(path_type=Path),
    help="The course's folder. Default: the working folder, or the nearest above it that is one.",
)
@click.pass_context
def main(ctx: click.Context, folder: Path | None) -> None:
    """Release, check and grade the assignments of the course."""
    ctx.obj = folder


def the_course(ctx: click.Context) -> Course:
    """Return the course that the command works on."""
    folder: Path | None = ctx.obj
    if folder is not None and not folder.is_dir():
        raise Problem(f"There is no folder {folder}. Pass --course the folder of the course.")
    return find_course(folder)


def write_json(path: Path | None, data: Any) -> None:
    """Write JSON to a file, or to standard output for ``-``."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    if path is None or str(path) == "-":
        click.echo(text)
        return
    with writing(path):
        path.write_text(text + "\n", encoding="utf-8")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Make the file's folder; say in one line why the file can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise Problem(
            f"Can't write {path}: {error.strerror}. Choose another --json file."
        ) from None
