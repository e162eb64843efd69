"""Commands that look at one machine, or at one's own notebooks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .cli_base import main
from .ui import console, status_console


@main.command()
def doctor() -> None:
    """Say what this machine has, what is missing, and how to get it."""
    from . import doctor as module

    findings = module.examine()
    console().print(module.to_table(findings))
    sys.exit(1 if any(finding.level == "missing" for finding in findings) else 0)


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
