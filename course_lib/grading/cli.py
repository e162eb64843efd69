"""The ``course`` command. Thin on purpose: each command reads its options and calls one module.

Exit codes: 0 done; 1 the check or the grader found a failure of its own; 2 wrong use, with one line
that says what is wrong and the mend; 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from .course import Course, find_course
from .ui import Problem, console, plural, status_console


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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise Problem(
            f"Can't write {path}: {error.strerror}. Choose another --json file."
        ) from None


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file is stale.")
@click.pass_context
def exercises(ctx: click.Context, check: bool) -> None:
    """Generate students' notebooks in exercises/ from solutions/."""
    from .exercises import update

    changes = update(the_course(ctx), check_only=check)
    stale = [*changes.written, *changes.removed]
    if check and stale:
        click.echo(
            f"Stale: {', '.join('exercises/' + name for name in stale)}. "
            "Run `course exercises` and commit the result.",
            err=True,
        )
        sys.exit(1)
    for name in changes.written:
        click.echo(f"wrote    exercises/{name}")
    for name in changes.removed:
        click.echo(f"removed  exercises/{name} (it has no source any more)")
    click.echo(f"{plural(len(changes.unchanged), 'file')} current.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--mutate", is_flag=True, help="Change the solutions at random instead.")
@click.option("--seeds", type=click.IntRange(1), help="Try right answers with this many seeds.")
@click.option("--only", multiple=True, metavar="EXERCISE", help="Only this one; repeatable.")
@click.pass_context
def checks(
    ctx: click.Context, as_json: bool, mutate: bool, seeds: int | None, only: tuple[str, ...]
) -> None:
    """Test the checks: each wrong variant rejected and named, each right one accepted.

    With --mutate, every solution is changed in one place, in every way, and the checks must notice.
    With --seeds, every check must accept its right answer whatever the seed.
    """
    if mutate:
        _mutate(the_course(ctx), as_json, only)
    from . import prove

    if seeds:
        rejected = prove.over_seeds(seeds, only)
        for line in rejected:
            click.echo(line)
        click.echo(f"{len(rejected)} rejections of a right answer over {seeds} seeds.")
        sys.exit(1 if rejected else 0)

    proofs = prove.prove_all(only)
    if as_json:
        write_json(None, prove.to_dict(proofs))
    else:
        console().print(prove.to_table(proofs))
        for proof in proofs:
            for problem in proof.problems:
                status_console().print(f"{proof.name}: {problem}", style="red")
    sys.exit(0 if all(proof.holds for proof in proofs) else 1)


def _mutate(course: Any, as_json: bool, only: tuple[str, ...]) -> NoReturn:
    from . import mutate

    surveys = mutate.survey_all(course, only)
    if as_json:
        write_json(None, mutate.to_dict(surveys))
    else:
        console().print(mutate.to_table(surveys))
        for row in surveys:
            for change in row.survivors:
                click.echo(f"{row.name}: not noticed: {change['before']}  ->  {change['after']}")
        click.echo(f"{100 * mutate.to_dict(surveys)['share']:.1f} % noticed.")
    sys.exit(1 if any(row.survivors for row in surveys) else 0)


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
    return home.resolve() if home is not None else the_course(ctx).class_home


@main.command("sample-class")
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
    """Make a class to try things on: right, wrong, damaged, endless."""
    from .sample_class import make

    course = the_course(ctx)
    if not course.assignments():
        raise Problem(f"{course.solutions} holds no assignment to make a class for.")
    out = out or course.class_home / "submitted"
    made = make(course, assignment or course.assignments()[0], students, seed, out)
    click.echo(f"{plural(len(made), 'submission')} in {out}; class.json says what each should get.")


