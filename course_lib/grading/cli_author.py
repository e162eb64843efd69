"""Commands for who writes assignments: their notebooks, and the checks in them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from .cli_base import WithExample, main, the_course, write_json
from .ui import Problem, console, plural, status_console


@main.command(
    cls=WithExample,
    epilog="""
course exercises                   # write them, then commit them
course exercises --check           # in CI: are they what solutions/ says?
""",
)
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file is stale.")
@click.pass_context
def exercises(ctx: click.Context, check: bool) -> None:
    """Generate students' notebooks in exercises/ from solutions/.

    Solutions and hidden tests are left out. What students get is never written by hand: after a change
    to a notebook in solutions/, run this. A notebook whose source is gone is removed.
    """
    from .exercises import uneven, update

    changes = update(the_course(ctx), check_only=check)
    for sentence in uneven(the_course(ctx)):
        click.echo(f"Warning: {sentence}", err=True)
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


@main.command(
    cls=WithExample,
    epilog="""
course checks                      # every known mistake is rejected and named
course checks adam_step            # what does this one still let through?
course checks --mutate --json      # every change of every solution
course checks --seeds 1000 --record tests/checks/seeds.json
""",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--mutate", is_flag=True, help="Change the solutions at random instead.")
@click.option("--seeds", type=click.IntRange(1), help="Try right answers with this many seeds.")
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    help="With --seeds: keep there what was tried, and go on from it.",
)
@click.option("--only", multiple=True, metavar="EXERCISE", help="Only this one; repeatable.")
@click.argument("names", nargs=-1, metavar="[EXERCISE]...")
@click.pass_context
def checks(
    ctx: click.Context,
    /,
    names: tuple[str, ...],
    as_json: bool,
    mutate: bool,
    seeds: int | None,
    record: Path | None,
    only: tuple[str, ...],
) -> None:
    """Test the checks: each wrong variant rejected and named, each right one accepted.

    With --mutate, every solution is changed in one place, in every way, and the checks must notice.
    With --seeds, every check must accept its right answer whatever the seed.
    With names of exercises, both are done for these, and what a check still lets through is told. Exit
    code 1: something was not as it should be.
    """
    if names and not (mutate or seeds):
        _both(the_course(ctx), as_json, (*names, *only))
    only = (*names, *only)
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


def _both(course: Any, as_json: bool, only: tuple[str, ...]) -> NoReturn:
    """Try the variants that are known, then every change of the solution."""
    from . import mutate, prove
    from .authoring import require_release, unfinished
    from .authoring_asks import generous, missing

    open_ends = [
        line
        for row in prove.choose(only)
        for line in (*unfinished(course, row.name), *missing(course, row))
    ]
    for line in open_ends:
        click.echo(line, err=True)
    try:
        proofs = prove.prove_all(only)
        for row in prove.choose(only):
            require_release(course, row.name)
        surveys = mutate.survey_all(course, only)
        kept = [f"{row.name}: {s}" for row in prove.choose(only) for s in generous(course, row)]
    except NotImplementedError as error:
        raise Problem(f"The right answer is not written yet ({error}).") from None
    if as_json:
        write_json(None, {**prove.to_dict(proofs), "mutations": mutate.to_dict(surveys)})
    else:
        console().print(prove.to_table(proofs))
        problems = [*(f"{row.name}: {line}" for row in proofs for line in row.problems), *kept]
        passed = [
            f"{row.name}: lets through: {change['before']}  ->  {change['after']}"
            for row in surveys
            for change in row.survivors
        ]
        for line in (*problems, *passed):
            click.echo(line)
        if not (problems or passed):
            click.echo("Every wrong variant is rejected and named, and every change is noticed.")
    good = (
        not open_ends
        and not kept
        and all(row.holds for row in proofs)
        and not any(row.survivors for row in surveys)
    )
    sys.exit(0 if good else 1)


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


@main.command(
    "new-exercise",
    cls=WithExample,
    epilog="""
course new-exercise 04_optimizers clip_norm --parameters g,limit --returns g \\
    --title "Clipping a gradient" --points 4 --section sec-clipping
course checks clip_norm         # what is missing, what the check lets through
course exercises                    # students' notebooks
""",
)
@click.argument("chapter")
@click.argument("name")
@click.option("--parameters", required=True, help="What goes in, such as w,g,lr.")
@click.option("--returns", required=True, help="What comes back, such as w,v.")
@click.option("--title", help="In a few words. Default: the name.")
@click.option(
    "--points",
    type=click.IntRange(1, 100),
    default=4,
    show_default=True,
    help="For the visible and the hidden check together; each gives half.",
)
@click.option("--section", default="", help="Label of the book's section that explains it.")
@click.pass_context
def new_exercise(
    ctx: click.Context,
    /,
    chapter: str,
    name: str,
    parameters: str,
    returns: str,
    title: str | None,
    points: int,
    section: str,
) -> None:
    """Lay out a new exercise: its row, its cells and its test, to be filled in.

    Writes course_lib/checks/ch<CHAPTER>/<NAME>.py (the right answer, the mistakes, the properties) and
    tests/checks/test_<NAME>.py, puts the row into the chapter, and the task, the solution and the two
    checks into the notebook in solutions/. What is left to do is marked TODO.
    course_lib/checks/README.md makes one exercise from start to end.
    """
    from .authoring import New, create, names_of

    new = New(
        chapter,
        name,
        title or name.replace("_", " ").capitalize(),
        names_of(parameters, "parameters"),
        names_of(returns, "results"),
        points,
        section,
    )
    course = the_course(ctx)
    for path in create(course, new):
        click.echo(f"wrote {path.relative_to(course.root)}")
    click.echo(f"Fill in what is marked TODO, then: course checks {name}")
