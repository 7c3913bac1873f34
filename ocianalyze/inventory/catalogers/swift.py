"""Swift packages that `Package.resolved` pins (versions 1 to 3 of its format)."""

import re
from collections.abc import Iterator
from typing import Any

from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.catalogers._evidence import (
    ROWS,
    document,
    gather,
    properties,
    text,
    unpack,
)
from ocianalyze.inventory.catalogers._gathered import listing, mapping, told
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BYTES = 2 * MIB
_LOCATION = re.compile(r"^(?:[a-z+]+://)?(?:[^@/]*@)?([^:/]+)[:/](?:\d+/)?(.+?)(?:\.git)?/?$")


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    return gather(seen, _resolved, _BYTES)


def _resolved(data: bytes) -> dict[str, Any] | None:
    """Return the pins of any version of the format."""
    said = document(data)
    pins = listing(said.get("pins")) or listing(mapping(said.get("object")).get("pins"))
    found = [_pin(mapping(x)) for x in pins[:ROWS]]
    return {"pins": [x for x in found if x.get("name")]} if found else None


def _pin(pin: dict[str, Any]) -> dict[str, Any]:
    """Return name, place and version of one pin; a URL's user and password are left out."""
    where = _LOCATION.match(text(pin.get("location")) or text(pin.get("repositoryURL")))
    path = f"{where[1]}/{where[2]}" if where else ""
    state = mapping(pin.get("state"))
    given = text(pin.get("identity")) or text(pin.get("package"))
    return told(
        namespace=path.rpartition("/")[0],
        name=path.rpartition("/")[2] or given,
        version=text(state.get("version")),
        revision=text(state.get("revision")),
        branch=text(state.get("branch")),
    )


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """A pin to a branch has its revision for a version; one from a registry its scope."""
    for pin in unpack(kept).get("pins", ()):
        revision, namespace, name = pin.get("revision", ""), pin.get("namespace", ""), pin["name"]
        if not namespace and "." in name:
            namespace, _, name = name.partition(".")
        yield Found(
            "swift",
            name,
            pin.get("version", "") or revision,
            namespace,
            location=kept.path,
            confidence="heuristic",
            properties=properties(revision=revision, branch=pin.get("branch", "")),
        )


OBSERVER = Observer(
    name="swift",
    version=1,
    interest=Interest(names=frozenset({b"Package.resolved"})),
    open=_open,
    summary="pins of Swift packages",
)

CATALOGER = Cataloger(
    name="swift",
    types=("swift",),
    observers=(OBSERVER,),
    summary="Swift packages that `Package.resolved` pins; a lock file, so weaker",
    read=_read,
)
