"""What later stages see of an image's documents: each secret masked, wherever it is quoted.

Controls, reports and listings quote history lines and settings; none of them could tell which part
of a line is secret. So the secrets that were found are masked before anybody quotes.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from ocianalyze.detectors.secrets._engine import Engine
from ocianalyze.detectors.secrets._identity import identity, masked
from ocianalyze.detectors.secrets.documents import Document, read
from ocianalyze.detectors.secrets.hits import Hit, unpack
from ocianalyze.detectors.secrets.sieve import NAME
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.history import Command, Step
from ocianalyze.model.oci import ImageConfig
from ocianalyze.model.secret import Secret

_HEADERS = frozenset({"path", "link", "header"})
_QUOTED = frozenset({"config", "history"})
_LEAST = 4
"""Bytes; shorter values would take words apart."""
_LINE = 8_192
"""Bytes of a name that are looked at."""
_HIDDEN = "****"


def veiled(view: ImageView, documents: Sequence[Document], engine: Engine) -> ImageView:
    """Return the view with the secrets of its config and history masked."""
    if not any(place.where in _QUOTED for secret in view.secrets for place in secret.places):
        return view
    values = _values(documents, engine)
    steps = tuple(_step(step, values) for step in view.history.steps)
    config = _config(view.config, values) if view.config else None
    return replace(view, history=replace(view.history, steps=steps), config=config)


def _values(documents: Iterable[Document], engine: Engine) -> dict[str, str]:
    """Return what to mask by its mask, longest first; coded forms too."""
    found: dict[str, str] = {}
    for document in documents:
        for written in read(engine, document):
            if document.where == "config" and len(written.secret) >= _LEAST:
                text = written.secret.decode("utf-8", "surrogateescape")
                found[text] = masked(written.secret, written.proved.rule)
                found |= dict.fromkeys(_coded(written.secret), _HIDDEN)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _coded(secret: bytes) -> list[str]:
    """Return what every base64 of a text with the secret in it has, by the secret's place."""
    whole = [b64encode(bytes(shift) + secret).decode().rstrip("=") for shift in range(3)]
    inner = [text[begin:-1] for text, begin in zip(whole, (0, 2, 3), strict=True)]
    return [text for text in inner if len(text) > 2 * _LEAST]


def _masked(value: Any, values: Mapping[str, str]) -> Any:
    """Return a value of JSON with every secret in it masked; the model bounds its depth."""
    if isinstance(value, str):
        for secret, mask in values.items():
            value = value.replace(secret, mask)
        return value
    if isinstance(value, dict):
        return {_masked(name, values): _masked(item, values) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item, values) for item in value]
    return value


def _step(step: Step, values: Mapping[str, str]) -> Step:
    def text(value: str) -> str:
        return str(_masked(value, values))

    return replace(
        step,
        raw=text(step.raw),
        text=text(step.text),
        author=text(step.author),
        comment=text(step.comment),
        build_args=tuple((text(name), text(value)) for name, value in step.build_args),
        commands=tuple(
            Command(text(command.name), tuple(map(text, command.words)))
            for command in step.commands
        ),
    )


def _config(config: ImageConfig, values: Mapping[str, str]) -> ImageConfig:
    document = _masked(config.model_dump(by_alias=True), values)
    return ImageConfig.model_validate(document).without(config.unread)


class Masked(Protocol):
    """What is known of a secret: its identity, and the mask that tells its length."""

    @property
    def id(self) -> str:
        """Return its keyed hash."""
        ...

    @property
    def masked(self) -> str:
        """Return the fixed beginning, stars and the length."""
        ...


def hidden(text: str, secrets: Iterable[Masked]) -> str:
    """Return a name with those of the secrets masked that are in it."""
    raw = text.encode("utf-8", "surrogateescape")
    return hidden_bytes(raw, secrets).decode("utf-8", "surrogateescape")


def hidden_bytes(raw: bytes, secrets: Iterable[Masked]) -> bytes:
    """Return bytes with those of the secrets masked that are in their first 8 KiB.

    A secret is known by its length and identity alone, so every part of that length is tried.
    """
    for secret in secrets:
        size = _size(secret.masked)
        for at in range(min(len(raw), _LINE) - size + 1 if size else 0):
            part = raw[at : at + size]
            if identity(part) == secret.id:
                raw = raw.replace(part, secret.masked.encode())
                break
    return raw


def hidden_paths(secrets: Iterable[Secret]) -> dict[str, str]:
    """Return the paths that hold a secret themselves, each with how it may be shown."""
    found: dict[str, str] = {}
    for secret in secrets:
        for place in secret.places:
            if place.where == "path":
                known = found.get(place.path, place.path)
                found[place.path] = hidden(known, (secret,))
    return found


def in_headers(view: ImageView) -> dict[tuple[int, int], list[Hit]]:
    """Return the secrets in names, targets and attributes, by layer and member."""
    found: dict[tuple[int, int], list[Hit]] = {}
    for entry, value in view.tree.observations(NAME):
        hits = [hit for hit in unpack(value) if hit.where in _HEADERS]
        if hits:
            found.setdefault((entry.layer, entry.member), []).extend(hits)
    return found


def veiled_entry(entry: Entry, hits: Sequence[Hit]) -> Entry:
    """Return an entry whose name, target and attributes tell none of the secrets in them."""
    coded = any(hit.coding for hit in hits)
    return entry._replace(
        path=hidden(entry.path, hits) if not coded else _HIDDEN,
        link=hidden(entry.link, hits) if not coded or not entry.link else _HIDDEN,
        uname=hidden(entry.uname, hits),
        gname=hidden(entry.gname, hits),
        xattrs={
            hidden(name, hits): _HIDDEN.encode() if coded else hidden_bytes(value, hits)
            for name, value in entry.xattrs.items()
        },
    )


def _size(mask: str) -> int:
    """Return the length that a mask tells: `ghp_**** (40)`."""
    digits = mask.rpartition("(")[2].rstrip(")")
    return int(digits) if digits.isdecimal() else 0
