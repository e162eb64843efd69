"""Commands that look at one machine, or at one's own notebooks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .cli_base import WithExample, main
from .ui import console, status_console


@main.command(
    cls=WithExample,
    epilog="""
course doctor
""",
)
def doctor() -> None:
    """Say what this machine has, what is missing, and how to get it.

    Versions, compiled kernels, threads, and the sandbox: how well students' code is shut in when you
    grade. Exit code 1: something is missing that the course needs.
    """
    from . import doctor as module

    findings = module.examine()
    console().print(module.to_table(findings))
    sys.exit(1 if any(finding.level == "missing" for finding in findings) else 0)


@main.command(
    cls=WithExample,
    epilog="""
course check exercises/04_optimizers/04_optimizers.ipynb
course check exercises/*/*.ipynb
""",
)
@click.argument("notebooks", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(notebooks: tuple[Path, ...]) -> None:
    """Run the checks of your notebooks and say where you stand. The files are not changed.

    Each notebook is run from top to bottom in a kernel of its own, so it also tells whether yours works
    after a restart. The points of the hidden checks come after handing in.
    """
    from . import summary

    for path in notebooks:
        with status_console().status(f"Running {path.name}"):
            entries, notes = summary.check(path)
        console().print(summary.to_table(path, entries))
        for note in notes:
            click.echo(note)
