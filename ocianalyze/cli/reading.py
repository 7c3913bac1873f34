"""How an image is read: options that every command has which reads one, as one parameter."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ocianalyze.cli import options, values
from ocianalyze.cli.output import say
from ocianalyze.errors import OcianalyzeError, UsageError

if TYPE_CHECKING:
    from ocianalyze.engine import Options
    from ocianalyze.store.telling import Progress


class Reading(NamedTuple):
    """What a command line says of reading an image; each field is an option, in their order."""

    only: options.Image = None
    platform: options.Platform = None
    jobs: options.Jobs = 0
    store: options.Store = None
    no_store: options.NoStore = False
    keep_going: options.KeepGoing = False
    limit: options.Bounds = None
    no_progress: options.NoProgress = False
    quiet: options.Quiet = False

    @property
    def shows_progress(self) -> bool:
        """Whether a terminal gets a bar."""
        return not (self.no_progress or self.quiet)

    @property
    def kept(self) -> Path | None:
        """Where facts are kept; None for nowhere."""
        from ocianalyze.store.directory import default_directory  # noqa: PLC0415 - not for --help

        return None if self.no_store else self.store or default_directory()


def reads(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the options of `Reading` where it has the parameter `reading`.

    Its first parameter is the input, which errors name.
    """
    named = next(iter(signature(command).parameters))

    @wraps(command)
    def told(*arguments: Any, **values: Any) -> None:
        reading = Reading(**{name: values.pop(name) for name in Reading._fields})
        with about(_only(values.get(named))):
            command(*arguments, reading=reading, **values)

    vars(told)["__signature__"] = Signature(
        [
            option
            for parameter in signature(command).parameters.values()
            for option in (_OPTIONS if parameter.name == "reading" else (parameter,))
        ]
    )
    return told


def _only(references: str | list[str] | None) -> str:
    """Return the input where there is but one."""
    if isinstance(references, list):
        references = references[0] if len(references) == 1 else ""
    return references or ""


@contextmanager
def about(reference: str) -> Iterator[None]:
    """Name the input in errors that do not say where they arose; usage is not about it."""
    try:
        yield
    except UsageError:
        raise
    except OcianalyzeError as error:
        raise (error if error.place else error.of(reference))  # noqa: B904 - the same error


_OPTIONS = tuple(
    Parameter(
        name,
        Parameter.KEYWORD_ONLY,
        default=Reading._field_defaults[name],
        annotation=Reading.__annotations__[name],
    )
    for name in Reading._fields
)


def engine_options(
    reading: Reading,
    *,
    progress: "Callable[[Progress], None] | None" = None,
    compiling: Callable[[int, bool], None] | None = None,
    rules: list[Path] | None = None,
    ignore: Path | None = None,
    show_secrets: bool = False,
    skip: list[str] | None = None,
    base: str = "",
    base_table: Path | None = None,
    verify: options.Verify = "usual",
    sha1: bool = False,
) -> "Options":
    """Return the engine's options.

    Raises:
        UsageError: a limit has no such name or value, or the ignore list or the table of bases
            cannot be used.

    """
    from ocianalyze.controls.aspects.base import known_bases  # noqa: PLC0415 - not for --help
    from ocianalyze.engine import Options, given_bases  # noqa: PLC0415 - imports what analyses

    limits = values.bounds(reading.limit or [])
    with about(base):
        given = given_bases(base, limits) if base else ()
    return Options(
        image=reading.only,
        platform=reading.platform,
        jobs=reading.jobs,
        store=reading.kept,
        limits=limits,
        keep_going=reading.keep_going,
        progress=progress,
        compiling=compiling,
        warn=say,
        rules=tuple(rules or ()),
        show_secrets=values.warned(show_secrets),
        ignores=values.ignores_of(ignore, rules or ()) if ignore else (),
        skip=values.parts(skip or []),
        bases=(*given, *known_bases.own(base_table)),
        verify=verify,
        sha1=sha1,
    )
