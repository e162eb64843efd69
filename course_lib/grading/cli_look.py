"""Commands that look at a class: the report, and who wrote alike."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from .cli_base import WithExample, main, the_course
from .cli_class import class_options, the_home
from .ui import Problem


@main.command(
    cls=WithExample,
    epilog="""
course report                                # _build/class/report/index.html
course report --anonymous --out for-the-class
course grade --all --fresh --json new.json   # after a change to a check
course report --compare old.json             # whose points changed, where?
""",
)
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
@click.option(
    "--compare",
    type=click.Path(path_type=Path),
    help="An earlier run: another class's folder, or a file of grade --json.",
)
@click.option("--anonymous", is_flag=True, help="Numbers in place of students.")
@class_options
@click.pass_context
def report(
    ctx: click.Context,
    out: Path | None,
    book: str,
    compare: Path | None,
    anonymous: bool,
    home: Path | None,
) -> None:
    """Write one page on how the class did and what it has not understood.

    For each assignment: points and times; mistakes, most frequent first, with what to say in class
    and the section that explains it; how well each exercise and property went, and how well it tells
    who understood the rest; what was repaired, stopped or flagged. For the class: who may need help,
    and why. The page needs nothing beside it and loads nothing. Its tables sort, and it prints.
    """
    from . import report_read
    from .report import write

    home = the_home(ctx, home)
    results = iter(report_read.stream(home))
    first = next(results, None)
    if first is None:
        raise Problem(f"Nothing was graded in {home} yet. Grade first: course grade --all.")
    before = report_read.earlier(compare) if compare is not None else None
    folder = out or home / "report"
    try:
        page = write(chain([first], results), folder, book, before=before, anonymous=anonymous)
    except OSError as error:
        raise Problem(
            f"Can't write into {folder}: {error.strerror}. Choose another --out."
        ) from None
    click.echo(f"Report: {page}")


@main.command(
    cls=WithExample,
    epilog="""
course similarity --assignment 04_optimizers
course similarity -a 04_optimizers --most 10 --out alike/
""",
)
@click.option("--assignment", "-a", required=True, help="Which one.")
@click.option(
    "--submitted",
    type=click.Path(path_type=Path),
    help="Folder of submissions. Default: submitted in the class's folder.",
)
@click.option("--most", type=click.IntRange(1, 500), default=50, show_default=True, help="Pairs.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Default: similarity/<assignment> in the class's folder.",
)
@class_options
@click.pass_context
def similarity(
    ctx: click.Context,
    assignment: str,
    submitted: Path | None,
    most: int,
    out: Path | None,
    home: Path | None,
) -> None:
    """Show pairs of submissions that share code that few others have.

    Code is compared without names, comments and layout, by winnowing. What the released notebook has,
    and what more than one in twenty have, does not count. Writes a page with the evidence side by side
    and similarity.json. It accuses nobody: that two are alike does not say why. No code is run.
    """
    from . import similarity_page as page

    course, home = the_course(ctx), the_home(ctx, home)
    count, alike, code = page.find(course, submitted or home / "submitted", assignment, most)
    path = page.write(out or home / "similarity" / assignment, assignment, count, alike, code)
    click.echo(f"{len(alike)} of {count * (count - 1) // 2} pairs: {path}")
