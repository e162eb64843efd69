"""Commands of the instructor's desk: from what a class handed in to marks sent back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .cli_base import WithExample, main, the_course
from .cli_class import class_options, the_home


def policy_option(command: Any) -> Any:
    """Add the option that says which policy holds."""
    return click.option(
        "--policy",
        "policy_file",
        type=click.Path(path_type=Path),
        help="Default: course.toml in the class's folder, else in the course's.",
    )(command)


def the_policy(ctx: click.Context, home: Path, named: Path | None) -> Any:
    """Return the policy that holds for a class."""
    from .policy import find, load

    course = the_course(ctx)
    return load(find(home, course.root, named), course.assignments())


@main.command(
    cls=WithExample,
    epilog="""
course policy --example > course.toml   # then edit it
course policy                           # is it right, and what does it say?
course export --format csv --out marks.csv
""",
)
@click.option("--example", is_flag=True, help="Print a course.toml to begin with, and stop.")
@policy_option
@class_options
@click.pass_context
def policy(ctx: click.Context, example: bool, policy_file: Path | None, home: Path | None) -> None:
    """Check course.toml and say in words what it means.

    The file sets points, due dates with their time zone, what lateness costs, dropped assignments,
    and exceptions for single students. It touches no submission: after a change, run `course
    export` again, and all marks are computed anew without running any code.
    """
    from . import policy_text
    from .policy import find, load

    course = the_course(ctx)
    if example:
        click.echo(policy_text.example(course.assignments()), nl=False)
        return
    path = find(the_home(ctx, home), course.root, policy_file)
    found = load(path, course.assignments())
    click.echo(f"Policy: {path or 'none; every point counts, and nothing is late.'}")
    for line in policy_text.describe(found) if path else ():
        click.echo(line)


@main.command(
    "import",
    cls=WithExample,
    epilog="""
course import submissions.zip -a 04_optimizers               # from Canvas
course import Opt-12.zip -a 04_optimizers --roster grades.csv     # Moodle
course import handed-in/ --times times.csv    # <student>/<assignment>/….ipynb
course import 04-submissions/ -a 04_optimizers          # GitHub Classroom
course grade --all
""",
)
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--assignment", "-a", help="What everything is for. Default: what names say.")
@click.option(
    "--from",
    "layout",
    type=click.Choice(["auto", "canvas", "moodle", "folder", "github"]),
    default="auto",
    show_default=True,
    help="Who laid the files so; auto: what names say.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    help="Moodle's grading worksheet of this assignment, or Canvas's gradebook: names, and when "
    "work came.",
)
@click.option(
    "--times",
    type=click.Path(path_type=Path),
    help="CSV with the columns student, received, and assignment if about several.",
)
@click.option(
    "--submitted",
    type=click.Path(path_type=Path),
    help="Where it goes. Default: submitted in the class's folder.",
)
@click.option("--dry-run", "dry", is_flag=True, help="Write nothing; only say what would be done.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="The list, as JSON; - for stdout."
)
@policy_option
@class_options
@click.pass_context
def import_(
    ctx: click.Context, /, sources: tuple[Path, ...], json_file: Path | None, **rest: Any
) -> None:
    """Take in what a class handed in: zips of Canvas or Moodle, folders, GitHub Classroom.

    Each student gets one folder, each assignment one notebook in it, as course grade expects them.
    Renamed files are found; of several files of one student the last counts. Everything is listed:
    what was taken, what was passed over (what programs leave behind, files that are no notebooks),
    and what was refused, with the reason. A zip is never unpacked: no name in it decides where
    something is written.

    When work came decides whether it is late. Moodle's worksheet says it; Canvas only marks files as
    late, which counts as one day; for anything else pass --times. Exit code 1: something was refused.
    """
    from . import cli_desk_work as work

    home = the_home(ctx, rest.pop("home"))
    policy = the_policy(ctx, home, rest.pop("policy_file"))
    rows = work.take(the_course(ctx), home, policy, sources, **rest)
    work.show(rows, json_file, rest["dry"])
    ctx.exit(1 if any(row.status == "refused" for row in rows) else 0)


@main.command(
    cls=WithExample,
    epilog="""
course export --format csv --out marks.csv
course export --format canvas --template gradebook.csv --out canvas.csv
course export --format moodle -a 04_optimizers \\
    --template grades.csv --out moodle.csv
course feedback
course export --feedback --format moodle -a 04_optimizers --out feedback.zip
""",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json", "canvas", "moodle"]),
    default="csv",
    show_default=True,
    help="csv: a row for each student; json: all that is known of each mark; canvas: a gradebook; "
    "moodle: a grading worksheet.",
)
@click.option("--assignment", "-a", "assignments", multiple=True, help="Only this one; repeatable.")
@click.option(
    "--template",
    type=click.Path(path_type=Path),
    help="The table as the platform exports it, to be filled in: safest, since all names are its own.",
)
@click.option("--feedback", is_flag=True, help="The pages of course feedback instead, as one zip.")
@click.option("--out", type=click.Path(path_type=Path), help="File. Default: standard output.")
@click.option("--gradebook", help="URL or file. Default: gradebook.db in the class's folder.")
@policy_option
@class_options
@click.pass_context
def export(ctx: click.Context, /, home: Path | None, policy_file: Path | None, **rest: Any) -> None:
    """Write the marks under the policy, or the feedback, in a form that others read.

    Marks are computed from the journal each time, under course.toml as it is now: no code is run.
    What people entered in the gradebook stands above what the checks gave; what still waits for them
    is named. A submission that could not be judged has an empty cell, not a zero; in a table that
    Canvas gave, its cell stays as it is, since an empty one would take back a mark.
    """
    from . import cli_desk_work as work

    home = the_home(ctx, home)
    work.export(the_course(ctx), home, the_policy(ctx, home, policy_file), **rest)


@main.command(
    cls=WithExample,
    epilog="""
course erase ada
course erase "doejane-11" --class /srv/class --yes
course report                      # the page again, without the student
""",
)
@click.argument("student")
@click.option("--gradebook", help="URL or file. Default: gradebook.db in the class's folder.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@class_options
@click.pass_context
def erase(
    ctx: click.Context, student: str, gradebook: str | None, yes: bool, home: Path | None
) -> None:
    """Erase a student: submissions, notebooks, feedback, results, marks, names.

    STUDENT is the name of the folder in submitted/. What others have keeps as it is, but the pages of
    course report and course similarity go, since they may name several students. The zips that were
    imported, tables that were exported, course.toml and your backups are not touched: see to them.
    """
    from .erase import erase as remove
    from .gradebook import as_url

    home = the_home(ctx, home)
    if not yes:
        click.confirm(f"Erase {student} from {home}? It can't be undone.", abort=True)
    for line in remove(home, as_url(gradebook or str(home / "gradebook.db")), student):
        click.echo(f"removed {line}")
    click.echo("Not touched: imported zips, exported tables, course.toml, backups.")
