"""Commands of the instructor's desk: from what a class handed in to marks sent back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .cli_base import main, the_course
from .cli_class import class_options, the_home


class WithExample(click.Command):
    """A command whose help ends with an example, shown as it was typed."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example."""
        if self.epilog:
            with formatter.section("Example"):
                for line in self.epilog.strip().splitlines():
                    formatter.write(f"  {line}".rstrip() + "\n")


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
course policy --example > course.toml      # then edit it
course policy                              # is it right, and what does it say?
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