@main.command()
@click.option("--assignment", "-a", "assignments", multiple=True, help="Which one; repeatable.")
@click.option("--all", "every", is_flag=True, help="All assignments of the course.")
@click.option(
    "--submitted",
    type=click.Path(path_type=Path),
    help="Folder of submissions. Default: submitted in the class's folder.",
)
@click.option("--gradebook", help="URL or file. Default: gradebook.db in the class's folder.")
@click.option("--engine", type=click.Choice(["nbgrader"]), default="nbgrader", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--cell-seconds", type=click.IntRange(1), default=30, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=150, show_default=True)
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
    assignments: tuple[str, ...],
    every: bool,
    submitted: Path | None,
    gradebook: str | None,
    engine: str,
    workers: int,
    cell_seconds: int,
    seconds: int,
    json_file: Path | None,
    out: Path | None,
    home: Path | None,
) -> None:
    """Grade a class. What is graded already and unchanged is not graded again."""
    from . import commands

    course = the_course(ctx)
    home = (home or out or course.class_home).resolve()
    chosen = course.assignments() if every else list(dict.fromkeys(assignments))
    if not chosen:
        raise Problem(
            f"Say what to grade: --assignment NAME (one of {', '.join(course.assignments())}) "
            "or --all."
        )
    found = commands.grade(
        course,
        chosen,
        submitted or home / "submitted",
        home,
        gradebook,
        workers,
        (cell_seconds, seconds),
        quiet=str(json_file) == "-",
    )
    if json_file is not None:
        from .results import to_dict

        write_json(json_file, to_dict(found))
    sys.exit(1 if any(result.grader_failed for result in found) else 0)


@main.command()
def doctor() -> None:
    """Say what this machine has, what is missing, and how to get it."""
    from . import doctor as module

    findings = module.examine()
    console().print(module.to_table(findings))
    sys.exit(1 if any(finding.level == "missing" for finding in findings) else 0)


def the_results(home: Path) -> list[Any]:
    """Return what was graded in a class's folder."""
    from .results import find

    found = find(home) if home.is_dir() else []
    if not found:
        raise Problem(f"Nothing was graded in {home} yet. Grade first: course grade --all.")
    return found


@main.command()
@click.option("--gradebook", help="URL or file. Default: gradebook.db in the class's folder.")
@class_options
@click.pass_context
def feedback(ctx: click.Context, gradebook: str | None, home: Path | None) -> None:
    """Write nbgrader's feedback page for every submission that was graded."""
    from . import feedback as module
    from .gradebook import as_url, require

    course, home = the_course(ctx), the_home(ctx, home)
    found = the_results(home)
    url = as_url(gradebook or str(home / "gradebook.db"))
    require(url)
    written, failures = module.write_all(course, home, url, found)
    for failure in failures:
        click.echo(failure, err=True)
    click.echo(f"{plural(written, 'page')} in {home / 'feedback'}")
    sys.exit(1 if failures else 0)


@main.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Default: report in the class's folder.",
)
@click.option(
    "--book",
    default="../../html/book",
    show_default=True,
    help="Where the book's pages are, as seen from the report; an address works too.",
)
@class_options
@click.pass_context
def report(ctx: click.Context, out: Path | None, book: str, home: Path | None) -> None:
    """Write one page on how the class did and what it has not understood."""
    from .report import write

    home = the_home(ctx, home)
    page = write(the_results(home), out or home / "report", book)
    click.echo(f"Report: {page}")


@main.command()
@click.argument("notebooks", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(notebooks: tuple[Path, ...]) -> None:
    """Run the checks of your notebooks and say where you stand. The files are not changed."""
    from . import summary

    for path in notebooks:
        with status_console().status(f"Running {path.name}"):
            entries, notes = summary.check(path)
        console().print(summary.to_table(path, entries))
        for note in notes:
            click.echo(note)


@main.command()
@class_options
@click.option(
    "--site", type=click.Path(path_type=Path), help="The built book. Default: _build/html."
)
@click.pass_context
def overview(ctx: click.Context, home: Path | None, site: Path | None) -> None:
    """Say where everything is, and the class's figures."""
    from .commands import overview as lines

    course, home = the_course(ctx), the_home(ctx, home)
    found = the_results(home)
    for line in lines(course, home, site or course.root / "_build" / "html", found):
        click.echo(line)


if __name__ == "__main__":
    main()
