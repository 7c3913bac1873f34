"""What a cataloger makes of a layer, by the real walk."""

import os
from collections.abc import Sequence
from pathlib import Path

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.layers.attention import Attention
from ocianalyze.layers.observer import Observer, Seen
from ocianalyze.limits import DEFAULT
from ocianalyze.model.package import Distribution, Found
from tests.images import File, Layer, facts

NOWHERE = Distribution()


def kept(cataloger: Cataloger, layer: Layer | Sequence[tuple[str, File | bytes]]) -> list[Kept]:
    """Return every observation of a layer."""
    known = facts(layer, cataloger.observers)
    return [
        Kept(observer, os.fsdecode(known.entries.path(seen.entry)), seen.value, seen.complete)
        for observer, all_seen in known.observations.items()
        for seen in all_seen
    ]


def found(cataloger: Cataloger, layer: Layer) -> list[Found]:
    """Return the packages of a layer."""
    return [one for each in kept(cataloger, layer) for one in cataloger.read(each, NOWHERE)]


def read(cataloger: Cataloger, layer: Layer) -> tuple[list[Found], list[str]]:
    """Return the packages of a layer, and what is told of evidence that is damaged or cut."""
    packages: list[Found] = []
    problems: list[str] = []
    for each in kept(cataloger, layer):
        try:
            packages.extend(cataloger.read(each, NOWHERE))
        except ValueError as error:
            problems.append(str(error))
    return packages, problems


def releases(cataloger: Cataloger, layer: Layer) -> set[tuple[str, str]]:
    """Return names, with the namespace before a slash, and versions."""
    return {
        (f"{one.namespace}/{one.name}" if one.namespace else one.name, one.version)
        for one in found(cataloger, layer)
    }


def claims(cataloger: Cataloger, layer: Layer) -> list[Claim]:
    """Return what packages of a layer claim."""
    assert cataloger.claims
    return [one for each in kept(cataloger, layer) for one in cataloger.claims(each, NOWHERE)]


def observe(observer: Observer, path: str, content: bytes) -> bytes | None:
    """Show one content to one observer, in two pieces."""
    seen = Seen(path.encode(), len(content), 0o644)
    tap = observer.open(seen, memoryview(content[:512]))
    if tap is None:
        return None
    half = len(content) // 2
    if tap.feed(memoryview(content[:half])):
        tap.feed(content[half:])
    return tap.close()


def survives(cataloger: Cataloger, path: str, content: bytes) -> None:
    """Show a content to the observers that want it; only ValueError may come of reading it."""
    attention = Attention(DEFAULT, cataloger.observers)
    directory, _, name = path.encode().rpartition(b"/")
    for observer in attention.interested(directory, name, content[:4].ljust(4, b"\0")):
        value = observe(observer, path, content)
        if value is None:
            continue
        each = Kept(observer.name, path, value, complete=True)
        if cataloger.claims:
            list(cataloger.claims(each, NOWHERE))
        try:
            list(cataloger.read(each, NOWHERE))
        except ValueError as error:
            assert str(error)  # noqa: PT017 - either outcome is allowed


def folder(root: Path, *patterns: str, prefix: str = "") -> Layer:
    """Return files below a folder as a layer."""
    return {
        f"{prefix}{path.relative_to(root)}": path.read_bytes()
        for pattern in patterns
        for path in sorted(root.glob(pattern))
        if path.is_file() and not path.is_symlink()
    }
