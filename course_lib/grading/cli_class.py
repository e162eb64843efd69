"""Commands for who teaches a class: a sample of one, grading, feedback, report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from .cli_base import WithExample, main, the_course, writing
from .sandbox import LEVELS
from .ui import Problem, plural


def class_options(command: Any) -> Any:
    """Add the option that says which class a command works on."""
    return click.option(
        "--class",
        "home",
        type=click.Path(path_type=Path),
        help="The class's folder. Default: _build/class in the course.",
    )(command)


def the_home(ctx: click.Context, home: Path | None) -> Path:
    """Return the folder of the class."""
    found = home.resolve() if home is not None else the_course(ctx).class_home
    if found.exists() and not found.is_dir():
        raise Problem(f"{found} is a file; expected the class's folder. Pass another --class.")
    return found


@main.command(
    "sample-class",
    cls=WithExample,
    epilog="""
course sample-class --students 30 --assignment 04_optimizers
course grade --all && course feedback && course report
""",
)
@click.option("--students", type=click.IntRange(1, 999), default=30, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the submissions. Default: _build/class/submitted.",
)
@click.option("--assignment", help="Default: the first one.")
@click.pass_context
def sample_class(
    ctx: click.Context, students: int, seed: int, out: Path | None, assignment: str | None
) -> None:
    """Make a class to try things on: right, wrong, damaged, endless.

    Nobody is in it: the answers are the course's own, and the mistakes that its checks know. The file
    class.json beside the submissions says what each of them should get. One seed, one class.
    """
    from .sample_class import make

    course = the_course(ctx)
    if not course.assignments():
        raise Problem(f"{course.solutions} holds no assignment to make a class for.")
    out = out or course.class_home / "submitted"
    try:
        made = make(course, assignment or course.assignments()[0], students, seed, out)
    except OSError as error:
        raise Problem(f"Can't write into {out}: {error.strerror}. Choose another --out.") from None
    click.echo(f"{plural(len(made), 'submission')} in {out}; class.json says what each should get.")


@main.command(
    cls=WithExample,
    epilog="""
