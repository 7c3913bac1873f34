"""Rules that were read and compiled before, in one file of the store's folder.

It is never needed. What cannot be read, is damaged, or belongs to other rules, another version or
another processor is made again; what cannot be written is not kept.
"""

import os
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, replace
from hashlib import blake2b
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

import orjson

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._expressions import Expression
from ocianalyze.detectors.secrets._reach import Reach
from ocianalyze.detectors.secrets.by_name import ByName, by_name
from ocianalyze.detectors.secrets.engine import Engine, Kind, Nothing, chosen, engine
from ocianalyze.detectors.secrets.rule_files import SHIPPED, by_id, read_rules, tried
from ocianalyze.errors import UsageError
from ocianalyze.store.directory import distrust, make
from ocianalyze.store.whole import read_whole, write_whole
from ocianalyze.version import VERSION

FORMAT = 15
"""Raise it when the same rules would give other expressions, or the file another shape."""
_SUFFIX = ".rules"
_KEPT = 4
"""Files that stay: some sets of rules are used by turns."""
_LARGEST = 256 << 20
_SEAL = 32
_LENGTH = 8


class Loaded(NamedTuple):
    """An engine and what its rules are."""

    engine: Engine
    """Of the rules that are looked for everywhere."""
    small: ByName
    """Of those that name files."""
    version: str
    """Changes when the rules find something else."""


def load(
    folders: Sequence[Path] = (SHIPPED,),
    cache: Path | None = None,
    kind: Kind = "auto",
    *,
    elsewhere: Path | None = None,
    told: Callable[[int, bool], None] | None = None,
) -> Loaded:
    """Return an engine for the rules of some folders; a later folder replaces ids of earlier ones.

    Args:
        folders: of TOML files.
        cache: folder of the store; None keeps nothing.
        kind: of engine.
        elsewhere: another folder in which they may be; nothing is written there.
        told: takes how many rules are compiled, when that begins, and whether they are kept.

    Raises:
        UsageError: a rule is none, or the engine is not installed.

    """
    name = chosen(kind)
    places = [place / "secrets" for place in dict.fromkeys((cache, elsewhere)) if place]
    if not places or name != "hyperscan":
        return _made(_rules(folders), kind)
    file = f"{_key(folders)}{_SUFFIX}"
    for place in places:
        with suppress(OSError, ValueError, TypeError):
            return _read(place / file)
    rules = _rules(folders)
    if told:
        told(len(rules), cache is not None)
    made = _made(rules, "hyperscan")
    with suppress(OSError):
        if cache:
            _write(cache / "secrets" / file, _packed(made))
    return made


def _rules(folders: Sequence[Path]) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for folder in folders:
        rules = read_rules(folder)
        found |= by_id(rules if folder == SHIPPED else map(tried, rules))
    return tuple(found.values())


def _key(folders: Sequence[Path]) -> str:
    """Return the name of everything that the compiled rules depend on."""
    seal = blake2b(digest_size=16)
    program = (FORMAT, VERSION, _library(), *_processor())
    for part in (repr(program).encode(), *_files(folders)):
        seal.update(len(part).to_bytes(_LENGTH, "little") + part)
    return seal.hexdigest()


def _files(folders: Sequence[Path]) -> Iterator[bytes]:
    """Yield names and bytes of the rules' files.

    Raises:
        UsageError: one cannot be read.

    """
    for number, folder in enumerate(folders):
        if folder == SHIPPED:
            yield from _stamps(folder)
            continue
        for path in sorted(folder.glob("*.toml")):
            yield f"{number} {path.name}".encode("utf-8", "surrogateescape")
            try:
                yield path.read_bytes()
            except OSError as error:
                raise UsageError(
                    f"cannot be read: {error.strerror}", place=str(path), cure="make it readable"
                ) from error


def _stamps(folder: Path) -> Iterator[bytes]:
    """Yield names, sizes and times of the shipped rules: reading them takes as long as a layer."""
    with os.scandir(folder) as entries:
        found = sorted((entry.name, entry.stat()) for entry in entries)
    for name, status in found:
        yield f"{name} {status.st_size} {status.st_mtime_ns}".encode()


def _library() -> str:
    import hyperscan  # noqa: PLC0415 - where it has no wheel, another engine is used

    return str(hyperscan.__version__)  # type: ignore[attr-defined] # its stubs forget it


