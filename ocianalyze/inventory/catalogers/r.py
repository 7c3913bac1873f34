"""R packages: `DESCRIPTION` of each installed one (Writing R Extensions, section 1.1.1)."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import gather, properties, readable, text, unpack
from ocianalyze.inventory.catalogers._gathered import told
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BYTES = 1 * MIB
_FIELD = re.compile(rb"^([A-Za-z][\w/@-]{0,63}):[ \t]*(.{0,2048})", re.MULTILINE)
_NEEDS = re.compile(rb"^(?:Depends|Imports):((?:.{0,4096}(?:\n[ \t]+)?){1,500})", re.MULTILINE)
_NEED = re.compile(rb"(?:\A|,)\s{0,256}([A-Za-z][A-Za-z0-9.]{0,127})")
_NEEDED = 500
"""Packages that one needs; the largest real ones have about 100."""


def _open(seen: Seen, head: memoryview) -> Tap | None:
    """Accept control files; `DESCRIPTION` is also a usual name for a text."""
    return gather(seen, _described, _BYTES) if _FIELD.match(bytes(head)) else None


def _described(data: bytes) -> dict[str, Any] | None:
    """Return the facts of an installed package: only those have `Built`."""
    said = {key.decode(): text(raw.decode("utf-8", "replace")) for key, raw in _FIELD.findall(data)}
    if not (said.get("Package") and said.get("Version") and said.get("Built")):
        return None
    return told(
        name=said["Package"],
        version=said["Version"],
        license=said.get("License"),
        maintainer=said.get("Maintainer"),
        repository=said.get("Repository"),
        priority=said.get("Priority"),
        commit=said.get("RemoteSha"),
        depends=_needed(data),
    )


def _needed(data: bytes) -> list[str]:
    """Return the packages that one attaches or imports; R itself is none."""
    fields = islice(_NEEDS.finditer(data), 2)
    names = (need[1].decode() for field in fields for need in _NEED.finditer(field[1]))
    return [each for each in dict.fromkeys(islice(names, _NEEDED)) if each != "R"]


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """Packages of R itself (`Priority: base`) have R's version and say so."""
    said = unpack(kept)
    license_ = said.get("license", "")
    yield Found(
        "cran",
        said["name"],
        said["version"],
        licenses=(license_,) if license_ else (),
        supplier=said.get("maintainer", ""),
        depends=tuple(said.get("depends", ())),
        location=kept.path.rpartition("/")[0],
        properties=properties(
            repository=said.get("repository", ""),
            priority=said.get("priority", ""),
            commit=said.get("commit", ""),
        ),
    )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    said, home = readable(kept), kept.path.rpartition("/")[0]
    return (Claim("cran", said["name"], location=home, trees=(home,)),) if said and home else ()


OBSERVER = Observer(
    name="r",
    version=2,
    interest=Interest(names=frozenset({b"DESCRIPTION"})),
    open=_open,
    summary="names, versions and needs of installed R packages",
)

CATALOGER = Cataloger(
    name="r",
    types=("cran",),
    observers=(OBSERVER,),
    summary="R packages from the `DESCRIPTION` of installed ones (those that say `Built`)",
    read=_read,
    claims=_claims,
)
