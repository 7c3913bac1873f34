"""Fields of an image's documents as programs in Go decode them into structs (encoding/json).

Names match whatever their case. A name that comes again is decoded into what is there already: the
last text or number counts, objects grow together, null changes no text, number or struct, and an
element of a list is decoded into the one that was at its place, even in a list that was longer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel

from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.oci import (
    Descriptor,
    Healthcheck,
    HistoryEntry,
    ImageConfig,
    Index,
    LayerDocument,
    Manifest,
    Platform,
    RootFs,
    RunConfig,
    Schema1,
    Schema1Layer,
    Schema1Step,
)

_PARTS: Mapping[type[BaseModel], Mapping[str, type[BaseModel]]] = {
    ImageConfig: {
        "config": RunConfig,
        "container_config": RunConfig,
        "rootfs": RootFs,
        "history": HistoryEntry,
    },
    RunConfig: {"Healthcheck": Healthcheck},
    Index: {"manifests": Descriptor, "subject": Descriptor},
    Manifest: {"config": Descriptor, "layers": Descriptor, "subject": Descriptor},
    Descriptor: {"platform": Platform},
    LayerDocument: {"config": RunConfig, "container_config": RunConfig},
    Schema1: {"fsLayers": Schema1Layer, "history": Schema1Step},
}
"""Models of the objects inside a document, by the name of their field."""
_POINTERS = frozenset({"Healthcheck", "subject", "platform", "created", "data"})
"""Fields that null empties though they are a text or a struct."""
_TOLD = 1_000
"""Anomalies of one document; callers keep fewer."""


class Repeated(dict[str, Any]):
    """An object in which names come again; as a dictionary it has the last of each."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Keep all members in their order."""
        self.pairs = tuple(pairs)
        super().__init__(self.pairs)


class _Slice(list[Any]):
    """A list that was decoded into, and what it still has behind its end, the nearest last."""

    def __init__(self, items: Iterable[Any]) -> None:
        """Begin with nothing behind."""
        super().__init__(items)
        self.behind: list[Any] = []


def fold(name: str) -> str:
    """Return a name as it is compared: two letters beyond ASCII are like one of ASCII."""
    return name.lower().replace("\u017f", "s")


def pointer(location: Sequence[str | int]) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


def pairs(value: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """Return the members of an object in their order, those that are given again too."""
    return value.pairs if isinstance(value, Repeated) else value.items()


def scalar(value: dict[str, Any], name: str) -> object:
    """Return what a text or a number of an object is; None where there is none."""
    alike = fold(name)
    found = [item for key, item in pairs(value) if item is not None and fold(key) == alike]
    return found[-1] if found else None


def folded(
    value: dict[str, Any], model: type[BaseModel], anomalies: list[Anomaly], path: str = ""
) -> dict[str, Any]:
    """Return an object with the names that a model expects, each once.

    What was in other case, and what was there already with another value, is added to `anomalies`.
    """
    names, inner = known(model), parts(model)
    result: dict[str, Any] = {}
    others: dict[str, str] = {}
    for name, item in pairs(value):
        own = names.get(name) or _own(name, names, others)
        if own != name:
            _tell(anomalies, "image.config-case", f"{path}/{name:.80} is read as {own:.80}")
        new, part = item, inner.get(own)
        if isinstance(item, dict | list):
            new = _inside(item, part, anomalies, f"{path}/{own:.80}")
        if own in result:
            _compare(result[own], new, anomalies, f"{path}/{own:.80}")
            result[own] = _into(result[own], new, part, own)
        elif item is not None:
            result[own] = new
    return result


@cache
def known(model: type[BaseModel]) -> dict[str, str]:
    """Return the names of a model's fields by themselves and by what they are compared by."""
    names = [field.alias or name for name, field in model.model_fields.items()]
    return {fold(name): name for name in names} | {name: name for name in names}


def parts(model: type[BaseModel]) -> Mapping[str, type[BaseModel]]:
    """Return the models of the objects inside one, or inside its lists, by the field's name."""
    return _PARTS.get(model, {})


def _own(name: str, names: Mapping[str, str], others: dict[str, str]) -> str:
    """Return the field that is meant; of those that no model has, the first that is alike."""
    alike = fold(name)
    return names.get(alike) or others.setdefault(alike, name)


def _inside(item: Any, model: type[BaseModel] | None, anomalies: list[Anomaly], path: str) -> Any:
    """Return the value of a field, its objects folded too; those of no model are maps."""
    if isinstance(item, list):
        if model is None:
            return item
        return [_inside(one, model, anomalies, f"{path}/{at}") for at, one in enumerate(item)]
    if not isinstance(item, dict):
        return item
    if model is not None:
        return folded(item, model, anomalies, path)
    anomalies += repetitions(item, path)
    return item


def repetitions(value: dict[str, Any], path: str = "") -> Iterator[Anomaly]:
    """Yield which names of a map have more than one value."""
    found: list[Anomaly] = []
    for name, item in value.pairs if isinstance(value, Repeated) else ():
        _compare(item, value[name], found, f"{path}/{name:.80}")
    return iter(dict.fromkeys(found))


def _compare(old: Any, new: Any, anomalies: list[Anomaly], path: str) -> None:
    if old != new:
        _tell(anomalies, "image.repeated-name", f"{path} comes again with another value")


def _tell(anomalies: list[Anomaly], code: str, detail: str) -> None:
    if len(anomalies) < _TOLD:
        anomalies.append(Anomaly(code, detail))


def _into(old: Any, new: Any, model: type[BaseModel] | None, name: str) -> Any:
    """Return what a field has after a second value was decoded into it; what it had may change."""
    match old, new:
        case _, None if name in _POINTERS:
            return None
        case str() | int() | float(), None:
            return old
        case dict(), None:
            return old if model else None
        case dict(), dict():
            inner = parts(model) if model else {}
            for key, item in new.items():
                again = model is not None and key in old
                old[key] = _into(old[key], item, inner.get(key), key) if again else item
            return old
        case list(), list() if new:
            return _decoded(old if isinstance(old, _Slice) else _Slice(old), new, model)
    return new


def _decoded(old: _Slice, new: list[Any], model: type[BaseModel] | None) -> _Slice:
    """Decode into a list in time that what is decoded takes, not what is there."""
    for at, item in enumerate(new):
        if at < len(old):
            old[at] = _into(old[at], item, model, "")
        else:
            old.append(_into(old.behind.pop(), item, model, "") if old.behind else item)
    old.behind += reversed(old[len(new) :])
    del old[len(new) :]
    return old
