"""Homebrew formulae: `Cellar/NAME/VERSION/INSTALL_RECEIPT.json` of each keg."""

from collections.abc import Iterable, Iterator
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import document, gather, readable, text, unpack
from ocianalyze.inventory.catalogers._gathered import listing, mapping, told
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BYTES = 2 * MIB
_NEEDED = 500
"""Kegs that one needs; the largest real ones have about 150."""
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
        depends=_needed(said),
    )


def _needed(said: dict[str, Any]) -> list[str]:
    """Return `name version` of each keg that one needs; a tap's formula has its name last."""
    kegs = map(mapping, listing(said.get("runtime_dependencies"))[:_NEEDED])
    named = ((text(keg.get("full_name")), text(keg.get("pkg_version"))) for keg in kegs)
    return [f"{own.rpartition('/')[2]} {version}".strip() for own, version in named if own]


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
            depends=tuple(said.get("depends", ())),
        )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    keg, home = _keg(kept.path), kept.path.rpartition("/")[0]
    arch = readable(kept).get("architecture", "")
    return (Claim("brew", keg[0], arch, location=home, trees=(home,)),) if keg else ()


OBSERVER = Observer(
    name="homebrew",
    version=2,
    interest=Interest(names=frozenset({b"INSTALL_RECEIPT.json"})),
    open=_open,
    summary="tap, install reason and needs of Homebrew kegs",
)

CATALOGER = Cataloger(
    name="homebrew",
    types=("brew",),
    lists_all=True,
    observers=(OBSERVER,),
    summary="Homebrew formulae from `Cellar/*/*/INSTALL_RECEIPT.json`",
    read=_read,
    claims=_claims,
)
