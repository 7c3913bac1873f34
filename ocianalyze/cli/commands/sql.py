"""`ocianalyze sql`: ask an image in SQL."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ocianalyze.cli import options, status, values
from ocianalyze.cli.opening import opened
from ocianalyze.cli.output import STANDARD, emit, say, writable
from ocianalyze.cli.panels import Panelled
from ocianalyze.cli.reading import Reading, reads
from ocianalyze.cli.terminal import room
from ocianalyze.errors import UsageError
from ocianalyze.limits import Limits

if TYPE_CHECKING:
    from ocianalyze.cli.queried import Judge

Reference = Annotated[
    str | None,
    typer.Argument(metavar="IMAGE", help="As for scan.", show_default=False),
]
Query = Annotated[
    str | None,
    typer.Argument(metavar="QUERY", help="One SELECT (SQLite's SQL).", show_default=False),
]
Tables = Annotated[bool, options.option("--tables", help="List tables and columns, and stop.")]
Format = Annotated[
    Literal["text", "json", "jsonl", "csv"],
    options.option(
        "--format", "-f", of="sql", help="text: aligned columns; jsonl: one row a line."
    ),
]
Profile = Annotated[
    str,
    options.option(
        "--profile",
        metavar="NAME|FILE",
        help="For the tables controls, evidence and waivers, as for scan.",
    ),
]
Now = Annotated[
    str,
    options.option("--now", metavar="DATE", show_default=False, help="As for scan."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(cls=Panelled, epilog=status.OF_READING, short_help="Ask an image in SQL.")(sql)


@reads
def sql(
    image: Reference = None,
    query: Query = None,
    *,
    tables: Tables = False,
    profile: Profile = "l2",
    now: Now = "",
    form: Format = "text",
    output: options.Output = STANDARD,
    reading: Reading,
) -> None:
    """Run one SELECT over tables of files, packages, history, config and findings.

    --tables lists them. Nothing can be changed; time, rows and memory are bounded: --limit
    sql-seconds=60, sql-rows=100000, sql-bytes=2G. Values that look secret read ***.
    """
    writable(output)
    from ocianalyze.cli import queried  # noqa: PLC0415 - imports orjson

    if tables:
        emit(queried.DESCRIPTIONS[form](), output)
        return
    if image is None or query is None:
        raise UsageError("an image and a query are needed", cure="see --help, or --tables")
    queried.refuse(query)
    bounds = values.bounds(reading.limit or [])
    judge = _judge(profile, now, bounds, keep_going=reading.keep_going)
    analysis = opened(image, reading)
    answers = queried.ask(analysis, query, judge, bounds)
    if form == "text":
        emit(queried.text(answers, room() if output == STANDARD else None), output)
    else:
        emit(queried.FORMATS[form](answers), output)
    if answers.is_cut:
        say(f"only the first {bounds.sql_rows:,} rows, or fewer; --limit sql-rows allows more")
    ended = status.of_reading(analysis, keep_going=reading.keep_going)
    raise typer.Exit(ended or (status.PARTIAL if answers.is_cut else status.DONE))


def _judge(profile: str, now: str, bounds: Limits, *, keep_going: bool) -> "Judge":
    from ocianalyze import engine  # noqa: PLC0415 - imports all that analyses

    judged = engine.chosen(profile, now=now, limits=bounds)
    return partial(engine.judge, choice=judged, keep_going=keep_going)
