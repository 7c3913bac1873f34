"""Profiles for people and machines: the template, what one judges, what is wrong with one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from ocianalyze import engine, policy
from ocianalyze.cli import envelope
from ocianalyze.cli.terminal import wants_colour, width
from ocianalyze.controls import profiled
from ocianalyze.controls._base import identifier
from ocianalyze.controls.catalogue import Listed, shown_id
from ocianalyze.limits import Limits
from ocianalyze.policy.load import Problem, examined
from ocianalyze.report.blocks import Line, line
from ocianalyze.report.console import encoded
from ocianalyze.report.escape import shown, unicode
from ocianalyze.report.layout import fit, indented, wrap
from ocianalyze.report.words import plural

_ID = 24


def template() -> bytes:
    """Return a profile to begin with."""
    return files(policy).joinpath("template.yaml").read_bytes()


def chosen(name: str, version: str) -> engine.Chosen:
    """Return what a profile judges.

    Raises:
        UsageError: there is none of this name, or the file is none.

    """
    return engine.chosen(name, version)


def text(judged: engine.Chosen) -> Iterator[bytes]:
    """Yield a table as wide as the terminal."""
    yield encoded(_table(judged, width()), colour=wants_colour())


def _table(judged: engine.Chosen, columns: int) -> Iterator[Line]:
    yield line(f"{shown(judged.profile)}: {plural(len(judged.controls), 'control')}", "bold cyan")
    yield line(f"{'id':<{_ID}} {'lvl':<4}{'severity':<9}{'owner':<9}title", "bold")
    for control, item in judged.controls:
        level = "-" if item is None or item.level is None else str(item.level)
        severity, owner = (item.severity, item.owner) if item else ("medium", "image")
        name = shown(shown_id(control, item))
        lead = f"{name:<{_ID}} {fit(level, 3)} {severity:<9}{owner:<9}"
        lines = wrap(shown(item.title if item else control.short), columns - len(lead))
        yield from map(line, indented(lines, lead))


def json(judged: engine.Chosen) -> Iterator[bytes]:
    """Yield one object with the list `controls`."""
    once = envelope.head(profile=unicode(judged.profile))
    return envelope.json(once, {"controls": map(_record, judged.controls)})


def jsonl(judged: engine.Chosen) -> Iterator[bytes]:
    """Yield one object for each control."""
    return envelope.jsonl("control", map(_record, judged.controls))


FORMATS: Mapping[str, Callable[[engine.Chosen], Iterator[bytes]]] = {
    "text": text,
    "json": json,
    "jsonl": jsonl,
}


def _record(listed: Listed) -> dict[str, Any]:
    control, item = listed
    return {
        "id": unicode(identifier(control, item)),
        "framework": unicode(item.framework) if item else "",
        "title": unicode(item.title if item else control.short),
        "level": item.level if item else None,
        "severity": item.severity if item else "medium",
        "owner": item.owner if item else "image",
        "automation": control.automation,
    }


def problems(
    file: Path, limits: Limits, version: str
) -> tuple[Sequence[Problem], Sequence[Problem]]:
    """Return everything that is wrong with a profile, and what is only of no use any more.

    Raises:
        UsageError: the file is no YAML.
        OSError: it cannot be read.

    """
    found = examined(file, limits)
    if found.loaded is None:
        return found.broken, ()
    more = filter(found.is_new, profiled.problems(found.loaded, version))
    return [*found.broken, *more], list(profiled.expired(found.loaded, profiled.today()))


def told(file: Path, found: Sequence[Problem]) -> Iterator[bytes]:
    """Yield a line for each problem, or that there is none."""
    for problem in found:
        yield f"{shown(str(problem))}\n".encode()
    if not found:
        yield f"{shown(str(file))}: nothing wrong\n".encode()
