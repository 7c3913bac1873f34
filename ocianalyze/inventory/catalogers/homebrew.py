"""Homebrew formulae: `Cellar/NAME/VERSION/INSTALL_RECEIPT.json` of each keg."""

from collections.abc import Iterable, Iterator
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import (
    document,
    gather,
    mapping,
    readable,
    text,
    told,
    unpack,
)
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BYTES = 2 * MIB
_OFFICIAL = "homebrew/core"


def _keg(path: str) -> tuple[str, str] | None:
    """Return name and version of `Cellar/NAME/VERSION/INSTALL_RECEIPT.json`."""
    parts = path.split("/")
    return (parts[-3], parts[-2]) if len(parts) > 3 and parts[-4] == "Cellar" else None


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    keg = _keg(seen.path.decode("utf-8", "surrogateescape"))
    return gather(seen, _receipt, _BYTES) if keg else None


def _receipt(data: bytes) -> dict[str, Any]:
    said = document(data)
    return told(
        tap=text(mapping(said.get("source")).get("tap")),
        asked=said.get("installed_on_request") is True,
        automatic=said.get("installed_as_dependency") is True,
        architecture=text(said.get("arch")),
    )


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """The version is the directory's, with Homebrew's revision (`3.43.2_1`)."""
    said, keg = unpack(kept), _keg(kept.path)
    tap = said.get("tap", "")
    if keg:
        yield Found(
            "brew",
            keg[0],
            keg[1],
            namespace="" if tap == _OFFICIAL else tap,
            arch=said.get("architecture", ""),
            reason="manual" if said.get("asked") else "automatic" if said.get("automatic") else "",
            location=kept.path.rpartition("/")[0],
        )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    keg, home = _keg(kept.path), kept.path.rpartition("/")[0]
    arch = readable(kept).get("architecture", "")
    return (Claim("brew", keg[0], arch, location=home, trees=(home,)),) if keg else ()


OBSERVER = Observer(
    name="homebrew",
    version=1,
    interest=Interest(names=frozenset({b"INSTALL_RECEIPT.json"})),
    open=_open,
    summary="tap and install reason of Homebrew kegs",
)

CATALOGER = Cataloger(
    name="homebrew",
    types=("brew",),
    observers=(OBSERVER,),
    summary="Homebrew formulae from `Cellar/*/*/INSTALL_RECEIPT.json`",
    read=_read,
    claims=_claims,
)