def _processor() -> tuple[str, str]:
    """Return the machine and what its processor can do, as far as Linux tells."""
    with suppress(OSError), Path("/proc/cpuinfo").open("rb") as lines:
        flags = [line for line in lines.readlines(1 << 14) if line.startswith((b"flags", b"Feat"))]
        return platform.machine(), blake2b(b"".join(flags[:1]), digest_size=8).hexdigest()
    return platform.machine(), platform.processor()


def _made(rules: Sequence[Rule], kind: Kind) -> Loaded:
    everywhere, small = ([rule for rule in rules if bool(rule.files) is x] for x in (False, True))
    seal = blake2b(orjson.dumps(_rows(rules)), digest_size=8)
    return Loaded(engine(everywhere, kind), by_name(small, kind), f"{FORMAT}-{seal.hexdigest()}")


def _rows(rules: Iterable[Rule]) -> list[tuple[object, ...]]:
    """Return rules without what only tests need."""
    return [astuple(replace(rule, matches=(), misses=())) for rule in rules]


def _derived(rule: Rule) -> tuple[tuple[int, ...], list[str]]:
    """Return what follows from a rule and takes longer to find than to read."""
    return tuple(rule.reach), sorted(word.decode("latin-1") for word in rule.words)


def _packed(made: Loaded) -> bytes:
    from ocianalyze.detectors.secrets._hyperscan import Hyperscan  # noqa: PLC0415 - only here

    parts = [made.version.encode()]
    for one in (made.engine, *made.small):
        if isinstance(one, Nothing):
            parts += (b"[[],[],[]]", b"")
            continue
        if not isinstance(one, Hyperscan):
            raise TypeError(f"the engine {one.name} is not kept")
        # By column: a row for each expression would be ten thousand lists more to make.
        columns = list(zip(*one.expressions, strict=True))
        derived = list(map(_derived, one.rules))
        parts += (orjson.dumps([_rows(one.rules), columns, derived]), one.dumped())
    body = b"".join(len(part).to_bytes(_LENGTH, "little") + part for part in parts)
    return blake2b(body, digest_size=_SEAL).digest() + body


def _read(file: Path) -> Loaded:
    """Return the engine of a file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not what `_write` leaves, or others may have written it.

    """
    for folder in (file.parent.parent, file.parent):
        if reason := distrust(folder):
            raise ValueError(reason)
    data = memoryview(_bytes(file))
    seal, body = data[:_SEAL], data[_SEAL:]
    if blake2b(body, digest_size=_SEAL).digest() != seal:
        raise ValueError("checksum is wrong")
    version, *engines = _parts(body)
    everywhere, *small = map(_engine, engines[::2], engines[1::2])
    return Loaded(everywhere, ByName(*small), bytes(version).decode())


def _engine(rows: memoryview, database: memoryview) -> Engine:
    from ocianalyze.detectors.secrets._hyperscan import loaded  # noqa: PLC0415 - only here

    rules, columns, derived = orjson.loads(rows)
    if not rules:
        return Nothing()
    texts, of, *more = columns
    return loaded(
        tuple(map(_rule, rules, derived)),
        tuple(starmap(Expression, zip(texts, map(tuple, of), *more, strict=True))),
        bytes(database),
    )


def _bytes(file: Path) -> bytes:
    data = read_whole(file, _LARGEST)
    if data is None:
        raise ValueError("is no file of ours")
    return data


def _parts(body: memoryview) -> Iterator[memoryview]:
    at = 0
    while at < len(body):
        size = int.from_bytes(body[at : at + _LENGTH], "little")
        at += _LENGTH + size
        yield body[at - size : at]


def _rule(row: list[object], derived: tuple[list[int], list[str]]) -> Rule:
    rule = Rule(*(tuple(value) if isinstance(value, list) else value for value in row))  # type: ignore[arg-type]
    reach, words = derived
    known = {"reach": Reach(*reach), "words": frozenset(word.encode("latin-1") for word in words)}
    vars(rule).update(known)
    return rule


def _write(file: Path, data: bytes) -> None:
    """Write a file whole or not at all, and remove the oldest ones.

    Raises:
        OSError: it cannot be written.

    """
    store = file.parent.parent
    make(store)
    if distrust(store):
        return
    make(file.parent)
    if distrust(file.parent):
        return
    write_whole(file, (data,))
    _prune(file.parent)


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[_KEPT:]:
        path.unlink(missing_ok=True)
