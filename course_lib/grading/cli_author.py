"""Commands for who writes assignments: their notebooks, and the checks in them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from .cli_base import main, the_course, write_json
from .ui import console, plural, status_console


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
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    help="With --seeds: keep there what was tried, and go on from it.",
)
@click.option("--only", multiple=True, metavar="EXERCISE", help="Only this one; repeatable.")
@click.pass_context
def checks(
    ctx: click.Context,
    as_json: bool,
    mutate: bool,
    seeds: int | None,
    record: Path | None,
    only: tuple[str, ...],
) -> None:
    """Test the checks: each wrong variant rejected and named, each right one accepted.

    With --mutate, every solution is changed in one place, in every way, and the checks must notice.
    With --seeds, every check must accept its right answer whatever the seed.
    """
    if mutate:
        _mutate(the_course(ctx), as_json, only)
    from . import prove

    if seeds:
        _seeds(seeds, record, as_json, only)
    proofs = prove.prove_all(only)
    if as_json:
        write_json(None, prove.to_dict(proofs))
    else:
        console().print(prove.to_table(proofs))
        for proof in proofs:
            for problem in proof.problems:
                status_console().print(f"{proof.name}: {problem}", style="red")
    sys.exit(0 if all(proof.holds for proof in proofs) else 1)


def _seeds(seeds: int, record: Path | None, as_json: bool, only: tuple[str, ...]) -> NoReturn:
    from . import seeds as trials

    data = trials.run(seeds, only, record)
    rejected = [(name, line) for name, row in data["exercises"].items() for line in row["rejected"]]
    if as_json:
        write_json(None, data)
    else:
        for name, line in rejected:
            click.echo(f"{name}: {line}")
        click.echo(f"{len(rejected)} rejections of a right answer over {seeds} seeds.")
    sys.exit(1 if rejected else 0)


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
