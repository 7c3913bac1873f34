"""Values of the model as JSON and back, by their types; nothing that is read back is believed.

Dataclasses are objects with all their fields, sequences and sets are lists, and any sequence is a
tuple when it is read. Text that is no Unicode, as names of files may be, takes a slower way.
"""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

from ocianalyze.store.columns import Damaged

T = TypeVar("T")
Read = Callable[[Any], Any]
_PLAIN = (str, int, bool, NoneType)


def packed(value: Any) -> bytes:
    """Return a dataclass of the model as JSON."""
    try:
        return orjson.dumps(value, default=_listed)
    except TypeError:
        # Names that are not UTF-8 hold lone surrogates, which orjson writes not and reads not.
        return json.dumps(asdict(value), default=_listed).encode()


def unpacked(data: bytes, kind: type[T]) -> T:
    """Return what `packed` was given.

    Raises:
        Damaged: it is nothing of that kind.

    """
    try:
        read: Read = reader(cast("Hashable", kind))
        return cast("T", read(_parsed(data)))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Damaged("record is broken") from error


def _parsed(data: bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


def _listed(value: object) -> object:
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return list(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"no part of a record: {type(value).__name__}")


@cache
def reader(kind: Any) -> Read:
    """Return what turns parsed JSON into a value of a type.

    Raises:
        TypeError: no record holds values of that type.

    """
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in _PLAIN or kind is Any:
        return _same if kind is Any else partial(_plain, kind)
    if origin in (Union, UnionType):
        return partial(_either, tuple(map(reader, arguments)))
    if origin is Literal:
        return partial(_literal, frozenset(arguments))
    if origin in (dict, Mapping):
        return partial(_dict, *map(reader, arguments))
    if origin in (tuple, list, set, frozenset, Sequence):
        return _sequence(origin, arguments)
    return _named(kind)


def _sequence(origin: type, arguments: tuple[Any, ...]) -> Read:
    if origin is tuple and arguments[-1] is not Ellipsis:
        return partial(_tuple, tuple(map(reader, arguments)))
    origin = tuple if origin is Sequence else origin
    if arguments[0] in (str, int):
        return partial(_texts, origin, {arguments[0]})
    return partial(_many, origin, reader(arguments[0]))


def _named(kind: Any) -> Read:
    if issubclass(kind, Enum):
        return partial(_member, {one.value: one for one in kind})
    hints = _hints(kind)
    if is_dataclass(kind):
        parts = tuple((field.name, reader(hints[field.name])) for field in fields(kind))
        return partial(_object, kind, parts)
    if hasattr(kind, "_fields"):
        return partial(_row, kind, tuple(reader(hints[name]) for name in kind._fields))
    raise TypeError(f"no part of a record: {kind}")


def _hints(kind: Any) -> Mapping[str, Any]:
    """Return the types of fields; looking for names in them takes longer than reading a record."""
    told: Mapping[str, Any] = kind.__annotations__
    return get_type_hints(kind) if any(isinstance(one, str) for one in told.values()) else told


def _same(value: Any) -> Any:
    return value


def _plain(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(kind)
    return value


def _either(readers: tuple[Read, ...], value: Any) -> Any:
    for read in readers[:-1]:
        try:
            return read(value)
        except (ValueError, TypeError, KeyError):
            continue
    return readers[-1](value)


def _literal(known: frozenset[Any], value: Any) -> Any:
    if value not in known:
        raise ValueError(value)
    return value


def _member(known: Mapping[str, Any], value: Any) -> Any:
    return known[value]


def _dict(key: Read, item: Read, value: Any) -> Any:
    if type(value) is not dict:
        raise TypeError(dict)
    return {key(name): item(one) for name, one in value.items()}


def _texts(origin: Any, kinds: set[type], value: Any) -> Any:
    if type(value) is not list or not kinds.issuperset(map(type, value)):
        raise TypeError(kinds)
    return _whole(origin(value), value)


def _many(origin: Any, read: Read, value: Any) -> Any:
    if type(value) is not list:
        raise TypeError(list)
    return _whole(origin(map(read, value)), value)


def _whole(found: Any, value: list[Any]) -> Any:
    """Return a collection; a set that was written has no value twice."""
    if len(found) != len(value):
        raise ValueError(value)
    return found


def _tuple(readers: tuple[Read, ...], value: Any) -> Any:
    if type(value) is not list or len(value) != len(readers):
        raise TypeError(tuple)
    return tuple(read(one) for read, one in zip(readers, value, strict=True))


def _row(kind: Any, readers: tuple[Read, ...], value: Any) -> Any:
    return kind(*_tuple(readers, value))


def _object(kind: Any, parts: tuple[tuple[str, Read], ...], value: Any) -> Any:
    if type(value) is not dict or len(value) != len(parts):
        raise TypeError(kind)
    return kind(*[read(value[name]) for name, read in parts])
