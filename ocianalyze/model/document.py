"""JSON documents of an image: bounded, and as lenient as the runtimes that read them.

Runtimes are written in Go: bad UTF-8 and lone surrogates become replacement characters, names of
fields match whatever their case, and of several the last one counts. Reading a config otherwise
would judge another image than the one that runs.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import orjson
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from ocianalyze.errors import LimitExceeded, MalformedImage
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.oci import (
    Descriptor,
    Healthcheck,
    HistoryEntry,
    ImageConfig,
    Index,
    Manifest,
    Platform,
    RootFs,
    RunConfig,
)

_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?|([\[{])|([\]}])', re.DOTALL)
_ROUNDS = 8
"""Repairs of one config before all of it is given up; each round goes one level up."""
_PARTS: Mapping[type[BaseModel], Mapping[str, type[BaseModel]]] = {
    ImageConfig: {"config": RunConfig, "rootfs": RootFs, "history": HistoryEntry},
    RunConfig: {"Healthcheck": Healthcheck},
    Index: {"manifests": Descriptor, "subject": Descriptor},
    Manifest: {"config": Descriptor, "layers": Descriptor, "subject": Descriptor},
    Descriptor: {"platform": Platform},
}
"""Models of the objects inside a document, by the name of their field."""


def load(data: bytes, limits: Limits, place: str = "") -> object:
    """Parse one JSON document.

    Raises:
        LimitExceeded: it is too large, too deep or has too many values.
        MalformedImage: it is no JSON.

    """
    if len(data) > limits.document_bytes:
        what = f"document of more than {limits.document_bytes} bytes"
        raise LimitExceeded(what, place=place, limit="document_bytes")
    if data.count(b",") > limits.document_values:
        what = f"document of more than {limits.document_values} values"
        raise LimitExceeded(what, place=place, limit="document_values")
    if _depth(data, limits.document_depth) > limits.document_depth:
        what = f"document deeper than {limits.document_depth} levels"
        raise LimitExceeded(what, place=place, limit="document_depth")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return _load_leniently(data, place)


def load_object(data: bytes, limits: Limits, place: str = "") -> dict[str, Any]:
    """Parse one JSON document that is an object.

    Raises:
        LimitExceeded: it is too large, too deep or has too many values.
        MalformedImage: it is no JSON object.

    """
    value = load(data, limits, place)
    if not isinstance(value, dict):
        found = "null" if value is None else "a list" if isinstance(value, list) else "a value"
        raise MalformedImage(f"not a JSON object but {found}", place=place)
    return value


def _depth(data: bytes, enough: int) -> int:
    """Return how deep brackets nest, or any bound that is deep enough to be allowed."""
    at_most = data.count(b"[") + data.count(b"{")
    if at_most <= enough:
        return at_most
    depth = deepest = 0
    for token in _TOKENS.finditer(data):
        depth += 1 if token[1] else -1 if token[2] else 0
        deepest = max(deepest, depth)
        if deepest > enough:
            break
    return deepest


def _load_leniently(data: bytes, place: str) -> object:
    try:
        value = json.loads(data.decode("utf-8", "replace"), parse_constant=_refuse)
        return orjson.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise MalformedImage(f"not JSON: {error!s:.120}", place=place) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def read_config(
    data: bytes, limits: Limits, place: str = ""
) -> tuple[ImageConfig | None, tuple[Anomaly, ...]]:
    """Return a config without the fields that cannot be read, and what was wrong with it.

    A field of the wrong type loses that field alone; None only for what is no JSON object.
    """
    try:
        value = load_object(data, limits, place)
    except (MalformedImage, LimitExceeded) as error:
        return None, (Anomaly("image.config-absent", error.summary),)
    anomalies: list[Anomaly] = []
    config = _repaired(folded(value, ImageConfig, anomalies), anomalies)
    return config, tuple(anomalies[: limits.anomalies])


def _repaired(value: dict[str, Any], anomalies: list[Anomaly]) -> ImageConfig | None:
    unread: set[str] = set()
    for _ in range(_ROUNDS):
        try:
            return ImageConfig.model_validate(value).without(frozenset(unread))
        except ValidationError as error:
            broken = error.errors(include_url=False, include_context=False, include_input=False)
        for detail in sorted(broken, key=lambda item: _order(item["loc"]), reverse=True):
            anomalies.append(_anomaly(detail))
            unread.add(_field(detail["loc"]))
            _drop(value, detail["loc"])
    anomalies.append(Anomaly("image.config-absent", "the config cannot be read"))
    return None


def _order(location: Sequence[str | int]) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in location]


def _anomaly(detail: ErrorDetails) -> Anomaly:
    return Anomaly("image.config-field", f"{pointer(detail['loc'])}: {detail['msg']:.120}")


def _field(location: Sequence[str | int]) -> str:
    """Return the pointer to the field of the image or its run config that a location is in."""
    inside = 2 if location[0] == "config" else 1
    return pointer(location[:inside])


def pointer(location: Sequence[str | int]) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


def _drop(value: Any, location: Sequence[str | int]) -> None:
    """Remove what a location names, or the innermost container of it that can be removed."""
    parents: list[tuple[Any, str | int]] = []
    for part in location:
        if not _has(value, part):
            break
        parents.append((value, part))
        value = value[part]
    if not parents:
        return
    owner, part = parents[-1]
    if isinstance(owner, dict):
        owner.pop(part)
    elif "diff_ids" in location:
        # Without one of them the others would name the wrong layers.
        owner.clear()
    elif location[0] == "history" and len(parents) == 2:
        # An empty step keeps the later ones at their layers.
        owner[part] = {}
    else:
        del owner[part]


def _has(value: Any, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def folded(
    value: dict[str, Any], model: type[BaseModel], anomalies: list[Anomaly], path: str = ""
) -> dict[str, Any]:
    """Give fields the case that a model expects; of several the last one counts.

    What was in other case is added to `anomalies`.
    """
    known = {(field.alias or name).lower(): field.alias or name for name, field in _fields(model)}
    parts = _PARTS.get(model, {})
    result: dict[str, Any] = {}
    for name, item in value.items():
        own = known.get(name.lower(), name)
        if own != name:
            anomalies.append(Anomaly("image.config-case", f"{path}/{name:.80} is read as {own}"))
        part = parts.get(own)
        result[own] = _inside(item, part, anomalies, f"{path}/{own}") if part else item
    return result


def _inside(item: Any, model: type[BaseModel], anomalies: list[Anomaly], path: str) -> Any:
    if isinstance(item, list):
        return [_inside(one, model, anomalies, f"{path}/{at}") for at, one in enumerate(item)]
    return folded(item, model, anomalies, path) if isinstance(item, dict) else item


def _fields(model: type[BaseModel]) -> Iterable[tuple[str, FieldInfo]]:
    return model.model_fields.items()