course grade --all
course grade -a 04_optimizers --submitted handed-in --class /srv/class
course grade --all --require-sandbox namespaces --json grades.json
course grade --all --scheduler tcp://scheduler:8786     # on a Dask cluster
""",
)
@click.option("--assignment", "-a", "assignments", multiple=True, help="Which one; repeatable.")
@click.option("--all", "every", is_flag=True, help="All assignments of the course.")
@click.option(
    "--submitted",
    type=click.Path(path_type=Path),
    help="Folder of submissions. Default: submitted in the class's folder.",
)
@click.option("--gradebook", help="URL or file. Default: gradebook.db in the class's folder.")
@click.option(
    "--engine",
    type=click.Choice(["judge", "nbgrader"]),
    default="judge",
    show_default=True,
    help="nbgrader: its own steps, without a sandbox; of the limits in course.toml it keeps seconds "
    "and cell_seconds, of the course and of an assignment, and no other.",
)
@click.option("--workers", type=click.IntRange(1, 256), help="Default: one for each processor.")
@click.option(
    "--scheduler",
    default="processes",
    show_default=True,
    help="Who hands out the work: processes; local, a Dask cluster on this machine; or the address "
    "of a Dask scheduler, such as tcp://HOST:8786.",
)
@click.option(
    "--cell-seconds",
    type=click.IntRange(1),
    help="For one cell. Default: what course.toml says, else 10 (nbgrader: 30).",
)
@click.option(
    "--seconds",
    type=click.IntRange(1),
    help="For one submission. Default: what course.toml says, else 150.",
)
@click.option(
    "--require-sandbox",
    "level",
    type=click.Choice(LEVELS),
    help="Refuse to grade with less. Default: the best there is.",
)
@click.option("--fresh", is_flag=True, help="Grade again what is graded already.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path),
    help="Results, as JSON; - for standard output.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Same as --class.")
@class_options
@click.pass_context
def grade(
    ctx: click.Context,
    /,
    assignments: tuple[str, ...],
    every: bool,
    submitted: Path | None,
    gradebook: str | None,
    level: str | None,
    json_file: Path | None,
    out: Path | None,
    home: Path | None,
    **rest: Any,
) -> None:
    """Grade a class. What is graded already and unchanged is not graded again.

    Reads <submitted>/<student>/<assignment>/<assignment>.ipynb, as course import lays it. Each check is
    held by the judge, outside of the student's process; ordinary test cells of other notebooks run in it,
    and their marks say so. Nothing that one student hands in changes another's result: it ends with a
    mark, or with a reason. Stop it with Ctrl-C and run it again: it goes on where it was.

    Exit code 1: the grader itself failed on a submission; run it again.
    """
    from . import commands
    from .policy import find, load

    course = the_course(ctx)
    home = the_home(ctx, home or out)
    chosen = course.assignments() if every else list(dict.fromkeys(assignments))
    if not chosen:
        raise Problem(
            f"Say what to grade: --assignment NAME (one of {', '.join(course.assignments())}) "
            "or --all."
        )
    if rest["engine"] == "nbgrader" and level:
        raise Problem("Engine nbgrader has no sandbox. Leave out --require-sandbox or --engine.")
    asked = commands.request(
        home,
        gradebook,
        submitted,
        assignments=chosen,
        level=level or "",
        policy=load(find(home, course.root), course.assignments()),
        quiet=str(json_file) == "-",
        **rest,
    )
    results, failed = commands.grade(course, asked)
    if json_file is not None:
        _write_results(json_file, results)
    sys.exit(1 if failed else 0)


def _write_results(path: Path, results: Any) -> None:
    from .results import write_json

    if str(path) == "-":
        write_json(results, sys.stdout)
        return
    with writing(path), open(path, "w", encoding="utf-8") as file:
        write_json(results, file)


def the_results(home: Path) -> list[Any]:
    """Return what was graded in a class's folder."""
    from .journal import read

    found = list(read(home))
    if not found:
        raise Problem(f"Nothing was graded in {home} yet. Grade first: course grade --all.")
    return found


@main.command(
    cls=WithExample,
    epilog="""
course feedback                     # _build/class/feedback/<student>/...
course feedback --book https://example.org/book
course export --feedback --format moodle -a 04_optimizers --out feedback.zip
""",
)
@click.option("--gradebook", help="URL or file. Default: gradebook.db in the class's folder.")
@click.option(
    "--book",
    default="../../../../html/book",
    show_default=True,
    help="Where the book's pages are, as seen from a page; an address works too.",
)
@class_options
@click.pass_context
def feedback(ctx: click.Context, gradebook: str | None, book: str, home: Path | None) -> None:
    """Write a feedback page for every submission that was graded.

    A page is one file that loads nothing. It has the student's code, what each check says, and what you
    entered in formgrader: other points and comments. Hidden inputs are not in it. Pages that are current
    stay as they are. Exit code 1: a page could not be made.
    """
    from . import feedback as module
    from .gradebook import as_url, require

    course, home = the_course(ctx), the_home(ctx, home)
    found = the_results(home)
    url = as_url(gradebook or str(home / "gradebook.db"))
    require(url)
    written, failures = module.write_all(course, home, url, found, book)
    for failure in failures:
        click.echo(failure, err=True)
    click.echo(f"{plural(written, 'page')} in {home / 'feedback'}")
    sys.exit(1 if failures else 0)


@main.command(
    cls=WithExample,
    epilog="""
course overview
course overview --class /srv/class
""",
)
@class_options
@click.option(
    "--site", type=click.Path(path_type=Path), help="The built book. Default: _build/html."
)
@click.pass_context
def overview(ctx: click.Context, home: Path | None, site: Path | None) -> None:
    """Say where everything is, and the class's figures.

    Names site, assignments, gradebook, feedback and report, and which of them are not made yet.
    """
    from .commands import overview as lines

    course, home = the_course(ctx), the_home(ctx, home)
    found = the_results(home)
    for line in lines(course, home, site or course.root / "_build" / "html", found):
        click.echo(line)
