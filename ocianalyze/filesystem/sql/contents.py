"""The tables of what an image says of itself: packages, history, config, layers, findings."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ocianalyze.filesystem.sql._base import Column, Masks, of_records
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.history import Step

_PIECES = re.compile(r".{1,2000}(?=[\n;&|]|\Z)|.{1,2000}", re.DOTALL)
"""Half as much as masks look at, cut between commands where that is possible."""


class _Setting(NamedTuple):
    """One value of the config."""

    pointer: str
    key: str
    type: str
    value: str | float | None


class _Command(NamedTuple):
    """One command of a build step."""

    step: Step
    position: int
    name: str
    words: str


def _hidden(text: str, hide: Callable[[str], str]) -> str:
    """Hide what looks secret in a text of any length."""
    return "".join(hide(piece) for piece in _PIECES.findall(text))


def _steps(view: ImageView, masks: Masks) -> Iterator[tuple[Step, str, str]]:
    for step in view.history.steps:
        yield step, _hidden(step.raw, masks.line), _hidden(step.text, masks.line)


def _commands(view: ImageView, masks: Masks) -> Iterator[_Command]:
    for step in view.history.steps:
        for position, command in enumerate(step.commands):
            words = _hidden(" ".join(command.words), masks.line)
            yield _Command(step, position, command.name, words)


def _settings(view: ImageView, masks: Masks) -> Iterator[_Setting]:
    if view.config is None:
        return
    document = view.config.model_dump(by_alias=True, exclude_unset=True, mode="json")
    document.pop("history", None)
    pending: list[tuple[str, str, Any]] = [("", "", document)]
    while pending:
        pointer, key, value = pending.pop()
        if pointer:
            yield _setting(pointer, key, value, masks)
        children = reversed(list(_children(value)))
        pending += ((f"{pointer}/{_escaped(name)}", name, inner) for name, inner in children)


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((str(at), inner) for at, inner in enumerate(value))


def _setting(pointer: str, key: str, value: Any, masks: Masks) -> _Setting:
    if isinstance(value, dict | list):
        return _Setting(pointer, key, "object" if isinstance(value, dict) else "array", None)
    if isinstance(value, str):
        return _Setting(pointer, key, "string", _masked(pointer, key, value, masks))
    if isinstance(value, bool):
        return _Setting(pointer, key, "boolean", "true" if value else "false")
    return _Setting(pointer, key, "null" if value is None else "number", value)


def _masked(pointer: str, key: str, value: str, masks: Masks) -> str:
    if pointer.startswith("/config/Env/"):
        name, equals, said = value.partition("=")
        return _assigned(name, said, masks) if equals else _hidden(value, masks.line)
    if pointer.startswith("/config/Labels/"):
        return _assigned(key, value, masks).removeprefix(f"{key}=")
    return _hidden(value, masks.line)


def _assigned(name: str, value: str, masks: Masks) -> str:
    """Return `NAME=value`, hidden whole where the name says that it is secret."""
    probe = masks.variable(f"{name}=x")
    return f"{name}={_hidden(value, masks.line)}" if probe == f"{name}=x" else probe


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


HISTORY = of_records(
    "history",
    "The build steps. Values that look secret read ***.",
    "history",
    (
        Column("step", "INTEGER", "position in the history", lambda s: s[0].index),
        Column("layer", "INTEGER", "layer that it made; null for none", lambda s: s[0].layer),
        Column("instruction", "TEXT", "RUN, COPY, CMD ...; ROOTFS for the import of a whole root, "
               "RAW for a line in no known form, EMPTY for none", lambda s: s[0].instruction),
        Column("text", "TEXT", "what follows the instruction", lambda s: s[2]),
        Column("created_by", "TEXT", "the line as stored", lambda s: s[1]),
        Column("created", "TEXT", "time as stored (RFC 3339)", lambda s: s[0].created),
        Column("builder", "TEXT", "buildkit, classic, buildah ...; empty when unknown",
               lambda s: s[0].builder),
        Column("author", "TEXT", "as stored", lambda s: s[0].author),
        Column("comment", "TEXT", "as stored", lambda s: s[0].comment),
        Column("opaque", "INTEGER", "1 when its commands are elsewhere, as in a script",
               lambda s: s[0].opaque),
    ),
    _steps,
)  # fmt: skip
COMMANDS = of_records(
    "commands",
    "The simple commands of RUN steps, one a row. Values that look secret read ***.",
    "history",
    (
        Column("step", "INTEGER", "position of the step in the history", lambda c: c.step.index),
        Column("layer", "INTEGER", "layer that the step made", lambda c: c.step.layer),
        Column("position", "INTEGER", "of the command in the step", lambda c: c.position),
        Column("name", "TEXT", "of the program, without directories", lambda c: c.name),
        Column("words", "TEXT", "the command with its arguments", lambda c: c.words),
    ),
    _commands,
)
CONFIG = of_records(
    "config",
    "Every value of the image config but its history. Values that look secret read ***.",
    "config",
    (
        Column("pointer", "TEXT", "JSON pointer: /config/User, /config/Env/0", lambda s: s.pointer),
        Column("key", "TEXT", "last part of the pointer", lambda s: s.key),
        Column("value", "ANY", "null for objects and arrays", lambda s: s.value),
        Column("type", "TEXT", "string, number, boolean, null, object, array", lambda s: s.type),
    ),
    _settings,
)
PACKAGES = of_records(
    "packages",
    "What is installed, and what a later layer removed.",
    "filesystem",
    (
        Column("purl", "TEXT", "package URL", lambda p: p.purl),
        Column("type", "TEXT", "deb, apk, rpm, pypi, npm, maven ...", lambda p: p.type),
        Column("namespace", "TEXT", "of the purl", lambda p: p.found.namespace),
        Column("name", "TEXT", "without namespace", lambda p: p.name),
        Column("version", "TEXT", "as recorded, without the epoch", lambda p: p.version),
        Column("epoch", "TEXT", "empty for none", lambda p: p.found.epoch),
        Column("arch", "TEXT", "architecture", lambda p: p.found.arch),
        Column("source", "TEXT", "source package, empty when it has the same name",
               lambda p: p.found.source),
        Column("source_version", "TEXT", "its version", lambda p: p.found.source_version),
        Column("licenses", "TEXT", "as recorded, with ' | ' between several",
               lambda p: " | ".join(p.found.licenses)),
        Column("supplier", "TEXT", "maintainer, vendor or author", lambda p: p.found.supplier),
        Column("reason", "TEXT", "manual, automatic or empty", lambda p: p.found.reason),
        Column("presence", "TEXT", "visible or removed", lambda p: p.presence),
        Column("layer", "INTEGER", "layer that introduced it", lambda p: p.introduced),
        Column("removed", "INTEGER", "layer that removed it; null while visible",
               lambda p: p.removed),
        Column("path", "TEXT", "file that names it", lambda p: next(iter(p.evidence), None)),
        Column("location", "TEXT", "directory or file of this installation; empty for packages of "
               "a database", lambda p: p.found.location),
        Column("owner", "TEXT", "purl of the package that ships it; empty for none",
               lambda p: p.owner),
        Column("cataloger", "TEXT", "what found it", lambda p: p.cataloger),
        Column("confidence", "TEXT", "exact, strong or heuristic", lambda p: p.found.confidence),
    ),
    lambda view, _: view.packages("all"),
    part="packages",
)  # fmt: skip
DISTRIBUTION = of_records(
    "distribution",
    "What the image says it is; one row.",
    "filesystem",
    (
        Column("id", "TEXT", "debian, alpine, rhel ...; empty when unknown", lambda d: d.id),
        Column("version", "TEXT", "12, 3.19.1", lambda d: d.version),
        Column("name", "TEXT", "for people", lambda d: d.name),
        Column("codename", "TEXT", "bookworm", lambda d: d.codename),
        Column("variant", "TEXT", "of the release", lambda d: d.variant),
        Column("path", "TEXT", "where it was read", lambda d: d.path),
        Column("end_of_life", "TEXT", "date of the end of general support; null when unknown",
               lambda d: d.end_of_life or None),
    ),
    lambda view, _: (view.inventory.distribution,),
)  # fmt: skip
LAYERS = of_records(
    "layers",
    "The layers.",
    "anything",
    (
        Column("layer", "INTEGER", "0 is the lowest", lambda x: x.index),
        Column("digest", "TEXT", "of the stored bytes", lambda x: x.digest),
        Column("diff_id", "TEXT", "of the uncompressed tar", lambda x: x.diff_id),
        Column("size", "INTEGER", "bytes as stored", lambda x: x.size),
        Column("raw_size", "INTEGER", "bytes uncompressed", lambda x: x.raw_size),
        Column("compression", "TEXT", "none, gzip, zstd ...", lambda x: x.compression),
        Column("flavour", "TEXT", "estargz, zstd:chunked or empty", lambda x: x.flavour),
        Column("entries", "INTEGER", "members", lambda x: x.entries),
        Column("unread", "TEXT", "why not all of it was read; null when it was",
               lambda x: x.missing or x.partial or None),
        Column("step", "INTEGER", "history step that made it", lambda x: x.step),
    ),
    lambda view, _: view.layers,
)  # fmt: skip
FINDINGS = of_records(
    "findings",
    "Integrity failures and anomalies.",
    "anything",
    (
        Column("code", "TEXT", "as in the list of anomalies", lambda f: f.code),
        Column("severity", "TEXT", "critical, high, medium, low, info", lambda f: f.severity),
        Column("title", "TEXT", "what it is", lambda f: f.title),
        Column("detail", "TEXT", "what was found", lambda f: f.detail),
        Column("path", "TEXT", "empty when it is about no path", lambda f: f.path),
        Column("pointer", "TEXT", "JSON pointer; empty for none", lambda f: f.pointer),
        Column("layer", "INTEGER", "null for the whole image", lambda f: f.layer),
        Column("step", "INTEGER", "history step", lambda f: f.step),
        Column("offset", "INTEGER", "byte in the uncompressed layer", lambda f: f.offset),
        Column("state", "TEXT", "what became of the path", lambda f: f.state),
    ),
    lambda view, _: view.findings,
)
