"""A hint: evidence about an item that another party owns; its status never changes."""

from collections.abc import Callable, Iterator
from itertools import islice

from ocianalyze.controls import outside, saying
from ocianalyze.controls._base import Control, Owner
from ocianalyze.controls.aspects.programs import notable
from ocianalyze.controls.aspects.programs.started import argv, environment
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Evidence, Verdict

MOST = 100
"""Pieces of evidence of one hint."""
_DETAIL = 100
_PATH = 60


def hint(  # noqa: PLR0913 - the texts of a control
    name: str,
    short: str,
    find: Callable[[ImageView], Iterator[Evidence]],
    reads: str,
    remediation: str,
    *,
    owner: Owner = "runtime",
    answers: tuple[str, ...] = (),
) -> Control:
    """Return the control of an item that is out of scope, with what an image hints."""

    def evaluate(view: ImageView) -> Verdict:
        return outside.verdict(owner, *islice(find(view), MOST))

    return Control(
        id=name,
        short=short,
        automation="assist",
        reads=reads,
        decides=f"nothing: the {owner} owns it; what the image hints is evidence, no verdict",
        limits=f"evidence belongs to the {owner}: {outside.WHERE[owner]}",
        remediation=remediation,
        evaluate=evaluate,
        answers=answers,
    )


def of_config(pointer: str, detail: str, reason: str = "") -> Evidence:
    """Return a field of the image config as a hint."""
    return Evidence(
        saying.shortened(detail, _DETAIL), "config", reason, pointer=pointer, severity="info"
    )


def at(entry: Entry) -> str:
    """Return where a file is, for a hint that a list shows without its place."""
    path = f"/{entry.path}"
    return path if len(path) <= _PATH else f"...{path[3 - _PATH :]}"


def of_entry(entry: Entry, detail: str) -> Evidence:
    """Return a file as a hint."""
    return saying.of_entry(entry, detail, "info")


def programs(view: ImageView, names: frozenset[bytes], detail: str) -> Iterator[Evidence]:
    """Yield executables by name; names are those of `aspects.programs.notable`."""
    for entry in notable.files(view, names):
        yield of_entry(entry, detail)


def starts(view: ImageView, names: frozenset[bytes], detail: str) -> Iterator[Evidence]:
    """Yield the start command when it names one of some programs."""
    config = view.config.config if view.config else None
    for word in argv(config) if config else ():
        if word.rpartition("/")[2].encode("utf-8", "surrogateescape") in names:
            pointer = "/config/Entrypoint" if config and config.entrypoint else "/config/Cmd"
            yield of_config(pointer, detail)
            return


def variable(view: ImageView, name: str) -> str:
    """Return a variable of the image's environment; empty for none."""
    return (environment(view.config.config, name) if view.config else "") or ""


def volumes(view: ImageView) -> tuple[str, ...]:
    """Return the volumes that an image declares."""
    return tuple(view.config.config.volumes)[:MOST] if view.config else ()


def ports(view: ImageView) -> Iterator[tuple[str, int]]:
    """Yield exposed ports as written, with the number of each that has one."""
    for text in tuple(view.config.config.exposed_ports)[:MOST] if view.config else ():
        number = text.partition("/")[0]
        if number.isascii() and number.isdigit() and len(number) <= 5:
            yield text, int(number)


def pointer_to(*names: str) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names)
