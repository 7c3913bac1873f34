"""JSON documents of an image: bounded, and as lenient as the runtimes that read them.

Runtimes are written in Go: bad UTF-8 and lone surrogates become replacement characters, and fields
are what `ocianalyze.model.fields` says. Reading a config otherwise would judge another image than
the one that runs.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ocianalyze.errors import LimitExceeded, MalformedImage
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.fields import Repeated, folded, pointer
from ocianalyze.model.oci import ImageConfig
from ocianalyze.model.validated import excesses

_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?|([\[{])|([\]}])', re.DOTALL)
_ROUNDS = 8
"""Repairs of one config before all of it is given up; each round goes one level up."""
_TOLD = 8
"""Errors of one field that are told one by one."""
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_DIGITS = 19
"""Of whole numbers that are kept exactly, which fit into 64 bits; longer ones become fractions."""


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
        return parsed(data)
    except (ValueError, RecursionError) as error:
        raise MalformedImage(f"not JSON: {error!s:.120}", place=place) from error


def parsed(data: bytes) -> object:
    """Return the value of a document; an object in which names come again is `Repeated`.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.

    """
    value = json.loads(
        data.decode("utf-8", "replace"),
        object_pairs_hook=_object,
        parse_int=_whole,
        parse_float=_fraction,
        parse_constant=_refuse,
    )
    return _cleaned(value) if _SURROGATE.search(data) else value


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


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    own = dict(pairs)
    return own if len(own) == len(pairs) else Repeated(pairs)


def _whole(text: str) -> int | float:
    return int(text) if len(text) <= _DIGITS else _fraction(text)


def _fraction(text: str) -> float:
    most = sys.float_info.max
    return max(-most, min(float(text), most))


def _cleaned(value: Any) -> Any:
    """Return a value without lone surrogates."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case Repeated():
            return Repeated([(_cleaned(name), _cleaned(item)) for name, item in value.pairs])
        case dict():
            return {_cleaned(name): _cleaned(item) for name, item in value.items()}
        case list():
            return [_cleaned(item) for item in value]
    return value


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
    config = _repaired(folded(value, ImageConfig, anomalies), anomalies, limits)
    return config, tuple(anomalies[: limits.anomalies])


def _repaired(
    value: dict[str, Any], anomalies: list[Anomaly], limits: Limits
) -> ImageConfig | None:
    unread: set[str] = set()
    for excess in tuple(excesses(value, ImageConfig, limits)):
        anomalies.append(Anomaly("image.config-field", excess.error(limits).summary))
        unread.add(_field(excess.location))
        _drop(value, excess.location)
    for _ in range(_ROUNDS):
        try:
            return ImageConfig.model_validate(value).without(frozenset(unread))
        except ValidationError as error:
            broken = error.errors(include_url=False, include_context=False, include_input=False)
        broken.sort(key=lambda item: _order(item["loc"]))
        anomalies += _told(broken)
        for detail in reversed(broken):
            unread.add(_field(detail["loc"]))
            _drop(value, detail["loc"])
    anomalies.append(Anomaly("image.config-absent", "the config cannot be read"))
    return None


def _order(location: Sequence[str | int]) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in location]


def _told(broken: Iterable[ErrorDetails]) -> Iterator[Anomaly]:
    """Yield the first errors of each field, and how many more there are."""
    seen: Counter[str] = Counter()
    for detail in broken:
        field = _field(detail["loc"])
        seen[field] += 1
        if seen[field] <= _TOLD:
            told = f"{pointer(detail['loc'])}: {detail['msg']:.120}"
            yield Anomaly("image.config-field", told)
    for field, number in seen.items():
        if number > _TOLD:
            told = f"{field}: {number - _TOLD:,} more that cannot be read"
            yield Anomaly("image.config-field", told)


def _field(location: Sequence[str | int]) -> str:
    """Return the pointer to the field of the image or its run config that a location is in."""
    inside = 2 if location[0] == "config" else 1
    return pointer(location[:inside])


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
